//! What a client of yente sees. The expected shapes are those of yente 5.5's
//! published API description.

use crate::{
    peers::{self, Client},
    world::LISTED,
};
use axum::http::StatusCode;
use portcullis_store::{Page, ScreeningDetail, ScreeningFilter, ScreeningResult};
use serde_json::{Value, json};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn person() -> Value {
    json!({
        "schema": "Person",
        "properties": {
            "name": ["Zaphira Quillendorf"],
            "birthDate": ["1961-07-31"],
            "nationality": ["ru"]
        }
    })
}

#[tokio::test]
async fn a_match_has_the_shape_that_clients_read() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let queries = json!({ "q1": person(), "q2": { "schema": "Company", "properties": { "name": "Harbour Bakery" } } });
    let answer = client.matched("/match/default", queries).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("x-batch-size"), "2");
    let whole = answer.json();
    assert_eq!(keys(&whole), ["limit", "matcher", "responses"]);
    assert_eq!(whole["limit"], 5);
    let one = &whole["responses"]["q1"];
    assert_eq!(
        keys(one),
        ["query", "results", "screening", "status", "total"]
    );
    assert_eq!(one["status"], 200);
    assert_eq!(one["total"], json!({ "value": 1, "relation": "eq" }));
    assert_eq!(
        one["query"],
        json!({ "id": null, "schema": "Person", "properties": person()["properties"] })
    );
    let mut result = one["results"][0].clone();
    let scored = result.as_object_mut().unwrap();
    let explanations = scored.remove("explanations").unwrap();
    let features = scored.remove("features").unwrap();
    assert!(scored.remove("score").unwrap().as_f64().unwrap() >= 0.9);
    assert!(scored.remove("bits").unwrap().as_f64().unwrap() > 0.0);
    assert!(scored.remove("last_seen").unwrap().is_string());
    assert_eq!(
        result,
        json!({
            "id": "us-ofac:36",
            "caption": "Quillendorf, Zaphira",
            "schema": "Person",
            "properties": {
                "name": ["Quillendorf, Zaphira"],
                "alias": ["Квиллендорф Зафира"],
                "birthDate": ["1961-07-31"],
                "nationality": ["ru"],
                "country": ["ru"],
                "passportNumber": ["AB 123456"],
                "topics": ["sanction"],
                "program": ["SDGT"]
            },
            "datasets": ["us-sdn"],
            "referents": ["un-sc:77"],
            "target": true,
            "first_seen": "2019-03-04T00:00:00",
            "last_change": null,
            "match": true
        })
    );
    for (code, explained) in explanations.as_object().unwrap() {
        assert_eq!(
            keys(explained),
            ["bits", "candidate", "detail", "query", "score"],
            "{code}"
        );
        assert_eq!(explained["score"], features[code], "{code}");
    }
    assert_eq!(explanations["birth-date-equal"]["candidate"], Value::Null);
    let none = &whole["responses"]["q2"];
    assert_eq!(
        (none["total"]["value"].as_u64(), &none["results"]),
        (Some(0), &json!([]))
    );
}

#[tokio::test]
async fn every_question_leaves_a_record_and_a_refused_request_none() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let queries = json!({ "met": person(), "clear": { "schema": "Person", "properties": { "name": "Harold Greenfield" } } });
    let answer = client
        .matched("/match/us-sdn?threshold=0.8", queries)
        .await
        .json();
    let of = |name: &str| {
        let id = answer["responses"][name]["screening"]["id"]
            .as_str()
            .unwrap();
        let store = world.store.clone();
        let id = id.to_owned();
        async move { store.screening(&id).await.unwrap() }
    };
    let (met, clear) = (of("met").await, of("clear").await);
    assert_eq!(
        (met.result, clear.result),
        (ScreeningResult::Alert, ScreeningResult::Clear)
    );
    assert_eq!((met.hits, met.threshold), (1, 8_000));
    assert!(met.actor.starts_with("token:"), "{}", met.actor);
    let Some(ScreeningDetail::One {
        asked,
        hits,
        within,
        ..
    }) = met.detail
    else {
        panic!("{met:?}");
    };
    assert_eq!(asked.caption(), "Zaphira Quillendorf");
    assert_eq!(hits[0].entity_id, "us-ofac:36");
    assert_eq!(within.as_deref(), Some("lists us-sdn"));
    let code = answer["responses"]["met"]["screening"]["code"]
        .as_str()
        .unwrap();
    let by_code = world.store.screening_by_code(code).await.unwrap();
    assert_eq!(by_code.id, met.id);
    let before = count(&world).await;
    let unread = json!({ "a": person(), "q": { "schema": "Person", "properties": {} } });
    assert_eq!(
        client.matched("/match/default", unread).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(count(&world).await, before);
}

