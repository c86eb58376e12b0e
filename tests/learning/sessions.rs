//! Sessions and futures: what is submitted at any time, shared, cancelled, dropped or waited for.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use chunkfit::data::{Codec, Footprint};
use chunkfit::graph::{Checkpoint, Future, Key, Lazy, Runtime, Session, Task, as_completed};
use chunkfit::linear::{Loss, SgdClassifier};
use chunkfit::metrics::Scorer;
use chunkfit::prelude::*;
use chunkfit::{Chunks, ErrorKind, Result};

/// A chunk of which it is counted how many there are.
#[derive(Debug)]
struct Counted {
    number: usize,
    alive: Arc<AtomicUsize>,
}

impl Counted {
    const BYTES: usize = 1_000;

    fn new(number: usize, alive: &Arc<AtomicUsize>) -> Self {
        alive.fetch_add(1, SeqCst);
        Counted { number, alive: alive.clone() }
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted::new(self.number, &self.alive)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, SeqCst);
    }
}

impl Footprint for Counted {
    fn heap_bytes(&self) -> usize {
        Counted::BYTES - size_of::<Self>()
    }

    fn row_count(&self) -> usize {
        1
    }
}

/// Sources of chunks: how often they were read, and how many chunks there are.
#[derive(Clone, Default)]
struct Sources {
    reads: Arc<AtomicUsize>,
    alive: Arc<AtomicUsize>,
}

impl Sources {
    fn chunk(&self, number: usize) -> Lazy<Counted> {
        let Sources { reads, alive } = self.clone();
        let key = Key::of("counted").params(&(number, Arc::as_ptr(&reads) as usize)).finish();
        let task = Task::new("read", key).chunk(number).measured::<Counted>().remakeable();
        Lazy::source(task, move || {
            reads.fetch_add(1, SeqCst);
            Ok(Counted::new(number, &alive))
        })
    }

    fn chunks(&self, n: usize) -> Vec<Lazy<Counted>> {
        (0..n).map(|number| self.chunk(number)).collect()
    }

    fn reads(&self) -> usize {
        self.reads.load(SeqCst)
    }

    fn alive(&self) -> usize {
        self.alive.load(SeqCst)
    }
}

/// The sum of the numbers of chunks, added one after the other, each times this factor.
fn sum(chunks: &[Lazy<Counted>], factor: usize) -> Lazy<usize> {
    let add = |sum: Lazy<usize>, chunk: &Lazy<Counted>| {
        sum.step(chunk, Task::new("add", Key::unique()), move |sum, chunk| Ok(sum + factor * chunk.number))
    };
    chunks.iter().fold(Lazy::value(0), add)
}

/// Says that a step has begun, and waits until it may end.
type StopHere = (Sender<()>, Arc<Mutex<Receiver<()>>>);

/// A task that has begun, and ends when it is let.
struct Gate {
    begun: Receiver<()>,
    open: Sender<()>,
}

fn gated<T: Clone + Send + Sync + 'static>(value: T) -> (Gate, Lazy<T>) {
    let (begin, begun) = channel();
    let (open, opened) = channel();
    let opened = Mutex::new(opened);
    let lazy = Lazy::source(Task::new("gate", Key::unique()), move || {
        begin.send(()).unwrap();
        opened.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
        Ok(value.clone())
    });
    (Gate { begun, open }, lazy)
}

impl Gate {
    fn wait(&self) {
        self.begun.recv_timeout(Duration::from_secs(60)).unwrap();
    }

    fn open(&self) {
        self.open.send(()).unwrap();
    }
}

fn session(threads: usize) -> Session {
    Runtime::new().threads(threads).session().unwrap()
}

/// Waits until this is so: for what happens at a task's end, or on another thread.
fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind().clone()
}

