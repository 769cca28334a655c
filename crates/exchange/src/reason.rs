//! Why a download was refused, in words for whoever runs the update.

use crate::decide::Encoding;
use portcullis_policy::Content;

/// A file that was not taken.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {why}{}", tries(*attempts))]
pub struct Refused {
    /// Name of the file.
    pub file: String,
    /// Why.
    pub why: Why,
    /// How often it was asked for.
    pub attempts: u32,
}

fn tries(attempts: u32) -> String {
    match attempts {
        0 | 1 => String::new(),
        n => format!(" (asked {n} times)"),
    }
}

/// What was wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// No connection, or it broke.
    #[error("no connection to {host}: {text}")]
    Connection {
        /// Host that was asked.
        host: String,
        /// What the network said.
        text: String,
    },
    /// A time ran out.
    #[error("took too long: {0}")]
    TooSlow(String),
    /// An answer that is no file.
    #[error("the server answered {0}")]
    Status(u16),
    /// Busy, or asking for a pause.
    #[error("the server answered {status} and asked to wait {seconds} s")]
    Wait {
        /// The status.
        status: u16,
        /// The pause it asked for.
        seconds: u64,
    },
    /// 304 to a question that was not conditional.
    #[error("the server said 'not modified' although nothing was said to be held")]
    NotModifiedUnasked,
    /// A redirect without a place to go.
    #[error("the server redirected without saying where to")]
    RedirectNowhere,
    /// More redirects than are followed.
    #[error("more than {0} redirects, perhaps in a circle")]
    TooManyRedirects(u32),
    /// A redirect to where one does not go.
    #[error("redirected to '{0}', which is no https address")]
    RedirectDowngraded(String),
    /// A host inside one's own network.
    #[error("{0} is a private or reserved address, which this configuration does not allow")]
    PrivateAddress(String),
    /// Larger than believed.
    #[error("larger than the {0} bytes that are allowed")]
    TooLarge(u64),
    /// Smaller than believed.
    #[error("only {got} bytes; at least {min} are expected")]
    TooSmall {
        /// How many came.
        got: u64,
        /// How many are expected.
        min: u64,
    },
    /// Ended before its end.
    #[error("cut off: {0}")]
    CutOff(String),
    /// No telling where it ends.
    #[error("the server does not say where the file ends, so a cut-off could not be told")]
    EndUnmarked,
    /// An encoding that was not asked for.
    #[error("sent in the encoding '{0}', which was not asked for")]
    UnknownEncoding(String),
    /// Damaged in transit.
    #[error("cannot be decompressed ({encoding:?}): {text}")]
    Undecodable {
        /// How it was compressed.
        encoding: Encoding,
        /// What is wrong.
        text: String,
    },
    /// A web page in place of a list.
    #[error("a web page came in place of the list, most likely an error or sign-in page")]
    WebPage,
    /// Another kind of file.
    #[error("not {}: {text}", .expected.as_str())]
    OtherContent {
        /// What was expected.
        expected: Content,
        /// What it looks like.
        text: String,
    },
    /// The digest could not be read.
    #[error("its published SHA-256 cannot be read: {0}")]
    DigestUnreadable(String),
    /// The digest differs.
    #[error("its SHA-256 is {got}, the publisher says {published}")]
    DigestDiffers {
        /// Of what came.
        got: String,
        /// As published.
        published: String,
    },
    /// The signature does not hold.
    #[error("its signature does not hold: {0}")]
    BadSignature(String),
    /// Any other.
    #[error("{0}")]
    Other(String),
}

impl Why {
    /// Whether asking again may help. What was *sent* and is wrong is asked for
    /// again only where the line may have damaged it.
    pub fn is_transient(&self) -> bool {
        match self {
            Why::Connection { .. } | Why::TooSlow(_) | Why::CutOff(_) | Why::Wait { .. } => true,
            Why::Status(status) => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}
