//! Webhooks: signed by the Standard Webhooks scheme, so that receivers can use
//! the libraries that exist for it (standardwebhooks.com, specification of 2023).
//!
//! Three headers go with each message: `webhook-id` (the same at every attempt,
//! so that a receiver can drop what it has), `webhook-timestamp` (seconds since
//! 1970 of this attempt) and `webhook-signature`, `v1,` and the base64 of
//! HMAC-SHA-256 under the endpoint's secret over `ID.TIMESTAMP.BODY`.

use crate::client::{self, Permissions};
use crate::decide::shown;
use crate::reason::Why;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use std::{fmt, time::Duration};
use ureq::{Agent, http::header};
use url::Url;

/// How a secret is marked in text.
const PREFIX: &str = "whsec_";
/// Bounds of a secret, from the specification.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The shared secret of an endpoint. It never appears in logs or errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A text that is no secret. It is not repeated in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is 'whsec_' and the base64 of 24 to 64 bytes")]
pub struct SecretError;

impl Secret {
    /// A secret of these bytes.
    ///
    /// # Errors
    ///
    /// [`SecretError`] for fewer than 24 or more than 64 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Secret, SecretError> {
        if SECRET_BYTES.contains(&bytes.len()) {
            Ok(Secret(bytes.to_vec()))
        } else {
            Err(SecretError)
        }
    }

    /// Reads `whsec_…`; the prefix may be missing.
    ///
    /// # Errors
    ///
    /// [`SecretError`].
    pub fn parse(text: &str) -> Result<Secret, SecretError> {
        let text = text.trim();
        let encoded = text.strip_prefix(PREFIX).unwrap_or(text);
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError)?;
        Secret::from_bytes(&bytes)
    }

    /// The secret as text, to be shown once to whoever sets up the receiver.
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Some(mac)
    }

    /// The value of `webhook-signature` for a message.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        // HMAC takes keys of every length, so there is always one.
        let mac = self.mac(id, timestamp, body);
        let tag = mac.map(|m| m.finalize().into_bytes());
        format!("v1,{}", STANDARD.encode(tag.unwrap_or_default()))
    }
}

/// A message that cannot be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Too old or from the future: perhaps recorded and sent again.
    #[error("the timestamp lies too far from now")]
    Timestamp,
    /// No signature of this secret over these bytes.
    #[error("no signature holds")]
    Signature,
}

/// Verifies a message as a receiver does: `signatures` is the header with one
/// or several signatures, `now` and `tolerance` are in seconds.
///
/// # Errors
///
/// [`BadSignature`].
pub fn verify(
    secret: &Secret,
    (id, timestamp, signatures): (&str, i64, &str),
    body: &[u8],
    now: i64,
    tolerance: i64,
) -> Result<(), BadSignature> {
    if now.abs_diff(timestamp) > tolerance.unsigned_abs() {
        return Err(BadSignature::Timestamp);
    }
    let holds = |signature: &str| {
        let tag = signature
            .strip_prefix("v1,")
            .and_then(|t| STANDARD.decode(t).ok());
        let mac = secret.mac(id, timestamp, body);
        match (tag, mac) {
            // Compared in constant time.
            (Some(tag), Some(mac)) => mac.verify_slice(&tag).is_ok(),
            _ => false,
        }
    };
    if signatures.split_whitespace().any(holds) {
        Ok(())
    } else {
        Err(BadSignature::Signature)
    }
}

/// Where webhooks may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Loopback and private addresses.
    pub private: bool,
    /// Plain `http`.
    pub http: bool,
}

/// One attempt.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Endpoint.
    pub url: &'a str,
    /// Id of the message: the same at every attempt.
    pub id: &'a str,
    /// The body, JSON.
    pub body: &'a str,
    /// Moment of this attempt.
    pub at: Timestamp,
    /// Secret of the endpoint.
    pub secret: &'a Secret,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The receiver has it.
    Delivered {
        /// Status, 200 to 299.
        status: u16,
    },
    /// To be tried again.
    Later {
        /// Why, for the officer; never holds the secret or the body.
        why: String,
        /// The pause the receiver asked for.
        after: Option<Duration>,
    },
    /// Never to be tried again: the receiver is gone, or must not be reached.
    Never {
        /// Why.
        why: String,
    },
}

