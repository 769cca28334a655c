//! One row of the party book in CSV.

use crate::reading::{At, Collector, party_identifier, shown};
use crate::table::Row;
use portcullis_domain::{Address, Identifier, Issue, Name, NameKind, Party, PartyKind};

const KNOWN: [&str; 14] = [
    "identifier",
    "scheme",
    "name",
    "type",
    "street",
    "city",
    "region",
    "postcode",
    "country",
    "aliases",
    "former_names",
    "birth_date",
    "email",
    "phone",
];

pub(crate) struct Columns {
    names: Vec<String>,
    /// A customer book: has a column that the party book does not know.
    numbered: bool,
}

impl Columns {
    /// Fails where a column is missing without which no row can be read.
    pub(super) fn of(header: &[String]) -> Result<Columns, Issue> {
        Columns::with(header, &["identifier", "name"])
    }

    /// The columns of a customer book: a number instead of an identifier, and
    /// `identifiers` and `address` as other words for `identifier` and `street`.
    pub(crate) fn of_customers(header: &[String]) -> Result<Columns, Issue> {
        let plain = header.iter().map(|name| match name.as_str() {
            "identifiers" => "identifier".to_owned(),
            "address" => "street".to_owned(),
            other => other.to_owned(),
        });
        Columns::with(&plain.collect::<Vec<_>>(), &["id", "name"])
    }

    fn with(header: &[String], required: &[&str]) -> Result<Columns, Issue> {
        let missing: Vec<&str> = required
            .iter()
            .copied()
            .filter(|r| !header.iter().any(|n| n == r))
            .collect();
        if !missing.is_empty() {
            let what = format!("required columns are missing: {}", missing.join(", "));
            return Err(Issue::new("missing-columns", what).at_line(1));
        }
        Ok(Columns {
            names: header.to_vec(),
            numbered: required.contains(&"id"),
        })
    }

    /// The cell of a column; empty where there is none.
    pub(crate) fn cell<'r>(&self, row: &'r Row, name: &str) -> &'r str {
        let position = self.names.iter().position(|n| n == name);
        let cell = position.and_then(|p| row.cells.get(p));
        cell.map_or("", String::as_str)
    }

    pub(crate) fn party(&self, row: &Row, issues: &mut Collector) -> Party {
        self.report_unknown(row, issues);
        let get = |name: &str| self.cell(row, name);
        let several = |name: &str| -> Vec<String> {
            let parts = get(name).split(';').map(str::trim);
            parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
        };
        let at = |field| At {
            field,
            line: Some(row.line),
        };
        let mut party = Party {
            kind: PartyKind::parse(get("type")).unwrap_or_else(|| {
                let what = format!("'{}' is not a type of party", shown(get("type")));
                issues.note("unknown-word", at("type"), what);
                PartyKind::Unknown
            }),
            emails: several("email"),
            phones: several("phone"),
            ..Party::default()
        };
        for value in several("identifier") {
            let scheme = get("scheme");
            party.identifiers.push(if scheme.is_empty() {
                party_identifier(&value)
            } else {
                Identifier::new(scheme, value)
            });
        }
        for (column, kind) in [
            ("name", NameKind::Primary),
            ("aliases", NameKind::Alias),
            ("former_names", NameKind::Former),
        ] {
            // A name may hold a semicolon; lists of names are separated by it.
            let texts = if kind == NameKind::Primary {
                vec![get(column).to_owned()]
            } else {
                several(column)
            };
            let names = texts.into_iter().filter(|t| !t.is_empty());
            party.names.extend(names.map(|text| Name::new(kind, text)));
        }
        for text in several("birth_date") {
            match text.parse() {
                Ok(date) => party.birth_dates.push(date),
                Err(what) => issues.note("not-a-date", at("birth_date"), shown(&what)),
            }
        }
        let address = Address {
            street: get("street").to_owned(),
            city: get("city").to_owned(),
            region: get("region").to_owned(),
            postcode: get("postcode").to_owned(),
            country: issues.country(get("country"), at("country")),
        };
        if address != Address::default() {
            party.addresses.push(address);
        }
        party
    }

    fn report_unknown(&self, row: &Row, issues: &mut Collector) {
        if row.holds_rows {
            let at = At {
                field: "",
                line: Some(row.line),
            };
            let text = "a quoted cell spans lines that look like rows: is a quote missing?";
            issues.note("rows-in-a-cell", at, text);
        }
        if row.recoded {
            let at = At {
                field: "",
                line: Some(row.line),
            };
            issues.note(
                "encoding-assumed",
                at,
                "the row is not UTF-8; it was read as Windows-1252",
            );
        }
        for (name, cell) in self.names.iter().zip(&row.cells) {
            let known = KNOWN.contains(&name.as_str()) || (self.numbered && name == "id");
            if !cell.is_empty() && !known {
                let at = At {
                    field: name,
                    line: Some(row.line),
                };
                let text = format!("'{}' is not a column of this book", shown(name));
                issues.note("unknown-field", at, text);
            }
        }
    }
}
