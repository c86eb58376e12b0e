//! The checks of requests: whose name they ask for, where they come from, and what they may do.

use std::net::{IpAddr, SocketAddr};

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};

/// The names by which this server may be asked, and the token without which nothing is cancelled.
///
/// A page of another site cannot read what this server answers to its own origin; but by a name of its own that it lets
/// point here (DNS rebinding) it could, so names that are not known are refused. An address in digits cannot be another
/// site's.
pub(super) struct Guard {
    address: SocketAddr,
    hosts: Vec<String>,
    token: Option<String>,
}

impl Guard {
    /// `token`: the one that cancelling takes; none if nothing may be cancelled.
    pub(super) fn new(address: SocketAddr, hosts: &[String], token: Option<String>) -> Self {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Guard { address, hosts, token }
    }

    /// The token that cancelling takes, if runs may be cancelled.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// True if the request asks for this server by a name that it has.
    pub(super) fn knows_host(&self, headers: &HeaderMap) -> bool {
        one(headers, &HOST).and_then(host_name).is_some_and(|name| self.knows(&name))
    }

    fn knows(&self, name: &str) -> bool {
        let literal = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(ip) if self.address.ip().is_loopback() => ip.is_loopback() || ip == self.address.ip(),
            Ok(_) => true,
            Err(_) => name == "localhost" || self.hosts.iter().any(|host| host == name),
        }
    }

    /// True if a request that changes something comes from a page of this server, or from no page at all.
    pub(super) fn is_from_own_page(&self, headers: &HeaderMap) -> bool {
        let site = HeaderName::from_static("sec-fetch-site");
        let from_here = !headers.contains_key(&site) || one(headers, &site) == Some("same-origin");
        let own = one(headers, &HOST).map(|host| format!("http://{host}"));
        from_here && (!headers.contains_key(ORIGIN) || one(headers, &ORIGIN) == own.as_deref())
    }

    /// True if runs may be cancelled, and this is the token for it.
    pub(super) fn allows(&self, token: &str) -> bool {
        let Some(own) = &self.token else { return false };
        // Every byte is looked at, so that the time taken tells nothing.
        let different = own.bytes().zip(token.bytes()).fold(0, |different, (a, b)| different | (a ^ b));
        own.len() == token.len() && different == 0
    }
}

/// 128 random bits as 32 digits.
pub(super) fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// A header's value, if it is there once.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The name in `name:port` or `name`, in lower case. The port is no matter: it may have been forwarded.
fn host_name(host: &str) -> Option<String> {
    let after_literal = host.find(']').map_or(0, |end| end + 1);
    let (name, port) = match host[after_literal..].rfind(':') {
        Some(colon) => (&host[..after_literal + colon], &host[after_literal + colon + 1..]),
        None => (host, ""),
    };
    let plain = !name.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| name.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(guard: &Guard, host: &str) -> bool {
        guard.knows_host(&HeaderMap::from_iter([(HOST, host.parse().unwrap())]))
    }

    fn guard(address: &str, hosts: &[&str]) -> Guard {
        let hosts: Vec<String> = hosts.iter().map(|host| host.to_string()).collect();
        Guard::new(address.parse().unwrap(), &hosts, Some("abc".into()))
    }

    #[test]
    fn names_of_this_machine_are_known_and_others_are_not() {
        let guard = guard("127.0.0.1:8787", &["Box.local"]);
        for host in
            ["127.0.0.1:8787", "localhost", "LOCALHOST:1", "localhost.", "[::1]:8787", "[::1]", "box.local:8787"]
        {
            assert!(knows(&guard, host), "{host}");
        }
        for host in
            ["evil.example:8787", "localhost.evil.example", "10.0.0.1:8787", "", ":80", "localhost:x", "a@localhost"]
        {
            assert!(!knows(&guard, host), "{host}");
        }
        assert!(!guard.knows_host(&HeaderMap::new()));
        let mut two = HeaderMap::new();
        two.append(HOST, "localhost".parse().unwrap());
        two.append(HOST, "localhost".parse().unwrap());
        assert!(!guard.knows_host(&two));
    }

    #[test]
    fn a_remote_server_is_known_by_any_address_and_by_the_names_given() {
        let guard = guard("0.0.0.0:8787", &["box"]);
        assert!(["10.0.0.1:8787", "[fe80::1]:8787", "box:8787"].iter().all(|host| knows(&guard, host)));
        assert!(!knows(&guard, "evil.example"));
    }

    #[test]
    fn only_the_own_page_with_the_token_may_cancel() {
        let guard = guard("127.0.0.1:8787", &[]);
        let from = |site: &'static str, origin: &'static str| {
            let mut headers = HeaderMap::from_iter([(HOST, "localhost:8787".parse().unwrap())]);
            if !site.is_empty() {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if !origin.is_empty() {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            guard.is_from_own_page(&headers)
        };
        assert!(from("same-origin", "http://localhost:8787") && from("", ""));
        assert!(!from("cross-site", "") && !from("same-site", "http://localhost:8787") && !from("none", ""));
        assert!(!from("", "http://evil.example") && !from("", "null") && !from("same-origin", "http://localhost:1"));
        assert!(guard.allows("abc") && !guard.allows("abd") && !guard.allows("ab") && !guard.allows(""));
        assert!(!Guard::new("127.0.0.1:1".parse().unwrap(), &[], None).allows(""));
    }
}
