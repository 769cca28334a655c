//! Judgements are kept with both sides as they were, and by two people where
//! policy wants two.

use crate::support::{World, at, entity, now, on_both_databases, party};
use portcullis_casework::{Pair, Progress, Refusal, Standing, Terms, Verdict, judge};
use portcullis_domain::Party;
use portcullis_store::{
    CustomerRef, DispositionFilter, DispositionOf, NewDisposition, Page, Store, StoreError,
    StoredDisposition,
};

on_both_databases!(
    two_people_decide_and_the_database_says_so_too,
    a_judgement_is_found_by_party_and_customer,
    the_newest_takes_the_place_of_the_older,
    erased_sides_no_longer_clear,
);

const PAGE: Page = Page {
    offset: 0,
    limit: 10,
};

fn not_same(name: &str, second_needed: bool) -> NewDisposition {
    NewDisposition {
        party: party(name),
        customer: Some(CustomerRef {
            book: "main".to_owned(),
            id: format!("C-{}", name.len()),
        }),
        entity: entity("un-sc:1"),
        verdict: Verdict::NotSame,
        reason: "born forty years later".to_owned(),
        expires_on: None,
        engine_major: 1,
        terms: Terms {
            second_needed,
            longest_days: 365,
        },
        rests_on: None,
    }
}

async fn stands(store: &Store, party: &Party) -> Option<(StoredDisposition, Standing)> {
    let found = store
        .judgements_on(&[(party, None)])
        .await
        .unwrap()
        .remove(0);
    let entity = entity("un-sc:1");
    let pair = Pair {
        party,
        entity: &entity,
        engine_major: 1,
        as_of: "2026-12-01".parse().unwrap(),
    };
    let (decides, standing) = judge(found.iter().map(|f| &f.disposition), &pair, &|_| true)?;
    let stored = found
        .iter()
        .find(|f| f.disposition.id == decides.id)
        .unwrap();
    Some((stored.clone(), standing))
}

async fn two_people_decide_and_the_database_says_so_too(world: World) {
    let store = world.open().await;
    let proposed = store
        .propose_disposition(not_same("Acme", true), "ann", now())
        .await
        .unwrap();
    let id = &proposed.disposition.id;
    let (_, standing) = stands(&store, &party("ACME")).await.unwrap();
    assert_eq!(standing, Standing::AwaitingSecond);
    let alone = store.confirm_disposition(id, "Ann", now()).await;
    assert!(matches!(
        alone,
        Err(StoreError::Refused(Refusal::SamePerson { .. }))
    ));
    for alone in ["ann", "ANN"] {
        let sql = format!("UPDATE dispositions SET progress = 'decided', confirmed_by = '{alone}'");
        assert!(world.run(&sql).await.is_err(), "{alone}");
    }
    let unconfirmed = "UPDATE dispositions SET progress = 'decided'";
    assert!(world.run(unconfirmed).await.is_err());
    let decided = store
        .confirm_disposition(id, "ben", at("2026-11-23"))
        .await
        .unwrap();
    assert_eq!(decided.disposition.by_whom(), "ann and ben");
    assert_eq!(store.disposition(id).await.unwrap(), decided);
    let (_, standing) = stands(&store, &party("ACME")).await.unwrap();
    assert_eq!(standing, Standing::InForce);
    let again = store.confirm_disposition(id, "cleo", now()).await;
    assert!(matches!(
        again,
        Err(StoreError::Refused(Refusal::NotWaiting(_)))
    ));
    assert_eq!(store.check().await.unwrap().problem, None);
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(
        !bodies.contains("Acme") && !bodies.contains("forty"),
        "{bodies}"
    );
}

