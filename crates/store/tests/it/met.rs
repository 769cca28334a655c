//! What assessments meet stands in the queue of alerts, once for party and entity.

use crate::support::{World, at, decision, entity, now, on_both_databases, party, transaction};
use portcullis_casework::{AlertState, Terms, Verdict};
use portcullis_domain::{
    About, HitDisposition, ListedHit, MessageKind, Outcome, Role, ScreenedParty, ScreeningStatus,
};
use portcullis_store::{
    Alert, AlertFilter, AlertOf, AlertSource, NewAssessment, NewDisposition, Page, Store,
};

on_both_databases!(
    a_party_met_twice_is_one_alert_that_leads_to_both,
    a_judgement_moves_it_and_an_assessment_does_not_hide_a_proposal,
    what_was_known_earlier_changes_nothing,
    an_erased_assessment_leaves_the_alert_to_the_others,
);

const PAGE: Page = Page {
    offset: 0,
    limit: 10,
};

fn hit(entity_id: &str, score: i64) -> ListedHit {
    ListedHit {
        entity_id: entity_id.to_owned(),
        caption: format!("Name of {entity_id}"),
        lists: vec!["un-sc".to_owned()],
        score,
        millibits: 20_000,
        strong: score == 10_000,
        reasons: vec!["the same name".to_owned()],
        disposition: None,
    }
}

/// An assessment whose only party is called `name` and met these.
fn assessment(reference: &str, name: &str, hits: Vec<ListedHit>) -> NewAssessment {
    let mut transaction = transaction(reference);
    transaction.parties[0].party = party(name);
    let mut decision = decision(&transaction, Outcome::Review);
    decision.screened = vec![ScreenedParty {
        about: About::Party(0),
        role: Role::Consignee,
        name: name.to_owned(),
        status: ScreeningStatus::Alert,
        hits,
    }];
    NewAssessment {
        file: "f".to_owned(),
        index: 0,
        kind: MessageKind::Declaration,
        reference: Some(reference.to_owned()),
        version: Some(1),
        message_digest: portcullis_domain::hex_sha256(reference.as_bytes()),
        held: None,
        decision,
        transaction: Some(transaction),
    }
}

async fn record(store: &Store, all: Vec<NewAssessment>) -> Vec<String> {
    let recorded = store.record(all, "officer", now()).await.unwrap();
    recorded.into_iter().map(|r| r.decision_id).collect()
}

async fn queue(store: &Store, state: Option<AlertState>) -> Vec<Alert> {
    let filter = AlertFilter {
        state,
        ..AlertFilter::on("2026-11-22".parse().unwrap())
    };
    store.alerts(&filter, PAGE).await.unwrap().rows
}

async fn a_party_met_twice_is_one_alert_that_leads_to_both(world: World) {
    let store = world.open().await;
    let one = assessment("A", "Acme Trading", vec![hit("un-sc:1", 8_000)]);
    // Another order of words is the same party; in one batch, too.
    let two = assessment("B", "TRADING acme", vec![hit("un-sc:1", 8_100)]);
    let other = assessment(
        "C",
        "Other",
        vec![hit("un-sc:2", 10_000), hit("un-sc:3", 7_200)],
    );
    let ids = record(&store, vec![one, two, other]).await;
    let all = queue(&store, Some(AlertState::Open)).await;
    let order: Vec<(&str, i64)> = all
        .iter()
        .map(|a| (a.entity_id.as_str(), a.score))
        .collect();
    assert_eq!(
        order,
        [("un-sc:2", 10_000), ("un-sc:1", 8_100), ("un-sc:3", 7_200)]
    );
    let of = AlertOf::Assessed {
        decision_id: ids[1].clone(),
        assessments: 2,
    };
    assert_eq!(all[1].of, of);
    let evidence = all[1].evidence.as_ref().unwrap();
    assert_eq!(evidence.party.caption(), "TRADING acme");
    assert_eq!(evidence.entity.party.caption(), "Name of un-sc:1");
    let both = store.assessments_of_alert(&all[1].id, 10).await.unwrap();
    assert_eq!(both, [ids[1].clone(), ids[0].clone()]);
    let of_other = store.alerts_of_assessment(&ids[2]).await.unwrap();
    assert_eq!(of_other.len(), 2);
    assert_eq!(of_other[0], (all[0].id.clone(), "un-sc:2".to_owned()));
    let customers = AlertFilter {
        source: Some(AlertSource::Customers),
        ..AlertFilter::on("2026-11-22".parse().unwrap())
    };
    assert_eq!(store.alerts(&customers, PAGE).await.unwrap().total, 0);
    assert_eq!(store.check().await.unwrap().problem, None);
}

