//! The authorisation table against the router: nothing open by accident.

use crate::world::World;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use portcullis_server::{ACCESS, Access, Need, Permission};
use portcullis_store::Role;

/// A path with something in each place.
fn filled(path: &str) -> String {
    path.replace("{id}", "00000000-0000-7000-8000-000000000000")
        .replace("{number}", "1")
        .replace("{snapshot}", "un-sc@000000000000")
        .replace("{rule}", "no-such-rule")
        .replace("{name}", "console.css")
        .replace("{*path}", "0/000")
        .replace("{dataset}", "default")
        .replace("{property}", "sanctions")
}

/// Whether programs ask there; their refusals are JSON.
fn is_program(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or("");
    let peers = [
        "api",
        "v2",
        "match",
        "search",
        "entities",
        "catalog",
        "manifest",
        "reconcile",
        "statements",
    ];
    peers.contains(&first)
}

fn request(access: &Access) -> Request<Body> {
    let kind = match access.path {
        "/assess" => "multipart/form-data; boundary=edge",
        path if is_program(path) => "application/json",
        _ => "application/x-www-form-urlencoded",
    };
    let body = match access.path {
        "/assess" => "--edge--\r\n",
        path if is_program(path) => "{}",
        _ => "csrf=forged",
    };
    let builder = Request::builder()
        .method(access.method)
        .uri(filled(access.path));
    let body = if access.method == "POST" { body } else { "" };
    builder
        .header("content-type", kind)
        .body(Body::from(body))
        .unwrap()
}

#[test]
fn every_route_of_the_sources_is_in_the_table_once() {
    let source = include_str!("../../src/router.rs");
    let mut routed: Vec<String> = source
        .split(".route(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    routed.extend(portcullis_server::openapi().paths.paths.into_keys());
    routed.sort();
    let mut listed: Vec<String> = ACCESS.iter().map(|a| a.path.to_owned()).collect();
    listed.sort();
    listed.dedup();
    routed.dedup();
    assert_eq!(routed, listed);
    for (position, row) in ACCESS.iter().enumerate() {
        let again = ACCESS
            .iter()
            .skip(position + 1)
            .find(|a| a.method == row.method && a.path == row.path);
        assert_eq!(again, None);
    }
}

#[tokio::test]
async fn strangers_get_only_what_is_public() {
    let world = World::new().await;
    for row in ACCESS {
        let answer = world.browser().send(request(row)).await;
        let label = format!("{} {}", row.method, row.path);
        match row.need {
            Need::Public => assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{label}"),
            Need::Signed(_) if is_program(row.path) => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{label}");
                assert_eq!(answer.json()["code"], "sign-in-needed", "{label}");
            }
            Need::Signed(_) => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{label}");
                assert!(answer.header("location").starts_with("/sign-in"), "{label}");
            }
        }
    }
}

#[tokio::test]
async fn every_role_gets_what_the_table_says() {
    let world = World::new().await;
    for role in Role::ALL {
        let mut browser = world.signed_in(role.as_str()).await;
        for row in ACCESS {
            let Need::Signed(permission) = row.need else {
                continue;
            };
            // Changes are refused for their token below; here reads speak.
            if row.method == "POST" {
                continue;
            }
            let answer = browser.send(request(row)).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            let label = format!("{} {} as {}", row.method, row.path, role.as_str());
            assert_eq!(refused, !permission.allows(role), "{label}");
        }
    }
}

#[test]
fn a_viewer_changes_nothing_and_an_auditor_reads_what_was_done() {
    let may = |role| {
        Permission::ALL
            .into_iter()
            .filter(|p| p.allows(role))
            .collect::<Vec<_>>()
    };
    assert_eq!(may(Role::Viewer), [Permission::Read, Permission::Guide]);
    let auditor = [
        Permission::Read,
        Permission::Prove,
        Permission::Cases,
        Permission::Oversee,
        Permission::Guide,
    ];
    assert_eq!(may(Role::Auditor), auditor);
    assert_eq!(may(Role::Officer), Permission::ALL);
    let analyst = may(Role::Analyst);
    assert!(analyst.contains(&Permission::Judge) && !analyst.contains(&Permission::Confirm));
}

#[tokio::test]
async fn no_change_without_the_token_of_the_session() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let posts = ACCESS.iter().filter(|a| a.method == "POST");
    let mut tried = 0;
    for row in posts {
        let answer = browser.send(request(row)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", row.path);
        tried += 1;
    }
    assert!(tried >= 6, "{tried}");
    // Nothing was recorded, and the session is still there.
    assert_eq!(
        world
            .store
            .outcome_counts()
            .await
            .unwrap()
            .values()
            .sum::<u64>(),
        0
    );
    assert_eq!(browser.get("/help").await.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_methods_and_paths_are_refused() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let page = browser.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().contains("Page not found"));
    let api = browser.get("/api/v1/nowhere").await;
    assert_eq!(
        (api.status, api.json()["code"].as_str()),
        (StatusCode::NOT_FOUND, Some("not-found"))
    );
    let delete = Request::delete("/assessments").body(Body::empty()).unwrap();
    assert_eq!(
        browser.send(delete).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}
