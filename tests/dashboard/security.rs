//! Whom the dashboard answers, and what a browser may do with it.

use std::net::SocketAddr;

use chunkfit::diagnostics::Dashboard;
use chunkfit::graph::{Key, Lazy, Task};

use super::http::{Follower, get, raw, request};
use super::open;
use super::page::{state, token};

fn status_for_host(address: SocketAddr, host: &str) -> u16 {
    request(address, "GET", "/", &format!("Host: {host}\r\n"), "").status
}

#[test]
fn names_that_are_not_its_own_are_refused() {
    let dashboard = Dashboard::options().allow_host("Box.local").serve("127.0.0.1:0").unwrap();
    let address = dashboard.address();
    let port = address.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "box.local"] {
        assert_eq!(status_for_host(address, &format!("{host}:{port}")), 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0"] {
        for path in ["/", "/events", "/cancel"] {
            let method = if path == "/cancel" { "POST" } else { "GET" };
            let answer = request(address, method, path, &format!("Host: {host}:{port}\r\n"), "");
            assert_eq!(answer.status, 421, "{host} {path}");
            assert!(!answer.body.contains("<html"));
        }
    }
    assert_eq!(raw(address, b"GET / HTTP/1.1\r\n\r\n").status, 421);
    assert_eq!(raw(address, b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 421);
}

#[test]
fn only_what_is_there_can_be_had_and_only_in_the_right_way() {
    let (_dashboard, _runtime, address) = open();
    assert_eq!(get(address, "/").status, 200);
    assert_eq!(get(address, "/?run=7").status, 200);
    for path in ["/index.html", "/../etc/passwd", "/events/", "/cancel/1", "//", "/%2e%2e/"] {
        assert_eq!(get(address, path).status, 404, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(request(address, method, "/", "", "").status, 405, "{method}");
        assert_eq!(request(address, method, "/events", "", "").status, 405, "{method}");
    }
    let head = request(address, "HEAD", "/", "", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(request(address, "HEAD", "/events", "", "").status, 200);
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\r\n", "x".repeat(1 << 17));
    assert!(matches!(std::panic::catch_unwind(|| raw(address, long.as_bytes()).status), Ok(431) | Err(_)));
    assert_eq!(get(address, "/").status, 200);
}

#[test]
fn a_browser_may_do_nothing_with_the_page_but_show_it() {
    let (_dashboard, _runtime, address) = open();
    let (one, other) = (get(address, "/"), get(address, "/"));
    let policy = &one.headers["content-security-policy"];
    assert_ne!(policy, &other.headers["content-security-policy"], "the nonce is the same twice");
    for part in
        ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    let scripts = policy.split(';').find(|part| part.contains("script-src")).unwrap();
    assert!(scripts.contains("'nonce-") && !scripts.contains("unsafe") && !policy.contains('*'), "{policy}");
    for page in [one, get(address, "/events/"), request(address, "PUT", "/", "", "")] {
        let header = |name: &str| page.headers.get(name).map(String::as_str);
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("referrer-policy"), Some("same-origin"));
        assert_eq!(header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert!(header("content-security-policy").is_some());
        assert!(header("access-control-allow-origin").is_none());
    }
}

#[test]
fn no_other_sites_page_can_cancel() {
    let dashboard = Dashboard::options().allow_cancel(true).serve("127.0.0.1:0").unwrap();
    let address = dashboard.address();
    let form = format!("run=99&token={}", token(address));
    let post = |lines: &str| request(address, "POST", "/cancel", lines, &form).status;
    // With everything right it is the run that is not there.
    assert_eq!(post(&format!("Origin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n")), 404);
    assert_eq!(post(""), 404);
    for lines in ["Origin: http://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        assert_eq!(post(lines), 403, "{lines}");
    }
    assert_eq!(request(address, "POST", "/cancel", "", &"x".repeat(5000)).status, 413);
}

#[test]
fn no_name_is_taken_for_html_and_long_ones_are_cut() {
    let (_dashboard, runtime, address) = open();
    let names = [
        "</script><img src=x onerror=alert(1)>".to_owned(),
        "a\u{0}b\u{1b}[31m\u{7f}".to_owned(),
        "line\u{2028}separator\u{2029}\r\n\r\nevent: section".to_owned(),
        "\u{202e}right to left".to_owned(),
        "x".repeat(1 << 20),
    ];
    let task = |(i, name): (usize, &String)| {
        let task = Task::new("odd", Key::unique()).chunk(i).display_name(Some(name.as_str().into()));
        Lazy::source(task, || Ok(()))
    };
    let tasks: Vec<_> = names.iter().enumerate().map(task).collect();
    runtime.compute(tasks).unwrap();
    let mut page = Follower::new(address, "/events");
    page.until(|page| state(page) == "done" && page.sections.contains_key("sharing"));
    let html = page.html();
    assert!(html.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"), "{html}");
    assert!(!html.contains("<img") && !html.contains("</script"));
    assert!(!html.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "a control character");
    assert!(html.len() < 200_000, "the page has {} bytes", html.len());
}