/// Delivers webhooks.
#[derive(Clone, Debug)]
pub struct Poster {
    agent: Agent,
    reach: Reach,
    whole: Duration,
}

impl Poster {
    /// A poster that gives each attempt `whole` of time.
    pub fn new(reach: Reach, whole: Duration) -> Poster {
        let agent = client::agent(&Permissions {
            allow_http: reach.http,
            allow_private: reach.private,
            // A proxy would resolve the name itself, past the guard.
            proxy: false,
            connect: whole,
            stall: whole,
        });
        Poster {
            agent,
            reach,
            whole,
        }
    }

    /// Whether an endpoint can be used at all; looked at again, with the
    /// addresses it resolves to, at every delivery.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn check(&self, url: &str) -> Result<(), String> {
        let parsed = Url::parse(url).map_err(|e| format!("'{}': {e}", shown(url)))?;
        match parsed.scheme() {
            "https" => {}
            "http" if self.reach.http => {}
            _ => return Err(format!("'{}' is no https address", shown(url))),
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err("an address with a user name or password is refused".into());
        }
        let inside = match parsed.host() {
            Some(url::Host::Ipv4(v4)) => !crate::is_public(v4.into()),
            Some(url::Host::Ipv6(v6)) => !crate::is_public(v6.into()),
            Some(url::Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            None => return Err(format!("'{}' names no host", shown(url))),
        };
        if inside && !self.reach.private {
            let host = parsed.host_str().unwrap_or_default().to_owned();
            return Err(Why::PrivateAddress(host).to_string());
        }
        Ok(())
    }

    /// Makes one attempt. Blocks for at most the time of the poster. Follows no
    /// redirect and reads no body: the status is all that counts.
    pub fn post(&self, delivery: &Delivery<'_>) -> Answer {
        if let Err(why) = self.check(delivery.url) {
            return Answer::Never { why };
        }
        let timestamp = delivery.at.as_second();
        let body = delivery.body.as_bytes();
        let signature = delivery.secret.sign(delivery.id, timestamp, body);
        let request = self
            .agent
            .post(delivery.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", delivery.id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .config()
            .timeout_global(Some(self.whole))
            .build();
        match request.send(body) {
            Ok(response) => {
                let after = response.headers().get(header::RETRY_AFTER);
                let after = after.and_then(|v| v.to_str().ok()?.trim().parse().ok());
                judge(response.status().as_u16(), after.map(Duration::from_secs))
            }
            Err(error) => {
                let host = Url::parse(delivery.url).ok();
                let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
                // Not final even for a private address: the name may resolve
                // elsewhere tomorrow. One that is written out was refused above.
                Answer::Later {
                    why: client::why(error, host).to_string(),
                    after: None,
                }
            }
        }
    }
}

/// What a status means. 410 is how a receiver says that it wants no more.
fn judge(status: u16, after: Option<Duration>) -> Answer {
    match status {
        200..=299 => Answer::Delivered { status },
        410 => Answer::Never {
            why: "the receiver answered 410: it wants no more messages".into(),
        },
        300..=399 => Answer::Later {
            why: format!("the receiver answered {status}; redirects are not followed"),
            after: None,
        },
        _ => Answer::Later {
            why: format!("the receiver answered {status}"),
            after: after.filter(|_| matches!(status, 429 | 503)),
        },
    }
}

/// Attempts before a message is given up: with the pauses below, about 41 hours.
const MAX_ATTEMPTS: u32 = 10;
/// Pause after the first attempt, five times as long after each further one.
const FIRST_PAUSE: i64 = 5;
/// By how much a pause grows.
const GROWTH: i64 = 5;
/// Longest pause: twelve hours.
const LONGEST_PAUSE: i64 = 12 * 3_600;

/// When a message is tried again after `done` failed attempts (at least 1), or
/// `None` when it is given up. A receiver that asks for a longer pause gets it,
/// up to the longest.
pub fn next_attempt(done: u32, failed_at: Timestamp, asked: Option<Duration>) -> Option<Timestamp> {
    if done >= MAX_ATTEMPTS {
        return None;
    }
    let grown = GROWTH
        .checked_pow(done.saturating_sub(1))
        .unwrap_or(i64::MAX);
    let own = FIRST_PAUSE.saturating_mul(grown).min(LONGEST_PAUSE);
    let asked = asked.map_or(0, |pause| {
        i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)
    });
    let pause = own.max(asked.min(LONGEST_PAUSE));
    let at = failed_at.as_second().saturating_add(pause);
    Timestamp::from_second(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of the specification's own libraries.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signature = secret.sign(id, 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = format!("v1,AAAA v2,x {signature}");
        let head = (id, 1_614_265_330, both.as_str());
        assert_eq!(verify(&secret, head, body, 1_614_265_400, 300), Ok(()));
        assert_eq!(
            verify(&secret, head, body, 1_614_269_999, 300),
            Err(BadSignature::Timestamp)
        );
        for (id, at) in [("msg_other", 1_614_265_330), (id, 1_614_265_331)] {
            let head = (id, at, both.as_str());
            assert_eq!(
                verify(&secret, head, body, 1_614_265_400, 300),
                Err(BadSignature::Signature)
            );
        }
    }

