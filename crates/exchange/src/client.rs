//! The HTTP client: one agent for each set of permissions.

use crate::guard::{Guard, PrivateAddress};
use crate::reason::Why;
use std::time::Duration;
use ureq::{Agent, Error, Proxy, Timeout, unversioned::transport::DefaultConnector};

/// Names us to the other side; some publishers turn away clients that do not
/// look like `Mozilla/5.0 (compatible; …)`, the customary form for programs.
pub(crate) const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; Portcullis/",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// What an agent may do, and how long each step may take.
#[derive(Clone, Debug)]
pub(crate) struct Permissions {
    /// Plain `http`.
    pub allow_http: bool,
    /// Loopback and private addresses.
    pub allow_private: bool,
    /// Whether the proxy of the environment (`HTTPS_PROXY`, …) is used.
    pub proxy: bool,
    /// For a connection to stand.
    pub connect: Duration,
    /// Without a byte.
    pub stall: Duration,
}

/// An agent that follows no redirect, keeps no connection and no cookie, and
/// gives every status back.
pub(crate) fn agent(may: &Permissions) -> Agent {
    let proxy = may.proxy.then(Proxy::try_from_env).flatten();
    // Behind a proxy it is the proxy that resolves names and connects.
    let allow_private = may.allow_private || proxy.is_some();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(!may.allow_http)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .user_agent(USER_AGENT)
        .proxy(proxy)
        .timeout_resolve(Some(may.connect))
        .timeout_connect(Some(may.connect))
        .timeout_per_read(Some(may.stall))
        .timeout_per_write(Some(may.stall))
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default(),
        Guard::new(allow_private),
    )
}

/// What an error of the client means.
pub(crate) fn why(error: Error, host: &str) -> Why {
    let connection = |text: String| Why::Connection {
        host: host.to_owned(),
        text,
    };
    match error {
        Error::Timeout(which) => too_slow(which),
        Error::HostNotFound => connection("there is no such host".into()),
        Error::RequireHttpsOnly(url) => Why::RedirectDowngraded(url),
        Error::Io(io) => {
            let inner = io.get_ref();
            if let Some(private) = inner.and_then(|i| i.downcast_ref::<PrivateAddress>()) {
                return Why::PrivateAddress(private.0.clone());
            }
            match io.kind() {
                std::io::ErrorKind::TimedOut => Why::TooSlow(io.to_string()),
                _ => connection(io.to_string()),
            }
        }
        Error::ConnectionFailed => connection("it was refused".into()),
        Error::Rustls(tls) => Why::Other(format!("{host} cannot be trusted: {tls}")),
        other => Why::Other(format!("{host}: {other}")),
    }
}

/// Which of the times ran out, in words.
pub(crate) fn too_slow(which: Timeout) -> Why {
    let text = match which {
        Timeout::Resolve => "its name was not resolved in time",
        Timeout::Connect => "no connection in time",
        Timeout::PerRead => "the server stopped sending",
        Timeout::PerWrite => "the server stopped receiving",
        Timeout::SendRequest | Timeout::SendBody => "the request was not sent in time",
        Timeout::RecvResponse => "no answer in time",
        _ => "not done in the time allowed",
    };
    Why::TooSlow(text.to_owned())
}
