//! Whether bytes are the file they should be. Pure.

use crate::decide::shown;
use crate::reason::Why;
use minisign_verify::{PublicKey, Signature};
use portcullis_domain::hex_sha256;
use portcullis_policy::{Content, SourceFile};

/// How far into a file its kind is looked for.
const HEAD_BYTES: usize = 1_024;

/// Size and kind of a file, by its first bytes.
pub(crate) fn whole(bytes: &[u8], content: Content, file: &SourceFile) -> Result<(), Why> {
    let got = bytes.len() as u64;
    // The kind first: "a web page came" helps more than "too small".
    looks_like(bytes, content)?;
    if got < file.min_bytes {
        return Err(Why::TooSmall {
            got,
            min: file.min_bytes,
        });
    }
    Ok(())
}

/// Refuses what cannot be a file of this kind, above all web pages.
///
/// # Errors
///
/// [`Why::WebPage`], [`Why::OtherContent`].
pub fn looks_like(bytes: &[u8], content: Content) -> Result<(), Why> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let start = head.trim_ascii_start();
    if is_web_page(start) {
        return Err(Why::WebPage);
    }
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let fits = match content {
        Content::Xml => wide || start.starts_with(b"<"),
        Content::Json => start.starts_with(b"{") || start.starts_with(b"["),
        Content::Jsonl => start.starts_with(b"{"),
        Content::Xlsx => head.starts_with(b"PK\x03\x04"),
        Content::Csv => wide || !(start.is_empty() || start[0] == b'<' || head.contains(&0)),
    };
    if fits {
        return Ok(());
    }
    let text = if start.is_empty() {
        "it is empty".to_owned()
    } else {
        let begins: String = String::from_utf8_lossy(start).chars().take(24).collect();
        format!("it begins with '{}'", shown(&begins))
    };
    Err(Why::OtherContent {
        expected: content,
        text,
    })
}

/// Whether a text begins as HTML does, behind an XML declaration or comments.
fn is_web_page(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start();
        let (opening, closing) = if rest.starts_with("<?") {
            ("<?", "?>")
        } else if rest.starts_with("<!--") {
            ("<!--", "-->")
        } else {
            break;
        };
        match rest[opening.len()..].split_once(closing) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    let tags = ["<!doctype html", "<html", "<head", "<body"];
    tags.iter().any(|tag| rest.starts_with(tag))
}

/// The SHA-256 in a published text: a bare digest, lines of `sha256sum`
/// (`DIGEST  NAME`), or the BSD form (`SHA256 (NAME) = DIGEST`). Where there are
/// several lines, the one that names the file counts.
///
/// # Errors
///
/// [`Why::DigestUnreadable`]: there is none, or more than one and none is named.
pub fn published_digest(text: &str, file_name: &str) -> Result<String, Why> {
    let unreadable = |why: &str| Why::DigestUnreadable(why.to_owned());
    let found: Vec<(String, bool)> = text
        .lines()
        .filter_map(|l| digest_of(l, file_name))
        .collect();
    match found.as_slice() {
        [] => Err(unreadable("there is no SHA-256 in it")),
        [(digest, _)] => Ok(digest.clone()),
        several => {
            let mut named = several.iter().filter(|(_, named)| *named);
            match (named.next(), named.next()) {
                (Some((digest, _)), None) => Ok(digest.clone()),
                _ => Err(unreadable("it has several, and not one for this file")),
            }
        }
    }
}

/// The digest of a line, and whether the line names the file.
fn digest_of(line: &str, file_name: &str) -> Option<(String, bool)> {
    let split = |c: char| c.is_whitespace() || "=(),;*\"'".contains(c);
    let words: Vec<&str> = line.split(split).filter(|w| !w.is_empty()).collect();
    let hex = |w: &&&str| w.len() == 64 && w.chars().all(|c| c.is_ascii_hexdigit());
    let digest = words.iter().find(hex)?.to_ascii_lowercase();
    let named = words
        .iter()
        .any(|word| word.rsplit('/').next() == Some(file_name));
    Some((digest, named))
}

/// Compares with the published digest.
pub(crate) fn digest(bytes: &[u8], published: &str) -> Result<(), Why> {
    let got = hex_sha256(bytes);
    if got == published {
        return Ok(());
    }
    Err(Why::DigestDiffers {
        got,
        published: published.to_owned(),
    })
}

