//! A case put to the law: its parties are screened, its owners looked up, and
//! the same control tables asked that decide declarations.

use crate::{Asked, Engine, Lists, recorded};
use portcullis_controls::{
    CaseInput, CaseQuestion, Circumstances, Determined, ListStanding, OwnerFacts, PartyFacts,
    transaction_of,
};
use portcullis_domain::{
    About, Case, CaseParty, Date, Entity, Facet, Given, ListedHit, Listing, Outcome, Owner,
    PartyInRole, Period, Question, ScreenedParty, ScreeningStatus, Strength,
};
use portcullis_policy::{AlsoBinding, Installation};
use portcullis_screening::{Answer, Query};

/// How far up ownership is followed on the lists.
const MAX_TIERS: usize = 5;
/// Most owners that are looked at on one tier.
const MAX_OWNERS: usize = 50;
/// Relation of a link that says who owns the entity.
const OWNED_BY: &str = "owned_by";

/// What the lists say of one party.
#[derive(Default)]
struct Looked {
    hits: Vec<ListedHit>,
    facts: PartyFacts,
    questions: Vec<CaseQuestion>,
    /// The party is an entity of the lists, whose dated listings decide.
    identified: bool,
}

impl Engine {
    /// Determines a case under every law that it asks.
    pub fn determine(&self, case: &Case, lists: &Lists, asked: Asked) -> Determined {
        let transaction = transaction_of(case);
        let mut circumstances = Circumstances::of_case(case);
        let installation = self.installation_of(case);
        let parties = case.parties.known().map_or(&[][..], Vec::as_slice);
        let mut questions = Vec::new();
        let mut screened = Vec::with_capacity(parties.len());
        let mut all_identified = true;
        for (at, (party, in_role)) in parties.iter().zip(&transaction.parties).enumerate() {
            let looked = look_up(at, party, in_role, lists, asked);
            all_identified &= looked.identified;
            screened.push(screened_party(at, in_role, looked.hits));
            questions.extend(looked.questions);
            circumstances.parties.push(looked.facts);
        }
        if !parties.is_empty() && !all_identified {
            questions.extend(coverage(lists));
        }
        let items = self
            .controls()
            .items(&transaction, asked.as_of, asked.known);
        let weighed = self.policy().evaluate_lists(
            &portcullis_policy::Input {
                transaction: &transaction,
                screened: &screened,
                items: &items,
                as_of: asked.as_of,
                known: asked.known,
            },
            &installation,
        );
        questions.extend(weighed.questions.iter().map(asks));
        // A possible match is open until somebody judges it.
        for finding in &weighed.findings {
            let open = finding.strength == Strength::Evidence && finding.outcome >= Outcome::Review;
            if open || finding.code == "list-effect-unknown" {
                questions.push(CaseQuestion {
                    code: finding.code.clone(),
                    field: field_of(finding.about),
                    text: finding.text.clone(),
                });
            }
        }
        questions.dedup();
        self.controls().determine_case(&CaseInput {
            case,
            transaction: &transaction,
            circumstances: &circumstances,
            installation: self.policy().installation(),
            party_findings: &weighed.findings,
            party_questions: &questions,
            exceptions_refused: weighed.exceptions_refused,
            as_of: asked.as_of,
            known: asked.known,
        })
    }

    /// An installation bound by the laws that the case asks.
    fn installation_of(&self, case: &Case) -> Installation {
        let own = self.policy().installation();
        let mut laws = self.controls().laws_of(case, own).into_iter();
        let home = laws.next().unwrap_or_else(|| own.home.clone());
        let also = laws.map(|jurisdiction| AlsoBinding {
            jurisdiction,
            reason: "asked by the case".to_owned(),
        });
        Installation {
            home,
            also: also.collect(),
            ..own.clone()
        }
    }
}

fn asks(question: &Question) -> CaseQuestion {
    CaseQuestion {
        code: question.code.clone(),
        field: field_of(question.about),
        text: question.text.clone(),
    }
}

fn field_of(about: About) -> String {
    match about {
        About::Party(at) => party_field(at),
        _ => Facet::Parties.as_str().to_owned(),
    }
}

fn party_field(at: usize) -> String {
    format!("{}[{at}]", Facet::Parties.as_str())
}

/// Lists that do not answer for the day, or none at all.
fn coverage(lists: &Lists) -> Option<CaseQuestion> {
    let field = Facet::Parties.as_str().to_owned();
    if lists.index().is_empty() {
        return Some(CaseQuestion {
            code: "no-lists".to_owned(),
            field,
            text: "Are the parties on a list? No list is in use here, so nobody could be screened."
                .to_owned(),
        });
    }
    (!lists.not_covering().is_empty()).then(|| CaseQuestion {
        code: "list-history-missing".to_owned(),
        field,
        text: format!(
            "Were the parties on a list on that day? No snapshot of {} covers it.",
            lists.not_covering().join(", ")
        ),
    })
}

