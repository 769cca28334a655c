//! Which files belong together, and the snapshot of each source.

use super::build::{Builder, Built};
use super::detect::{self, Format};
use super::ofac::Set;
use super::ofac_csv::{self, Source};
use super::{
    FileDigest, Limits, ListFile, ReadError, SourceError, SourceSnapshot, csl, csl_csv, csl_json,
    dfat, dpl, eu, eu_csv, eu_xml, ftm, mapping, meti, ofac_advanced, ofac_xml, seco, sema,
    senzing, targets, text, uk, uk_csv, uk_xml, un, xlsx,
};
use portcullis_domain::{Date, Issue, hex_sha256};
use std::borrow::Cow;
use std::collections::HashSet;

/// A file that was decoded and recognised.
struct Known<'a> {
    file: ListFile<'a>,
    format: Format,
    body: Cow<'a, str>,
    decoding: Option<Issue>,
}

impl Known<'_> {
    fn source(&self) -> Source<'_> {
        Source {
            name: self.file.name,
            text: &self.body,
        }
    }
}

type Outcome = Result<SourceSnapshot, SourceError>;

/// See [`super::read`].
pub(super) fn read(
    files: &[ListFile<'_>],
    source: Option<&str>,
    published: Option<Date>,
    limits: &Limits,
) -> Vec<Outcome> {
    let request = Request {
        source,
        published,
        limits,
    };
    if files.iter().any(|file| mapping::is_mapping(file.bytes)) {
        return vec![mapped(files, &request)];
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut heads: Vec<Known<'_>> = Vec::new();
    let mut tails: Vec<Known<'_>> = Vec::new();
    for file in files {
        match recognise(*file, limits) {
            Ok(known) if known.format.continues() => tails.push(known),
            Ok(known) => heads.push(known),
            Err(error) => outcomes.push(Err(refusal(None, file.name, error))),
        }
    }
    let (mut groups, strays) = assign(heads, tails);
    outcomes.extend(strays.into_iter().map(Err));
    for group in &mut groups {
        outcomes.push(snapshot(group, &request));
    }
    refuse_rivals(outcomes)
}

/// With a mapping in the call every other file is a table that it maps.
fn mapped(files: &[ListFile<'_>], request: &Request<'_>) -> Outcome {
    let (mappings, tables): (Vec<ListFile<'_>>, Vec<ListFile<'_>>) = files
        .iter()
        .partition(|file| mapping::is_mapping(file.bytes));
    let wrong = |file: &ListFile<'_>, what: &str| {
        let error = ReadError::Mapping {
            line: 1,
            key: "columns".to_owned(),
            what: what.to_owned(),
        };
        refusal(request.source, file.name, error)
    };
    let head = match mappings.as_slice() {
        [only] if tables.is_empty() => {
            return Err(wrong(
                only,
                "no table that it maps was given in the same call",
            ));
        }
        [only] => *only,
        [_, second, ..] => return Err(wrong(second, "a call can have but one mapping")),
        // The caller has seen one.
        [] => return Err(refusal(request.source, "", ReadError::Empty)),
    };
    let mut tails = Vec::with_capacity(tables.len());
    let head = as_format(head, Format::Mapping, request)?;
    for table in tables {
        tails.push(as_format(table, Format::MappedTable, request)?);
    }
    snapshot(&mut Group { head, tails }, request)
}

/// A file of which the format is known without looking.
fn as_format<'a>(
    file: ListFile<'a>,
    format: Format,
    request: &Request<'_>,
) -> Result<Known<'a>, SourceError> {
    let failed = |error| refusal(request.source, file.name, error);
    let (body, decoding) = decoded(file, request.limits).map_err(failed)?;
    Ok(Known {
        file,
        format,
        body,
        decoding,
    })
}

