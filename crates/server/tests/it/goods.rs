//! Control lists as trees, with conditions that an officer confirms.

use crate::world::World;
use axum::http::StatusCode;
use jiff::Timestamp;
use portcullis_controls::entries::{ControlList, ListHead, ListRegime, Source};
use portcullis_domain::Period;
use portcullis_store::{NewReference, ReferenceKind};

fn list(regime: ListRegime, paragraphs: &[(&str, &str)]) -> ControlList {
    let head = ListHead {
        regime,
        label: "made up".to_owned(),
        in_force: Period::default(),
        published: None,
        citation: "a source of this test".to_owned(),
    };
    let source = |(code, text): &(&str, &str)| Source {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
        reasons: vec!["NS2".to_owned()],
        ..Source::default()
    };
    ControlList::build(head, paragraphs.iter().map(source).collect())
}

async fn put(world: &World, list: &ControlList) {
    let bytes = list.to_bytes().unwrap();
    let new = NewReference {
        kind: ReferenceKind::ControlList,
        name: list.regime().as_str().to_owned(),
        label: "made up".to_owned(),
        in_force: Period::default(),
        published: None,
        citation: "a source of this test".to_owned(),
        source_sha256: portcullis_domain::hex_sha256(&bytes),
        records: list.entries().len() as u64,
        issues: 0,
        bytes,
    };
    let now = Timestamp::now();
    world
        .store
        .put_reference(&new, true, "setup", now)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_entry_is_found_read_and_confirmed() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let empty = officer.get("/controls").await.text();
    assert!(empty.contains("No control list is imported"), "{empty}");
    assert!(
        officer
            .get("/nomenclature")
            .await
            .text()
            .contains("No nomenclature is imported")
    );
    let paragraphs = [
        ("9X901", "Widget spinners as follows"),
        ("9X901.a", "Spinners having a speed exceeding 300 m/s"),
    ];
    put(&world, &list(ListRegime::UsCcl, &paragraphs)).await;
    put(&world, &list(ListRegime::EuAnnexI, &paragraphs)).await;
    let top = officer.get("/controls?regime=us-ccl").await.text();
    assert!(
        top.contains("9X901") && top.contains("Widget spinners") && top.contains("NS2"),
        "{top}"
    );
    let found = officer.get("/controls?q=widget+spinners").await.text();
    assert!(found.contains("/controls/us-ccl/9X901"), "{found}");
    let path = "/controls/us-ccl/9X901.a";
    let entry = officer.get(path).await.text();
    for said in [
        "Stands under",
        "300",
        "draft",
        "The same number elsewhere",
        "EU Annex I",
    ] {
        assert!(entry.contains(said), "{said}: {entry}");
    }
    // Who may only read is not offered to confirm, and refused.
    let mut viewer = world.signed_in("viewer").await;
    assert!(!viewer.get(path).await.text().contains("Confirm: this is"));
    let form = format!("csrf={}", viewer.csrf);
    let refused = viewer.post_form(&format!("{path}/confirm"), &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let form = format!("csrf={}&note=read+twice", officer.csrf);
    let confirmed = officer.post_form(&format!("{path}/confirm"), &form).await;
    assert_eq!(
        confirmed.status,
        StatusCode::SEE_OTHER,
        "{}",
        confirmed.text()
    );
    let entry = officer.get(path).await.text();
    assert!(entry.contains("Confirmed by officer"), "{entry}");
    assert_eq!(
        officer.get("/controls/us-ccl/nothing").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        officer.get("/controls/x/9X901").await.status,
        StatusCode::NOT_FOUND
    );
}
