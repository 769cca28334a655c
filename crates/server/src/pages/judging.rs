//! The form in which a match is judged, and what was judged of it before.

use super::screenings;
use crate::{
    AppState,
    access::Permission,
    problem::Problem,
    search::Answered,
    session::Actor,
    state::today,
    view::{Choice, day, moment},
};
use jiff::Timestamp;
use portcullis_casework::{Identity, Pair, Progress, Standing, Terms, Verdict, judge};
use portcullis_domain::{Date, Entity, Party};
use portcullis_policy::DispositionCase;
use portcullis_screening::ENGINE_VERSION;
use portcullis_store::{
    CustomerRef, DispositionFilter, DispositionOf, NewDisposition, Page, ScreeningDetail,
    StoredDisposition, StoredScreening,
};
use serde::Deserialize;
use std::collections::HashMap;

/// Earlier judgements that are looked through for the history of a pair.
const LOOKED_THROUGH: u64 = 200;
/// Characters of a reason.
const REASON_CHARS: usize = 4_000;

/// What reasons are usually given, with the verdict they belong to. The words
/// go into the record as they stand here.
const TEMPLATES: [(Verdict, &str, &str); 9] = [
    (Verdict::NotSame, "birth-date", "Born on another date"),
    (
        Verdict::NotSame,
        "identifier",
        "The numbers of passport, register or ship differ",
    ),
    (
        Verdict::NotSame,
        "name-part",
        "Only a part of the name agrees",
    ),
    (
        Verdict::NotSame,
        "place",
        "Lives or is registered elsewhere and has another business",
    ),
    (
        Verdict::NotSame,
        "kind",
        "Another type: a person, a company, a ship",
    ),
    (
        Verdict::Same,
        "same-identifier",
        "An identifier is the same",
    ),
    (
        Verdict::Same,
        "same-name-and-date",
        "Name and birth date are the same",
    ),
    (
        Verdict::Same,
        "same-name-and-address",
        "Name and address are the same",
    ),
    (Verdict::Same, "same-own-word", "The party says so itself"),
];

/// The form as it is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct JudgeForm {
    pub(crate) csrf: String,
    pub(crate) verdict: String,
    /// Code of a usual reason; may be empty.
    pub(crate) because: String,
    /// Own words; may be empty if a usual reason is chosen.
    pub(crate) reason: String,
    pub(crate) expires_on: String,
}

/// A match to be judged.
pub(crate) struct Subject {
    pub(crate) party: Party,
    /// The customer that the party is, if it is one.
    pub(crate) customer: Option<CustomerRef>,
    pub(crate) entity: Entity,
    /// In ten-thousandths.
    pub(crate) score: i64,
    pub(crate) strong: bool,
    /// Id of the screening or alert that is looked at.
    pub(crate) rests_on: String,
}

/// Usual reasons of one verdict.
pub(crate) struct Group {
    pub(crate) label: &'static str,
    pub(crate) verdict: &'static str,
    pub(crate) options: Vec<Choice>,
}

/// An earlier judgement of the same pair.
pub(crate) struct Past {
    pub(crate) id: String,
    pub(crate) verdict: &'static str,
    pub(crate) state: &'static str,
    pub(crate) line: String,
}

/// The form and what stands around it.
pub(crate) struct JudgeView {
    pub(crate) action: String,
    pub(crate) allowed: bool,
    /// How the pair stands judged, in a sentence; empty if nobody judged it.
    pub(crate) state: String,
    /// Why an earlier judgement no longer holds.
    pub(crate) reopened: Vec<String>,
    pub(crate) error: String,
    pub(crate) form: JudgeForm,
    pub(crate) not_same_terms: String,
    pub(crate) same_terms: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) history: Vec<Past>,
}