#[test]
fn models_have_the_bits_of_a_run_whatever_was_submitted_when() {
    let rows = Chunks::from_fn("rows", 12, |c| {
        let x = ndarray::Array2::from_shape_fn((20, 3), |(i, j)| ((7 * c + 3 * i + j) % 11) as f64 - 5.0);
        let y = x.rows().into_iter().map(|row| usize::from(row.sum() > 0.0)).collect::<ndarray::Array1<_>>();
        Ok(linfa::DatasetBase::new(x, y))
    });
    let fits: Vec<_> = (1..5)
        .map(|epochs| Chained::new(SgdClassifier::params().loss(Loss::LogLoss).alpha(1e-3)).epochs(epochs).fit(&rows))
        .map(|fit| fit.scores(&rows, [Scorer::NegLogLoss]))
        .collect();
    let expected = Runtime::new().threads(1).compute(fits.clone()).unwrap();
    for threads in [1, 2, 4] {
        for limit in [1 << 30, 2_000] {
            let session = Runtime::new().threads(threads).memory_limit(limit).session().unwrap();
            let futures: Vec<Future<Vec<f64>>> = fits
                .iter()
                .map(|fit| {
                    thread::sleep(Duration::from_micros(300));
                    session.submit(fit.clone())
                })
                .collect();
            let scores: Vec<Vec<f64>> = futures.into_iter().map(|future| future.wait().unwrap()).collect();
            assert_eq!(scores, expected, "{threads} threads, {limit} bytes");
        }
    }
}

#[test]
fn what_joins_shares_what_waits_what_runs_and_what_is_there() {
    let sources = Sources::default();
    let chunks = sources.chunks(5);
    let (gate, shut) = gated(0);
    let session = session(2);
    let first = session.submit(vec![sum(&chunks, 1), shut.clone()]);
    gate.wait();
    eventually("all chunks are read", || sources.reads() == 5);
    let second = session.submit(sum(&chunks, 2));
    assert_eq!(second.wait().unwrap(), 20, "beside what runs");
    let third = session.submit((sum(&chunks, 3), shut));
    gate.open();
    assert_eq!(third.wait().unwrap(), (30, 0));
    let run = first.wait_run().unwrap();
    assert_eq!(run.values, [10, 0]);
    assert_eq!((sources.reads(), run.summary.runs("read")), (5, 5), "each chunk once");
}

#[test]
fn a_summary_tells_what_ran_for_a_submission_and_not_what_it_shares() {
    let sources = Sources::default();
    let chunks = sources.chunks(5);
    let session = session(2);
    let held = session.submit(chunks.clone());
    assert!(held.wait_timeout(Duration::from_secs(60)).is_some());
    let run = session.submit(sum(&chunks, 1)).wait_run().unwrap();
    assert_eq!((run.summary.runs("read"), run.summary.runs("add"), run.summary.shared()), (0, 5, 5));
}

#[test]
fn results_are_shared_while_a_future_holds_them_and_their_memory_is_free_afterwards() {
    let sources = Sources::default();
    let chunks = sources.chunks(8);
    let session = session(2);
    let held = session.submit(chunks.clone());
    eventually("it is done", || held.is_done());
    assert_eq!((sources.reads(), sources.alive()), (8, 8));
    assert_eq!(session.compute(sum(&chunks, 1)).unwrap(), 28);
    assert_eq!((sources.reads(), sources.alive()), (8, 8), "nothing was read again");
    let twin = held.clone();
    drop(held);
    assert_eq!(session.compute(sum(&chunks, 2)).unwrap(), 56);
    assert_eq!(sources.reads(), 8, "a clone holds them, too");
    drop(twin);
    assert_eq!(sources.alive(), 0);
    assert_eq!(session.compute(sum(&chunks, 1)).unwrap(), 28);
    assert_eq!(sources.reads(), 16);
    eventually("all are dropped", || sources.alive() == 0);
}

#[test]
fn values_that_are_waited_for_are_moved_out() {
    let sources = Sources::default();
    let session = session(1);
    let future = session.submit(sources.chunks(3));
    let copies = future.wait_timeout(Duration::from_secs(60)).unwrap().unwrap();
    assert_eq!((copies.len(), sources.alive()), (3, 6), "copies of what the future holds");
    drop(copies);
    let values = future.wait().unwrap();
    assert_eq!(sources.alive(), 3, "moved");
    drop(values);
    assert_eq!(sources.alive(), 0);
}

