//! Addresses: free ports, and what is said about an address that others can reach.

use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

use datafusion::error::{DataFusionError, Result};
use url::Url;

/// The port of a scheduler whose address names none.
pub const SCHEDULER_PORT: u16 = 50050;

/// Where free ports are looked for: below those that systems give to outgoing connections (32768 to 60999 on
/// Linux), one of which could take a port between the look and the use.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// A listener on this port, or on a free one if it is 0.
///
/// # Errors
/// The port is taken, or the address is not one of this machine.
pub fn listen(host: IpAddr, port: u16) -> Result<TcpListener> {
    let port = if port == 0 { free_port(host)? } else { port };
    TcpListener::bind((host, port)).map_err(|error| {
        DataFusionError::Configuration(format!("cannot listen on {host}:{port}: {error}; choose another port, or 0"))
    })
}

/// A port on which nobody listens now, from 20000 to 31999.
///
/// # Errors
/// None was found: the address is not one of this machine.
pub fn free_port(host: IpAddr) -> Result<u16> {
    // Processes that look at the same time begin elsewhere, and no process gets one port twice in a row.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n_ports = PORTS.end - PORTS.start;
    let begin = std::process::id().wrapping_mul(97);
    let mut last = None;
    for _ in 0..n_ports {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = (PORTS.start + begin.wrapping_add(step) % n_ports) as u16;
        match TcpListener::bind((host, port)) {
            Ok(_) => return Ok(port),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => last = Some(error),
            Err(error) => return Err(DataFusionError::IoError(error)),
        }
    }
    let last = last.map_or_else(String::new, |error| format!(": {error}"));
    Err(DataFusionError::Configuration(format!("no port of {host} from 20000 to 31999 is free{last}")))
}

/// What to say of an address that others can reach, if it is one.
pub fn warning(host: IpAddr) -> Option<String> {
    (!host.is_loopback()).then(|| {
        format!(
            "{host} can be reached from other machines, and nothing here asks who connects: whoever does can read \
             every file that this process can. Use it on a private network only, or behind a proxy with TLS and \
             client certificates."
        )
    })
}

/// The host and port of a scheduler's address: `df://host:50050`, `http://host:50050`, or `host:50050`.
///
/// # Errors
/// The address does not parse.
pub fn parse(scheduler: &str) -> Result<(String, u16)> {
    let text = if scheduler.contains("://") { scheduler.to_owned() } else { format!("df://{scheduler}") };
    let wrong = |why: &str| {
        DataFusionError::Configuration(format!("{scheduler:?} is no scheduler's address ({why}); write df://HOST:PORT"))
    };
    let url = Url::parse(&text).map_err(|error| wrong(&error.to_string()))?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("no host"))?;
    Ok((host.to_owned(), url.port().unwrap_or(SCHEDULER_PORT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn a_free_port_is_not_among_those_of_outgoing_connections() {
        let (one, other) = (free_port(LOOPBACK).unwrap(), free_port(LOOPBACK).unwrap());
        assert!(one != other && (20_000..32_768).contains(&one) && (20_000..32_768).contains(&other));
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let taken = listen(LOOPBACK, 0).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = listen(LOOPBACK, port).unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("choose another"), "{error}");
    }

    #[test]
    fn addresses_are_written_in_three_ways() {
        for text in ["df://node-1:1234", "http://node-1:1234", "node-1:1234"] {
            assert_eq!(parse(text).unwrap(), ("node-1".to_owned(), 1234));
        }
        assert_eq!(parse("df://10.0.0.1").unwrap(), ("10.0.0.1".to_owned(), SCHEDULER_PORT));
        assert!(parse("df://").unwrap_err().to_string().contains("df://HOST:PORT"));
    }

    #[test]
    fn an_address_that_others_reach_is_warned_of() {
        assert_eq!(warning(LOOPBACK), None);
        assert!(warning(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).unwrap().contains("private network"));
    }
}