impl JudgeView {
    /// The form for a match. `error` is why it was not taken.
    pub(crate) async fn new(
        state: &AppState,
        actor: &Actor,
        subject: &Subject,
        action: String,
        (form, error): (JudgeForm, String),
    ) -> Result<JudgeView, Problem> {
        let candidates = candidates(state, &subject.party, subject.customer.as_ref()).await?;
        let standing = standing(&candidates, &subject.party, &subject.entity);
        let reopened = match &standing {
            Some((_, Standing::Reopened { why })) => why.iter().map(|w| w.to_string()).collect(),
            _ => Vec::new(),
        };
        Ok(JudgeView {
            action,
            allowed: Permission::Judge.allows(actor.role),
            state: standing.map_or(String::new(), |(d, s)| judged_words(d, &s)),
            reopened,
            error,
            not_same_terms: terms_words(&terms(state, subject, Verdict::NotSame)),
            same_terms: terms_words(&terms(state, subject, Verdict::Same)),
            groups: groups(&form.because),
            history: history(state, subject).await?,
            form,
        })
    }
}

/// Judges a match as the form says.
pub(crate) async fn propose(
    state: &AppState,
    actor: &Actor,
    subject: &Subject,
    form: &JudgeForm,
) -> Result<StoredDisposition, Declined> {
    let now = Timestamp::now();
    let (verdict, reason, expires_on) = read(form)?;
    let new = NewDisposition {
        party: subject.party.clone(),
        customer: subject.customer.clone(),
        entity: subject.entity.clone(),
        verdict,
        reason,
        expires_on,
        engine_major: ENGINE_VERSION.0,
        terms: terms(state, subject, verdict),
        rests_on: Some(subject.rests_on.clone()),
    };
    let proposed = state
        .store()
        .propose_disposition(new, &actor.name, now)
        .await;
    proposed.map_err(Declined::from)
}

/// Why a judgement was not taken: words for the form, or a failure of ours.
pub(crate) enum Declined {
    Words(String),
    Failed(Problem),
}

impl From<portcullis_store::StoreError> for Declined {
    fn from(error: portcullis_store::StoreError) -> Declined {
        match error {
            portcullis_store::StoreError::Refused(why) => {
                Declined::Words(crate::view::sentence(&why.to_string()))
            }
            other => Declined::Failed(other.into()),
        }
    }
}

type Read = (Verdict, String, Option<Date>);

fn read(form: &JudgeForm) -> Result<Read, Declined> {
    let words = |text: &str| Declined::Words(text.to_owned());
    let verdict = Verdict::parse(&form.verdict)
        .ok_or_else(|| words("Say whether they are the same or not"))?;
    let usual = match form.because.as_str() {
        "" => None,
        code => Some(
            TEMPLATES
                .iter()
                .find(|(_, c, _)| *c == code)
                .ok_or_else(|| words("There is no such reason"))?,
        ),
    };
    if usual.is_some_and(|(of, ..)| *of != verdict) {
        return Err(words("This reason belongs to the other judgement"));
    }
    let own = form.reason.trim();
    if own.chars().count() > REASON_CHARS {
        return Err(words("The reason is longer than 4,000 characters"));
    }
    let parts = usual.map(|(_, _, text)| *text).into_iter().chain(Some(own));
    let parts: Vec<&str> = parts.filter(|text| !text.is_empty()).collect();
    if parts.is_empty() {
        return Err(words(
            "Choose a reason or write one: whoever reads this later has only that",
        ));
    }
    let expires_on = match form.expires_on.trim() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| words("The day is not a date. Write year, month, day"))?,
        ),
    };
    Ok((verdict, parts.join(". "), expires_on))
}

fn groups(chosen: &str) -> Vec<Group> {
    let group = |verdict: Verdict, label| {
        let of_verdict = TEMPLATES.iter().filter(|(v, ..)| *v == verdict);
        let options = (1..)
            .zip(of_verdict)
            .map(|(number, (_, code, text))| Choice {
                value: (*code).to_owned(),
                text: format!("{number} {text}"),
                chosen: *code == chosen,
            });
        Group {
            label,
            verdict: verdict.as_str(),
            options: options.collect(),
        }
    };
    vec![
        group(Verdict::NotSame, "Not the same"),
        group(Verdict::Same, "The same"),
    ]
}

