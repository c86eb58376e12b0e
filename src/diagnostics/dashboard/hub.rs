//! The state that the collector publishes and the server hands out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use tokio::sync::watch;

use super::feed::Feed;
use super::guard::Guard;

/// The id of a part of the page, and the event that brings it.
pub(super) type PartEvent = (&'static str, Bytes);

/// The run that a client looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// Whichever run began last.
    Latest,
    /// The run of this number; if there is none, the latest.
    Run(u64),
}

/// The state that collector and server share.
pub(super) struct Hub {
    pub(super) feed: Arc<Feed>,
    pub(super) guard: Guard,
    published: Mutex<Published>,
    /// Counts the changes.
    changes: watch::Sender<u64>,
}

#[derive(Default)]
struct Published {
    /// The number of clients that look at each choice.
    looking: BTreeMap<Choice, usize>,
    /// The numbers of the runs that there are.
    runs: Vec<u64>,
    /// The parts of the page of each run that someone looks at; 0 is the page before the first run.
    parts: BTreeMap<u64, Vec<Part>>,
    /// Counts the versions of parts.
    version: u64,
    closing: bool,
}

/// A part of the page, in its newest version.
struct Part {
    id: &'static str,
    version: u64,
    event: Bytes,
}

/// The versions of parts that a client has.
#[derive(Default)]
pub(super) struct Seen {
    run: u64,
    versions: Vec<(&'static str, u64)>,
}

/// A client that looks at a choice until this is dropped.
pub(super) struct Looking {
    hub: Arc<Hub>,
    choice: Choice,
}

impl Drop for Looking {
    fn drop(&mut self) {
        let mut published = self.hub.published();
        if let Some(n) = published.looking.get_mut(&self.choice) {
            *n -= 1;
            if *n == 0 {
                published.looking.remove(&self.choice);
            }
        }
    }
}

impl Hub {
    pub(super) fn new(feed: Arc<Feed>, guard: Guard) -> Self {
        Hub { feed, guard, published: Mutex::default(), changes: watch::Sender::new(0) }
    }

    /// One more client looks at this; none if there are `most` already.
    pub(super) fn look(self: &Arc<Self>, choice: Choice, most: usize) -> Option<Looking> {
        let mut published = self.published();
        if published.looking.values().sum::<usize>() >= most {
            return None;
        }
        *published.looking.entry(choice).or_default() += 1;
        drop(published);
        self.feed.wake();
        Some(Looking { hub: self.clone(), choice })
    }

    /// The number of clients that look.
    pub(super) fn clients(&self) -> usize {
        self.published().looking.values().sum()
    }

    /// Tells of changes.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// There are these runs.
    pub(super) fn set_runs(&self, runs: Vec<u64>) {
        self.published().runs = runs;
    }

    /// The numbers of the runs that someone looks at; 0 where there is none yet.
    pub(super) fn looked_at(&self) -> Vec<u64> {
        let published = self.published();
        let mut runs: Vec<u64> = published.looking.keys().map(|&choice| published.resolve(choice)).collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    /// Publishes the page of each run that someone looks at, as an event for each of its parts. Those of others go.
    pub(super) fn publish(&self, rendered: Vec<(u64, Vec<PartEvent>)>) {
        let mut published = self.published();
        let mut old = std::mem::take(&mut published.parts);
        let before = published.version;
        for (run, events) in rendered {
            let mut known = old.remove(&run).unwrap_or_default();
            let mut renew =
                |(id, event): PartEvent| match known.iter().position(|part| part.id == id && part.event == event) {
                    Some(same) => known.swap_remove(same),
                    None => {
                        published.version += 1;
                        Part { id, version: published.version, event }
                    }
                };
            let parts = events.into_iter().map(&mut renew).collect();
            published.parts.insert(run, parts);
        }
        let changed = published.version != before;
        drop(published);
        if changed {
            self.notify();
        }
    }

    /// The next part that a client has not seen in its newest version, as an event.
    pub(super) fn next_event(&self, choice: Choice, seen: &mut Seen) -> Option<Bytes> {
        let published = self.published();
        let run = published.resolve(choice);
        let parts = published.parts.get(&run)?;
        if seen.run != run {
            *seen = Seen { run, versions: Vec::new() };
        }
        for part in parts {
            match seen.versions.iter_mut().find(|(id, _)| *id == part.id) {
                Some((_, version)) if *version == part.version => continue,
                Some((_, version)) => *version = part.version,
                None => seen.versions.push((part.id, part.version)),
            }
            return Some(part.event.clone());
        }
        None
    }

    /// The last word: streams end once they have sent what there is.
    pub(super) fn close(&self) {
        self.published().closing = true;
        self.notify();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.published().closing
    }

    fn notify(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Published {
    fn resolve(&self, choice: Choice) -> u64 {
        let latest = self.runs.last().copied().unwrap_or(0);
        match choice {
            Choice::Run(run) if self.runs.contains(&run) => run,
            _ => latest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn hub() -> Arc<Hub> {
        let feed = Arc::new(Feed::new(mpsc::sync_channel(1).0));
        Arc::new(Hub::new(feed, Guard::new("127.0.0.1:1".parse().unwrap(), &[], None)))
    }

    fn parts(texts: [&str; 2]) -> Vec<PartEvent> {
        vec![("a", texts[0].to_owned().into()), ("b", texts[1].to_owned().into())]
    }

    fn all(hub: &Hub, choice: Choice, seen: &mut Seen) -> Vec<String> {
        let next = || hub.next_event(choice, seen).map(|event| String::from_utf8(event.to_vec()).unwrap());
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn a_client_gets_everything_first_then_only_what_has_changed_and_misses_what_is_past() {
        let hub = hub();
        let (mut prompt, mut late) = (Seen::default(), Seen::default());
        hub.set_runs(vec![1]);
        hub.publish(vec![(1, parts(["x", "y"]))]);
        assert_eq!(all(&hub, Choice::Latest, &mut prompt).len(), 2);
        hub.publish(vec![(1, parts(["x", "z"]))]);
        assert_eq!(all(&hub, Choice::Latest, &mut prompt), ["z"]);
        hub.publish(vec![(1, parts(["x", "z"]))]);
        assert!(all(&hub, Choice::Latest, &mut prompt).is_empty());
        assert_eq!(all(&hub, Choice::Run(1), &mut late), ["x", "z"]);
    }

    #[test]
    fn who_follows_the_latest_run_gets_the_next_one_as_a_whole_and_who_chose_one_does_not() {
        let hub = hub();
        let (mut latest, mut first) = (Seen::default(), Seen::default());
        hub.set_runs(vec![1]);
        hub.publish(vec![(1, parts(["x", "y"]))]);
        all(&hub, Choice::Latest, &mut latest);
        all(&hub, Choice::Run(1), &mut first);
        hub.set_runs(vec![1, 2]);
        hub.publish(vec![(1, parts(["x", "y"])), (2, parts(["x", "y"]))]);
        assert_eq!(all(&hub, Choice::Latest, &mut latest).len(), 2);
        assert!(all(&hub, Choice::Run(1), &mut first).is_empty());
    }

    #[test]
    fn only_so_many_may_look_and_each_leaves_its_place() {
        let hub = hub();
        let first = hub.look(Choice::Latest, 2);
        let second = hub.look(Choice::Run(3), 2);
        assert!(first.is_some() && second.is_some() && hub.look(Choice::Latest, 2).is_none());
        drop(first);
        assert_eq!(hub.clients(), 1);
        assert!(hub.look(Choice::Latest, 2).is_some());
    }
}