/// Reads the tables of a mapping. Returns the source.
fn read_mapped(
    group: &Group<'_>,
    builder: &mut Builder<'_>,
) -> Result<String, (String, ReadError)> {
    let head = &group.head;
    let mapping =
        mapping::Mapping::parse(&head.body).map_err(|error| (head.file.name.to_owned(), error))?;
    for table in &group.tails {
        let file = table.file;
        let at_table = |error| (file.name.to_owned(), error);
        let workbook = xlsx::is_archive(file.bytes);
        let recoded = match mapping.encoding.filter(|_| !workbook) {
            Some(encoding) => Some(text::decode_as(file.bytes, encoding).map_err(at_table)?),
            None => None,
        };
        if let Some(issue) = table.decoding.clone().filter(|_| recoded.is_none()) {
            builder.issue(file.name, issue);
        }
        let body = recoded.as_deref().unwrap_or(&table.body);
        let delimiter = if workbook {
            Some(b',')
        } else {
            mapping.delimiter
        };
        mapping::read(file.name, body, &mapping, delimiter, builder).map_err(at_table)?;
    }
    Ok(mapping.source)
}

fn refusal(source: Option<&str>, file: &str, error: ReadError) -> SourceError {
    SourceError {
        source_code: source.map(str::to_owned),
        file: file.to_owned(),
        error,
    }
}

fn recognise<'a>(file: ListFile<'a>, limits: &Limits) -> Result<Known<'a>, ReadError> {
    let (body, decoding) = decoded(file, limits)?;
    let format = detect::detect(&body)?;
    Ok(Known {
        file,
        format,
        body,
        decoding,
    })
}

/// The text of a file, a workbook's as a table, and what there is to say of it.
fn decoded<'a>(
    file: ListFile<'a>,
    limits: &Limits,
) -> Result<(Cow<'a, str>, Option<Issue>), ReadError> {
    let bytes = file.bytes.len() as u64;
    if bytes > limits.max_file_bytes {
        let limit = limits.max_file_bytes;
        return Err(ReadError::TooLarge { bytes, limit });
    }
    match xlsx::foreign(file.bytes) {
        Some(refused) => Err(refused),
        None if xlsx::is_archive(file.bytes) => {
            let (text, issue) = xlsx::to_text(file.bytes, limits)?;
            Ok((Cow::Owned(text), issue))
        }
        None => text::decode(file.bytes),
    }
}

/// A head and the files that continue it.
struct Group<'a> {
    head: Known<'a>,
    tails: Vec<Known<'a>>,
}

/// Gives every alias, address and comment file to the primary file with which
/// it shares the most entity numbers. One without any primary file is refused.
fn assign<'a>(heads: Vec<Known<'a>>, tails: Vec<Known<'a>>) -> (Vec<Group<'a>>, Vec<SourceError>) {
    let new = |head| Group {
        head,
        tails: Vec::new(),
    };
    let mut groups: Vec<Group<'a>> = heads.into_iter().map(new).collect();
    let mut strays = Vec::new();
    let primaries: Vec<(usize, HashSet<u64>)> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.head.format == Format::OfacPrimary)
        .map(|(position, group)| (position, ofac_csv::numbers(&group.head.body).collect()))
        .collect();
    for tail in tails {
        let parents: HashSet<u64> = ofac_csv::numbers(&tail.body).collect();
        let shared = |numbers: &HashSet<u64>| parents.intersection(numbers).count();
        // Of two primaries with the same share the first given is taken.
        let best = primaries
            .iter()
            .rev()
            .max_by_key(|(_, numbers)| shared(numbers));
        match best {
            Some((position, _)) => groups[*position].tails.push(tail),
            None => {
                let error = ReadError::PrimaryMissing {
                    format: tail.format.name(),
                    missing: "SDN.CSV or CONS_PRIM.CSV",
                };
                strays.push(refusal(None, tail.file.name, error));
            }
        }
    }
    (groups, strays)
}

struct Request<'r> {
    source: Option<&'r str>,
    published: Option<Date>,
    limits: &'r Limits,
}