async fn count(world: &crate::world::World) -> u64 {
    let page = Page {
        offset: 0,
        limit: 1,
    };
    let found = world
        .store
        .screenings(&ScreeningFilter::default(), page)
        .await;
    found.unwrap().total
}

#[tokio::test]
async fn datasets_narrow_and_unknown_ones_are_refused() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let listed = json!({ "q": { "schema": "Organization", "properties": { "name": [LISTED] } } });
    for (path, found) in [
        ("/match/default", 1),
        ("/match/all", 1),
        ("/match/un-sc", 1),
        ("/match/un_sc_sanctions", 1),
        ("/match/sanctions", 1),
        ("/match/us-test", 0),
        ("/match/us_ofac_sdn", 0),
        ("/match/export-controls", 0),
        ("/match/default?include_dataset=un-sc", 1),
        (
            "/match/default?include_dataset=us-sdn&include_dataset=us-el",
            0,
        ),
        ("/match/default?exclude_dataset=un_sc", 0),
        ("/match/default?exclude_schema=Organization", 0),
        ("/match/default?topics=export.control", 0),
        ("/match/default?topics=export.control&topics=sanction", 1),
        ("/match/default?exclude_entity_ids=un-sc:1", 0),
        ("/match/default?threshold=1", 1),
        ("/match/default?changed_since=2020-01-01", 1),
        ("/match/default?changed_since=2099-01-01", 0),
        (
            "/match/default?algorithm=logic-v2&fuzzy=false&cutoff=0.5",
            1,
        ),
    ] {
        let answer = client.matched(path, listed.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert_eq!(
            answer.json()["responses"]["q"]["total"]["value"],
            found,
            "{path}"
        );
    }
    for (path, status, detail) in [
        ("/match/nothing", 404, "No such dataset."),
        (
            "/match/default?include_dataset=nothing",
            400,
            "No such dataset: nothing",
        ),
        (
            "/match/default?exclude_dataset=nothing",
            400,
            "No such dataset: nothing",
        ),
        (
            "/match/default?algorithm=guess",
            400,
            "Invalid algorithm: guess",
        ),
        (
            "/match/default?changed_since=yesterday",
            400,
            "changed_since: 'yesterday' is not YYYY-MM-DD[THH:MM[:SS]]",
        ),
    ] {
        let answer = client.matched(path, listed.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.json(), json!({ "detail": detail }), "{path}");
    }
}