async fn a_judgement_is_found_by_party_and_customer(world: World) {
    let store = world.open().await;
    let made = store
        .propose_disposition(not_same("Acme", false), "ann", now())
        .await
        .unwrap();
    assert!(stands(&store, &party("Other")).await.is_none());
    // Under its number the customer is found whatever it is called now.
    let renamed = party("Beta");
    let customer = made.customer.clone().unwrap();
    let found = store
        .judgements_on(&[(&renamed, Some(&customer)), (&renamed, None)])
        .await
        .unwrap();
    assert_eq!((found[0].len(), found[1].len()), (1, 0));
    for of in [
        DispositionOf::Customer(customer),
        DispositionOf::Entity("un-sc:1".to_owned()),
    ] {
        let filter = DispositionFilter {
            of: Some(of),
            progress: Some(Progress::Decided),
            verdict: Some(Verdict::NotSame),
            from: Some(at("2026-11-01")),
        };
        let listed = store.dispositions(&filter, PAGE).await.unwrap();
        assert_eq!((listed.total, &listed.rows[0]), (1, &made));
    }
    let none = DispositionFilter {
        progress: Some(Progress::Proposed),
        ..DispositionFilter::default()
    };
    assert_eq!(store.dispositions(&none, PAGE).await.unwrap().total, 0);
}

async fn the_newest_takes_the_place_of_the_older(world: World) {
    let store = world.open().await;
    let older = store
        .propose_disposition(not_same("Acme", false), "ann", now())
        .await
        .unwrap();
    // Of somebody else with the same name: judged on another number.
    let mut namesake = not_same("Acme", false);
    namesake.customer = None;
    namesake
        .party
        .identifiers
        .push(portcullis_domain::Identifier::new("tax", "1"));
    let namesake = store
        .propose_disposition(namesake, "ann", now())
        .await
        .unwrap();
    let newer = NewDisposition {
        verdict: Verdict::Same,
        ..not_same("Acme", true)
    };
    let newer = store
        .propose_disposition(newer, "ben", at("2026-11-23"))
        .await
        .unwrap();
    // While it waits nothing is cleared, and if it is refused the older holds again.
    let (_, standing) = stands(&store, &party("Acme")).await.unwrap();
    assert_eq!(standing, Standing::AwaitingSecond);
    let id = newer.disposition.id;
    let refused = store
        .refuse_disposition(&id, "different owner", "ann", at("2026-11-23"))
        .await;
    assert_eq!(
        refused.unwrap().end_reason.as_deref(),
        Some("different owner")
    );
    let (decides, standing) = stands(&store, &party("Acme")).await.unwrap();
    assert_eq!(
        (decides.disposition.id, standing),
        (older.disposition.id.clone(), Standing::InForce)
    );
    // Decided, it replaces the older for good.
    let same = NewDisposition {
        verdict: Verdict::Same,
        ..not_same("Acme", false)
    };
    let same = store
        .propose_disposition(same, "ben", at("2026-11-24"))
        .await
        .unwrap();
    let replaced = store.disposition(&older.disposition.id).await.unwrap();
    assert_eq!(replaced.disposition.progress, Progress::Superseded);
    let untouched = store.disposition(&namesake.disposition.id).await.unwrap();
    assert_eq!(untouched.disposition.progress, Progress::Decided);
    let id = same.disposition.id;
    store
        .withdraw_disposition(&id, "wrong file", "ben", at("2026-11-25"))
        .await
        .unwrap();
    let left = stands(&store, &party("Acme"))
        .await
        .map(|(d, s)| (d.disposition.id, s));
    let (id, standing) = left.unwrap();
    assert_eq!(id, namesake.disposition.id);
    assert!(matches!(standing, Standing::Reopened { .. }), "{standing}");
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn erased_sides_no_longer_clear(world: World) {
    let store = world.open().await;
    let made = store
        .propose_disposition(not_same("Acme", false), "ann", now())
        .await
        .unwrap();
    let id = &made.disposition.id;
    store
        .erase_contents(id, "art-17", "dpo", now())
        .await
        .unwrap();
    let stored = store.disposition(id).await.unwrap();
    assert_eq!((stored.disposition.judged, stored.reason), (None, None));
    assert!(stands(&store, &party("Acme")).await.is_none());
    assert_eq!(store.check().await.unwrap().problem, None);
}