    #[test]
    fn a_secret_is_read_and_never_shown() {
        let secret = Secret::from_bytes(&[9; 32]).unwrap();
        assert_eq!(Secret::parse(&secret.to_text()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for bad in ["", "whsec_", "whsec_AAAA", "whsec_!!"] {
            assert_eq!(Secret::parse(bad), Err(SecretError), "{bad}");
        }
    }

    #[test]
    fn endpoints_inside_the_house_need_leave() {
        let outside = Poster::new(Reach::default(), Duration::from_secs(1));
        let inside = Reach {
            private: true,
            http: true,
        };
        let inside = Poster::new(inside, Duration::from_secs(1));
        for url in [
            "https://127.0.0.1/x",
            "https://[::1]/",
            "https://169.254.169.254/latest",
            "https://localhost:8440/",
            "https://2130706433/",
            "https://0x7f.1/",
            "http://hooks.example/",
            "ftp://hooks.example/",
            "https://me:pw@hooks.example/",
            "not a url",
        ] {
            assert!(outside.check(url).is_err(), "{url}");
        }
        assert_eq!(outside.check("https://hooks.example/x"), Ok(()));
        assert_eq!(inside.check("http://127.0.0.1:9/"), Ok(()));
    }

    #[test]
    fn a_status_says_what_follows() {
        assert_eq!(judge(204, None), Answer::Delivered { status: 204 });
        assert!(matches!(judge(410, None), Answer::Never { .. }));
        for status in [302, 400, 404, 429, 500] {
            assert!(
                matches!(judge(status, None), Answer::Later { .. }),
                "{status}"
            );
        }
    }

    proptest! {
        #[test]
        fn attempts_grow_apart_and_end(at in 0..4_000_000_000i64, asked in 0..1_000_000u64) {
            let failed_at = Timestamp::from_second(at).unwrap();
            let mut pause = 0;
            for done in 1..MAX_ATTEMPTS {
                let next = next_attempt(done, failed_at, None).unwrap().as_second() - at;
                prop_assert!(next >= pause && (FIRST_PAUSE..=LONGEST_PAUSE).contains(&next));
                pause = next;
                let asked = Some(Duration::from_secs(asked));
                let waited = next_attempt(done, failed_at, asked).unwrap().as_second() - at;
                prop_assert!(waited >= next && waited <= LONGEST_PAUSE);
            }
            prop_assert_eq!(next_attempt(MAX_ATTEMPTS, failed_at, None), None);
            prop_assert_eq!(next_attempt(u32::MAX, failed_at, None), None);
        }
    }
}
