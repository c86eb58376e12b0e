//! The stream of server-sent events to one client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};

use super::hub::{Choice, Hub, Looking, Seen};
use super::race::{Either, race};

/// The time after which a client that has lost its stream comes back.
const RETRY: &str = "retry: 1000\n\n";

/// A comment, which says that the server is there.
const KEEP_ALIVE: Bytes = Bytes::from_static(b": \n\n");

/// The last event: the server will not come back.
const END: Bytes = Bytes::from_static(b"event: end\ndata: {}\n\n");

const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(10);

/// The time that a client may take to read what has been sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// The state of a connection, for whoever closes it.
#[derive(Default)]
pub(super) struct Connection {
    is_stream: AtomicBool,
    hung: Notify,
}

impl Connection {
    /// Lets it last.
    pub(super) fn is_stream_now(&self) {
        self.is_stream.store(true, Ordering::Relaxed);
    }

    /// Ends when the connection is to be closed: after this time, or, where it is a stream, once its client hangs.
    pub(super) async fn overdue(&self, limit: Duration) {
        sleep(limit).await;
        if self.is_stream.load(Ordering::Relaxed) {
            self.hung.notified().await;
        }
    }
}

/// Sends the whole page, then what changes, until the client or the server is gone. What a client is too slow for it
/// never gets: when there is room again, the newest is sent.
pub(super) async fn pump(
    (hub, choice): (Arc<Hub>, Choice),
    looking: Looking,
    out: mpsc::Sender<Bytes>,
    connection: Arc<Connection>,
) {
    let (mut changes, mut seen) = (hub.changes(), Seen::default());
    let mut next = Some(Bytes::from_static(RETRY.as_bytes()));
    loop {
        let room = match timeout(PATIENCE, out.reserve()).await {
            Ok(Ok(room)) => room,
            Ok(Err(_)) => break,
            Err(_) => {
                connection.hung.notify_one();
                break;
            }
        };
        changes.borrow_and_update();
        match next.take().or_else(|| hub.next_event(choice, &mut seen)) {
            Some(event) => room.send(event),
            None if hub.is_closing() => {
                room.send(END);
                break;
            }
            None => {
                let change = timeout(KEEP_ALIVE_EVERY, changes.changed());
                match race(change, out.closed()).await {
                    Either::First(Ok(Ok(()))) => {}
                    Either::First(Err(_)) => room.send(KEEP_ALIVE),
                    Either::First(Ok(Err(_))) | Either::Second(()) => break,
                }
            }
        }
    }
    drop(looking);
}