/// What policy says of judging this match so.
fn terms(state: &AppState, subject: &Subject, verdict: Verdict) -> Terms {
    let case = DispositionCase {
        verdict: verdict.as_str(),
        strong: subject.strong,
        score: subject.score,
    };
    let says = state
        .desk()
        .engine()
        .policy()
        .dispositions()
        .terms(case, today(), today());
    Terms {
        second_needed: !says.second_person.is_empty(),
        longest_days: says.longest_days,
    }
}

fn terms_words(terms: &Terms) -> String {
    let second = if terms.second_needed {
        "a second person must agree"
    } else {
        "one person decides"
    };
    format!(
        "{second}; remembered for {} days at most",
        terms.longest_days
    )
}

async fn candidates(
    state: &AppState,
    party: &Party,
    customer: Option<&CustomerRef>,
) -> Result<Vec<StoredDisposition>, Problem> {
    let found = state.store().judgements_on(&[(party, customer)]).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

fn standing<'a>(
    candidates: &'a [StoredDisposition],
    party: &Party,
    entity: &Entity,
) -> Option<(&'a StoredDisposition, Standing)> {
    let pair = Pair {
        party,
        entity,
        engine_major: ENGINE_VERSION.0,
        as_of: today(),
    };
    let (decides, standing) = judge(candidates.iter().map(|c| &c.disposition), &pair, &|_| true)?;
    let stored = candidates.iter().find(|c| c.disposition.id == decides.id)?;
    Some((stored, standing))
}

/// `Judged not the same by ana and ben on 3 Nov 2026; holds until 3 Nov 2027`.
fn judged_words(stored: &StoredDisposition, standing: &Standing) -> String {
    let d = &stored.disposition;
    let verdict = verdict_words(d.verdict);
    let made = format!(
        "Judged {verdict} by {} on {}",
        d.by_whom(),
        date_of(d.decided().map_or(d.proposed.at, |hand| hand.at))
    );
    match standing {
        Standing::InForce => format!("{made}; holds until {}", day(d.expires_on)),
        Standing::AwaitingSecond => format!("{made}; waits for a second person"),
        Standing::Expired { on } => format!("{made}; expired on {}", day(*on)),
        other => format!("{made}; {other}"),
    }
}

/// `Judged not the same. Waits for a second person.`
pub(crate) fn recorded_words(stored: &StoredDisposition) -> String {
    let d = &stored.disposition;
    let after = match d.progress {
        Progress::Proposed => "It waits for a second person.".to_owned(),
        Progress::Decided => format!("Remembered until {}.", day(d.expires_on)),
        other => format!("It is {}.", progress_words(other)),
    };
    format!("Judged {}. {after}", verdict_words(d.verdict))
}

fn date_of(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// The verdict in words.
pub(crate) fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "the same",
        Verdict::NotSame => "not the same",
    }
}

/// How far a judgement has come, in words.
pub(crate) fn progress_words(progress: Progress) -> &'static str {
    match progress {
        Progress::Proposed => "waits for a second person",
        Progress::Decided => "decided",
        Progress::Refused => "refused by the second person",
        Progress::Withdrawn => "withdrawn",
        Progress::Superseded => "replaced by a newer one",
    }
}

