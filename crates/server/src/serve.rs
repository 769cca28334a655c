//! Listening, and stopping without cutting anybody off.

use crate::{AppState, router};
use jiff::Timestamp;
use std::{future::Future, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;

/// How often sessions that have ended are removed.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// How often what waits for its place in the ledger gets it.
const SEAL_EVERY: Duration = Duration::from_secs(2);

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct ServerConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether people reach it by HTTPS (through a proxy that ends TLS): then
    /// cookies are bound to HTTPS and to this host.
    pub secure_cookies: bool,
    /// Whether programs on this machine may screen and search without
    /// credentials. Only where `listen` is loopback.
    pub open_screening: bool,
}

impl Default for ServerConfig {
    /// Loopback, port 8440, plain HTTP.
    fn default() -> ServerConfig {
        ServerConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 8440)),
            secure_cookies: false,
            open_screening: false,
        }
    }
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; is the port taken, or not yours to take?")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An open server must not be reachable from elsewhere.
    #[error("screening without credentials is for loopback only, and {0} is not")]
    OpenToOthers(SocketAddr),
    /// The server stopped by itself.
    #[error("the server stopped")]
    Stopped(#[source] std::io::Error),
}

/// Serves until `shutdown` is done; requests in hand are finished. Calls
/// `on_listening` with the address once connections are taken.
///
/// # Errors
///
/// [`ServeError`] if the address cannot be listened on, or the server stops by itself.
pub async fn serve(
    config: ServerConfig,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
    on_listening: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    if config.open_screening && !config.listen.ip().is_loopback() {
        return Err(ServeError::OpenToOthers(config.listen));
    }
    let state = state
        .with_secure_cookies(config.secure_cookies)
        .with_open_screening(config.open_screening);
    let failed = |source| ServeError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let tidying = tokio::spawn(tidy(state.clone()));
    let sealing = tokio::spawn(seal(state.clone()));
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    on_listening(address);
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(shutdown)
        .await;
    tidying.abort();
    sealing.abort();
    served.map_err(ServeError::Stopped)
}

async fn tidy(state: AppState) {
    let mut clock = tokio::time::interval(TIDY_EVERY);
    loop {
        clock.tick().await;
        match state
            .store()
            .delete_expired_sessions(Timestamp::now())
            .await
        {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed sessions that have ended"),
            Err(error) => tracing::warn!(%error, "sessions that have ended could not be removed"),
        }
    }
}

/// Gives decisions their place in the ledger and signs its head, so that
/// checkpoints follow decisions by seconds. What is left when the server stops
/// waits in the database; nothing is lost.
async fn seal(state: AppState) {
    let mut clock = tokio::time::interval(SEAL_EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let waiting = state.store().ledger_status().await.map(|s| s.pending);
        let sealed = match waiting {
            Ok(0) => continue,
            Ok(_) => state
                .store()
                .checkpoint(Timestamp::now())
                .await
                .map(|c| c.size),
            Err(error) => Err(error),
        };
        match sealed {
            Ok(size) => tracing::info!(size, "signed the head of the ledger"),
            Err(error) => tracing::warn!(%error, "the head of the ledger could not be signed"),
        }
    }
}
