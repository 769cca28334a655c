//! Sessions, cookies and tokens: who is asking, and whether the form is ours.

use crate::{AppState, access::Permission, dialect::Dialect, problem::Problem};
use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderValue, Method, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{Span, Timestamp};
use portcullis_store::{Authentication, Role, Token};
use std::{net::SocketAddr, sync::Arc};

/// How long a session lasts, from sign-in: one working day.
const SESSION_HOURS: i64 = 12;

/// Cookie of the token of a sign-in form, compared with its hidden field.
const FORM_COOKIE: &str = "portcullis_form";
const SESSION_COOKIE: &str = "portcullis_session";
/// Header in which programs that use a session send its token.
const TOKEN_HEADER: &str = "x-csrf-token";

/// Who is asking. Comes from the session or the credentials, never from a body.
#[derive(Clone)]
pub(crate) struct Actor {
    /// User name; stands in events.
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Token that forms of this session carry; `None` for keys and HTTP Basic,
    /// where each request has credentials that a browser does not add by itself.
    csrf: Option<String>,
    /// The key of a program.
    key: Option<Arc<Token>>,
    /// Nobody: let in because the installation is open on its own machine.
    anonymous: bool,
}

/// The name under which those act who need no credentials.
const ANONYMOUS: &str = "anonymous";

impl Actor {
    /// A person with a session, whose forms carry its token, or with a password.
    fn person(name: String, role: Role, csrf: Option<String>) -> Actor {
        Actor {
            name,
            role,
            csrf,
            key: None,
            anonymous: false,
        }
    }

    /// A program with a key. Without an owner it is nobody's account.
    fn program(token: Arc<Token>) -> Actor {
        Actor {
            name: token.actor.clone(),
            role: token.role.unwrap_or(Role::Viewer),
            csrf: None,
            key: Some(token),
            anonymous: false,
        }
    }

    fn nobody() -> Actor {
        Actor {
            name: ANONYMOUS.to_owned(),
            role: Role::Viewer,
            csrf: None,
            key: None,
            anonymous: true,
        }
    }

    /// Whether it may do this: by its role; with a key by its scopes, too.
    pub(crate) fn allows(&self, permission: Permission) -> bool {
        if self.anonymous {
            return matches!(permission, Permission::Screen | Permission::Search);
        }
        match &self.key {
            Some(token) => {
                let by_role = token.role.is_none_or(|role| permission.allows(role));
                let scoped = permission
                    .scope()
                    .is_some_and(|s| token.scopes.contains(&s));
                by_role && scoped
            }
            None => permission.allows(self.role),
        }
    }

    /// The key of a program, to which its calls are charged.
    pub(crate) fn key(&self) -> Option<&Token> {
        self.key.as_deref()
    }

    /// The token for hidden fields.
    pub(crate) fn csrf(&self) -> &str {
        self.csrf.as_deref().unwrap_or_default()
    }

    /// Refuses a form whose token is not the session's.
    pub(crate) fn check(&self, token: &str) -> Result<(), Problem> {
        match &self.csrf {
            Some(own) if same(own, token) => Ok(()),
            _ => Err(Problem::BadToken),
        }
    }

    /// Whether an API request may change something: reads may, Basic
    /// credentials may, a session needs its token in a header.
    pub(crate) fn may_change(&self, request: &Request) -> bool {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let Some(own) = &self.csrf else { return true };
        let sent = request.headers().get(TOKEN_HEADER);
        reads || sent.is_some_and(|token| same(own, token.to_str().unwrap_or_default()))
    }
}

/// Compares without telling by its duration where two tokens differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    let differences = left
        .bytes()
        .zip(right.bytes())
        .fold(0_u8, |all, (a, b)| all | (a ^ b));
    !left.is_empty() && left.len() == right.len() && differences == 0
}

