//! Opening and closing a dashboard.

use std::net::{TcpListener, TcpStream};

use chunkfit::diagnostics::Dashboard;
use chunkfit::{ErrorKind, Runtime};

use super::http::get;

fn refused(address: &str) -> String {
    let error = Dashboard::options().serve(address).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "address", .. }), "{error:?}");
    error.full_message()
}

#[test]
fn port_0_is_a_free_one_and_its_number_is_told() {
    let mut runtime = Runtime::new();
    let one = runtime.dashboard("127.0.0.1:0").unwrap();
    let other = Dashboard::options().serve("localhost:0").unwrap();
    assert_ne!(one.address(), other.address());
    assert_eq!(one.url(), format!("http://127.0.0.1:{}/", one.address().port()));
    assert_eq!(get(one.address(), "/").status, 200);
    assert_eq!(get(other.address(), "/").status, 200);
}

#[test]
fn addresses_that_are_no_use_are_refused_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = refused(&address);
    assert!(message.contains(&address) && message.contains("port 0 is a free one"), "{message}");
    assert!(refused("0.0.0.0:0").contains("allow_remote(true)"));
    assert!(refused("192.0.2.1:8787").contains("allow_remote(true)"));
    assert!(refused("127.0.0.1").contains("such as 127.0.0.1:8787"));
    assert!(refused("").contains("such as 127.0.0.1:8787"));
    let error = Dashboard::options().allow_remote(true).serve("192.0.2.1:8787").unwrap_err().full_message();
    assert!(error.contains("an address of this machine"), "{error}");
}

#[test]
fn the_server_lives_as_long_as_a_handle_and_not_as_long_as_a_runtime() {
    let mut runtime = Runtime::new();
    let dashboard = runtime.dashboard("127.0.0.1:0").unwrap();
    let (address, copy) = (dashboard.address(), dashboard.clone());
    drop(dashboard);
    assert_eq!(get(address, "/").status, 200);
    drop(copy);
    assert!(TcpStream::connect(address).is_err());
    // The address is free again at once.
    let again = Dashboard::options().serve(&address.to_string()).unwrap();
    assert_eq!(again.address(), address);
    drop(runtime);
    assert_eq!(get(address, "/").status, 200);
}

#[test]
fn all_addresses_are_served_if_that_is_allowed() {
    let dashboard = Dashboard::options().allow_remote(true).serve("0.0.0.0:0").unwrap();
    let port = dashboard.address().port();
    assert_eq!(dashboard.url(), format!("http://127.0.0.1:{port}/"));
    assert_eq!(get(([127, 0, 0, 1], port).into(), "/").status, 200);
}
