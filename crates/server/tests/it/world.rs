//! A server over a fresh store, a browser with cookies, and a little world.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, Response, StatusCode, header},
};
use jiff::Timestamp;
use portcullis_assessment::Engine;
use portcullis_domain::{Address, Country, Entity, Listing, Name, NameKind, Party, PartyKind};
use portcullis_policy::PolicyFiles;
use portcullis_server::{AppState, router};
use portcullis_store::{ImportOptions, NewSnapshot, RawFile, Role, Store, StoreConfig};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
};
use tower::ServiceExt;

pub const PASSWORD: &str = "a long enough password";

/// The exact name of the party that the world's only list names.
pub const LISTED: &str = "Zubrowka Special Instruments";

pub struct World {
    pub app: Router,
    pub store: Store,
    _folder: tempfile::TempDir,
}

/// The files of the policies that the binary carries.
pub fn files() -> PolicyFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = PolicyFiles::new();
    add(&root, &root, &mut files);
    files
}

/// The policies that the binary carries.
pub fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let load = || {
        let files = files();
        match Engine::load(&files) {
            Ok(engine) => Arc::new(engine),
            Err(problems) => panic!("the policies do not load: {problems:?}"),
        }
    };
    ENGINE.get_or_init(load).clone()
}

fn add(root: &Path, folder: &Path, files: &mut PolicyFiles) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(root, &path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            files.insert(
                name.replace('\\', "/"),
                std::fs::read_to_string(&path).unwrap(),
            );
        }
    }
}

impl World {
    /// An open store with one user of each role, named like it, and one list.
    pub async fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            data_dir: folder.path().join("data"),
            database_url: None,
            ledger_origin: "test.example/ledger".to_owned(),
        };
        let store = Store::open(&config).await.unwrap();
        let now = Timestamp::now();
        for role in Role::ALL {
            store
                .add_user(role.as_str(), role, PASSWORD, "setup", now)
                .await
                .unwrap();
        }
        import_list(&store, now).await;
        let app = router(AppState::with_policy(store.clone(), engine(), files()));
        World {
            app,
            store,
            _folder: folder,
        }
    }

    /// A browser that nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser {
            app: self.app.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// A browser in which a user is signed in.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = browser.get("/help").await;
        browser.csrf = field(&page.text(), "csrf");
        browser
    }
}

async fn import_list(store: &Store, now: Timestamp) {
    let entity = Entity {
        id: "un-sc:1".to_owned(),
        party: Party {
            kind: PartyKind::Organisation,
            names: vec![Name::new(NameKind::Primary, LISTED)],
            addresses: vec![Address {
                city: "Lutz".to_owned(),
                country: Country::from_alpha2("TR"),
                ..Address::default()
            }],
            ..Party::default()
        },
        listings: vec![Listing {
            list: "un-sc".to_owned(),
            programmes: Vec::new(),
            listed_on: None,
            until: None,
            citation: "Security Council resolution 0000".to_owned(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    };
    let issue = portcullis_domain::Issue::new("not-a-date", "'31 <Feb>' is not a date").at_line(7);
    let snapshot = NewSnapshot {
        source: "un-sc".to_owned(),
        published: Some("2026-01-05".parse().unwrap()),
        sha256: portcullis_domain::hex_sha256(b"list"),
        counts: BTreeMap::from([("un-sc".to_owned(), 1)]),
        names: 1,
        entities: vec![entity],
        issues: vec![issue; 120],
        files: vec![RawFile {
            name: "list.xml".to_owned(),
            bytes: b"list".to_vec(),
        }],
    };
    let options = ImportOptions {
        activate: true,
        accept: false,
        max_shrink_percent: 20,
    };
    store
        .import_snapshot(snapshot, options, "setup", now)
        .await
        .unwrap();
}

/// A declaration in our own JSON: an ordinary export, consignee as given.
pub fn declaration(reference: &str, consignee: &str) -> String {
    serde_json::json!({
        "reference": reference,
        "version": 1,
        "message": "declaration",
        "movement": "export",
        "dispatch": "GB",
        "destination": "TR",
        "parties": [
            {"role": "exporter", "name": "Halden <b>Precision</b> Ltd", "address": {"street": "14 Mill Road", "city": "Coventry", "country": "GB"}},
            {"role": "consignee", "name": consignee, "address": {"street": "Ankara Cad. 5", "city": "Izmir", "country": "TR"}}
        ],
        "items": [
            {"number": 1, "description": "Garden furniture of wood", "codes": [{"scheme": "hs", "value": "940161"}], "origin": "GB", "value": {"amount": "1200", "currency": "GBP"}}
        ]
    })
    .to_string()
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    async fn of(response: Response<Body>) -> Answer {
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 64 << 20).await.unwrap().to_vec(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// The value of a hidden field.
pub fn field(html: &str, name: &str) -> String {
    let at = html
        .find(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name} in {html}"));
    let rest = &html[at..];
    rest.split('"').nth(3).unwrap().to_owned()
}

/// A client that keeps cookies.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
}

impl Browser {
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        if !pairs.is_empty() {
            request
                .headers_mut()
                .insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4))));
        let answer = Answer::of(self.app.clone().oneshot(request).await.unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    pub async fn post_form(&mut self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }

    /// Posts a file as the form of `/assess` does.
    pub async fn upload(&mut self, csrf: &str, name: &str, content: &str) -> Answer {
        let part = |head: &str, body: &str| {
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let body = format!(
            "{}{}--edge--\r\n",
            part("name=\"csrf\"", csrf),
            part(&format!("name=\"file\"; filename=\"{name}\""), content)
        );
        let request = Request::post("/assess")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Signs in through the form.
    pub async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let form = self.get("/sign-in").await;
        let token = field(&form.text(), "csrf");
        let body = format!(
            "csrf={token}&next=&name={name}&password={}",
            password.replace(' ', "+")
        );
        self.post_form("/sign-in", &body).await
    }

    /// Assesses a declaration through the form; returns the id of its decision.
    pub async fn assess(&mut self, reference: &str, consignee: &str) -> String {
        let csrf = self.csrf.clone();
        let answer = self
            .upload(&csrf, "export.json", &declaration(reference, consignee))
            .await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{text}");
        let at = text
            .find("href=\"/assessments/")
            .unwrap_or_else(|| panic!("{text}"));
        text[at + 19..].split('"').next().unwrap().to_owned()
    }
}