/// Every earlier judgement of this very pair, newest first.
async fn history(state: &AppState, subject: &Subject) -> Result<Vec<Past>, Problem> {
    let of = match &subject.customer {
        Some(customer) => DispositionOf::Customer(customer.clone()),
        None => DispositionOf::Entity(subject.entity.id.clone()),
    };
    let filter = DispositionFilter {
        of: Some(of),
        ..DispositionFilter::default()
    };
    let page = Page {
        offset: 0,
        limit: LOOKED_THROUGH,
    };
    let found = state.store().dispositions(&filter, page).await?;
    let now = Identity::of(&subject.party);
    let of_pair = found.rows.iter().filter(|stored| {
        let d = &stored.disposition;
        let judged = d.judged.as_ref();
        let same_party = stored.customer.is_some()
            || judged.is_some_and(|j| Identity::of(&j.party).changes(&now).is_empty());
        d.entity_id == subject.entity.id && same_party
    });
    Ok(of_pair.map(past).collect())
}

fn past(stored: &StoredDisposition) -> Past {
    let d = &stored.disposition;
    let reason = stored.reason.as_deref().unwrap_or("reason no longer held");
    Past {
        id: d.id.clone(),
        verdict: match d.verdict {
            Verdict::Same => "The same",
            Verdict::NotSame => "Not the same",
        },
        state: progress_words(d.progress),
        line: format!("{}, {}: {reason}", d.by_whom(), moment(d.proposed.at)),
    }
}

/// How the entries that a screening met are judged, by entity id, in words.
pub(crate) async fn judged_hits(
    state: &AppState,
    stored: &StoredScreening,
    replayed: Option<&Answered>,
) -> Result<HashMap<String, String>, Problem> {
    let (Some(ScreeningDetail::One { asked, hits, .. }), Some(answered)) =
        (&stored.detail, replayed)
    else {
        return Ok(HashMap::new());
    };
    let candidates = candidates(state, asked, None).await?;
    let mut judged = HashMap::new();
    if candidates.is_empty() {
        return Ok(judged);
    }
    for hit in hits {
        let Some(entity) = answered.entity(&hit.entity_id) else {
            continue;
        };
        if let Some((d, s)) = standing(&candidates, asked, &entity) {
            judged.insert(hit.entity_id.clone(), judged_words(d, &s));
        }
    }
    Ok(judged)
}

/// The question behind a record, with its hit of that number, from 1.
pub(crate) fn hit_of(
    stored: &StoredScreening,
    number: usize,
) -> Option<(&Party, &portcullis_domain::ListedHit, usize)> {
    let Some(ScreeningDetail::One { asked, hits, .. }) = &stored.detail else {
        return None;
    };
    let hit = hits.get(number.checked_sub(1)?)?;
    Some((asked, hit, hits.len()))
}

/// A record that may be read, or why not; used where a hit of it is shown.
pub(crate) async fn record(
    state: &AppState,
    actor: &Actor,
    id: &str,
) -> Result<StoredScreening, Problem> {
    screenings::readable(state, actor, id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(verdict: &str, because: &str, reason: &str) -> JudgeForm {
        JudgeForm {
            verdict: verdict.to_owned(),
            because: because.to_owned(),
            reason: reason.to_owned(),
            ..JudgeForm::default()
        }
    }

    #[test]
    fn a_usual_reason_and_own_words_make_one_sentence() {
        let read = |form: &JudgeForm| read(form).map_err(|_| ());
        let (verdict, reason, expires) =
            read(&form("not_same", "birth-date", " 1991, passport seen ")).unwrap();
        assert_eq!((verdict, expires), (Verdict::NotSame, None));
        assert_eq!(reason, "Born on another date. 1991, passport seen");
        for bad in [
            form("", "birth-date", ""),
            form("perhaps", "birth-date", ""),
            form("not_same", "", "  "),
            form("not_same", "no-such", "x"),
            // A reason for one verdict is none for the other.
            form("same", "birth-date", "x"),
        ] {
            assert!(read(&bad).is_err(), "{bad:?}");
        }
        let dated = JudgeForm {
            expires_on: "soon".to_owned(),
            ..form("same", "same-identifier", "")
        };
        assert!(read(&dated).is_err());
    }
}
