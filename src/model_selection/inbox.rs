//! Inbox of a running search: scores of candidates, and ends of submissions, in the order in which they come.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Wake, Waker};

use super::score_fold::FoldScores;
use crate::error::Result;
use crate::graph::{Future, Key, Lazy, Task};

/// The scores on a fold, of the test rows and, if they were asked for, of the train rows; or why there are none.
pub(super) type FoldOutcome = (Result<Vec<f64>>, Option<Result<Vec<f64>>>);

/// An event of a running search.
pub(super) enum Event {
    /// A candidate has its scores on all folds.
    Scored { candidate: usize, outcomes: Vec<FoldOutcome> },
    /// A submission is over, or has failed.
    Over { submission: usize },
}

/// The events of a running search.
pub(super) struct Inbox {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
    /// The number of submissions so far.
    submissions: usize,
}

/// Sends the end of a submission.
struct End {
    submission: usize,
    sender: Sender<Event>,
}

impl Wake for End {
    fn wake(self: Arc<Self>) {
        // Where nobody listens any more, nobody wants to know.
        drop(self.sender.send(Event::Over { submission: self.submission }));
    }
}

impl Inbox {
    pub(super) fn new() -> Self {
        let (sender, receiver) = channel();
        Inbox { sender, receiver, submissions: 0 }
    }

    /// The task that sends the scores of a candidate when they are there and the folds have been checked.
    pub(super) fn of_scores(&self, candidate: usize, folds: &[FoldScores], checked: &Lazy<()>) -> Lazy<()> {
        let tests = folds.iter().map(|fold| &fold.test);
        let parts: Vec<Lazy<Result<Vec<f64>>>> =
            tests.chain(folds.iter().filter_map(|fold| fold.train.as_ref())).cloned().collect();
        let (n_folds, sender) = (folds.len(), self.sender.clone());
        let task = |name| Task::new(name, Key::unique()).display_name(Some(format!("candidate {candidate}").into()));
        let outcomes = Lazy::gather(&parts, task("outcomes"), move |parts| {
            let (tests, trains) = parts.split_at(n_folds);
            let outcome =
                |(k, test): (usize, &&Result<Vec<f64>>)| ((*test).clone(), trains.get(k).map(|train| (*train).clone()));
            Ok(tests.iter().enumerate().map(outcome).collect::<Vec<FoldOutcome>>())
        });
        outcomes.zip(checked, task("scored"), move |outcomes, ()| {
            drop(sender.send(Event::Scored { candidate, outcomes: outcomes.clone() }));
            Ok(())
        })
    }

    /// Has the end of a submission sent when it is over, and gives the number of the submission.
    pub(super) fn of_end<T>(&mut self, future: &Future<T>) -> usize {
        let submission = self.submissions;
        self.submissions += 1;
        let waker = Waker::from(Arc::new(End { submission, sender: self.sender.clone() }));
        let polled = std::future::Future::poll(Pin::new(&mut future.clone()), &mut Context::from_waker(&waker));
        if polled.is_ready() {
            waker.wake();
        }
        submission
    }

    /// Waits for the next event.
    pub(super) fn next(&self) -> Event {
        self.receiver.recv().expect("its own sender lives")
    }

    /// The next event, if there is one.
    pub(super) fn try_next(&self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }
}
