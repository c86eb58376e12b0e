//! Searches in a session, which take candidates while they run.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};

use chunkfit::ErrorKind;
use chunkfit::graph::Session;
use chunkfit::linear::SgdClassifierParams;
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{
    Candidate, Candidates, Grid, KFold, RunningSearch, Search, SearchResults, TrainScores,
};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{StandardScaler, StandardScalerValidParams};
use linfa::DatasetBase;
use ndarray::{Array1, Array2};

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;
type Sgd = SgdClassifierParams<bool>;

fn chunk(c: usize) -> Rows {
    let x = Array2::from_shape_fn((12, 3), |(i, j)| (((c * 12 + i) * (5 + j) + j) % 11) as f64 / 5.0 - 1.0);
    let y = x.column(0).iter().enumerate().map(|(i, x)| (*x > 0.1) ^ (i % 6 == 0)).collect();
    DatasetBase::new(x, y)
}

/// A gate that chunks wait at until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let mut open = self.0.0.lock().unwrap();
        while !*open {
            open = self.0.1.wait(open).unwrap();
        }
    }
}

/// Six chunks, the last of which waits at a gate; how often one was read, and one was mapped.
struct Watched {
    data: Chunks<Rows>,
    gate: Gate,
    reads: Arc<AtomicUsize>,
    maps: Arc<AtomicUsize>,
}

const N: usize = 6;

