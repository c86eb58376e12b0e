//! Every hook of the user's × one and two threads.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::panic_any;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chunkfit::Result;
use chunkfit::combine::Online;
use chunkfit::data::{Codec, Identified};
use chunkfit::data::{Compact, Footprint};
use chunkfit::estimator::PartialFit;
use chunkfit::graph::{Checkpoint, ChunkCache, Compute, Key, Lazy, Results, Targets, Task};
use chunkfit::linear::SgdClassifierParams;
use chunkfit::metrics::{ConfusionMatrix, Scorer};
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use linfa::dataset::DatasetBase;
use linfa::{Label, ParamGuard};
use ndarray::{Array1, Array2, array};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ON_PURPOSE, in_time};

/// Where a [`Trap`] panics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hook {
    HeapBytes,
    RowCount,
    Clone,
    Drop,
    Serialize,
    Deserialize,
    Compare,
    Hash,
    Debug,
    Nowhere,
}

/// A value that panics in one of the things that it is asked to do.
struct Trap(Hook);

impl Trap {
    fn spring(&self, hook: Hook) {
        if self.0 == hook {
            panic!("{ON_PURPOSE}, in {hook:?}");
        }
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.spring(Hook::Drop);
        }
    }
}

impl Clone for Trap {
    fn clone(&self) -> Self {
        self.spring(Hook::Clone);
        Trap(self.0)
    }
}

impl Footprint for Trap {
    const COMPACT: Option<Compact<Self>> = Some(Compact::serialized());

    fn heap_bytes(&self) -> usize {
        self.spring(Hook::HeapBytes);
        1_000
    }

    fn row_count(&self) -> usize {
        self.spring(Hook::RowCount);
        1
    }
}

impl Serialize for Trap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spring(Hook::Serialize);
        serializer.serialize_bool(self.0 == Hook::Deserialize)
    }
}

impl<'de> Deserialize<'de> for Trap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let trap = Trap(if bool::deserialize(deserializer)? { Hook::Deserialize } else { Hook::Nowhere });
        trap.spring(Hook::Deserialize);
        Ok(trap)
    }
}

impl PartialEq for Trap {
    fn eq(&self, _: &Self) -> bool {
        self.spring(Hook::Compare);
        true
    }
}

impl Eq for Trap {}

