//! The thread that gathers what runs report, and renders it while somebody looks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::hub::{Hub, PartEvent};
use super::page;
use super::run_store::RunStore;
use crate::graph::{Gauge, Notice};

/// The time between two looks at runs that go on.
const LOOK: Duration = Duration::from_millis(100);

/// The least time between two renderings of the page.
const RENDER: Duration = Duration::from_millis(500);

/// The most bytes that runs which are over may take together; of more the oldest go, but for the last one.
const MOST_BYTES: usize = 64 << 20;

/// A wait that is as good as no end: something will come.
const LONG: Duration = Duration::from_secs(3600);

/// The runs that a dashboard knows, and the page of those that someone looks at.
struct Collector {
    hub: Arc<Hub>,
    past_runs: usize,
    gauge: Option<Gauge>,
    runs: BTreeMap<u64, RunStore>,
    /// The sections of runs that are over and that someone looks at.
    over: BTreeMap<u64, Vec<PartEvent>>,
    looked: Instant,
    rendered: Option<Instant>,
    /// Something came since the page was rendered, or someone.
    stale: bool,
}

/// Gathers until the feed is closed; then publishes the last state.
pub(super) fn collect(hub: Arc<Hub>, notices: &Receiver<Notice>, past_runs: usize) {
    let (runs, gauge, looked) = (BTreeMap::new(), Gauge::new(), Instant::now());
    let over = BTreeMap::new();
    let mut collector = Collector { hub, past_runs, gauge, runs, over, looked, rendered: None, stale: true };
    while !collector.hub.feed.is_closed() {
        match notices.recv_timeout(collector.wait()) {
            Ok(notice) => collector.take(notice),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        collector.drain(notices);
        if collector.looked.elapsed() >= LOOK {
            collector.look(notices);
        }
        if collector.is_render_due() {
            collector.render();
        }
    }
    collector.look(notices);
    collector.render();
    collector.hub.close();
}

impl Collector {
    /// The time until there is something to do, if nothing comes.
    fn wait(&self) -> Duration {
        let to_render = match self.rendered {
            _ if !self.stale || self.hub.clients() == 0 => LONG,
            Some(rendered) => RENDER.saturating_sub(rendered.elapsed()),
            None => Duration::ZERO,
        };
        let to_look = if self.goes_on() { LOOK.saturating_sub(self.looked.elapsed()) } else { LONG };
        to_render.min(to_look)
    }

    fn goes_on(&self) -> bool {
        self.runs.values().any(|run| run.live().is_some())
    }

    fn is_render_due(&self) -> bool {
        let rested = self.rendered.is_none_or(|rendered| rendered.elapsed() >= RENDER);
        self.stale && rested && self.hub.clients() > 0
    }

    fn drain(&mut self, notices: &Receiver<Notice>) {
        while let Ok(notice) = notices.try_recv() {
            self.take(notice);
        }
    }

    fn take(&mut self, notice: Notice) {
        self.stale = true;
        match notice {
            Notice::Look => {
                self.meet();
                // At once: a run may be over, or somebody new there.
                self.looked = Instant::now().checked_sub(LOOK).unwrap_or(self.looked);
            }
            Notice::Batch { run, thread, tasks } => {
                if !self.runs.contains_key(&run) {
                    self.meet();
                }
                if let Some(store) = self.runs.get_mut(&run) {
                    store.add(thread, tasks);
                }
            }
        }
    }

    /// Takes in the runs that have begun.
    fn meet(&mut self) {
        for run in self.hub.feed.take_begun() {
            self.runs.insert(run.number(), RunStore::new(run));
        }
        self.forget();
    }

    /// Looks at the runs that go on: samples, and what they have not handed on by themselves. Freezes those that are over.
    fn look(&mut self, notices: &Receiver<Notice>) {
        self.looked = Instant::now();
        self.meet();
        let going = || self.runs.values().filter_map(|run| Some((run.number, run.live()?)));
        // What a run sent before it was over is in the queue.
        let over: Vec<u64> = going().filter(|(_, run)| run.end().is_some()).map(|(number, _)| number).collect();
        self.stale |= going().next().is_some();
        while let Ok(notice) = notices.try_recv() {
            if let Notice::Batch { run, thread, tasks } = notice
                && let Some(store) = self.runs.get_mut(&run)
            {
                store.add(thread, tasks);
            }
        }
        let (now, mut reading) = (self.looked, None);
        for run in self.runs.values_mut().filter(|run| run.live().is_some()) {
            if run.is_sample_due(now) || over.contains(&run.number) {
                reading = reading.or_else(|| self.gauge.as_mut()?.read());
                run.sample(now, reading);
            }
            run.take_rest();
        }
        for number in over {
            self.runs.get_mut(&number).into_iter().for_each(RunStore::freeze);
        }
        self.forget();
    }

    /// Lets go of the oldest runs that are over, where there are too many or they take too much.
    fn forget(&mut self) {
        loop {
            let over: Vec<(u64, usize)> =
                self.runs.values().filter(|run| run.live().is_none()).map(|run| (run.number, run.bytes())).collect();
            let bytes: usize = over.iter().map(|(_, bytes)| bytes).sum();
            let too_many = over.len() > self.past_runs.max(1) || (bytes > MOST_BYTES && over.len() > 1);
            match over.first() {
                Some((oldest, _)) if too_many => drop(self.runs.remove(oldest)),
                _ => break,
            }
        }
        self.hub.set_runs(self.runs.keys().copied().collect());
    }

    /// Renders the runs that someone looks at, once for all who do.
    fn render(&mut self) {
        (self.stale, self.rendered) = (false, Some(Instant::now()));
        let looked_at = self.hub.looked_at();
        self.over.retain(|number, _| looked_at.contains(number));
        let list = page::list(&self.runs);
        let mut pages = Vec::new();
        for number in looked_at {
            let mut page = self.sections(number);
            page.push(list.clone());
            pages.push((number, page));
        }
        self.hub.publish(pages);
    }

    /// The sections of a run; of one that is over they are rendered once.
    fn sections(&mut self, number: u64) -> Vec<PartEvent> {
        match self.runs.get(&number) {
            None => page::before_the_first(),
            Some(run) if run.live().is_some() => page::sections(run),
            Some(run) => self.over.entry(number).or_insert_with(|| page::sections(run)).clone(),
        }
    }
}