fn snapshot(group: &mut Group<'_>, request: &Request<'_>) -> Outcome {
    let mut builder = Builder::new(request.limits);
    let files = std::iter::once(&group.head).chain(&group.tails);
    for known in files.clone() {
        // The XML reader decodes for itself, by what the file declares; of a
        // mapped table the mapping may say the encoding.
        let told = known.format == Format::MappedTable || known.body.trim_start().starts_with('<');
        let noted = known.decoding.as_ref().filter(|_| !told);
        if let Some(issue) = noted {
            builder.issue(known.file.name, issue.clone());
        }
    }
    let read = read_group(group, request, &mut builder);
    let (source, own_date) = read.map_err(|(file, error)| refusal(request.source, &file, error))?;
    let source = request.source.map_or(source, str::to_owned);
    let published = own_date.or(request.published);
    let rival = request
        .published
        .zip(own_date)
        .filter(|(given, own)| given != own);
    if let Some((given, own)) = rival {
        let text =
            format!("the file says it was published on {own}; {given} as given was not used");
        builder.issue(group.head.file.name, Issue::new("published-differs", text));
    }
    let digests: Vec<FileDigest> = files.map(digest).collect();
    let Built {
        entities,
        issues,
        records,
        names,
        counts,
    } = builder.finish();
    Ok(SourceSnapshot {
        source,
        published,
        entities,
        records,
        names,
        counts,
        issues: placed(issues, digests.len() > 1),
        sha256: over(&digests),
        files: digests,
    })
}

/// Says in which file an issue is, where there are several.
fn placed(issues: Vec<(String, Issue)>, several: bool) -> Vec<Issue> {
    let place = |(file, mut issue): (String, Issue)| {
        if several && !file.is_empty() {
            issue.field = Some(match issue.field {
                Some(field) => format!("{file}: {field}"),
                None => file,
            });
        }
        issue
    };
    issues.into_iter().map(place).collect()
}

fn digest(known: &Known<'_>) -> FileDigest {
    FileDigest {
        name: known.file.name.to_owned(),
        format: known.format,
        sha256: hex_sha256(known.file.bytes),
        bytes: known.file.bytes.len() as u64,
    }
}

/// SHA-256 over the sorted digests, one a line.
fn over(files: &[FileDigest]) -> String {
    let mut digests: Vec<&str> = files.iter().map(|f| f.sha256.as_str()).collect();
    digests.sort_unstable();
    let lines: String = digests.iter().map(|d| format!("{d}\n")).collect();
    hex_sha256(lines.as_bytes())
}

/// Reads the files of a source. Returns its code and the date in the file.
fn read_group(
    group: &Group<'_>,
    request: &Request<'_>,
    builder: &mut Builder<'_>,
) -> Result<(String, Option<Date>), (String, ReadError)> {
    let head = &group.head;
    let name = head.file.name;
    let at_head = |error| (name.to_owned(), error);
    let set = request.source.and_then(Set::from_source);
    let (source, date) = match head.format {
        Format::OfacPrimary => (read_delimited(group, set, builder)?, None),
        Format::OfacXml => {
            let (set, date) = ofac_xml::read(head.file, set, builder).map_err(at_head)?;
            (set.source().to_owned(), date)
        }
        Format::CslJson => {
            let date = csl_json::read(name, &head.body, builder).map_err(at_head)?;
            (csl::SOURCE.to_owned(), date)
        }
        Format::CslCsv => {
            csl_csv::read(name, &head.body, builder).map_err(at_head)?;
            (csl::SOURCE.to_owned(), None)
        }
        Format::DplText => {
            dpl::read(name, &head.body, builder).map_err(at_head)?;
            (dpl::SOURCE.to_owned(), None)
        }
        Format::UnXml => {
            let date = un::read(head.file, builder).map_err(at_head)?;
            (un::SOURCE.to_owned(), date)
        }
        Format::SemaXml => {
            sema::read(head.file, builder).map_err(at_head)?;
            (sema::SOURCE.to_owned(), None)
        }
        Format::FtmLines => {
            let read = ftm::read(name, &head.body, request.source, builder);
            (read.map_err(at_head)?, None)
        }
        Format::EuXml => {
            let date = eu_xml::read(head.file, builder).map_err(at_head)?;
            (eu::SOURCE.to_owned(), date)
        }
        Format::EuCsv => {
            let date = eu_csv::read(name, &head.body, builder).map_err(at_head)?;
            (eu::SOURCE.to_owned(), date)
        }
        Format::UkCsv => {
            let date = uk_csv::read(name, &head.body, builder).map_err(at_head)?;
            (uk::SOURCE.to_owned(), date)
        }
        Format::UkXml => {
            let date = uk_xml::read(head.file, builder).map_err(at_head)?;
            (uk::SOURCE.to_owned(), date)
        }
        Format::OfacAdvancedXml => {
            let (set, date) = ofac_advanced::read(head.file, set, builder).map_err(at_head)?;
            (set.source().to_owned(), date)
        }
        Format::TargetsCsv => {
            targets::read(name, &head.body, builder).map_err(at_head)?;
            (targets::SOURCE.to_owned(), None)
        }
        Format::SenzingJson => {
            let source = senzing::read(name, &head.body, builder).map_err(at_head)?;
            (source, None)
        }
        Format::Mapping => (read_mapped(group, builder)?, None),
        Format::SecoXml => {
            let date = seco::read(head.file, builder).map_err(at_head)?;
            (seco::SOURCE.to_owned(), date)
        }
        Format::DfatTable => {
            dfat::read(name, &head.body, builder).map_err(at_head)?;
            (dfat::SOURCE.to_owned(), None)
        }
        Format::MetiTable => {
            meti::read(name, &head.body, builder).map_err(at_head)?;
            (meti::SOURCE.to_owned(), None)
        }
        Format::UkOfsiCsv => {
            let date = uk_csv::read_ofsi(name, &head.body, builder).map_err(at_head)?;
            (uk::OFSI_SOURCE.to_owned(), date)
        }
        other => {
            let missing = "SDN.CSV or CONS_PRIM.CSV";
            let format = other.name();
            return Err(at_head(ReadError::PrimaryMissing { format, missing }));
        }
    };
    builder.verdict().map_err(at_head)?;
    Ok((source, date))
}