#[test]
fn one_limit_holds_for_all_that_is_submitted() {
    let session = Runtime::new().threads(4).memory_limit(5 * Counted::BYTES).session().unwrap();
    let sources: Vec<Sources> = (0..6).map(|_| Sources::default()).collect();
    let most = Arc::new(AtomicUsize::new(0));
    let futures: Vec<Future<usize>> = sources
        .iter()
        .map(|mine| {
            let (all, most) = (sources.clone(), most.clone());
            let look = move |sum: usize, chunk: &Counted| {
                most.fetch_max(all.iter().map(Sources::alive).sum(), SeqCst);
                Ok(sum + chunk.number)
            };
            let add = |sum: Lazy<usize>, chunk: &Lazy<Counted>| {
                sum.step(chunk, Task::new("add", Key::unique()), look.clone())
            };
            session.submit(mine.chunks(30).iter().fold(Lazy::value(0), add))
        })
        .collect();
    for future in futures {
        assert_eq!(future.wait().unwrap(), 435);
    }
    assert!(most.load(SeqCst) <= 5, "{most:?} chunks at a time");
}

#[test]
fn cancelling_drops_values_at_once_frees_threads_and_harms_no_other() {
    let (sources, others) = (Sources::default(), Sources::default());
    let session = session(1);
    let (gate, shut) = gated(1);
    let doomed = session.submit((sources.chunks(6), shut.map(Task::new("next", Key::unique()), |n| Ok(n + 1))));
    gate.wait();
    let other = session.submit(sum(&others.chunks(4), 1));
    doomed.cancel();
    assert_eq!(sources.alive(), 0, "at once, though a task runs");
    assert_eq!(kind(doomed.try_result().unwrap().map(drop)), ErrorKind::Cancelled);
    assert!(!other.is_done());
    gate.open();
    assert_eq!(other.wait().unwrap(), 6);
    doomed.cancel();
    assert_eq!(kind(doomed.wait().map(drop)), ErrorKind::Cancelled);
}

#[test]
fn what_others_need_goes_on_when_it_is_cancelled() {
    let sources = Sources::default();
    let chunks = sources.chunks(5);
    let (gate, shut) = gated(7);
    let session = session(2);
    let first = session.submit((shut.clone(), sum(&chunks, 1)));
    gate.wait();
    let second = session.submit((shut, sum(&chunks, 2)));
    first.cancel();
    gate.open();
    assert_eq!(second.wait().unwrap(), (7, 20));
    assert_eq!(kind(first.wait().map(drop)), ErrorKind::Cancelled);
    assert_eq!(session.compute(Lazy::value(1)).unwrap(), 1);
}

#[test]
fn dropping_the_last_handle_cancels_and_dropping_a_clone_does_not() {
    let sources = Sources::default();
    let session = session(1);
    let (gate, shut) = gated(0);
    let future = session.submit((shut, sources.chunks(3)));
    drop(future.clone());
    gate.wait();
    gate.open();
    assert!(future.wait().is_ok());
    let (gate, shut) = gated(0);
    let future = session.submit((shut.map(Task::new("next", Key::unique()), |n| Ok(*n)), sum(&sources.chunks(9), 1)));
    gate.wait();
    let reads = sources.reads();
    drop(future);
    gate.open();
    assert_eq!(session.compute(Lazy::value(5)).unwrap(), 5);
    assert!(sources.reads() <= reads + 1, "what had begun ends, and nothing else begins");
}

#[test]
fn dropping_a_session_cancels_what_runs_and_leaves_what_is_done() {
    let session = session(2);
    let done = session.submit(Lazy::value(3));
    let (gate, shut) = gated(0);
    let running = session.submit(shut);
    gate.wait();
    let waiting = running.clone();
    let waiter = thread::spawn(move || waiting.wait());
    gate.open.send(()).unwrap();
    drop(session);
    // The task may have ended before the session did.
    let outcome = waiter.join().unwrap();
    assert!(matches!(outcome.as_ref().map_err(|error| error.kind()), Ok(0) | Err(ErrorKind::Cancelled)), "{outcome:?}");
    assert_eq!(done.wait().unwrap(), 3);
    assert!(running.is_done());
}