impl PartialOrd for Trap {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Trap {
    fn cmp(&self, _: &Self) -> Ordering {
        self.spring(Hook::Compare);
        Ordering::Equal
    }
}

impl Hash for Trap {
    fn hash<H: Hasher>(&self, _: &mut H) {
        self.spring(Hook::Hash);
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spring(Hook::Debug);
        f.write_str("Trap")
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("{ON_PURPOSE}")
    }
}

impl std::error::Error for Trap {}

impl Default for Trap {
    fn default() -> Self {
        Trap(Hook::Nowhere)
    }
}

impl Label for Trap {}

fn task(name: &'static str) -> Task {
    Task::new(name, Key::unique())
}

fn boom<T>() -> T {
    panic!("{ON_PURPOSE}")
}

/// Three chunks, of which the second panics.
fn chunks(hook: Hook) -> Chunks<Trap> {
    Chunks::from_fn("make", 3, move |c| Ok(Trap(if c == 1 { hook } else { Hook::Nowhere })))
}

fn one() -> Lazy<usize> {
    Lazy::source(task("one").chunk(1), || Ok(1))
}

/// A run that panics somewhere: the hook, the task that the error names, the chunk, and the run.
struct Case {
    hook: &'static str,
    task: &'static str,
    chunk: Option<usize>,
    run: fn(&Runtime, &Path) -> Result<()>,
}

fn case(
    hook: &'static str,
    (task, chunk): (&'static str, Option<usize>),
    run: fn(&Runtime, &Path) -> Result<()>,
) -> Case {
    Case { hook, task, chunk, run }
}

fn used(chunks: &Chunks<Trap>) -> Chunks<usize> {
    chunks.map("use", |_| 1)
}

fn nothing<T>(result: Result<T>) -> Result<()> {
    result.map(drop)
}

/// What values are asked to do.
fn values() -> Vec<Case> {
    vec![
        case("heap_bytes of a source", ("make", Some(1)), |runtime, _| {
            nothing(runtime.compute(used(&chunks(Hook::HeapBytes))))
        }),
        case("row_count of a source", ("make", Some(1)), |runtime, _| {
            nothing(runtime.compute(used(&chunks(Hook::RowCount))))
        }),
        case("heap_bytes of a mapped chunk", ("turn", Some(1)), |runtime, _| {
            let turned =
                chunks(Hook::Nowhere).as_slice()[1].map(task("turn").measured::<Trap>(), |_| Ok(Trap(Hook::HeapBytes)));
            nothing(runtime.compute(turned.map(task("use"), |_| Ok(1))))
        }),
        case("clone of an input", ("take", Some(1)), |runtime, _| {
            let chunk = chunks(Hook::Clone).as_slice()[1].clone();
            let taken = chunk.map_owned(task("take"), |trap| Ok(usize::from(trap.0 == Hook::Clone)));
            let also = chunk.zip(&taken, task("also"), |_, n| Ok(*n));
            nothing(runtime.compute(also))
        }),
        case("clone of a result that is asked for twice", ("make", Some(1)), |runtime, _| {
            let chunks = chunks(Hook::Clone);
            nothing(runtime.compute((&chunks, &chunks)))
        }),
        case("clone of a value that was given", ("given", None), |runtime, _| {
            nothing(runtime.compute(Lazy::given(task("given"), Trap(Hook::Clone))))
        }),
        case("drop of an input", ("use", Some(1)), |runtime, _| nothing(runtime.compute(used(&chunks(Hook::Drop))))),
        case("drop of each of many inputs", ("gather", None), |runtime, _| {
            let all: Vec<Lazy<Trap>> = (0..20).map(|_| Lazy::source(task("make"), || Ok(Trap(Hook::Drop)))).collect();
            nothing(runtime.compute(Lazy::gather(&all, task("gather"), |all| Ok(all.len()))))
        }),
        case("drop of what is held to the end", ("hold", None), |runtime, _| {
            let held = Lazy::source(task("hold").held(), || Ok(Trap(Hook::Drop)));
            nothing(runtime.compute(held.map(task("use"), |_| Ok(1))))
        }),
        case("drop of what was forgone", ("forgone", None), |runtime, _| {
            let forgone = Lazy::source(task("forgone"), || Ok(Trap(Hook::Drop)));
            let first = forgone.map(task("first"), |_| Ok(true));
            nothing(runtime.compute(first.zip_unless(&forgone, task("unless"), |yes| *yes, |_, _| Ok(1))))
        }),
        case("drop of what a function holds", ("hold", None), |runtime, _| {
            let trap = Trap(Hook::Drop);
            nothing(runtime.compute(Lazy::source(task("hold"), move || {
                trap.spring(Hook::Nowhere);
                Ok(1)
            })))
        }),
        case("drop of what a predicate holds", ("hold", Some(1)), |runtime, _| {
            let trap = Trap(Hook::Drop);
            let first = Lazy::source(task("first"), || Ok(1));
            let last = first.zip_unless(
                &one(),
                task("hold"),
                move |_| std::ptr::eq(&trap, &Trap(Hook::Nowhere)),
                |_, _| Ok(1),
            );
            drop(first);
            nothing(runtime.compute(last))
        }),
        case("serialize, to the checkpoint", ("keep", None), |runtime, folder| {
            let keep = Lazy::source(Task::new("keep", Key::of("keep").finish()), || Ok(Trap(Hook::Serialize)));
            let keep = keep.kept(Key::of("slot").finish(), Codec::serialized());
            nothing(runtime.clone().checkpoint(Checkpoint::new(folder)).compute(keep.map(task("use"), |_| Ok(1))))
        }),
        case("encode of a codec", ("keep", None), |runtime, folder| {
            let keep = Lazy::source(Task::new("keep", Key::of("keep").finish()), || Ok(1));
            let keep = keep.kept(Key::of("slot").finish(), Codec::new(|_| boom(), |_| Ok(1)));
            nothing(runtime.clone().checkpoint(Checkpoint::new(folder)).compute(keep.map(task("use"), |_| Ok(1))))
        }),
        case("compact form, to the chunk cache", ("make", Some(1)), |runtime, folder| {
            let chunks = chunks(Hook::Serialize).identified("to the cache").cached();
            nothing(runtime.clone().chunk_cache(ChunkCache::new(folder)).compute(used(&chunks)))
        }),
        case("drop of an error's cause, of two that fail", ("one", Some(1)), |runtime, _| {
            let fail = |c: usize| {
                Lazy::<usize>::source(task("fail").chunk(c), || {
                    let error: Error = linfa::Error::NotEnoughSamples.into();
                    Err(error.caused_by(Trap(Hook::Drop)))
                })
            };
            // Both are caught, and neither is asked for.
            let caught: Vec<Lazy<usize>> =
                (0..2).map(|c| fail(c).caught().map(task("one").chunk(1), |_| Ok(1))).collect();
            nothing(runtime.compute(caught))
        }),
    ]
}

/// Functions of the user's.
fn functions() -> Vec<Case> {
    let mut all = vec![
        case("source", ("source", None), |runtime, _| {
            nothing(runtime.compute(Lazy::<usize>::source(task("source"), boom)))
        }),
        case("from_fn", ("make", Some(0)), |runtime, _| {
            nothing(runtime.compute(Chunks::<Vec<u8>>::from_fn("make", 2, |_| boom())))
        }),
        case("from_files", ("read", Some(0)), |runtime, folder| {
            let file = folder.join("file");
            std::fs::write(&file, "").unwrap();
            let error = runtime.compute(Chunks::<Vec<u8>>::from_files("read", [&file], |_| boom())?).unwrap_err();
            assert_eq!(error.place().file.as_ref(), Some(&file));
            Err(error)
        }),
        case("map", ("map", Some(1)), |runtime, _| {
            nothing(runtime.compute(one().map(task("map"), |_| boom::<Result<usize>>())))
        }),
        case("map_owned", ("map", Some(1)), |runtime, _| {
            nothing(runtime.compute(one().map_owned(task("map"), |_| boom::<Result<usize>>())))
        }),
        case("zip", ("zip", Some(1)), |runtime, _| {
            nothing(runtime.compute(one().zip(&one(), task("zip"), |_, _| boom::<Result<usize>>())))
        }),
        case("step", ("step", Some(1)), |runtime, _| {
            nothing(runtime.compute(one().step(&one(), task("step"), |_, _| boom::<Result<usize>>())))
        }),
        case("merge", ("merge", None), |runtime, _| {
            nothing(runtime.compute(one().merge(&one(), task("merge"), |_, _| boom())))
        }),
        case("gather", ("gather", None), |runtime, _| {
            nothing(runtime.compute(Lazy::gather(&[one()], task("gather"), |_| boom::<Result<usize>>())))
        }),
        case("predicate, when its input is made", ("unless", Some(1)), |runtime, _| {
            nothing(runtime.compute(one().zip_unless(&one(), task("unless"), |_| boom(), |_, _| Ok(1))))
        }),
        case("predicate, when its input is given", ("unless", Some(1)), |runtime, _| {
            nothing(runtime.compute(Lazy::value(1).step_unless(&one(), task("unless"), |_| boom(), |_, _| Ok(1))))
        }),
        case("map of chunks", ("map", Some(0)), |runtime, _| {
            nothing(runtime.compute(Chunks::from_memory([vec![1]]).map("map", |_| boom::<Vec<u8>>())))
        }),
        case("try_map of chunks", ("map", Some(0)), |runtime, _| {
            nothing(runtime.compute(Chunks::from_memory([vec![1]]).try_map("map", |_| boom::<Result<Vec<u8>>>())))
        }),
        case("filter of chunks", ("filter", Some(0)), |runtime, _| {
            nothing(runtime.compute(Chunks::from_memory([vec![1]]).filter("filter", |_| boom())))
        }),
        case("warnings", ("warn", None), |runtime, _| {
            nothing(runtime.compute(Lazy::source(task("warn").warns::<usize>(|_| boom()), || Ok(1usize))))
        }),
        case("a payload that is no text", ("source", None), |runtime, _| {
            nothing(runtime.compute(Lazy::<usize>::source(task("source"), || panic_any(5))))
        }),
        case("a payload that panics when it is dropped", ("source", None), |runtime, _| {
            struct Hydra;
            impl Drop for Hydra {
                fn drop(&mut self) {
                    panic_any(Hydra);
                }
            }
            nothing(runtime.compute(Lazy::<usize>::source(task("source"), || panic_any(Hydra))))
        }),
        case("extract", ("extract", None), |runtime, _| {
            struct Own(Lazy<usize>);
            impl Compute for Own {
                type Output = ();

                fn targets(&self, targets: &mut Targets) {
                    self.0.targets(targets);
                }

                fn extract(&self, _: &mut Results) {
                    boom()
                }
            }
            // There is no task to name.
            runtime.compute(Own(one())).map_err(|error| error.in_task("extract"))
        }),
        case("what was spawned", ("rayon::spawn", None), |runtime, _| {
            nothing(runtime.compute(Lazy::source(task("spawn"), || {
                rayon::spawn(boom);
                Ok(1)
            })))
        }),
    ];
    if cfg!(feature = "tracing") {
        all.push(case("a span of the subscriber", ("one", Some(1)), |runtime, _| {
            tracing::subscriber::with_default(Panics, || nothing(runtime.compute(one())))
        }));
    }
    all
}

/// A subscriber that panics when a task begins.
struct Panics;

impl tracing::Subscriber for Panics {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        boom()
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

type Examples<L> = DatasetBase<Array2<f64>, Array1<L>>;

/// Two chunks, of which the second, or both, have labels that panic.
fn labelled(hook: Hook) -> Chunks<Examples<Trap>> {
    Chunks::from_fn("make", 2, move |c| {
        let label = || Trap(if c == 1 || hook == Hook::Debug { hook } else { Hook::Nowhere });
        Ok(DatasetBase::new(array![[0.0], [1.0]], Array1::from(vec![label(), label()])))
    })
}

/// An estimator that panics.
#[derive(Clone, Debug, Serialize)]
struct Fails;

impl PartialFit<Array2<f64>, Array1<bool>> for Fails {
    type Model = usize;

    fn partial_fit(&self, model: Option<usize>, _: &Examples<bool>) -> Result<usize> {
        if model.is_some() { boom() } else { Ok(1) }
    }
}

impl Identified for Fails {
    const NAME: &'static str = "panics::Fails";
}

/// Parameters that panic when they are checked.
#[derive(Serialize)]
struct Unchecked;

impl Identified for Unchecked {
    const NAME: &'static str = "panics::Unchecked";
}

impl ParamGuard for Unchecked {
    type Checked = Fails;
    type Error = Error;

    fn check_ref(&self) -> Result<&Fails> {
        boom()
    }

    fn check(self) -> Result<Fails> {
        boom()
    }
}

impl chunkfit::estimator::PipelineStep for Fails {
    type Learning = chunkfit::estimator::Stateless;
}

impl chunkfit::estimator::TransformChunk<Examples<bool>> for Fails {
    type Output = Examples<bool>;
    const NAME: &'static str = "transform";

    fn transform_chunk(&self, _: &Examples<bool>) -> Result<Examples<bool>> {
        boom()
    }
}

fn examples() -> Chunks<Examples<bool>> {
    let chunk = |c| {
        let labels = Array1::from_shape_fn(20, |i| i % 3 == 0);
        DatasetBase::new(Array2::from_shape_fn((20, 1), |(i, _)| (c + i) as f64), labels)
    };
    Chunks::from_memory((0..8).map(chunk))
}

/// Labels and estimators of the user's.
fn learners() -> Vec<Case> {
    vec![
        case("comparing labels", ("partial_fit", Some(1)), |runtime, _| {
            let fit = Chained::opaque(SgdClassifier::<f64, Trap>::params()).fit(&labelled(Hook::Compare));
            nothing(runtime.compute(fit.map(task("use"), |_| Ok(1))))
        }),
        case("showing labels", ("fit", None), |runtime, _| {
            let fit = Concatenated::opaque(LogisticRegression::<f64, Trap>::params()).fit(&labelled(Hook::Debug));
            nothing(runtime.compute(fit.map(task("use"), |_| Ok(1))))
        }),
        case("partial_fit", ("partial_fit", Some(1)), |runtime, _| {
            nothing(runtime.compute(Chained::new(Fails).fit(&examples())))
        }),
        case("partial_fit of Online", ("partial_fit", Some(1)), |runtime, _| {
            let chunks = runtime.compute(examples()).unwrap();
            let mut online = Online::new(Fails);
            let result = online.learn(chunks);
            assert_eq!(online.reader().newest().unwrap().chunks, 1);
            result
        }),
        case("a stream of Online", ("stream", Some(0)), |_, _| {
            Online::new(Fails).learn(std::iter::from_fn(|| Some(boom::<Examples<bool>>())))
        }),
        case("check of parameters", ("check parameters", None), |runtime, _| {
            nothing(runtime.compute(Pipeline::new(Unchecked, Chained::new(Fails)).fit(&examples())))
        }),
        case("transform_chunk", ("transform", Some(0)), |runtime, _| {
            struct Passes;
            impl Serialize for Passes {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_unit()
                }
            }
            impl Identified for Passes {
                const NAME: &'static str = "panics::Passes";
            }
            impl ParamGuard for Passes {
                type Checked = Fails;
                type Error = Error;

                fn check_ref(&self) -> Result<&Fails> {
                    Ok(&Fails)
                }

                fn check(self) -> Result<Fails> {
                    Ok(Fails)
                }
            }
            nothing(runtime.compute(Pipeline::new(Passes, Chained::new(Fails)).fit(&examples())))
        }),
    ]
}

/// Runs every case on one and on two threads.
fn hold(cases: Vec<Case>) {
    for Case { hook, task, chunk, run } in cases {
        for threads in [1, 2] {
            let runtime = Runtime::new().threads(threads);
            let again = runtime.clone();
            let error = in_time(hook, move || {
                let folder = tempfile::tempdir().unwrap();
                run(&runtime, folder.path()).map_err(Arc::new)
            });
            let error = error.expect_err(hook);
            let ErrorKind::Panicked { message } = error.kind() else { panic!("{hook} on {threads} threads: {error}") };
            assert!(message.contains(ON_PURPOSE) || message.contains("no text"), "{hook}: {message}");
            assert_eq!(error.place().task.as_deref(), Some(task), "{hook} on {threads} threads: {error}");
            assert_eq!(error.place().chunk, chunk, "{hook} on {threads} threads: {error}");
            assert_eq!(in_time(hook, move || again.compute(one())).unwrap(), 1, "after {hook}");
        }
    }
}

#[test]
fn what_values_are_asked_to_do() {
    hold(values());
}

#[test]
fn functions_of_tasks() {
    hold(functions());
}

#[test]
fn labels_estimators_and_scorers() {
    hold(learners());
}

/// In a search it is a failure of the candidate; all candidates fail so.
#[test]
fn a_scorer_of_the_users() {
    for threads in [1, 2] {
        let error = in_time("a scorer", move || {
            let scorer = Scorer::of_confusion("own", |_: &ConfusionMatrix<bool>| boom());
            let build = |params: &SgdClassifierParams<bool>| Averaged::new(params.clone());
            let search = Search::new(Grid::new(SgdClassifier::<f64, bool>::params()), build).folds(KFold::new(2));
            let found = search.scoring([scorer]).run(&Runtime::new().threads(threads), &examples());
            found.map(drop).unwrap_err()
        });
        assert!(error.to_string().contains(ON_PURPOSE), "{error}");
    }
}

#[test]
fn a_failure_that_is_caught_is_a_panic_too() {
    for threads in [1, 2] {
        let results = in_time("caught", move || {
            let broken = Lazy::source(task("make").measured::<Trap>(), || Ok(Trap(Hook::HeapBytes)));
            let predicate = one().zip_unless(&one(), task("unless"), |_| boom(), |_, _| Ok(1));
            let broken = broken.map(task("use"), |_| Ok(1));
            Runtime::new().threads(threads).compute(vec![broken.caught(), predicate.caught(), one().caught()])
        });
        let names: Vec<Option<String>> = results
            .unwrap()
            .into_iter()
            .map(|result| result.err().and_then(|error| error.place().task.clone()))
            .collect();
        assert_eq!(names, [Some("make".into()), Some("unless".into()), None]);
    }
}

#[test]
fn parameters_that_panic_while_they_serialize_have_an_identity_of_their_own() {
    #[derive(Clone, Debug)]
    struct Secret;
    impl Serialize for Secret {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            boom()
        }
    }
    impl Identified for Secret {
        const NAME: &'static str = "panics::Secret";
    }
    impl PartialFit<Array2<f64>, Array1<bool>> for Secret {
        type Model = usize;

        fn partial_fit(&self, model: Option<usize>, _: &Examples<bool>) -> Result<usize> {
            Ok(model.unwrap_or(0) + 1)
        }
    }
    let run = in_time("params", || {
        let chunks = examples();
        let fit = || Chained::new(Secret).fit(&chunks);
        Runtime::new().run((fit(), fit()))
    });
    let run = run.unwrap();
    assert_eq!((run.values, run.summary.runs("partial_fit")), ((8, 8), 16));
}

/// What is read from a folder is made anew where reading it fails, whatever that fails by.
#[test]
fn a_value_that_panics_when_it_is_read_back_is_made_anew() {
    for threads in [1, 2] {
        let runs = in_time("read back", move || {
            let folder = tempfile::tempdir().unwrap();
            let keep = || {
                let keep = Lazy::source(Task::new("keep", Key::of("keep").finish()), || Ok(Trap(Hook::Deserialize)));
                keep.kept(Key::of("slot").finish(), Codec::serialized()).map(task("use"), |_| Ok(1))
            };
            let chunks = || used(&chunks(Hook::Deserialize).identified("read back").cached());
            let kept = Checkpoint::new(folder.path().join("kept"));
            let runtime = Runtime::new().threads(threads).checkpoint(kept);
            let runtime = runtime.chunk_cache(ChunkCache::new(folder.path().join("cache")));
            [0, 1].map(|_| runtime.run((keep(), chunks())).unwrap())
        });
        for run in runs {
            assert_eq!((run.values.0, run.values.1.len()), (1, 3));
            assert_eq!(run.summary.runs("keep"), 1);
        }
    }
}

#[test]
fn a_cause_that_cannot_be_shown_is_shown_to_nobody() {
    let error = in_time("display", || {
        let fail = Lazy::<usize>::source(task("fail"), || {
            Err(Error::io("read", PathBuf::from("x"), std::io::Error::other(Trap(Hook::Nowhere))))
        });
        Runtime::new().compute(fail).unwrap_err()
    });
    assert!(matches!(error.kind(), ErrorKind::Io { .. }));
    assert_eq!(error.place().task.as_deref(), Some("fail"));
}
