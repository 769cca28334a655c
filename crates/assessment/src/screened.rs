//! Every party against every list: what was met, and how far it could be asked.

use crate::plain_finding;
use jiff::tz::TimeZone;
use portcullis_casework::{Disposition, Pair, Standing, Verdict, judge};
use portcullis_domain::{
    About, Date, Entity, Finding, HitDisposition, ListedHit, Outcome, Party, PartyInRole, Period,
    Provenance, Question, ScreenedParty, ScreeningStatus, Transaction,
};
use portcullis_screening::{Answer, Hit, Index, Options, Partial, Query};

/// Nobody could be screened.
const NO_LISTS: &str = "no-lists";
/// Screening stopped at a bound.
const PARTIAL: &str = "screening-partial";
/// No snapshot covers the day.
const LIST_HISTORY: &str = "list-history-missing";

/// The codes of findings and questions that screening makes, not policy.
pub(crate) const OF_SCREENING: [&str; 3] = [NO_LISTS, PARTIAL, LIST_HISTORY];

/// The lists that answer, with the id under which they are cited.
pub struct Lists {
    id: String,
    index: Index,
    not_covering: Vec<String>,
}

impl Lists {
    /// `not_covering` names the sources of which no snapshot covers the day
    /// that is asked about: they serve as evidence, and the outcome is at
    /// least a question.
    pub fn new(id: String, index: Index, not_covering: Vec<String>) -> Lists {
        Lists {
            id,
            index,
            not_covering,
        }
    }

    /// Id of the list set.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Everybody listed.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The entity of an id with what every source says of it: the one form in
    /// which an entity is shown, judged, and compared with what was judged.
    pub fn entity(&self, id: &str) -> Option<Entity> {
        together(self.as_each_source_has_it(id))
    }

    /// The entity of an id, once for each source that has it.
    pub fn as_each_source_has_it(&self, id: &str) -> impl Iterator<Item = Entity> {
        let places = self.index.positions(id);
        places.filter_map(|at| self.index.entity_at(at))
    }

    /// Sources of which no snapshot covers the day that is asked about.
    pub fn not_covering(&self) -> &[String] {
        &self.not_covering
    }

    /// Without any list nothing was screened: a hold.
    pub(crate) fn coverage_finding(&self) -> Option<Finding> {
        let text = "no list is active: nobody could be screened";
        let empty = self.index.is_empty();
        empty.then(|| plain_finding(NO_LISTS, text.to_owned(), Outcome::Hold))
    }

    pub(crate) fn coverage_question(&self) -> Option<Question> {
        (!self.not_covering.is_empty()).then(|| Question {
            about: About::Transaction,
            code: LIST_HISTORY.to_owned(),
            text: format!(
                "no snapshot of {} covers this day; the oldest one held was used as evidence",
                self.not_covering.join(", ")
            ),
            citations: Vec::new(),
        })
    }

    /// Every hit at or above the alert line whose listing is in force on the
    /// day. An answer that is partial is never clear.
    pub fn screen(&self, query: &Query, as_of: Date) -> Answer {
        self.screen_with(query, &Options::default(), as_of)
    }

    /// The same at another threshold, or with weak aliases alerting, too.
    pub fn screen_with(&self, query: &Query, options: &Options, as_of: Date) -> Answer {
        let mut answer = self.index.screen(query, options);
        let hits = std::mem::take(&mut answer.hits).into_iter();
        answer.hits = hits.filter_map(|hit| self.in_force(hit, as_of)).collect();
        answer
    }

    /// The judgement that holds for a party and an entity on a day, if one does.
    pub fn judgement_in_force(
        &self,
        judged: &[Disposition],
        party: &Party,
        entity_id: &str,
        as_of: Date,
    ) -> Option<HitDisposition> {
        let (decides, standing) = self.judgement(judged, party, entity_id, as_of)?;
        let decided = decides.decided()?;
        (standing == Standing::InForce).then(|| HitDisposition {
            id: decides.id.clone(),
            same: decides.verdict == Verdict::Same,
            decided_on: decided.at.to_zoned(TimeZone::UTC).date(),
            by: decides.by_whom(),
            expires_on: decides.expires_on,
        })
    }

    /// The judgement that decides for a party and an entity, and how it stands
    /// on a day; `None` if nobody judged them.
    pub fn judgement<'a>(
        &self,
        judged: &'a [Disposition],
        party: &Party,
        entity_id: &str,
        as_of: Date,
    ) -> Option<(&'a Disposition, Standing)> {
        if judged.is_empty() {
            return None;
        }
        let entity = self.entity(entity_id)?;
        let pair = Pair {
            party,
            entity: &entity,
            engine_major: portcullis_screening::ENGINE_VERSION.0,
            as_of,
        };
        let is_listed = |id: &str| self.index.positions(id).next().is_some();
        judge(judged, &pair, &is_listed)
    }

    /// Keeps only the listings in force on the day; a hit without any falls away.
    /// Undated listings count as listed while their snapshot is active.
    pub fn in_force(&self, mut hit: Hit, as_of: Date) -> Option<Hit> {
        let entities: Vec<Entity> = self.as_each_source_has_it(&hit.entity_id).collect();
        if !entities.is_empty() {
            hit.lists.retain(|code| {
                let listings = entities.iter().flat_map(|e| &e.listings);
                let mut of_list = listings.filter(|l| l.list == *code).peekable();
                of_list.peek().is_none()
                    || of_list.any(|l| {
                        Period {
                            from: l.listed_on,
                            until: l.until,
                        }
                        .contains(as_of)
                    })
            });
        }
        (!hit.lists.is_empty()).then_some(hit)
    }
}