fn screened_party(at: usize, in_role: &PartyInRole, hits: Vec<ListedHit>) -> ScreenedParty {
    let status = if hits.is_empty() {
        ScreeningStatus::Clear
    } else {
        ScreeningStatus::Alert
    };
    ScreenedParty {
        about: About::Party(at),
        role: in_role.role,
        name: in_role.party.caption().to_owned(),
        status,
        hits,
    }
}

fn look_up(
    at: usize,
    party: &CaseParty,
    in_role: &PartyInRole,
    lists: &Lists,
    asked: Asked,
) -> Looked {
    let mut looked = Looked::default();
    if !party.entity_id.is_empty() {
        looked.facts.entity_ids.push(party.entity_id.clone());
    }
    let ask = |code: &str, part: &str, text: String| CaseQuestion {
        code: code.to_owned(),
        field: format!("{}.{part}", party_field(at)),
        text,
    };
    let role = party.role.label();
    if party.name == Given::Unknown {
        let text = format!("Who is the {role}?");
        looked.questions.push(ask("party-unknown", "name", text));
    }
    if party.country == Given::Unknown {
        let text = format!("In which country is the {role}?");
        looked
            .questions
            .push(ask("party-country-unknown", "country", text));
    }
    if party.owners == Given::Unknown {
        let text = format!("Who owns the {role}, and with which shares?");
        looked.questions.push(ask("owners-unknown", "owners", text));
    }
    if !party.entity_id.is_empty() {
        by_id(party, lists, asked, &mut looked);
        if !looked.identified && !lists.index().is_empty() {
            let text = format!(
                "Which entity is '{}' ({role})? The lists in use have none of this id.",
                party.entity_id
            );
            looked
                .questions
                .push(ask("entity-unknown", "entity_id", text));
        }
    }
    if party.name.known().is_some() {
        by_name(in_role, lists, asked, &mut looked);
    }
    add_given_owners(party, lists, asked, &mut looked);
    looked
}

/// The entities of an id: as the lists have it, or without the source before
/// its colon (`us-el:1234` as `1234`).
fn entities_of(id: &str, lists: &Lists) -> Vec<Entity> {
    let index = lists.index();
    let exact: Vec<Entity> = index
        .positions(id)
        .filter_map(|position| index.entity_at(position))
        .collect();
    if !exact.is_empty() || id.contains(':') {
        return exact;
    }
    let bare = |position: &usize| {
        let own = index.id_at(*position).and_then(|own| own.split_once(':'));
        own.is_some_and(|(_, own)| own == id)
    };
    (0..index.len())
        .filter(bare)
        .filter_map(|position| index.entity_at(position))
        .collect()
}

fn by_id(party: &CaseParty, lists: &Lists, asked: Asked, looked: &mut Looked) {
    for entity in entities_of(&party.entity_id, lists) {
        looked.identified = true;
        take_entity(&entity, lists, asked, looked);
        let standings = standings(&entity, asked);
        if standings.is_empty() {
            continue;
        }
        looked.hits.push(ListedHit {
            entity_id: entity.id.clone(),
            caption: entity.party.caption().to_owned(),
            lists: codes(&standings),
            score: 10_000,
            millibits: 0,
            strong: true,
            reasons: vec!["named by its id".to_owned()],
            disposition: None,
        });
    }
}

fn by_name(in_role: &PartyInRole, lists: &Lists, asked: Asked, looked: &mut Looked) {
    let query = Query::of_party(&in_role.party);
    if !query.is_answerable() || lists.index().is_empty() {
        return;
    }
    let Answer { hits, partial, .. } = lists.screen(&query, asked.as_of);
    if let Some(why) = partial {
        looked.questions.push(CaseQuestion {
            code: "screening-partial".to_owned(),
            field: Facet::Parties.as_str().to_owned(),
            text: format!("Is the party on a list? {}", why.text()),
        });
    }
    for hit in hits {
        if looked.hits.iter().any(|h| h.entity_id == hit.entity_id) {
            continue;
        }
        let mut hit = recorded(hit, None);
        if let Some(entity) = lists.index().entity(&hit.entity_id) {
            let known_of = standings(&entity, asked);
            hit.lists.retain(|code| {
                let stated = entity.listings.iter().any(|l| l.list == *code);
                !stated || known_of.iter().any(|s| s.list == *code)
            });
            if hit.strong {
                looked.identified = true;
                take_entity(&entity, lists, asked, looked);
            }
        }
        if !hit.lists.is_empty() {
            looked.hits.push(hit);
        }
    }
}

