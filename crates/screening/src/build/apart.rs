//! Everything about one entity that can be known without the others.

use crate::align::{LEAST_RUN, acronyms};
use crate::index::{acronym_hash, bearer, exact_hashes, joined_hash, run_together};
use crate::parts::parts;
use crate::screen::bearers;
use crate::tokens::{Writing, entry, hash64, space};
use crate::word::Word;
use portcullis_domain::{Entity, Identifier, NameKind, PartyKind};
use portcullis_names::{
    Prepared, Script, Token, TokenClass, key, prepare, prepare_as_typed, prepare_for,
};

/// One word of a name on its way into the dictionary.
pub(super) struct NameWord {
    pub text: String,
    pub writing: Writing,
    pub class: TokenClass,
}

/// One name as one row.
pub(super) struct NameParts {
    pub position: u32,
    pub kind: NameKind,
    pub party: PartyKind,
    pub script: Script,
    pub forms: u16,
    /// Whether it is a further form of a name.
    pub as_typed: bool,
    pub words: Vec<NameWord>,
    /// Hashes under which the name is found as a whole or by words run together.
    pub whole: Vec<u64>,
}

/// Of how many neighbouring words, run together, a name is found by: a word
/// that is asked for may be two listed ones, one that is listed two or three of
/// a customer.
#[derive(Clone, Copy, PartialEq)]
struct LongestRun(usize);

const LISTED: LongestRun = LongestRun(2);
const OF_CUSTOMER: LongestRun = LongestRun(3);

impl NameParts {
    fn new(
        at: usize,
        entity: &Entity,
        script: Script,
        prepared: &Prepared,
        longest: LongestRun,
        whole: Option<Vec<u64>>,
    ) -> NameParts {
        let words = prepared.tokens.iter().map(|token| {
            let (text, writing) = entry(token);
            NameWord {
                text: text.to_owned(),
                writing,
                class: token.class,
            }
        });
        NameParts {
            position: at as u32,
            kind: entity.party.names[at].kind,
            party: entity.party.kind,
            script,
            forms: prepared.forms.bits(),
            as_typed: whole.is_none(),
            words: words.collect(),
            whole: neighbours(&prepared.tokens, longest)
                .chain(whole.unwrap_or_default())
                .collect(),
        }
    }
}

/// Everything about one entity that can be known without the others.
pub(crate) struct TakenApart {
    pub(super) content: Vec<u8>,
    pub(super) names: Vec<NameParts>,
    /// Hashes under which the entity is found: its id, its identifiers.
    pub(super) of_entity: Vec<u64>,
    /// Whether there is anything besides names.
    pub(super) supported: bool,
    /// Ids that the source calls the same.
    pub same_as: Vec<String>,
    pub id: String,
    /// Hashes of the primary name, if there is something to tell namesakes by.
    pub namesake: Vec<u64>,
}

impl TakenApart {
    /// A listed entity.
    pub(super) fn of(entity: &Entity) -> TakenApart {
        let kind = bearer(entity.party.kind);
        let mut of_entity = vec![hash64(space::ENTITY_ID, &entity.id)];
        for identifier in &entity.party.identifiers {
            let value = identifier.normalised();
            if !value.is_empty() {
                of_entity.push(hash64(space::IDENTIFIER, &value));
            }
        }
        let has_evidence =
            !entity.party.birth_dates.is_empty() || !entity.party.identifiers.is_empty();
        let caption = entity.party.caption();
        let mut namesake = Vec::new();
        let mut names = Vec::with_capacity(entity.party.names.len());
        for (at, name) in entity.party.names.iter().enumerate() {
            let prepared = prepare(&name.text, kind);
            if prepared.tokens.is_empty() {
                continue;
            }
            let mut whole: Vec<u64> = exact_hashes(&prepared).collect();
            if has_evidence && namesake.is_empty() && name.text == caption {
                namesake.clone_from(&whole);
            }
            let words: Vec<&str> = prepared.tokens.iter().map(|t| t.latin.as_str()).collect();
            let runs = run_together(&words);
            whole.extend(runs.iter().filter_map(|run| joined_hash(run)));
            if entity.party.kind != PartyKind::Person {
                whole.extend(acronym_hashes(&prepared));
            }
            let script = Script::of_text(&name.text);
            let typed = prepare_as_typed(&name.text, kind, &prepared);
            names.push(NameParts::new(
                at,
                entity,
                script,
                &prepared,
                LISTED,
                Some(whole),
            ));
            let typed = typed
                .into_iter()
                .map(|typed| NameParts::new(at, entity, script, &typed, LISTED, None));
            names.extend(typed);
        }
        TakenApart::with(entity, names, of_entity, namesake)
    }

