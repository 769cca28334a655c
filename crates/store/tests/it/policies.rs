//! Versions of the policy: two people, in the rules and again in the database;
//! what was adopted stays as it is.

use crate::support::{World, at, date, now, on_both_databases, recorded};
use portcullis_casework::{PolicyCheck, PolicyProgress};
use portcullis_domain::Outcome;
use portcullis_store::{
    NewBulletin, NewPolicyVersion, NewShadow, Page, PolicyBundle, ShadowDecision, Store, StoreError,
};

on_both_databases!(
    one_proposes_and_another_adopts,
    the_database_refuses_what_the_rules_refuse,
    two_from_the_same_base_cannot_both_be_adopted,
    a_suspended_version_makes_room_for_the_one_before,
    a_draft_in_the_shadow_is_recorded_and_never_acts,
    bulletins_are_published_once,
    the_record_is_read_in_order_and_erasure_is_seen,
);

const GOOD: PolicyCheck = PolicyCheck {
    problems: 0,
    cases: 5,
};

fn files(text: &str) -> PolicyBundle {
    [("risk.toml".to_owned(), text.to_owned())].into()
}

fn new(text: &str) -> NewPolicyVersion {
    NewPolicyVersion {
        files: files(text),
        title: "Pumps".to_owned(),
        reason: "Pumps were sent on.".to_owned(),
        check: GOOD,
    }
}

async fn adopted(store: &Store, text: &str, hour: &str) -> String {
    let when = format!("2026-11-22T{hour}:00:00Z").parse().unwrap();
    let proposed = store.propose_policy(new(text), "ann", when).await.unwrap();
    let id = proposed.version.id;
    store
        .adopt_policy(&id, GOOD, "", "ben", when)
        .await
        .unwrap();
    id
}

async fn one_proposes_and_another_adopts(world: World) {
    let store = world.open().await;
    assert_eq!(store.policy_in_use(now()).await.unwrap(), None);
    let proposed = store
        .propose_policy(new("a = 1"), "ann", now())
        .await
        .unwrap();
    let id = proposed.version.id.clone();
    assert_eq!(
        proposed.remarks[0].text.as_deref(),
        Some("Pumps were sent on.")
    );
    assert_eq!(
        store.policy_in_use(now()).await.unwrap(),
        None,
        "a proposal never acts"
    );
    for same in ["ann", " ANN "] {
        let refused = store
            .adopt_policy(&id, GOOD, "", same, now())
            .await
            .unwrap_err();
        assert!(matches!(refused, StoreError::PolicyRefused(_)), "{refused}");
        assert!(refused.to_string().contains("somebody else"), "{refused}");
    }
    store
        .comment_policy(&id, "Why pumps?", "cal", now())
        .await
        .unwrap();
    let after = store
        .adopt_policy(&id, GOOD, "Seen.", "ben", now())
        .await
        .unwrap();
    assert_eq!(after.version.progress, PolicyProgress::Adopted);
    let said: Vec<_> = after
        .remarks
        .iter()
        .map(|r| (r.by.as_str(), r.text.as_deref()))
        .collect();
    assert_eq!(said.len(), 3);
    assert!(said.contains(&("cal", Some("Why pumps?"))) && said.contains(&("ben", Some("Seen."))));
    let in_use = store.policy_in_use(now()).await.unwrap().unwrap();
    assert_eq!(in_use.id, id);
    assert_eq!(
        store.policy_in_use(at("2026-11-21")).await.unwrap(),
        None,
        "not before"
    );
    assert_eq!(
        store.policy_files(&in_use.digest).await.unwrap(),
        files("a = 1")
    );
    // What people said stands in no event; what was adopted stands in the ledger.
    let events = world.column("SELECT body FROM events").await.join("\n");
    assert!(
        !events.contains("Why pumps") && !events.contains("sent on"),
        "{events}"
    );
    let kinds = world
        .column("SELECT kind FROM leaves ORDER BY command_id")
        .await;
    assert_eq!(kinds.iter().filter(|k| *k == "policy").count(), 3);
    store.checkpoint(now()).await.unwrap();
    let report = store.check().await.unwrap();
    assert!(report.problem.is_none(), "{:?}", report.problem);
}