/// The listings of an entity in force on the day, of which one could know.
fn standings(entity: &Entity, asked: Asked) -> Vec<ListStanding> {
    let counts = |listing: &&Listing| {
        let period = Period {
            from: listing.listed_on,
            until: listing.until,
        };
        period.contains(asked.as_of) && listing.listed_on.is_none_or(|day| day <= asked.known)
    };
    let standing = |listing: &Listing| ListStanding {
        list: listing.list.clone(),
        entity_id: entity.id.clone(),
        name: entity.party.caption().to_owned(),
        listed_on: listing.listed_on,
        requirement: listing.licence_requirement.clone(),
        review_policy: listing.licence_policy.clone(),
    };
    entity
        .listings
        .iter()
        .filter(counts)
        .map(standing)
        .collect()
}

fn codes(standings: &[ListStanding]) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for standing in standings {
        if !codes.contains(&standing.list) {
            codes.push(standing.list.clone());
        }
    }
    codes
}

/// What an entity of the lists adds to a party: its standing and its owners.
fn take_entity(entity: &Entity, lists: &Lists, asked: Asked, looked: &mut Looked) {
    looked.facts.standings.extend(standings(entity, asked));
    looked.facts.entity_ids.push(entity.id.clone());
    let owners = owners_of(entity, lists, asked, MAX_TIERS);
    if !owners.is_empty() {
        add_owners(&mut looked.facts, owners);
    }
}

fn add_owners(facts: &mut PartyFacts, owners: Vec<OwnerFacts>) {
    match &mut facts.owners {
        Given::Known(known) => {
            for owner in owners {
                if !known.contains(&owner) {
                    known.push(owner);
                }
            }
        }
        other => *other = Given::Known(owners),
    }
}

/// The owners that the lists state for an entity, and theirs in turn.
fn owners_of(entity: &Entity, lists: &Lists, asked: Asked, tiers: usize) -> Vec<OwnerFacts> {
    let Some(left) = tiers.checked_sub(1) else {
        return Vec::new();
    };
    let links = entity.links.iter().filter(|link| link.relation == OWNED_BY);
    let owner = |link: &portcullis_domain::Link| {
        let found = link
            .other_id
            .as_deref()
            .and_then(|id| lists.index().entity(id));
        let found = found.or_else(|| by_exact_name(&link.other, lists, asked.as_of));
        let known = found.as_ref();
        OwnerFacts {
            name: link.other.clone(),
            standings: known.map(|e| standings(e, asked)).unwrap_or_default(),
            share: link.share.map_or(Given::Unknown, Given::Known),
            owners: known
                .map(|e| owners_of(e, lists, asked, left))
                .unwrap_or_default(),
            from: link.from,
            until: link.until,
        }
    };
    links.take(MAX_OWNERS).map(owner).collect()
}

/// The entity whose name is exactly this one, if the lists have one.
fn by_exact_name(name: &str, lists: &Lists, as_of: Date) -> Option<Entity> {
    let query = Query {
        name: name.to_owned(),
        ..Query::default()
    };
    if !query.is_answerable() {
        return None;
    }
    let answer = lists.screen(&query, as_of);
    let strong = answer.hits.into_iter().find(|hit| hit.strong.is_strong())?;
    lists.index().entity(&strong.entity_id)
}

/// The owners that the case itself names.
fn add_given_owners(party: &CaseParty, lists: &Lists, asked: Asked, looked: &mut Looked) {
    let Some(given) = party.owners.known() else {
        return;
    };
    let facts = |owner: &Owner| {
        let by_id = (!owner.entity_id.is_empty())
            .then(|| entities_of(&owner.entity_id, lists).into_iter().next())
            .flatten();
        let entity = by_id.or_else(|| by_exact_name(&owner.name, lists, asked.as_of));
        let mut standings = entity
            .as_ref()
            .map(|e| standings(e, asked))
            .unwrap_or_default();
        if !owner.list.is_empty() && !standings.iter().any(|s| s.list == owner.list) {
            standings.push(ListStanding {
                list: owner.list.clone(),
                entity_id: owner.entity_id.clone(),
                name: owner.name.clone(),
                ..ListStanding::default()
            });
        }
        let name = if owner.name.is_empty() {
            &owner.entity_id
        } else {
            &owner.name
        };
        OwnerFacts {
            name: name.clone(),
            standings,
            share: owner.share.clone(),
            owners: entity
                .map(|e| owners_of(&e, lists, asked, MAX_TIERS))
                .unwrap_or_default(),
            from: None,
            until: None,
        }
    };
    let unknown = |owner: &&Owner| {
        !owner.entity_id.is_empty()
            && owner.list.is_empty()
            && entities_of(&owner.entity_id, lists).is_empty()
    };
    for owner in given.iter().filter(unknown) {
        looked.questions.push(CaseQuestion {
            code: "entity-unknown".to_owned(),
            field: Facet::Parties.as_str().to_owned(),
            text: format!(
                "Which entity is the owner '{}'? The lists in use have none of this id.",
                owner.entity_id
            ),
        });
    }
    add_owners(&mut looked.facts, given.iter().map(facts).collect());
}
