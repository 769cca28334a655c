//! The judgements that may concern the parties of a batch.

use crate::GateError;
use crate::admit::{Admitted, Asking, Work};
use jiff::tz::TimeZone;
use portcullis_casework::Disposition;
use portcullis_domain::{Date, Party};
use portcullis_store::{Store, StoredDisposition};

/// Finds them for every party that will be assessed. One that was decided after
/// the day of knowledge does not count.
pub(crate) async fn load(
    store: &Store,
    admitted: &mut [Admitted],
    asking: Asking,
) -> Result<(), GateError> {
    let assessed = |a: &&mut Admitted| matches!(a.work, Work::Assess | Work::AssessAndHold(_));
    let mut assessed: Vec<&mut Admitted> = admitted.iter_mut().filter(assessed).collect();
    let parties: Vec<(&Party, _)> = assessed
        .iter()
        .flat_map(|a| a.transaction.parties.iter().map(|p| (&p.party, None)))
        .collect();
    let mut found = store.judgements_on(&parties).await?.into_iter();
    for one in &mut assessed {
        let count = one.transaction.parties.len();
        let of_parties = found.by_ref().take(count);
        one.judgements = of_parties.map(|f| known(f, asking.asked.known)).collect();
    }
    Ok(())
}

fn known(found: Vec<StoredDisposition>, known: Date) -> Vec<Disposition> {
    let by_then = |d: &Disposition| {
        let made = d.decided().unwrap_or(&d.proposed);
        made.at.to_zoned(TimeZone::UTC).date() <= known
    };
    let all = found.into_iter().map(|f| f.disposition);
    all.filter(by_then).collect()
}
