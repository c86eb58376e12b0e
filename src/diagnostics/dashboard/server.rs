//! The HTTP server: connections, their limits, and its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::events::Connection;
use super::hub::Hub;
use super::race::{Either, race};
use super::respond::respond;

/// The most connections at a time; further ones are closed at once.
const MOST_CONNECTIONS: usize = 128;

/// The time for the head of a request to come.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// The time for a request and its response, unless that is a stream.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// The most bytes of a request's head, and about how many of a response wait to be sent.
const BUFFER: usize = 64 << 10;

/// The most bytes that the system keeps for a client that does not read: less than its default, lest the client read
/// what was long ago.
const SYSTEM_BUFFER: u32 = 256 << 10;

/// The time that clients have to read the last state.
const FAREWELL: Duration = Duration::from_millis(500);

/// Opens an address. In the context of a `tokio` runtime.
pub(super) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // An address that was used a minute ago; elsewhere than on Unix it would also allow two servers at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SYSTEM_BUFFER)?;
    socket.bind(address)?;
    socket.listen(128)
}

/// Serves until told to stop; then waits a little for clients to read the last state.
pub(super) async fn serve(listener: TcpListener, hub: Arc<Hub>, mut stop: oneshot::Receiver<()>) {
    let open = Arc::<AtomicUsize>::default();
    loop {
        match race(&mut stop, listener.accept()).await {
            Either::First(_) => break,
            Either::Second(Ok((stream, _))) if open.load(Relaxed) < MOST_CONNECTIONS => {
                open.fetch_add(1, Relaxed);
                let (hub, open) = (hub.clone(), open.clone());
                tokio::spawn(async move {
                    talk(stream, hub).await;
                    open.fetch_sub(1, Relaxed);
                });
            }
            Either::Second(Ok(_)) => {}
            // No file descriptor is left, say: wait for some to be closed.
            Either::Second(Err(_)) => sleep(Duration::from_millis(100)).await,
        }
    }
    let deadline = Instant::now() + FAREWELL;
    while open.load(Relaxed) > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(5)).await;
    }
}

/// One connection, for one request.
async fn talk(stream: TcpStream, hub: Arc<Hub>) {
    // Small events are to go at once. It is no matter if they do not.
    drop(stream.set_nodelay(true));
    let connection = Arc::<Connection>::default();
    let state = connection.clone();
    let service = service_fn(move |request| respond(request, hub.clone(), state.clone()));
    let exchange = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .keep_alive(false)
        .max_buf_size(BUFFER)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off is no error.
    race(exchange, connection.overdue(REQUEST_LIMIT)).await;
}