#[tokio::test]
async fn a_listing_that_has_ended_is_no_result() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let ended = json!({ "q": { "schema": "Person", "properties": { "name": ["Formerly Listed Oldcastle"] } } });
    let answer = client.matched("/match/default", ended).await.json();
    assert_eq!(answer["responses"]["q"]["results"], json!([]));
    assert_eq!(
        client.get("/entities/us-ofac:51").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn fields_of_the_wrong_form_are_named() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    for (body, loc, kind) in [
        ("[", json!(["body", "1"]), "json_invalid"),
        ("[]", json!(["body"]), "dict_type"),
        ("{}", json!(["body", "queries"]), "missing"),
        (
            r#"{"queries": []}"#,
            json!(["body", "queries"]),
            "dict_type",
        ),
        (
            r#"{"queries": {"a": 1}}"#,
            json!(["body", "queries", "a"]),
            "model_type",
        ),
        (
            r#"{"queries": {"a": {}}}"#,
            json!(["body", "queries", "a", "schema"]),
            "missing",
        ),
        (
            r#"{"queries": {"a": {"schema": "Person"}}}"#,
            json!(["body", "queries", "a", "properties"]),
            "missing",
        ),
        (
            r#"{"queries": {"a": {"schema": "Person", "properties": {"name": [{}]}}}}"#,
            json!(["body", "queries", "a", "properties", "name"]),
            "string_type",
        ),
    ] {
        let answer = client.post("/match/default", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let json = answer.json();
        assert_eq!(
            (&json["detail"][0]["loc"], &json["detail"][0]["type"]),
            (&loc, &json!(kind)),
            "{body}"
        );
        assert_eq!(keys(&json["detail"][0]), ["input", "loc", "msg", "type"]);
    }
    for path in [
        "/match/default?limit=501",
        "/match/default?limit=0",
        "/match/default?limit=many",
        "/match/default?threshold=2",
        "/match/default?threshold=high",
        "/search/default?limit=501",
        "/search/default?offset=-1",
    ] {
        let answer = if path.starts_with("/match") {
            client.matched(path, json!({ "q": person() })).await
        } else {
            client.get(path).await
        };
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let name = path.split(['?', '=']).nth(1).unwrap();
        assert_eq!(
            answer.json()["detail"][0]["loc"],
            json!(["query", name]),
            "{path}"
        );
    }
    let none = client.post("/match/default", r#"{"queries": {}}"#).await;
    assert_eq!(none.json(), json!({ "detail": "No queries provided." }));
    let painting = json!({ "q": { "schema": "Painting", "properties": {} } });
    let painting = client.matched("/match/default", painting).await;
    assert_eq!(painting.status, StatusCode::BAD_REQUEST);
    assert!(
        painting.text().contains("queries.q.schema"),
        "{}",
        painting.text()
    );
}

#[tokio::test]
async fn what_was_not_read_or_asked_is_never_an_empty_answer() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let nobody = |properties: Value| json!({ "a": person(), "q": { "schema": "Person", "properties": properties } });
    for (properties, said) in [
        (json!({}), "queries.q: nothing to screen"),
        (json!({ "name": ["!?"] }), "queries.q: nothing to screen"),
        (
            json!({ "name": ["Anna Bakerfield"], "birthDate": ["31/31/1990"] }),
            "properties.birthDate: '31/31/1990'",
        ),
        (
            json!({ "name": ["Anna Bakerfield"], "country": ["Atlantis"] }),
            "properties.country: 'Atlantis'",
        ),
    ] {
        let answer = client
            .matched("/match/default", nobody(properties.clone()))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{properties}");
        assert!(answer.text().contains(said), "{}", answer.text());
        let answer = client
            .matched("/match/default?partial=accept", nobody(properties.clone()))
            .await;
        let one = &answer.json()["responses"]["q"];
        assert_eq!(
            (&one["status"], &one["partial"]),
            (&json!(400), &json!(true)),
            "{one}"
        );
        assert_eq!(answer.json()["responses"]["a"]["status"], 200);
    }
    // Somebody was met: what was not read cannot make it clear.
    let met = json!({ "q": { "schema": "Person", "properties": { "name": ["Zaphira Quillendorf"], "birthDate": ["?"] } } });
    let answer = client.matched("/match/default", met).await;
    let one = &answer.json()["responses"]["q"];
    assert_eq!(
        (one["status"].as_u64(), one["total"]["value"].as_u64()),
        (Some(200), Some(1))
    );
    assert!(
        one["issues"][0].as_str().unwrap().contains("birthDate"),
        "{one}"
    );
    // What is not compared is said, and is no reason to refuse.
    let typo = json!({ "q": { "schema": "Person", "properties": { "name": ["Anna Bakerfield"], "nationallity": ["ru"] } } });
    let answer = client.matched("/match/default", typo).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.json()["responses"]["q"]["issues"][0],
        "nationallity: 'nationallity' is not compared"
    );
}