#[test]
fn an_error_ends_its_own_submission_and_those_that_need_the_task() {
    let session = session(2);
    let (gate, shut) = gated(1);
    let failing =
        shut.map(Task::new("fail", Key::unique()).chunk(4), |_: &i32| -> Result<i32> { panic!("on purpose") });
    let futures = [
        session.submit((failing.clone(), Lazy::value(0))),
        session.submit((failing.map(Task::new("next", Key::unique()), |n| Ok(*n)), Lazy::value(0))),
    ];
    let caught = session.submit(failing.caught());
    let other = session.submit(shut);
    gate.wait();
    gate.open();
    assert_eq!(other.wait().unwrap(), 1);
    for future in futures {
        let error = future.wait().unwrap_err();
        assert_eq!((error.place().task.as_deref(), error.place().chunk), (Some("fail"), Some(4)));
    }
    assert!(matches!(kind(caught.wait().unwrap()), ErrorKind::Panicked { .. }));
}

#[test]
fn an_error_in_the_plan_comes_out_of_the_future() {
    let session = session(1);
    let failed: Lazy<i32> = Lazy::failed(chunkfit::Error::new(ErrorKind::NoHeldOutRows));
    assert_eq!(kind(session.submit(failed).wait()), ErrorKind::NoHeldOutRows);
    assert_eq!(session.compute(Lazy::value(1)).unwrap(), 1);
}

#[test]
fn a_task_that_waits_for_its_own_session_is_told_so() {
    let session = Arc::new(session(1));
    let inner = session.clone();
    let outer = Lazy::source(Task::new("outer", Key::unique()), move || {
        inner.compute(Lazy::source(Task::new("inner", Key::unique()), || Ok(1)))
    });
    assert_eq!(kind(session.compute(outer)), ErrorKind::WaitsForItself);
    let inner = session.clone();
    let outer = Lazy::source(Task::new("outer", Key::unique()), move || {
        let futures = [inner.submit(Lazy::source(Task::new("inner", Key::unique()), || Ok(1)))];
        as_completed(futures).map(|(_, result)| result).sum::<Result<i32>>()
    });
    assert_eq!(kind(session.compute(outer)), ErrorKind::WaitsForItself);
}

#[test]
fn results_come_in_the_order_in_which_they_are_done() {
    let session = session(3);
    let (slow_gate, slow) = gated("slow");
    let (gate, quick) = gated("quick");
    let mut completed = as_completed([session.submit(slow), session.submit(quick)]);
    gate.wait();
    gate.open();
    assert_eq!(completed.next().map(|(place, result)| (place, result.unwrap())), Some((1, "quick")));
    assert_eq!(completed.push(session.submit(Lazy::value("late"))), 2);
    assert_eq!(completed.size_hint(), (2, Some(2)));
    assert_eq!(completed.next().map(|(place, result)| (place, result.unwrap())), Some((2, "late")));
    slow_gate.open();
    assert_eq!(completed.next().map(|(place, result)| (place, result.unwrap())), Some((0, "slow")));
    assert!(completed.next().is_none());
}

/// Unparks the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: std::future::Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_future_is_awaited_without_an_async_runtime_and_within_one() {
    let session = session(2);
    let (gate, shut) = gated(2);
    let opener = thread::spawn(move || {
        gate.wait();
        thread::sleep(Duration::from_millis(20));
        gate.open();
    });
    let both = async {
        let first = session.submit(shut);
        let second = session.submit(Lazy::value(3));
        Ok::<_, chunkfit::Error>(first.await? + second.await?)
    };
    assert_eq!(block_on(both).unwrap(), 5);
    opener.join().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (gate, shut) = gated(4);
    let future = session.submit(shut);
    let spawned = runtime.spawn(future);
    gate.wait();
    gate.open();
    assert_eq!(runtime.block_on(spawned).unwrap().unwrap(), 4);
    let (gate, shut) = gated(4);
    let future = session.submit(shut);
    gate.wait();
    let handle = future.clone();
    let spawned = runtime.spawn(future);
    handle.cancel();
    assert_eq!(kind(runtime.block_on(spawned).unwrap()), ErrorKind::Cancelled);
    gate.open();
}