/// The delimited OFAC files: comments first, for remarks must be whole before
/// they are read; then aliases and addresses.
fn read_delimited(
    group: &Group<'_>,
    wanted: Option<Set>,
    builder: &mut Builder<'_>,
) -> Result<String, (String, ReadError)> {
    let head = &group.head;
    let of = |format: Format| group.tails.iter().filter(move |t| t.format == format);
    for format in [
        Format::OfacComments,
        Format::OfacAliases,
        Format::OfacAddresses,
    ] {
        if let Some(second) = of(format).nth(1) {
            let other = of(format).next().map_or("", |t| t.file.name).to_owned();
            return Err((second.file.name.to_owned(), ReadError::SameSource { other }));
        }
    }
    let comments: Vec<Source<'_>> = of(Format::OfacComments).map(Known::source).collect();
    for comment in of(Format::OfacComments) {
        ofac_csv::check(comment.source(), ofac_csv::COMMENT_COLUMNS)
            .map_err(|error| (comment.file.name.to_owned(), error))?;
    }
    let set = ofac_csv::read_primary(head.source(), &comments, wanted, builder)
        .map_err(|error| (head.file.name.to_owned(), error))?;
    for tail in group
        .tails
        .iter()
        .filter(|t| t.format != Format::OfacComments)
    {
        let read = match tail.format {
            Format::OfacAliases => ofac_csv::read_aliases(tail.source(), builder),
            _ => ofac_csv::read_addresses(tail.source(), builder),
        };
        let at_tail = |error| (tail.file.name.to_owned(), error);
        if read.map_err(at_tail)? == 0 {
            let primary = head.file.name.to_owned();
            return Err(at_tail(ReadError::Unrelated { primary }));
        }
    }
    Ok(set.source().to_owned())
}

/// Two files that give one source would each replace the other: neither does.
fn refuse_rivals(outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let claims: Vec<Option<(String, String)>> = outcomes
        .iter()
        .map(|outcome| {
            let snapshot = outcome.as_ref().ok()?;
            let head = snapshot.files.first().map(|f| f.name.clone())?;
            Some((snapshot.source.clone(), head))
        })
        .collect();
    let rival = |position: usize| {
        let (source, _) = claims[position].as_ref()?;
        let mut others = claims
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != position);
        others.find_map(|(_, claim)| {
            claim
                .as_ref()
                .filter(|(s, _)| s == source)
                .map(|(_, f)| f.clone())
        })
    };
    let mut settled = Vec::with_capacity(outcomes.len());
    for (position, outcome) in outcomes.into_iter().enumerate() {
        settled.push(match (rival(position), &claims[position]) {
            (Some(other), Some((source, file))) => {
                let error = ReadError::SameSource { other };
                Err(refusal(Some(source), file, error))
            }
            _ => outcome,
        });
    }
    settled
}