#[tokio::test]
async fn a_batch_may_be_long_and_each_gets_its_own_answer() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let mut queries = serde_json::Map::new();
    for at in 0..333 {
        let name = if at % 3 == 0 {
            "Zaphira Quillendorf"
        } else {
            "Harold Greenfield"
        };
        let query = json!({ "schema": "Person", "properties": { "name": [name] } });
        queries.insert(format!("row {at}"), query);
    }
    let answer = client
        .matched("/match/default", Value::Object(queries))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    for at in 0..333 {
        let wanted = u64::from(at % 3 == 0);
        let total = &json["responses"][format!("row {at}")]["total"]["value"];
        assert_eq!(total.as_u64(), Some(wanted), "row {at}");
    }
    let huge = format!("{{\"queries\": {{\"{}\": 1}}}}", "x".repeat(33 << 20));
    let answer = client.post("/match/default", &huge).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer.text().contains("33554432 bytes"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn search_finds_by_words_spelling_script_and_number() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    for (query, ids) in [
        ("q=quillendorf", vec!["us-ofac:36"]),
        ("q=Zaphira+Kwillendorf&fuzzy=true", vec!["us-ofac:36"]),
        (
            "q=%D0%9A%D0%B2%D0%B8%D0%BB%D0%BB%D0%B5%D0%BD%D0%B4%D0%BE%D1%80%D1%84",
            vec!["us-ofac:36"],
        ),
        ("q=us-ofac:50", vec!["us-ofac:50"]),
        ("q=9074729", vec!["us-ofac:50"]),
        ("q=quillendorf&schema=Vessel", vec![]),
        ("q=&schema=Person", vec!["us-ofac:36"]),
        ("countries=tr", vec!["us-csl:el-9", "un-sc:1"]),
        (
            "countries=tr&countries=ru&sort=caption:desc",
            vec!["un-sc:1", "us-ofac:36", "us-csl:el-9"],
        ),
        ("countries=tr&countries=ru&filter_op=AND", vec![]),
        ("topics=export.control", vec!["us-csl:el-9"]),
        ("datasets=us_el", vec!["us-csl:el-9"]),
        ("filter=birthDate:1961-07-31", vec!["us-ofac:36"]),
        ("limit=1&offset=1", vec!["us-csl:el-9"]),
    ] {
        let answer = client.get(&format!("/search/default?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
        let json = answer.json();
        let results = json["results"].as_array().unwrap();
        let found: Vec<&str> = results.iter().map(|r| r["id"].as_str().unwrap()).collect();
        assert_eq!(found, ids, "{query}");
    }
    let all = client.get("/search/default").await.json();
    assert_eq!(
        keys(&all),
        ["facets", "limit", "offset", "results", "total"]
    );
    assert_eq!(all["total"], json!({ "value": 4, "relation": "eq" }));
    assert_eq!(keys(&all["facets"]), ["countries", "datasets", "topics"]);
    assert_eq!(
        all["facets"]["countries"],
        json!({ "label": "Countries", "values": [
            { "name": "tr", "label": "Türkiye", "count": 2 },
            { "name": "ru", "label": "Russia", "count": 1 }
        ] })
    );
    assert_eq!(keys(&all["results"][0]).len(), 10);
    for wrong in [
        "schema=Painting",
        "facets=colour",
        "sort=colour",
        "filter=colour",
    ] {
        let answer = client.get(&format!("/search/default?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(
        client.get("/search/nothing").await.json(),
        json!({ "detail": "No such dataset." })
    );
}

#[tokio::test]
async fn an_entity_comes_with_what_stands_around_it() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let nested = client.get("/entities/us-ofac:36").await.json();
    let sanction = &nested["properties"]["sanctions"][0];
    assert_eq!(sanction["schema"], "Sanction");
    assert_eq!(sanction["properties"]["listingDate"], json!(["2019-03-04"]));
    let owned = &nested["properties"]["ownershipOwner"][0]["properties"]["asset"][0];
    assert_eq!(
        (&owned["id"], &owned["target"]),
        (&json!("us-csl:el-9"), &json!(true))
    );
    let flat = client.get("/entities/us-ofac:36?nested=false").await.json();
    assert_eq!(flat["properties"].get("sanctions"), None);
    let around = client.get("/entities/us-ofac:36/adjacent").await.json();
    assert_eq!(keys(&around), ["adjacent", "entity"]);
    assert_eq!(keys(&around["adjacent"]), ["ownershipOwner", "sanctions"]);
    let one = client
        .get("/entities/us-ofac:36/adjacent/sanctions")
        .await
        .json();
    assert_eq!(keys(&one), ["limit", "offset", "results", "total"]);
    assert_eq!(one, around["adjacent"]["sanctions"]);
    let past = client
        .get("/entities/us-ofac:36/adjacent/sanctions?offset=1")
        .await
        .json();
    assert_eq!(
        (&past["results"], &past["total"]["value"]),
        (&json!([]), &json!(1))
    );
    let lost = client.get("/entities/nobody").await;
    assert_eq!(
        (lost.status, lost.json()),
        (
            StatusCode::NOT_FOUND,
            json!({ "detail": "No such entity!" })
        )
    );
    let lost = client.get("/entities/us-ofac:36/adjacent/colour").await;
    assert_eq!(lost.json(), json!({ "detail": "No such property!" }));
    let moved = client.get("/entities/ofac-36").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (StatusCode::PERMANENT_REDIRECT, "/entities/us-ofac%3A36")
    );
}

#[tokio::test]
async fn what_can_be_asked_is_described() {
    let world = peers::world().await;
    let mut stranger = Client::without_key(&world);
    assert_eq!(
        stranger.get("/healthz").await.json(),
        json!({ "status": "ok" })
    );
    assert_eq!(
        stranger.get("/readyz").await.json(),
        json!({ "status": "ok" })
    );
    let algorithms = stranger.get("/algorithms").await.json();
    assert_eq!(
        (&algorithms["default"], &algorithms["best"]),
        (&json!("portcullis"), &json!("portcullis"))
    );
    let mut client = Client::new(&world).await;
    let catalog = client.get("/catalog").await.json();
    assert_eq!(catalog, client.get("/manifest").await.json());
    assert_eq!(
        keys(&catalog),
        ["current", "datasets", "index_stale", "outdated"]
    );
    assert_eq!(catalog["current"], json!(["un-sc", "us-el", "us-sdn"]));
    let datasets = catalog["datasets"].as_array().unwrap();
    let of = |name: &str| datasets.iter().find(|d| d["name"] == name).unwrap();
    assert_eq!(
        of("us-sdn")["title"],
        "Specially Designated Nationals and Blocked Persons"
    );
    assert_eq!(of("us-test")["children"], json!(["us-el", "us-sdn"]));
    assert_eq!(of("default")["entity_count"], 5);
    assert_eq!(of("sanctions")["children"], json!(["un-sc", "us-sdn"]));
    assert_eq!(of("export-controls")["children"], json!(["us-el"]));
}