#[test]
fn a_cancelled_run_leaves_a_checkpoint_from_which_the_next_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let steps = Arc::new(AtomicUsize::new(0));
    let codec = || {
        Codec::new(
            |n: &usize| Ok(Some(n.to_le_bytes().to_vec())),
            |bytes: &[u8]| Ok(usize::from_le_bytes(bytes.try_into().expect("what was written"))),
        )
    };
    let chain = |stop_at: Option<(usize, StopHere)>| {
        (0..10).fold(Lazy::by_content(0_usize), |sum, i| {
            let (steps, stop_at) = (steps.clone(), stop_at.clone());
            let key = Key::of("step").params(&i).input(sum.key()).finish();
            let step = move |sum: &usize| {
                steps.fetch_add(1, SeqCst);
                if let Some((at, (begin, opened))) = &stop_at
                    && *at == i
                {
                    begin.send(()).unwrap();
                    opened.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
                }
                Ok(sum + i)
            };
            sum.map(Task::new("step", key).chunk(i), step).kept(Key::of("slot").finish(), codec())
        })
    };
    let runtime = Runtime::new().threads(2).checkpoint(Checkpoint::new(folder.path()));
    let session = runtime.session().unwrap();
    let (begin, begun) = channel();
    let (open, opened) = channel();
    let future = session.submit(chain(Some((6, (begin, Arc::new(Mutex::new(opened)))))));
    begun.recv_timeout(Duration::from_secs(60)).unwrap();
    future.cancel();
    open.send(()).unwrap();
    drop(session);
    assert_eq!(steps.load(SeqCst), 7);
    let session = runtime.session().unwrap();
    let run = session.submit(chain(None)).wait_run().unwrap();
    assert_eq!((run.values, run.summary.restored()), (45, 1));
    assert!(steps.load(SeqCst) <= 7 + 4, "{steps:?} steps");
}

#[test]
fn a_value_that_is_there_is_kept_for_a_submission_that_wants_it_in_another_slot() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path()));
    let codec = || {
        Codec::new(
            |n: &usize| Ok(Some(n.to_le_bytes().to_vec())),
            |bytes: &[u8]| Ok(usize::from_le_bytes(bytes.try_into().expect("what was written"))),
        )
    };
    let step = |sum: &Lazy<usize>, i: usize| {
        let key = Key::of("late").params(&i).input(sum.key()).finish();
        sum.map(Task::new("step", key), move |sum| Ok(sum + i)).kept(Key::of("late slot").finish(), codec())
    };
    let first = step(&Lazy::by_content(1_usize), 1);
    let second = step(&first, 2);
    let session = runtime.session().unwrap();
    let both = session.submit(first.clone());
    assert_eq!(both.wait_timeout(Duration::from_secs(60)).unwrap().unwrap(), 2);
    assert_eq!(session.compute(second.clone()).unwrap(), 4);
    drop(session);
    let again = runtime.run((first, second)).unwrap();
    assert_eq!((again.values, again.summary.restored(), again.summary.tasks()), ((2, 4), 2, 0));
}

#[test]
fn warnings_about_shared_values_are_everyones() {
    let session = session(1);
    let doubtful =
        Lazy::source(Task::new("doubt", Key::unique()).warns(|n: &usize| vec![format!("{n} is odd")]), || Ok(3_usize));
    let first = session.submit(doubtful.clone());
    assert!(first.wait_timeout(Duration::from_secs(60)).is_some());
    let second = session.submit(doubtful.map(Task::new("next", Key::unique()), |n| Ok(n + 1))).wait_run().unwrap();
    assert_eq!(second.summary.tasks(), 1);
    for run in [first.wait_run().unwrap(), second] {
        let messages: Vec<&str> = run.summary.warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(messages, ["3 is odd"]);
    }
}

#[test]
fn progress_counts_tasks_that_ended() {
    let sources = Sources::default();
    let session = session(1);
    let (gate, shut) = gated(0);
    let future = session.submit((shut, sum(&sources.chunks(4), 1)));
    gate.wait();
    let progress = future.progress();
    assert_eq!(progress.tasks, 9);
    assert!(progress.done < 9);
    gate.open();
    eventually("it is done", || future.is_done());
    assert_eq!((future.progress().done, future.progress().tasks), (9, 9));
}

#[test]
fn a_run_that_is_repeated_for_ever_leaves_nothing_behind() {
    let sources = Sources::default();
    let session = session(2);
    let chunks = sources.chunks(3);
    for round in 0..200 {
        assert_eq!(session.compute(sum(&chunks, round)).unwrap(), 3 * round);
    }
    eventually("all are dropped", || sources.alive() == 0);
    assert!(format!("{session:?}").contains("threads: 2"));
}
