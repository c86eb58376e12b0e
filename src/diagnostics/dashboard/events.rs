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
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

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
/// never gets: when there is room again, the newest is sent. One that reads nothing for longer than `patience` is given up.
pub(super) async fn pump(
    (hub, choice): (Arc<Hub>, Choice),
    looking: Looking,
    out: mpsc::Sender<Bytes>,
    connection: Arc<Connection>,
    patience: Duration,
) {
    let (mut changes, mut seen) = (hub.changes(), Seen::default());
    let mut next = Some(Bytes::from_static(RETRY.as_bytes()));
    loop {
        let room = match timeout(patience, out.reserve()).await {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::dashboard::feed::Feed;
    use crate::diagnostics::dashboard::guard::Guard;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn a_client_that_does_not_read_is_given_up_and_leaves_its_place() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let feed = Arc::new(Feed::new(sync_channel(1).0));
        let hub = Arc::new(Hub::new(feed, Guard::new("127.0.0.1:1".parse().unwrap(), &[], None)));
        hub.publish(vec![(0, vec![("state", Bytes::from_static(b"event: section\n\n"))])]);
        let (connection, looking) = (Arc::<Connection>::default(), hub.look(Choice::Latest, 1).unwrap());
        connection.is_stream_now();
        runtime.block_on(async {
            // Room for one event, which nobody takes.
            let (out, events) = mpsc::channel(1);
            let patience = Duration::from_millis(20);
            pump((hub.clone(), Choice::Latest), looking, out, connection.clone(), patience).await;
            assert_eq!(hub.clients(), 0);
            let closed = timeout(Duration::from_secs(30), connection.overdue(Duration::ZERO)).await;
            assert!(closed.is_ok(), "nobody closes the connection");
            drop(events);
        });
    }
}