    fn with(
        entity: &Entity,
        names: Vec<NameParts>,
        of_entity: Vec<u64>,
        namesake: Vec<u64>,
    ) -> TakenApart {
        TakenApart {
            content: content(entity),
            names,
            of_entity,
            supported: is_supported(entity),
            same_as: entity.same_as.clone(),
            id: entity.id.clone(),
            namesake,
        }
    }

    /// Every form of every name and part of a name in which the party would be
    /// asked, each with all keys under which a listed name could be the same.
    pub(super) fn of_customer(entity: &Entity) -> TakenApart {
        let mut of_entity = vec![hash64(space::ENTITY_ID, &entity.id)];
        for identifier in &entity.party.identifiers {
            let values = identifier_values(identifier);
            of_entity.extend(values.map(|value| hash64(space::IDENTIFIER, &value)));
        }
        let mut names: Vec<NameParts> = Vec::new();
        for (at, name) in entity.party.names.iter().enumerate() {
            let script = Script::of_text(&name.text);
            let mut seen: Vec<Prepared> = Vec::new();
            for given in std::iter::once(name.text.as_str()).chain(parts(&name.text)) {
                let bearers = bearers(entity.party.kind);
                for (bearer, folded) in bearers.iter().zip(prepare_for(given, bearers)) {
                    let further = prepare_as_typed(given, *bearer, &folded);
                    for form in std::iter::once(folded).chain(further) {
                        if !form.tokens.is_empty() && !seen.contains(&form) {
                            seen.push(form);
                        }
                    }
                }
            }
            for (form_at, form) in seen.iter().enumerate() {
                let whole = Some(customer_hashes(form));
                let mut parts = NameParts::new(at, entity, script, form, OF_CUSTOMER, whole);
                parts.as_typed = form_at > 0;
                names.push(parts);
            }
        }
        TakenApart::with(entity, names, of_entity, Vec::new())
    }
}

/// The keys under which a name is found by neighbouring words run together.
fn neighbours(tokens: &[Token], longest: LongestRun) -> impl Iterator<Item = u64> + '_ {
    let runs = (2..=longest.0).flat_map(|length| tokens.windows(length));
    runs.filter_map(|words| {
        let run: String = words.iter().map(|token| entry(token).0).collect();
        (run.len() >= LEAST_RUN).then(|| hash64(space::NEIGHBOURS, &key(&run)))
    })
}

/// The keys under which a name that is asked could be a listed one.
fn customer_hashes(form: &Prepared) -> Vec<u64> {
    let mut whole: Vec<u64> = exact_hashes(form).collect();
    whole.extend(joined_hash(&form.joined));
    whole.extend(acronym_hashes(form));
    whole
}

/// The values under which an identifier is looked up: a bare one may carry the
/// prefix of its scheme.
pub(crate) fn identifier_values(identifier: &Identifier) -> impl Iterator<Item = String> {
    let mut values = vec![identifier.normalised()];
    if identifier.scheme.is_empty() {
        let schemes = ["imo", "mmsi", "lei"].into_iter();
        let read = |s| Identifier::new(s, identifier.value.as_str()).normalised();
        values.extend(schemes.map(read));
    }
    values.dedup();
    values.into_iter().filter(|value| !value.is_empty())
}

/// Whether a query about this party would hold anything besides names.
fn is_supported(entity: &Entity) -> bool {
    let party = &entity.party;
    !(party.birth_dates.is_empty()
        && party.countries.is_empty()
        && party.addresses.is_empty()
        && party.identifiers.is_empty())
}

/// The keys under which a name is found by the first letters of its words.
fn acronym_hashes(prepared: &Prepared) -> impl Iterator<Item = u64> {
    let words = prepared.tokens.iter().map(|token| {
        let (text, writing) = entry(token);
        Word {
            text,
            writing,
            class: token.class,
            weight: 0.0,
            at_large: 0.0,
            in_list: 0.0,
        }
    });
    let words: Vec<Word> = words.collect();
    acronyms(&words).map(|letters| acronym_hash(&letters))
}

/// Length of the id, the id, and the entity.
fn content(entity: &Entity) -> Vec<u8> {
    let mut content = (entity.id.len() as u32).to_le_bytes().to_vec();
    content.extend_from_slice(entity.id.as_bytes());
    // Serialising plain data into memory has no way to fail; if it did, the
    // entity would be one that cannot be read, which every answer says.
    content.extend(postcard::to_allocvec(entity).unwrap_or_default());
    content
}