/// What several sources say of one id, as one entity.
fn together(mut same: impl Iterator<Item = Entity>) -> Option<Entity> {
    let mut whole = same.next()?;
    for other in same {
        let (own, more) = (&mut whole.party, other.party);
        add(&mut own.names, more.names);
        add(&mut own.identifiers, more.identifiers);
        add(&mut own.addresses, more.addresses);
        add(&mut own.countries, more.countries);
        add(&mut own.birth_dates, more.birth_dates);
        add(&mut own.emails, more.emails);
        add(&mut own.phones, more.phones);
        own.gender = own.gender.or(more.gender);
        add(&mut whole.listings, other.listings);
        add(&mut whole.same_as, other.same_as);
        add(&mut whole.links, other.links);
        if !whole.remarks.contains(&other.remarks) {
            whole.remarks.push_str("; ");
            whole.remarks.push_str(&other.remarks);
        }
    }
    Some(whole)
}

/// Adds what is not there yet.
fn add<T: PartialEq>(own: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !own.contains(&item) {
            own.push(item);
        }
    }
}

/// Screens every party of a transaction, in order; and a hold for each that
/// could not be screened to the end.
pub(crate) fn screen_parties(
    transaction: &Transaction,
    judgements: &[Vec<Disposition>],
    lists: &Lists,
    as_of: Date,
) -> (Vec<ScreenedParty>, Vec<Finding>) {
    let parties = transaction.parties.iter().enumerate();
    let answers = parties.map(|(at, party)| {
        let judged = judgements.get(at).map_or(&[][..], Vec::as_slice);
        screen_party(at, party, judged, lists, as_of)
    });
    let (screened, partial): (Vec<_>, Vec<Option<Finding>>) = answers.unzip();
    (screened, partial.into_iter().flatten().collect())
}

fn screen_party(
    at: usize,
    party: &PartyInRole,
    judged: &[Disposition],
    lists: &Lists,
    as_of: Date,
) -> (ScreenedParty, Option<Finding>) {
    let query = Query::of_party(&party.party);
    let mut answerable = query.is_answerable() && !lists.index.is_empty();
    let Answer { hits, partial, .. } = if answerable {
        lists.screen(&query, as_of)
    } else {
        Answer::default()
    };
    // Without a hit, what was not screened to the end was not screened.
    answerable &= partial.is_none() || !hits.is_empty();
    let hits = hits.into_iter().map(|hit| {
        let holds = lists.judgement_in_force(judged, &party.party, &hit.entity_id, as_of);
        recorded(hit, holds)
    });
    let hits: Vec<ListedHit> = hits.collect();
    let status = match (answerable, hits.is_empty(), party.provenance) {
        (false, _, _) => ScreeningStatus::NotScreened,
        (true, false, _) if hits.iter().all(ListedHit::is_cleared) => ScreeningStatus::Cleared,
        (true, false, _) => ScreeningStatus::Alert,
        (true, true, Provenance::IdentifierOnly) => ScreeningStatus::ScreenedByIdentifier,
        (true, true, _) => ScreeningStatus::Clear,
    };
    let screened = ScreenedParty {
        about: About::Party(at),
        role: party.role,
        name: party.party.caption().to_owned(),
        status,
        hits,
    };
    (screened, partial.map(|why| not_to_the_end(at, why)))
}

/// Screening stopped at a bound: a hold, whatever was found until there.
fn not_to_the_end(at: usize, why: Partial) -> Finding {
    Finding {
        about: About::Party(at),
        ..plain_finding(PARTIAL, why.text(), Outcome::Hold)
    }
}

/// The recorded form of a hit: integers only. One that was judged the same is
/// as strong as an exact name.
pub fn recorded(hit: Hit, disposition: Option<HitDisposition>) -> ListedHit {
    ListedHit {
        score: (hit.score * 10_000.0).round() as i64,
        millibits: (hit.bits * 1_000.0).round() as i64,
        strong: hit.strong.is_strong() || disposition.as_ref().is_some_and(|d| d.same),
        reasons: hit.reasons.into_iter().map(|r| r.text).collect(),
        entity_id: hit.entity_id,
        caption: hit.caption,
        lists: hit.lists,
        disposition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::{Name, NameKind};

    #[test]
    fn two_sources_say_it_once() {
        let entity = |names: &[&str], remarks: &str| {
            let mut entity = Entity {
                id: "us-ofac:1".to_owned(),
                remarks: remarks.to_owned(),
                ..Entity::default()
            };
            let names = names.iter().map(|n| Name::new(NameKind::Primary, *n));
            entity.party.names = names.collect();
            entity
        };
        let both = [entity(&["A", "B"], "x"), entity(&["B", "C"], "y")];
        let whole = together(both.into_iter()).unwrap();
        let names: Vec<&str> = whole.party.names.iter().map(|n| n.text.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(whole.remarks, "x; y");
        assert_eq!(together(std::iter::empty()), None);
    }
}
