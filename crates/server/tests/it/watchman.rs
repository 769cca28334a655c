//! What a client of watchman sees; shapes of its documented `/v2` endpoints.

use crate::peers::{self, Client};
use axum::http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_search_has_the_shape_that_clients_decode() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let path =
        "/v2/search?type=person&name=Zaphira+Quillendorf&birthDate=1961-07-31&minMatch=0.7&limit=1";
    let answer = client.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let whole = answer.json();
    assert_eq!(whole["query"]["name"], "Zaphira Quillendorf");
    assert_eq!(whole["query"]["entityType"], "person");
    let mut found = whole["entities"][0].clone();
    let fields = found.as_object_mut().unwrap();
    assert!(fields.remove("match").unwrap().as_f64().unwrap() > 0.9);
    assert_eq!(fields.remove("sourceData").unwrap()["id"], "us-ofac:36");
    assert_eq!(
        found,
        json!({
            "name": "Quillendorf, Zaphira",
            "entityType": "person",
            "sourceList": "us_ofac",
            "sourceID": "36",
            "person": {
                "name": "Quillendorf, Zaphira",
                "altNames": ["Квиллендорф Зафира"],
                "gender": "unknown",
                "birthDate": "1961-07-31T00:00:00Z",
                "deathDate": null,
                "titles": [],
                "governmentIDs": [{ "type": "passport", "country": "", "identifier": "AB 123456" }]
            },
            "business": null, "organization": null, "aircraft": null, "vessel": null,
            "contact": { "emailAddresses": [], "phoneNumbers": [], "faxNumbers": [], "websites": [] },
            "addresses": [],
            "cryptoAddresses": [],
            "affiliations": [{ "entityName": "Norvik Precision Instruments", "type": "owner of", "details": "" }],
            "sanctionsInfo": { "programs": ["SDGT"], "secondary": false, "description": "" },
            "historicalInfo": []
        })
    );
}

#[tokio::test]
async fn parameters_find_and_narrow() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    for (query, ids) in [
        ("type=vessel&imoNumber=9074729", vec!["50"]),
        ("type=vessel&callSign=T3AB", vec!["50"]),
        (
            "type=person&name=nobody&gov_passport=RU:AB123456",
            vec!["36"],
        ),
        ("name=Norvik+Precision+Instruments", vec!["el-9"]),
        (
            "type=business&name=Norvik+Precision+Instruments&source=us_csl",
            vec![],
        ),
        ("type=person&name=Norvik+Precision+Instruments", vec![]),
        (
            "type=business&name=Other+Firm&altNames=Norvik+Precision+Instruments",
            vec!["el-9"],
        ),
        ("type=person&name=Harold+Greenfield", vec![]),
    ] {
        let answer = client.get(&format!("/v2/search?{query}")).await;
        if query.contains("source=us_csl") {
            // No Consolidated Screening List is in use in this world.
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
        let json = answer.json();
        let found = json["entities"].as_array().unwrap();
        let found: Vec<&str> = found
            .iter()
            .map(|e| e["sourceID"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{query}");
    }
    let debug = client
        .get("/v2/search?name=Norvik+Precision+Instruments&debug=true")
        .await
        .json();
    assert!(debug["entities"][0]["debug"].is_string(), "{debug}");
    assert!(
        !debug["entities"][0]["details"]["pieces"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    for (query, said) in [
        ("", "nothing to screen"),
        ("type=spaceship&name=x", "unknown type 'spaceship'"),
        (
            "name=Harold+Greenfield&limit=101",
            "limit: Input should be less than or equal to 100",
        ),
        ("name=Harold+Greenfield&minMatch=high", "minMatch"),
        ("name=Harold+Greenfield&source=nowhere", "source: 'nowhere'"),
        (
            "name=Harold+Greenfield&birthDate=31.12.1990",
            "birthDate: '31.12.1990'",
        ),
    ] {
        let answer = client.get(&format!("/v2/search?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        let json = answer.json();
        assert!(
            json["error"].as_str().unwrap().contains(said),
            "{query}: {json}"
        );
    }
    let stranger = Client::without_key(&world).get("/v2/search?name=x").await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    assert!(stranger.json()["error"].is_string());
}

#[tokio::test]
async fn what_is_loaded_is_told_by_list() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let info = client.get("/v2/listinfo").await.json();
    assert_eq!(
        info["lists"],
        json!({ "un_csl": 1, "us_csl": 1, "us_ofac": 3 })
    );
    let hash = portcullis_domain::hex_sha256(b"us");
    assert_eq!(info["listHashes"]["us_ofac"], json!(hash));
    for time in ["startedAt", "endedAt"] {
        let text = info[time].as_str().unwrap();
        assert!(text.parse::<jiff::Timestamp>().is_ok(), "{text}");
    }
    assert!(matches!(&info["version"], Value::String(v) if v.starts_with("portcullis v")));
}