async fn the_database_refuses_what_the_rules_refuse(world: World) {
    let store = world.open().await;
    let proposed = store
        .propose_policy(new("a = 1"), "ann", now())
        .await
        .unwrap();
    let id = proposed.version.id;
    let adopt = |by: &str| {
        format!(
            "UPDATE policy_versions SET progress = 'adopted', adopted_by = '{by}', adopted_at = 1 WHERE id = '{id}'"
        )
    };
    for wrong in [
        adopt("ann"),
        adopt(" Ann"),
        format!("UPDATE policy_versions SET progress = 'adopted' WHERE id = '{id}'"),
        format!("UPDATE policy_versions SET progress = 'acting' WHERE id = '{id}'"),
        format!("UPDATE policy_versions SET title = 'other' WHERE id = '{id}'"),
        format!("UPDATE policy_versions SET proposed_by = 'cal' WHERE id = '{id}'"),
        format!("DELETE FROM policy_versions WHERE id = '{id}'"),
        "UPDATE policy_bundles SET files = '{}'".to_owned(),
        "DELETE FROM policy_bundles".to_owned(),
    ] {
        assert!(world.run(&wrong).await.is_err(), "{wrong}");
    }
    store
        .adopt_policy(&id, GOOD, "", "ben", now())
        .await
        .unwrap();
    for wrong in [
        format!("UPDATE policy_versions SET adopted_by = 'cal' WHERE id = '{id}'"),
        format!(
            "UPDATE policy_versions SET adopted_by = NULL, adopted_at = NULL, progress = 'proposed' WHERE id = '{id}'"
        ),
        format!(
            "UPDATE policy_versions SET progress = 'withdrawn', ended_by = 'ann' WHERE id = '{id}'"
        ),
        format!(
            "UPDATE policy_versions SET progress = 'suspended', asked_by = 'ann', ended_by = 'Ann' WHERE id = '{id}'"
        ),
    ] {
        assert!(world.run(&wrong).await.is_err(), "{wrong}");
    }
    // Somebody who takes the guards away and changes the files is found out.
    world.drop_guards().await;
    world
        .run("UPDATE policy_bundles SET files = '{\"risk.toml\":\"a = 2\"}'")
        .await
        .unwrap();
    let in_use = store.policy_in_use(now()).await.unwrap().unwrap();
    let read = store.policy_files(&in_use.digest).await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
    let problem = store.check().await.unwrap().problem.unwrap();
    assert!(problem.text.contains("the files of policy"), "{problem:?}");
}

async fn two_from_the_same_base_cannot_both_be_adopted(world: World) {
    let store = world.open().await;
    let one = store
        .propose_policy(new("a = 1"), "ann", now())
        .await
        .unwrap();
    let two = store
        .propose_policy(new("a = 2"), "ben", now())
        .await
        .unwrap();
    store
        .adopt_policy(&one.version.id, GOOD, "", "cal", now())
        .await
        .unwrap();
    let late = store
        .adopt_policy(&two.version.id, GOOD, "", "cal", now())
        .await
        .unwrap_err();
    assert!(late.to_string().contains("propose it anew"), "{late}");
    let again = store
        .propose_policy(new("a = 1"), "ben", now())
        .await
        .unwrap_err();
    assert!(again.to_string().contains("version in use"), "{again}");
    let page = Page {
        limit: 10,
        offset: 0,
    };
    assert_eq!(store.policy_versions(page).await.unwrap().total, 2);
}

async fn a_suspended_version_makes_room_for_the_one_before(world: World) {
    let store = world.open().await;
    let first = adopted(&store, "a = 1", "09").await;
    let second = adopted(&store, "a = 2", "10").await;
    let asked = store
        .ask_policy_suspension(&second, "It stops medicine.", "ann", now())
        .await;
    assert_eq!(asked.unwrap().version.progress, PolicyProgress::Adopted);
    let in_use = || async { store.policy_in_use(now()).await.unwrap().unwrap().id };
    assert_eq!(in_use().await, second, "one person stops nothing");
    let same = store
        .suspend_policy(&second, "Ann", now())
        .await
        .unwrap_err();
    assert!(same.to_string().contains("somebody else"), "{same}");
    store.suspend_policy(&second, "ben", now()).await.unwrap();
    assert_eq!(in_use().await, first);
    let earlier = "2026-11-22T11:00:00Z".parse().unwrap();
    let then = store.policy_in_use(earlier).await.unwrap().unwrap();
    assert_eq!(then.id, second, "what acted then is not rewritten");
}