fn watched() -> Watched {
    let (gate, reads, maps) = (Gate::default(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (pass, read, mapped) = (gate.clone(), reads.clone(), maps.clone());
    let data = Chunks::from_fn("read", N, move |c| {
        if c == N - 1 {
            pass.pass();
        }
        read.fetch_add(1, SeqCst);
        Ok(chunk(c))
    });
    let data = data.map("double", move |chunk| {
        mapped.fetch_add(1, SeqCst);
        DatasetBase::new(&chunk.records * 2.0, chunk.targets.clone())
    });
    Watched { data, gate, reads, maps }
}

fn session() -> Session {
    Runtime::new().threads(2).session().unwrap()
}

fn sgd(alpha: f64) -> Sgd {
    SgdClassifier::params().alpha(alpha)
}

fn grid(alphas: &[f64]) -> Grid<Sgd> {
    Grid::new(sgd(1.0)).vary("alpha", alphas.to_vec(), |sgd, alpha| sgd.alpha(alpha))
}

fn build(sgd: &Sgd) -> Pipeline<StandardScalerValidParams, Chained<Sgd>> {
    Pipeline::new(StandardScaler::params(), Chained::new(sgd.clone()).epochs(2))
}

macro_rules! search {
    ($candidates:expr) => {
        Search::new($candidates, build)
            .folds(KFold::new(3))
            .scoring([Scorer::Accuracy, Scorer::RocAuc])
            .train_scores(TrainScores::With)
    };
}

/// Without the seconds.
fn timeless<P>(mut results: SearchResults<P>) -> SearchResults<P> {
    for fold in results.candidates.iter_mut().flat_map(|row| &mut row.folds) {
        (fold.fit_seconds, fold.score_seconds) = (0.0, 0.0);
    }
    results
}

/// Everything, as text that tells all bits and NaN from NaN not.
fn content(results: SearchResults<Sgd>) -> String {
    serde_json::to_string(&timeless(results)).unwrap()
}

/// The results of a search that had all candidates from the start.
fn expected(alphas: &[f64]) -> String {
    let Watched { data, gate, .. } = watched();
    gate.open();
    content(search!(grid(alphas)).run(&Runtime::new().threads(2), &data).unwrap())
}

const ALPHAS: [f64; 5] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5];

#[test]
fn candidates_that_come_late_share_all_that_is_there() {
    let Watched { data, gate, reads, maps } = watched();
    let (search, session) = (search!(grid(&ALPHAS[..2])), session());
    let mut running = search.start(&session, &data).unwrap();
    assert_eq!(running.add(&grid(&ALPHAS[2..4])).unwrap(), 2..4);
    assert_eq!(running.add(&one(ALPHAS[4])).unwrap(), 4..5);
    assert_eq!((running.n_candidates(), running.n_left(), running.results().candidates.len()), (5, 5, 0));
    gate.open();
    let found = running.finish().unwrap();
    assert!(found.candidates.iter().flat_map(|row| &row.folds).all(|fold| fold.fit_seconds > 0.0), "{found:?}");
    assert_eq!(content(found), expected(&ALPHAS));
    assert_eq!((reads.load(SeqCst), maps.load(SeqCst)), (N, N));
}

#[test]
fn the_results_have_the_same_bits_on_one_thread_and_in_little_memory() {
    let expected = expected(&ALPHAS);
    for (threads, memory_limit) in [(1, 1 << 30), (3, 2048)] {
        let Watched { data, gate, .. } = watched();
        let session = Runtime::new().threads(threads).memory_limit(memory_limit).session().unwrap();
        let search = search!(grid(&ALPHAS[..1]));
        let mut running = search.start(&session, &data).unwrap();
        running.add(&grid(&ALPHAS[1..4])).unwrap();
        gate.open();
        running.next().unwrap().1.unwrap();
        running.add(&one(ALPHAS[4])).unwrap();
        assert_eq!(content(running.finish().unwrap()), expected, "{threads} threads, {memory_limit} bytes");
    }
}

fn one(alpha: f64) -> Candidate<Sgd> {
    grid(&[alpha]).candidates().unwrap().remove(0)
}

#[test]
fn candidates_may_be_added_while_others_come_in_and_after_the_end() {
    let Watched { data, gate, reads, .. } = watched();
    gate.open();
    let (search, session) = (search!(grid(&ALPHAS[..2])), session());
    let held = session.submit(data.clone());
    let mut running = search.start(&session, &data).unwrap();
    let mut came = Vec::new();
    while let Some((number, row)) = running.next() {
        let row = row.unwrap();
        assert_eq!((row.folds.len(), row.ranks.len()), (3, 2));
        if came.is_empty() {
            running.add(&grid(&ALPHAS[2..3])).unwrap();
        }
        came.push(number);
        assert_eq!(running.results().candidates.len(), running.n_candidates() - running.n_left());
    }
    assert!(running.next().is_none() && running.n_left() == 0);
    running.add(&grid(&ALPHAS[3..])).unwrap();
    let best = running.by_ref().map(|(_, row)| row.unwrap().ranks[0]).last().unwrap();
    assert!((1..=5).contains(&best));
    came.sort_unstable();
    assert_eq!((came, reads.load(SeqCst)), (vec![0, 1, 2], N));
    let found = running.fit().unwrap();
    let whole = search!(grid(&ALPHAS)).fit(&Runtime::new(), &data).unwrap();
    assert_eq!(found.model.model, whole.model.model);
    assert_eq!(content(found.results), content(whole.results));
    assert_eq!(held.wait().unwrap().len(), N);
}

#[test]
fn a_candidate_that_fails_is_a_row_as_in_any_search_and_harms_no_other() {
    let Watched { data, gate, .. } = watched();
    let alphas = [1e-2, -1.0, f64::NAN, 1e-4];
    let (search, session) = (search!(grid(&alphas[..1])), session());
    let mut running = search.start(&session, &data).unwrap();
    running.add(&grid(&alphas[1..3])).unwrap();
    running.add(&grid(&alphas[3..])).unwrap();
    gate.open();
    let rows: Vec<_> = running.by_ref().map(|(number, row)| (number, row.unwrap())).collect();
    for (number, row) in rows {
        assert_eq!(row.folds.iter().all(|fold| fold.error.is_some()), number == 1 || number == 2, "{row:?}");
    }
    let found = running.finish().unwrap();
    assert_eq!(found.try_best().unwrap().candidate.params, found.candidates[found.best_index()].candidate.params);
    assert_eq!(content(found), expected(&alphas));

    // Alone it is an error, and nothing is added where there is nothing.
    let search = search!(grid(&[-1.0]));
    let mut running = search.start(&session, &data).unwrap();
    let none = running.add(&Vec::<Candidate<Sgd>>::new()).unwrap_err();
    assert!(matches!(none.kind(), ErrorKind::InvalidParameter { name: "candidates", .. }), "{none}");
    let (number, row) = running.next().unwrap();
    assert!(number == 0 && row.unwrap().folds[0].error.as_ref().unwrap().contains("alpha"));
    assert!(matches!(running.finish().unwrap_err().kind(), ErrorKind::NoCandidate { .. }));
}

#[test]
fn what_is_cancelled_is_left_out() {
    let Watched { data, gate, reads, .. } = watched();
    let (search, session) = (search!(grid(&ALPHAS[..3])), session());
    let mut running = search.start(&session, &data).unwrap();
    running.add(&grid(&ALPHAS[3..])).unwrap();
    running.cancel(1);
    running.cancel(1);
    running.cancel(99);
    running.cancel(4);
    assert_eq!((running.n_candidates(), running.n_left()), (5, 3));
    gate.open();
    let mut came: Vec<usize> = running.by_ref().map(|(number, row)| (row.unwrap(), number).1).collect();
    // Too late.
    running.cancel(0);
    came.sort_unstable();
    assert_eq!((came, reads.load(SeqCst)), (vec![0, 2, 3], N));
    assert_eq!(content(running.finish().unwrap()), expected(&[ALPHAS[0], ALPHAS[2], ALPHAS[3]]));

    let Watched { data, gate, .. } = watched();
    let mut running = search.start(&session, &data).unwrap();
    running.cancel_rest();
    assert!(running.next().is_none() && running.results().candidates.is_empty());
    running.add(&grid(&ALPHAS[..1])).unwrap();
    running.cancel_rest();
    let none = running.finish().unwrap_err();
    assert!(matches!(none.kind(), ErrorKind::InvalidParameter { name: "candidates", .. }), "{none}");
    gate.open();
}

#[test]
fn what_stops_a_run_is_the_error_of_all_that_rest_on_it() {
    let data = Chunks::from_fn("read", 3, |c| match c {
        1 => Err(Error::parameter("disk", "broken", "whole")),
        _ => Ok(chunk(c)),
    });
    let (search, session) = (search!(grid(&ALPHAS[..2])), session());
    let whole = search.run(&Runtime::new(), &data).unwrap_err();
    let mut running = search.start(&session, &data).unwrap();
    let mut numbers = Vec::new();
    for (number, row) in running.by_ref() {
        assert_eq!(row.unwrap_err().kind(), whole.kind());
        numbers.push(number);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1]);
    assert_eq!(running.finish().unwrap_err().kind(), whole.kind());
    // Another search of the session goes its way.
    let Watched { data, gate, .. } = watched();
    gate.open();
    let other = search!(grid(&ALPHAS[..2]));
    assert_eq!(content(other.start(&session, &data).unwrap().finish().unwrap()), expected(&ALPHAS[..2]));
}

#[test]
fn a_running_search_that_is_dropped_leaves_its_session_to_others() {
    let Watched { data, gate, reads, .. } = watched();
    let (search, session) = (search!(grid(&ALPHAS)), session());
    let running = search.start(&session, &data).unwrap();
    assert!(format!("{running:?}").starts_with("RunningSearch { candidates: 5, left: 5"));
    drop(running);
    gate.open();
    assert_eq!(session.compute(Chunks::from_memory([1, 2])).unwrap(), [1, 2]);
    assert!(reads.load(SeqCst) <= N);
}

#[test]
fn settings_that_do_not_fit_are_found_before_anything_runs() {
    let Watched { data, reads, .. } = watched();
    let session = session();
    let search = search!(grid(&ALPHAS)).scoring([Scorer::R2]);
    let refused: Result<RunningSearch<_, _, _>, Error> = search.start(&session, &data);
    assert!(matches!(refused.unwrap_err().kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
    assert!(search!(grid(&ALPHAS)).folds(KFold::new(1)).start(&session, &data).is_err());
    let search = search!(Vec::<Candidate<Sgd>>::new());
    assert!(search.start(&session, &data).is_err());
    assert_eq!(reads.load(SeqCst), 0);
}