fn judgement(second_needed: bool) -> NewDisposition {
    NewDisposition {
        party: party("Acme"),
        customer: None,
        entity: entity("un-sc:1"),
        verdict: Verdict::NotSame,
        reason: "another one".to_owned(),
        expires_on: None,
        engine_major: 1,
        terms: Terms {
            second_needed,
            longest_days: 365,
        },
        rests_on: None,
    }
}

async fn a_judgement_moves_it_and_an_assessment_does_not_hide_a_proposal(world: World) {
    let store = world.open().await;
    let met = || vec![hit("un-sc:1", 8_000)];
    record(&store, vec![assessment("A", "Acme", met())]).await;
    let proposed = store
        .propose_disposition(judgement(true), "ann", now())
        .await
        .unwrap();
    assert_eq!(queue(&store, Some(AlertState::Awaiting)).await.len(), 1);
    // The judgement is not in force, so the assessment knows of none.
    record(&store, vec![assessment("B", "Acme", met())]).await;
    assert_eq!(queue(&store, Some(AlertState::Awaiting)).await.len(), 1);
    let id = proposed.disposition.id;
    store.confirm_disposition(&id, "ben", now()).await.unwrap();
    let cleared = queue(&store, Some(AlertState::Cleared)).await;
    assert_eq!(
        cleared[0].disposition_id.as_deref(),
        Some(id.as_str()),
        "{cleared:?}"
    );
    // A year on, the judgement is over and the alert open again.
    let later = AlertFilter {
        state: Some(AlertState::Open),
        ..AlertFilter::on("2027-12-01".parse().unwrap())
    };
    assert_eq!(store.alerts(&later, PAGE).await.unwrap().total, 1);
    // The entity changed: the judgement no longer holds, and nobody is told otherwise.
    record(&store, vec![assessment("C", "Acme", met())]).await;
    assert_eq!(queue(&store, Some(AlertState::Open)).await.len(), 1);
    let mut held = hit("un-sc:1", 8_000);
    held.disposition = Some(HitDisposition {
        id,
        same: false,
        decided_on: "2026-11-22".parse().unwrap(),
        by: "ann and ben".to_owned(),
        expires_on: "2027-11-22".parse().unwrap(),
    });
    record(&store, vec![assessment("D", "Acme", vec![held])]).await;
    let cleared = queue(&store, Some(AlertState::Cleared)).await;
    assert_eq!(cleared.len(), 1);
    assert!(matches!(
        cleared[0].of,
        AlertOf::Assessed { assessments: 4, .. }
    ));
    store
        .withdraw_disposition(
            cleared[0].disposition_id.as_ref().unwrap(),
            "no",
            "ann",
            now(),
        )
        .await
        .unwrap();
    assert_eq!(queue(&store, Some(AlertState::Open)).await.len(), 1);
}

async fn what_was_known_earlier_changes_nothing(world: World) {
    let store = world.open().await;
    let met = || vec![hit("un-sc:1", 8_000)];
    let ids = record(&store, vec![assessment("A", "Acme", met())]).await;
    let mut earlier = assessment("B", "Acme", vec![hit("un-sc:1", 7_500)]);
    earlier.decision.known = "2026-01-01".parse().unwrap();
    record(&store, vec![earlier]).await;
    let all = queue(&store, None).await;
    assert_eq!(all[0].score, 8_000);
    let of = AlertOf::Assessed {
        decision_id: ids[0].clone(),
        assessments: 2,
    };
    assert_eq!(all[0].of, of);
}

async fn an_erased_assessment_leaves_the_alert_to_the_others(world: World) {
    let store = world.open().await;
    let met = |reference: &str| assessment(reference, "Acme", vec![hit("un-sc:1", 8_000)]);
    let ids = record(&store, vec![met("A"), met("B")]).await;
    let erase = |id: String| {
        let store = store.clone();
        async move {
            store
                .erase_contents(&id, "retention", "admin", at("2026-11-23"))
                .await
        }
    };
    erase(ids[1].clone()).await.unwrap();
    let left = queue(&store, None).await;
    assert_eq!(left.len(), 1);
    assert!(left[0].evidence.is_some());
    assert!(
        matches!(&left[0].of, AlertOf::Assessed { decision_id, assessments: 1 }
        if *decision_id == ids[0])
    );
    erase(ids[0].clone()).await.unwrap();
    assert!(queue(&store, None).await.is_empty());
}