async fn a_draft_in_the_shadow_is_recorded_and_never_acts(world: World) {
    let store = world.open().await;
    let decision = recorded(&store, "A-1", Outcome::Release).await;
    let until = date("2026-12-31");
    let start = |text: &str| NewShadow {
        files: files(text),
        title: "Draft".to_owned(),
        until,
    };
    let today = date("2026-11-22");
    let run = store
        .start_shadow(start("a = 1"), today, "ann", now())
        .await
        .unwrap();
    let other = store
        .start_shadow(start("a = 2"), today, "ben", now())
        .await
        .unwrap_err();
    assert!(other.to_string().contains("stop it first"), "{other}");
    let acted = store.decision(&decision).await.unwrap().decision.unwrap();
    let shadow = ShadowDecision {
        decision_id: decision.clone(),
        acted: Outcome::Release,
        shadow: portcullis_domain::Decision {
            outcome: Outcome::Hold,
            ..acted.clone()
        },
        keep: true,
    };
    store
        .record_shadow(&run.id, &[shadow], "ann", now())
        .await
        .unwrap();
    let stored = store.decision(&decision).await.unwrap();
    assert_eq!(stored.decision.unwrap(), acted, "what acted is as it was");
    assert_eq!(store.outcome_counts().await.unwrap()[&Outcome::Hold], 0);
    let counts = store.shadow_counts(&run.id).await.unwrap();
    assert_eq!(
        (counts[0].acted, counts[0].shadow, counts[0].count),
        (Outcome::Release, Outcome::Hold, 1)
    );
    let page = Page {
        limit: 10,
        offset: 0,
    };
    let found = store.shadow_differences(&run.id, page).await.unwrap();
    assert_eq!(
        found.rows[0].decision.as_ref().unwrap().outcome,
        Outcome::Hold
    );
    // What the draft decided goes with what it was about.
    store
        .erase_contents(&decision, "art-17", "dpo", now())
        .await
        .unwrap();
    let found = store.shadow_differences(&run.id, page).await.unwrap();
    assert!(found.rows[0].decision.is_none());
    store.stop_shadow(&run.id, "ben", now()).await.unwrap();
    assert!(store.shadow_running().await.unwrap().is_none());
    assert!(store.stop_shadow(&run.id, "ben", now()).await.is_err());
    // One whose time is over makes room by itself.
    store
        .start_shadow(start("a = 2"), today, "ben", now())
        .await
        .unwrap();
    let later = NewShadow {
        until: date("2027-02-01"),
        ..start("a = 3")
    };
    store
        .start_shadow(later, date("2027-01-01"), "ben", now())
        .await
        .unwrap();
    assert_eq!(store.shadow_runs().await.unwrap().len(), 3);
    store.checkpoint(now()).await.unwrap();
    assert!(store.check().await.unwrap().problem.is_none());
}

async fn bulletins_are_published_once(world: World) {
    let store = world.open().await;
    let new = NewBulletin {
        kind: "policy",
        subject: "sha256:1".to_owned(),
        body: serde_json::json!({ "title": "Pumps" }),
    };
    let id = store.publish_bulletin(&new, "ann", now()).await.unwrap();
    assert_eq!(
        store.publish_bulletin(&new, "ben", now()).await.unwrap(),
        id
    );
    let page = Page {
        limit: 10,
        offset: 0,
    };
    let all = store.bulletins(page).await.unwrap();
    assert_eq!((all.total, all.rows[0].by.as_str()), (1, "ann"));
    assert_eq!(store.bulletin(&id).await.unwrap().body["title"], "Pumps");
    assert!(world.run("UPDATE bulletins SET body = '{}'").await.is_err());
}

async fn the_record_is_read_in_order_and_erasure_is_seen(world: World) {
    let store = world.open().await;
    let mut ids = Vec::new();
    for name in ["A-1", "A-2", "A-3"] {
        ids.push(recorded(&store, name, Outcome::Release).await);
    }
    store
        .erase_contents(&ids[1], "art-17", "dpo", now())
        .await
        .unwrap();
    let (mut found, mut mark) = (Vec::new(), None);
    loop {
        let (page, next) = store.history(None, mark.as_ref(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        found.extend(page.iter().map(|sealed| store.open_past(sealed).unwrap()));
        mark = next;
    }
    let shown: Vec<_> = found
        .iter()
        .map(|p| {
            (
                p.decision_id.clone(),
                p.decision.is_some(),
                p.transaction.is_some(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (ids[0].clone(), true, true),
            (ids[1].clone(), false, false),
            (ids[2].clone(), true, true)
        ]
    );
    let (later, _) = store
        .history(Some(at("2026-11-23")), None, 10)
        .await
        .unwrap();
    assert!(later.is_empty());
}
