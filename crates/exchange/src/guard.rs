//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Whether an address lies on the public internet: not loopback, private,
/// link-local (cloud metadata among them), carrier-grade, multicast, reserved
/// or for documentation; addresses of IPv4 inside IPv6 are judged as IPv4.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match inner_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_unspecified()
        || v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

/// The IPv4 address inside a mapped, compatible, NAT64 or 6to4 address.
fn inner_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, h, l] => Some(join(h, l)),
        [0x64, 0xff9b, 0, 0, 0, 0, h, l] => Some(join(h, l)),
        [0x2002, h, l, ..] => Some(join(h, l)),
        // ::/96 holds the unspecified and the loopback address as well; all of
        // it is judged as IPv4 0.0.0.0/8 and so refused, or as what is inside.
        [0, 0, 0, 0, 0, 0, h, l] => Some(join(h, l)),
        _ => None,
    }
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; of it, documentation and benchmarking are not.
    let [first, second, ..] = v6.segments();
    let global = first & 0xe000 == 0x2000;
    let special = (first == 0x2001 && (second == 0xdb8 || second < 0x200)) || first == 0x3fff;
    global && !special
}

/// Resolves names, and refuses what resolves to where one may not go. The
/// connection is made to the very addresses that were looked at.
#[derive(Debug)]
pub(crate) struct Guard {
    inner: DefaultResolver,
    allow_private: bool,
}

impl Guard {
    pub(crate) fn new(allow_private: bool) -> Guard {
        Guard {
            inner: DefaultResolver::default(),
            allow_private,
        }
    }
}

/// The address that a guard refused, inside the error of the client.
#[derive(Debug, thiserror::Error)]
#[error("{0} is a private or reserved address")]
pub(crate) struct PrivateAddress(pub String);

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // One private address among public ones is refused with all: which of
        // them would be tried is not ours to say.
        let private = found.iter().find(|a| !is_public(a.ip()));
        match private {
            Some(address) if !self.allow_private => {
                let host = uri.host().unwrap_or_default();
                let shown = if host == address.ip().to_string() {
                    host.to_owned()
                } else {
                    format!("{host} ({})", address.ip())
                };
                Err(ureq::Error::Io(std::io::Error::other(PrivateAddress(
                    shown,
                ))))
            }
            _ => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_reserved_addresses_are_told_in_every_disguise() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "::127.0.0.1",
            "2001::1",
            "3fff::1",
            "fec0::1",
        ];
        for text in private {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        let public = [
            "8.8.8.8",
            "151.101.1.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "172.32.0.1",
            "100.128.0.1",
            "::ffff:8.8.8.8",
            "2001:4860:4860::8888",
            "192.0.1.1",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
