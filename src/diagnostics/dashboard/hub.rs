//! The state that the collector publishes and the server hands out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use tokio::sync::watch;

use super::feed::Feed;
use super::guard::Guard;
use std::sync::Arc;

/// The run that a client looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// Whichever run began last.
    Latest,
    /// The run of this number; if there is none, the latest.
    Run(u64),
}

/// What collector and server share.
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
    /// The sections of the runs that someone looks at; 0 is the page before the first run.
    sections: BTreeMap<u64, Vec<Section>>,
    /// Counts the versions of sections.
    version: u64,
    closing: bool,
}

/// A section of the page, in its newest version.
struct Section {
    id: &'static str,
    version: u64,
    html: String,
    event: Bytes,
}

/// The versions of sections that a client has.
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

    /// Publishes the sections of the runs that someone looks at. Those of others go.
    pub(super) fn publish(&self, rendered: Vec<(u64, Vec<(&'static str, String)>)>) {
        let mut published = self.published();
        let mut old = std::mem::take(&mut published.sections);
        let before = published.version;
        for (run, sections) in rendered {
            let mut known = old.remove(&run).unwrap_or_default();
            let mut renew = |(id, html): (&'static str, String)| match known
                .iter()
                .position(|section| section.id == id && section.html == html)
            {
                Some(same) => known.swap_remove(same),
                None => {
                    published.version += 1;
                    Section { id, version: published.version, event: event(run, id, &html), html }
                }
            };
            let sections = sections.into_iter().map(&mut renew).collect();
            published.sections.insert(run, sections);
        }
        let changed = published.version != before;
        drop(published);
        if changed {
            self.notify();
        }
    }

    /// The next section that a client has not seen in its newest version, as an event.
    pub(super) fn next_event(&self, choice: Choice, seen: &mut Seen) -> Option<Bytes> {
        let published = self.published();
        let run = published.resolve(choice);
        let sections = published.sections.get(&run)?;
        if seen.run != run {
            *seen = Seen { run, versions: Vec::new() };
        }
        for section in sections {
            match seen.versions.iter_mut().find(|(id, _)| *id == section.id) {
                Some((_, version)) if *version == section.version => {}
                Some((_, version)) => {
                    *version = section.version;
                    return Some(section.event.clone());
                }
                None => {
                    seen.versions.push((section.id, section.version));
                    return Some(section.event.clone());
                }
            }
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

/// A section as a server-sent event. JSON has no line breaks, so one line of data holds it.
fn event(run: u64, id: &str, html: &str) -> Bytes {
    let data = serde_json::json!({ "run": run, "id": id, "html": html });
    format!("event: section\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn hub() -> Arc<Hub> {
        let feed = Arc::new(Feed::new(mpsc::sync_channel(1).0));
        Arc::new(Hub::new(feed, Guard::new("127.0.0.1:1".parse().unwrap(), &[], None)))
    }

    fn sections(texts: [&str; 2]) -> Vec<(&'static str, String)> {
        vec![("a", texts[0].to_owned()), ("b", texts[1].to_owned())]
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
        hub.publish(vec![(1, sections(["x", "y"]))]);
        assert_eq!(all(&hub, Choice::Latest, &mut prompt).len(), 2);
        hub.publish(vec![(1, sections(["x", "z"]))]);
        let news = all(&hub, Choice::Latest, &mut prompt);
        assert_eq!(news, ["event: section\ndata: {\"html\":\"z\",\"id\":\"b\",\"run\":1}\n\n"]);
        hub.publish(vec![(1, sections(["x", "z"]))]);
        assert!(all(&hub, Choice::Latest, &mut prompt).is_empty());
        let whole = all(&hub, Choice::Run(1), &mut late).concat();
        assert!(whole.contains("\"x\"") && whole.contains("\"z\"") && !whole.contains("\"y\""));
    }

    #[test]
    fn who_follows_the_latest_run_gets_the_next_one_as_a_whole_and_who_chose_one_does_not() {
        let hub = hub();
        let (mut latest, mut first) = (Seen::default(), Seen::default());
        hub.set_runs(vec![1]);
        hub.publish(vec![(1, sections(["x", "y"]))]);
        all(&hub, Choice::Latest, &mut latest);
        all(&hub, Choice::Run(1), &mut first);
        hub.set_runs(vec![1, 2]);
        hub.publish(vec![(1, sections(["x", "y"])), (2, sections(["x", "y"]))]);
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