/// Checks a minisign signature (prehashed, as every current tool makes it).
pub(crate) fn signature(bytes: &[u8], text: &str, key: &str) -> Result<(), Why> {
    let bad = |error: minisign_verify::Error| Why::BadSignature(error.to_string());
    let key = PublicKey::from_base64(key.trim()).map_err(bad)?;
    let signature = Signature::decode(text).map_err(bad)?;
    key.verify(bytes, &signature, false).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};
    use blake2::{Blake2b512, Digest};
    use ed25519_dalek::{Signer, SigningKey};

    #[test]
    fn each_kind_is_told_from_its_first_bytes() {
        let good: [(&[u8], Content); 6] = [
            (b"\xef\xbb\xbf <?xml version='1.0'?><list/>", Content::Xml),
            (b"{\"results\":[]}", Content::Json),
            (b"{\"id\":1}\n", Content::Jsonl),
            (b"PK\x03\x04rest", Content::Xlsx),
            (b"36,\"NAME\",\"-0- \"", Content::Csv),
            (b"\xff\xfe<\0l\0", Content::Xml),
        ];
        for (bytes, content) in good {
            assert_eq!(looks_like(bytes, content), Ok(()), "{content:?}");
        }
        let pages: [&[u8]; 3] = [
            b"\n<!DOCTYPE html><html>",
            b"<?xml version='1.0'?>\n<!-- x --><!DOCTYPE HTML PUBLIC>",
            b"<HTML><BODY>503",
        ];
        for page in pages {
            for content in [Content::Xml, Content::Csv, Content::Json, Content::Xlsx] {
                assert_eq!(looks_like(page, content), Err(Why::WebPage));
            }
        }
        let other: [(&[u8], Content); 6] = [
            (b"", Content::Xml),
            (b" \n", Content::Csv),
            (b"<list/>", Content::Json),
            (b"{}", Content::Xml),
            (b"PK\x05\x06", Content::Xlsx),
            (b"a\0b", Content::Csv),
        ];
        for (bytes, content) in other {
            assert!(
                matches!(looks_like(bytes, content), Err(Why::OtherContent { .. })),
                "{content:?} {bytes:?}"
            );
        }
    }

    #[test]
    fn a_digest_is_found_in_each_customary_form() {
        let (a, b) = ("a".repeat(64), "B".repeat(64));
        let sums = format!("{a}  other.xml\n{b} *dir/list.xml\n");
        for (text, expected) in [
            (a.clone(), Ok(a.clone())),
            (sums.clone(), Ok("b".repeat(64))),
            (format!("SHA256 (list.xml) = {a}\n"), Ok(a.clone())),
        ] {
            assert_eq!(published_digest(&text, "list.xml"), expected);
        }
        let none = published_digest("<html>not found</html>", "list.xml");
        assert!(matches!(none, Err(Why::DigestUnreadable(_))));
        let unnamed = published_digest(&sums, "third.xml");
        assert!(matches!(unnamed, Err(Why::DigestUnreadable(_))));
        assert_eq!(digest(b"", &hex_sha256(b"")), Ok(()));
        assert!(matches!(digest(b"x", &a), Err(Why::DigestDiffers { .. })));
    }

    /// A signature made here by the published layout of minisign, not by the
    /// library that reads it.
    fn minisign(bytes: &[u8]) -> (String, String) {
        let secret = SigningKey::from_bytes(&[7; 32]);
        let id = *b"key-id-8";
        let key = [&b"Ed"[..], &id, secret.verifying_key().as_bytes()].concat();
        let signed = secret.sign(&Blake2b512::digest(bytes)).to_bytes();
        let comment = "timestamp:1\tfile:list.xml";
        let whole = secret.sign(&[&signed[..], comment.as_bytes()].concat());
        let line = STANDARD.encode([&b"ED"[..], &id, &signed].concat());
        let text = format!(
            "untrusted comment: x\n{line}\ntrusted comment: {comment}\n{}\n",
            STANDARD.encode(whole.to_bytes())
        );
        (STANDARD.encode(key), text)
    }

    #[test]
    fn a_signature_holds_for_these_bytes_alone() {
        let (key, text) = minisign(b"the list");
        assert_eq!(signature(b"the list", &text, &key), Ok(()));
        for (bytes, text, key) in [
            (&b"the List"[..], text.as_str(), key.as_str()),
            (b"the list", "no signature", key.as_str()),
            (b"the list", text.as_str(), "RWkey"),
        ] {
            let said = signature(bytes, text, key);
            assert!(matches!(said, Err(Why::BadSignature(_))), "{said:?}");
        }
    }
}