/// Names of the cookies; with `Secure` they are bound to this host.
fn cookie_name(state: &AppState, plain: &str) -> String {
    if state.secure_cookies() {
        format!("__Host-{plain}")
    } else {
        plain.to_owned()
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter();
    let pairs = all
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

fn set(state: &AppState, plain: &str, value: &str, max_age: i64) -> Option<HeaderValue> {
    let name = cookie_name(state, plain);
    let secure = if state.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// The cookie that holds a session's token.
pub(crate) fn session_cookie(state: &AppState, token: &str) -> Option<HeaderValue> {
    set(state, SESSION_COOKIE, token, SESSION_HOURS * 3600)
}

/// The cookie that ends a session in the browser.
pub(crate) fn end_cookie(state: &AppState) -> Option<HeaderValue> {
    set(state, SESSION_COOKIE, "", 0)
}

/// The cookie of a sign-in form.
pub(crate) fn form_cookie(state: &AppState, token: &str) -> Option<HeaderValue> {
    set(state, FORM_COOKIE, token, 3600)
}

/// The token of the sign-in form that this browser was given.
pub(crate) fn form_token(state: &AppState, headers: &HeaderMap) -> Option<String> {
    cookie(headers, &cookie_name(state, FORM_COOKIE))
}

/// The token of this browser's session.
pub(crate) fn session_token(state: &AppState, headers: &HeaderMap) -> Option<String> {
    cookie(headers, &cookie_name(state, SESSION_COOKIE))
}

/// When a session that starts now ends.
pub(crate) fn expiry(now: Timestamp) -> Timestamp {
    now.saturating_add(Span::new().hours(SESSION_HOURS))
        .unwrap_or(now)
}

/// 128 random bits for a form that no session stands behind.
pub(crate) fn random_token() -> String {
    let bytes: [u8; 16] = rand::random();
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What of a request says who sends it.
pub(crate) struct Sender {
    headers: HeaderMap,
    /// The other end of the connection.
    peer: Option<SocketAddr>,
    dialect: Dialect,
    /// A key in the address; only where the client can send it no other way.
    in_address: Option<String>,
}

impl Sender {
    /// Takes it from a request.
    pub(crate) fn of(request: &Request, dialect: Dialect) -> Sender {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Sender {
            headers: request.headers().clone(),
            peer: peer.map(|ConnectInfo(address)| *address),
            dialect,
            in_address: dialect.key_in_address(request.uri()),
        }
    }

    fn is_here(&self) -> bool {
        self.peer.is_some_and(|peer| peer.ip().is_loopback())
    }

    /// Whether nobody stands between: no proxy says that it passes something
    /// on, and no page of another site makes the browser ask.
    fn is_direct(&self) -> bool {
        let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
        let named = |name: &header::HeaderName| {
            let value = self.headers.get(name)?.to_str().ok()?;
            let host = value.rsplit_once("://").map_or(value, |(_, host)| host);
            Some(is_local_name(host))
        };
        !passed_on
            .iter()
            .any(|name| self.headers.contains_key(*name))
            && named(&header::HOST).unwrap_or(true)
            && named(&header::ORIGIN).unwrap_or(true)
    }
}

/// Whether a host, with or without a port, is this machine by name or address.
fn is_local_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Who sends this request: by a program's key, by session cookie, for programs
/// by HTTP Basic, or nobody where the installation is open on its own machine.
/// A key that is wrong is never taken for nobody.
pub(crate) async fn actor(state: &AppState, sender: Sender) -> Result<Option<Actor>, Problem> {
    let now = Timestamp::now();
    let program = sender.dialect.is_program();
    if program && let Some(key) = key_of(&sender.headers).or(sender.in_address.as_deref()) {
        let token = state.meter().known(state.store(), key, now).await?;
        return Ok(token.map(Actor::program));
    }
    if let Some(token) = session_token(state, &sender.headers) {
        let session = state.store().session(&token, now).await?;
        if let Some(session) = session {
            let csrf = Some(session.csrf);
            return Ok(Some(Actor::person(
                session.user.name,
                session.user.role,
                csrf,
            )));
        }
    }
    if program && sender.headers.contains_key(header::AUTHORIZATION) {
        return basic(state, &sender, now).await;
    }
    let open = sender.dialect.may_be_open() && state.is_open();
    if open && sender.is_here() && sender.is_direct() {
        return Ok(Some(Actor::nobody()));
    }
    Ok(None)
}

/// The key of a program: `Authorization: Bearer KEY` or `ApiKey KEY`.
fn key_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let known = ["bearer", "apikey"];
    let is_key = known.iter().any(|k| scheme.eq_ignore_ascii_case(k));
    is_key.then(|| key.trim())
}

/// HTTP Basic with a local account, over loopback only: a password must not
/// cross a network in the clear. Programs on other machines have keys.
async fn basic(
    state: &AppState,
    sender: &Sender,
    now: Timestamp,
) -> Result<Option<Actor>, Problem> {
    let Some((name, password)) = credentials(&sender.headers) else {
        return Ok(None);
    };
    if !sender.is_here() {
        return Ok(None);
    }
    let answer = state.store().authenticate(&name, &password, now).await?;
    match answer {
        Authentication::Accepted(user) => Ok(Some(Actor::person(user.name, user.role, None))),
        Authentication::Refused => Ok(None),
        Authentication::Throttled { until } => Err(Problem::Throttled(until)),
    }
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_compare_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "ab"));
        assert!(!same("", ""));
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("x_portcullis_session=1; a=b"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("portcullis_session=t0k"),
        );
        assert_eq!(
            cookie(&headers, "portcullis_session").as_deref(),
            Some("t0k")
        );
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn keys_of_programs() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(text));
            key_of(&headers).map(str::to_owned)
        };
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("ApiKey  abc ").as_deref(), Some("abc"));
        assert_eq!(read("Basic abc"), None);
        assert_eq!(read("abc"), None);
    }

    #[test]
    fn this_machine_by_name() {
        for here in [
            "localhost",
            "LOCALHOST:8440",
            "127.0.0.1:8440",
            "[::1]:8440",
        ] {
            assert!(is_local_name(here), "{here}");
        }
        for elsewhere in [
            "",
            "example.org",
            "localhost.example.org",
            "10.0.0.1:80",
            "[::2]",
        ] {
            assert!(!is_local_name(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn basic_credentials() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(text));
            credentials(&headers)
        };
        let both = Some(("ana".to_owned(), "a:b".to_owned()));
        assert_eq!(read("Basic YW5hOmE6Yg=="), both);
        assert_eq!(read("Bearer YW5hOmE6Yg=="), None);
        assert_eq!(read("Basic !"), None);
    }
}
