//! A run that is interrupted and started again ends as if nothing had happened.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use chunkfit::data::Codec;
use chunkfit::graph::{Checkpoint, Key, Lazy, Run, Runtime, Summary, Task};
use chunkfit::{Chunks, Error, ErrorKind, Result};
use proptest::prelude::*;

const CHAINS: usize = 3;
const CHUNKS: usize = 12;
const EPOCHS: usize = 2;
const STEPS: usize = CHAINS * CHUNKS * EPOCHS;

/// What the steps do beside their work.
#[derive(Clone)]
struct Watch {
    /// How many steps ended well.
    done: Arc<AtomicUsize>,
    /// The steps that end well before one fails.
    fail_after: usize,
    /// Where every step that begins writes a byte.
    log: Option<PathBuf>,
    /// How long a step takes.
    takes: Duration,
}

impl Watch {
    fn new() -> Self {
        Watch { done: Arc::default(), fail_after: usize::MAX, log: None, takes: Duration::ZERO }
    }

    fn step(&self) -> Result<()> {
        if let Some(log) = &self.log {
            fs::File::options().append(true).create(true).open(log).unwrap().write_all(b".").unwrap();
        }
        std::thread::sleep(self.takes);
        match self.done.fetch_add(1, SeqCst) {
            n if n < self.fail_after => Ok(()),
            _ => {
                self.done.fetch_sub(1, SeqCst);
                Err(Error::parameter("step", self.fail_after, "fewer"))
            }
        }
    }

    fn done(&self) -> usize {
        self.done.load(SeqCst)
    }
}

/// Data of a closure, which the caller vouches for.
fn chunks() -> Chunks<Vec<f64>> {
    let numbers = Chunks::from_fn("numbers", CHUNKS, |c| Ok((0..50).map(|i| (c * 50 + i) as f64).collect::<Vec<_>>()));
    numbers.map("sines", |x| x.iter().map(|x| (x * 0.37).sin()).collect::<Vec<f64>>()).identified(("sines", 1))
}

type Toy = (Vec<Lazy<Vec<f64>>>, Lazy<f64>, Lazy<f64>);

/// Chains over the chunks, each looked at after every epoch: their models, a score of the first
/// epoch, and one of the last.
fn toy(watch: &Watch) -> Toy {
    let chunks = chunks();
    let mut ends: Vec<Vec<Lazy<Vec<f64>>>> = vec![Vec::new(); EPOCHS];
    for chain in 0..CHAINS {
        let slot = Key::of("chain").params(&chain).finish();
        let start = vec![0.1 * chain as f64; 8];
        let mut model = Lazy::given(Task::new("begin", Key::of("begin").input(slot).finish()), start);
        for (epoch, ends) in ends.iter_mut().enumerate() {
            for (c, chunk) in chunks.iter().enumerate() {
                let key = Key::of("step").input(slot).input(model.key()).input(chunk.key()).finish();
                let watch = watch.clone();
                let step = move |mut model: Vec<f64>, chunk: &Vec<f64>| {
                    watch.step()?;
                    for (i, x) in chunk.iter().enumerate() {
                        let weight = &mut model[i % 8];
                        *weight += 0.1 * (x - *weight * x.abs().sqrt()).tanh();
                    }
                    Ok(model)
                };
                let task = Task::new("step", key).order(epoch * CHUNKS + c);
                model = model.step(chunk, task, step).kept(slot, Codec::serialized());
            }
            ends.push(model.clone());
        }
    }
    let score = |epoch: usize| {
        let parts: Vec<Lazy<f64>> = ends[epoch]
            .iter()
            .map(|end| end.map(Task::new("score", Key::of("score").input(end.key()).finish()), |x| Ok(x.iter().sum())))
            .collect();
        let key = parts.iter().fold(Key::of("gather"), |key, part| key.input(part.key())).finish();
        let gather = Lazy::gather(&parts, Task::new("gather", key), |parts| Ok(parts.iter().map(|x| x.sin()).sum()));
        gather.kept(Key::of("scores").finish(), Codec::serialized())
    };
    let (first, last) = (score(0), score(EPOCHS - 1));
    (ends.pop().unwrap(), first, last)
}

fn bits((models, first, last): &(Vec<Vec<f64>>, f64, f64)) -> Vec<u64> {
    models.iter().flatten().chain([first, last]).map(|x| x.to_bits()).collect()
}

/// The slow, obvious twin: no checkpoint, no interruption.
fn unbroken() -> Vec<u64> {
    bits(&Runtime::new().threads(1).compute(toy(&Watch::new())).unwrap())
}

fn runtime(threads: usize, folder: &Path) -> Runtime {
    Runtime::new().threads(threads).checkpoint(Checkpoint::new(folder))
}

fn run(runtime: &Runtime) -> (Vec<u64>, Summary) {
    let Run { values, summary, .. } = runtime.run(toy(&Watch::new())).unwrap();
    (bits(&values), summary)
}

/// What of the files in a folder belongs to slots.
fn slots(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "kept")).collect();
    files.sort();
    files
}

#[test]
fn a_run_that_fails_anywhere_goes_on_from_there() {
    let expected = unbroken();
    for threads in [1, 2, 4] {
        for fail_after in 0..STEPS {
            let folder = tempfile::tempdir().unwrap();
            let runtime = runtime(threads, folder.path());
            let watch = Watch { fail_after, ..Watch::new() };
            assert!(runtime.compute(toy(&watch)).is_err());
            assert_eq!(watch.done(), fail_after);
            let planned = runtime.explain(toy(&Watch::new())).unwrap();
            let steps = planned.stages.iter().find(|stage| stage.name == "step").map_or(0, |stage| stage.tasks);
            let (values, summary) = run(&runtime);
            assert_eq!(values, expected, "after {fail_after} steps on {threads} threads");
            assert_eq!(summary.runs("step"), STEPS - fail_after, "what was done is not done again");
            assert_eq!((steps, planned.restored), (summary.runs("step"), summary.restored()));
            assert_eq!((planned.tasks, planned.handles), (summary.tasks(), summary.tasks()));
            let (values, summary) = run(&runtime);
            assert_eq!((values, summary.tasks(), summary.restored()), (expected.clone(), 0, CHAINS + 2));
        }
    }
}

#[test]
fn a_run_that_goes_on_reads_only_what_it_still_needs_and_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime(1, folder.path());
    // Every chain is in the middle of its second epoch.
    let watch = Watch { fail_after: STEPS - 4 * CHAINS, ..Watch::new() };
    assert!(runtime.compute(toy(&watch)).is_err());
    let chunk = Runtime::new().threads(1).run(toy(&Watch::new())).unwrap().summary.peak_bytes / CHUNKS;
    let (values, summary) = run(&runtime.memory_limit(3 * chunk));
    assert_eq!(values, unbroken());
    assert_eq!((summary.runs("sines"), summary.reruns()), (4, 0), "four chunks are left, each read once");
    assert!(summary.peak_bytes <= 3 * chunk);
}

#[test]
fn the_bits_depend_on_neither_checkpoint_nor_threads_nor_memory() {
    let expected = unbroken();
    for threads in [1, 2, 4] {
        for limit in [1_000, 1_500, 5_000, 1 << 30] {
            let folder = tempfile::tempdir().unwrap();
            let runtime = runtime(threads, folder.path()).memory_limit(limit);
            let watch = Watch { fail_after: STEPS / 2 + 7, ..Watch::new() };
            assert!(runtime.compute(toy(&watch)).is_err());
            let (values, summary) = run(&runtime);
            assert_eq!(values, expected, "{threads} threads, {limit} bytes");
            assert_eq!(summary.runs("step"), STEPS - watch.done());
        }
    }
}

#[test]
fn a_panic_is_no_worse_than_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let key = |name| Key::of(name).finish();
    let chain = |panics: bool| {
        let first = Lazy::source(Task::new("first", key("first")), || Ok(1.5)).kept(key("a"), Codec::serialized());
        first.map(Task::new("second", key("second")), move |x| if panics { panic!("on purpose") } else { Ok(x * 2.0) })
    };
    assert!(runtime(2, folder.path()).compute(chain(true)).is_err());
    let run = runtime(2, folder.path()).run(chain(false)).unwrap();
    assert_eq!((run.values, run.summary.runs("first"), run.summary.restored()), (3.0, 0, 1));
}

#[test]
fn a_chain_leaves_its_newest_state_and_what_others_need() {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch { fail_after: STEPS - 1, ..Watch::new() };
    assert!(runtime(1, folder.path()).compute(toy(&watch)).is_err());
    // A newest state and the end of the first epoch of every chain, two ends, one score.
    assert_eq!(slots(folder.path()).len(), 2 * CHAINS + 2 + 1);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), slots(folder.path()).len(), "nothing else is left");
}

/// All steps of one chain.
fn steps(watch: &Watch) -> Vec<Lazy<f64>> {
    let slot = Key::of("chain").finish();
    let mut model = Lazy::given(Task::new("begin", Key::of("begin").finish()), 0.0);
    let step = |c: usize| {
        let watch = watch.clone();
        let task = Task::new("step", Key::of("step").input(model.key()).params(&c).finish()).order(c);
        model = model.map_owned(task, move |x| watch.step().map(|()| x * 0.9 + 1.0)).kept(slot, Codec::serialized());
        model.clone()
    };
    (0..6).map(step).collect()
}

#[test]
fn a_run_that_wants_more_gives_up_nothing_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = |case: &str| runtime(1, &folder.path().join(case));
    let fails_after = |fail_after| Watch { fail_after, ..Watch::new() };
    let expected = Runtime::new().compute(steps(&Watch::new())).unwrap();
    let want = |watch: &Watch, among: &[usize]| among.iter().map(|&i| steps(watch)[i].clone()).collect::<Vec<_>>();

    // The fourth state is kept. The second is wanted, too, and has to be made from the first.
    assert!(runtime("back").compute(want(&fails_after(4), &[5])).is_err());
    assert!(runtime("back").compute(want(&fails_after(2), &[1, 5])).is_err());
    let run = runtime("back").run(want(&Watch::new(), &[1, 5])).unwrap();
    assert_eq!(
        (run.values, run.summary.runs("step")),
        (vec![expected[1], expected[5]], 2),
        "the fourth is still there"
    );

    // The third state is kept where the next would replace it, and is then wanted for itself.
    assert!(runtime("aside").compute(want(&fails_after(3), &[5])).is_err());
    assert!(runtime("aside").compute(want(&fails_after(2), &[2, 5])).is_err());
    let run = runtime("aside").run(want(&Watch::new(), &[2, 5])).unwrap();
    assert_eq!((run.values, run.summary.runs("step")), (vec![expected[2], expected[5]], 1), "the third is still there");
}

#[test]
fn a_slot_is_written_no_more_often_than_asked_for() {
    let expected = unbroken();
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path()).every(Duration::from_secs(3600));
    let runtime = Runtime::new().threads(2).checkpoint(checkpoint);
    let watch = Watch { fail_after: STEPS - 5, ..Watch::new() };
    assert!(runtime.compute(toy(&watch)).is_err());
    let (values, summary) = run(&runtime);
    assert_eq!(values, expected);
    // The first steps are written, and the ends of epochs, which others need.
    assert!((5..=CHAINS * CHUNKS).contains(&summary.runs("step")), "{} steps", summary.runs("step"));
    assert!(summary.kept() <= 2 * CHAINS + 2, "{} writes", summary.kept());
}

#[test]
fn a_slot_is_written_after_so_many_steps() {
    let expected = unbroken();
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path()).every_steps(5));
    let free = run(&Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path().join("each")))).1.kept();
    let watch = Watch { fail_after: STEPS - 5, ..Watch::new() };
    assert!(runtime.compute(toy(&watch)).is_err());
    let (values, summary) = run(&runtime);
    assert_eq!(values, expected);
    // Of every chain up to four steps are lost, besides the five that are left.
    assert!((5..=5 + 4 * CHAINS).contains(&summary.runs("step")), "{} steps", summary.runs("step"));
    let whole = run(&Runtime::new().threads(1).checkpoint(Checkpoint::new(folder.path().join("five")).every_steps(5)));
    // The ends of epochs are written at once, for others need them.
    let most = free.div_ceil(5) + CHAINS * EPOCHS + 2;
    assert!(whole.1.kept() <= most, "{} writes, {free} with every step", whole.1.kept());
}

#[test]
fn what_is_in_the_folder_is_trusted_only_if_it_is_whole_and_ours() {
    let expected = unbroken();
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch { fail_after: STEPS / 2 + 4, ..Watch::new() };
    type Spoil<'a> = (&'a str, &'a dyn Fn(&Path));
    let spoil: [Spoil; 5] = [
        ("damaged", &|file| {
            let mut content = fs::read(file).unwrap();
            *content.last_mut().unwrap() ^= 1;
            fs::write(file, content).unwrap();
        }),
        ("cut short", &|file| {
            let content = fs::read(file).unwrap();
            fs::write(file, &content[..content.len() / 2]).unwrap();
        }),
        ("newer", &|file| {
            let mut content = fs::read(file).unwrap();
            content[8] = 2;
            fs::write(file, content).unwrap();
        }),
        ("foreign", &|file| fs::write(file, "a shopping list, longer than the header of a checkpoint's file").unwrap()),
        ("removed", &|file| fs::remove_file(file).unwrap()),
    ];
    for (what, spoil) in spoil {
        let runtime = runtime(2, folder.path());
        assert!(runtime.compute(toy(&Watch { done: Arc::default(), ..watch.clone() })).is_err());
        let whole = runtime.explain(toy(&Watch::new())).unwrap().restored;
        let files = slots(folder.path());
        // First one of them, then all.
        spoil(&files[0]);
        assert!(runtime.explain(toy(&Watch::new())).unwrap().restored <= whole);
        files[1..].iter().for_each(|file| spoil(file));
        assert_eq!(runtime.explain(toy(&Watch::new())).unwrap().restored, 0, "{what}");
        let (values, summary) = run(&runtime);
        assert_eq!((values, summary.runs("step")), (expected.clone(), STEPS), "{what}");
        assert_eq!(run(&runtime).1.tasks(), 0, "{what} files are replaced");
        slots(folder.path()).iter().for_each(|file| fs::remove_file(file).unwrap());
    }
}

#[test]
fn bytes_that_the_codec_refuses_are_done_without() {
    let folder = tempfile::tempdir().unwrap();
    let key = |name| Key::of(name).finish();
    let graph = |decode: fn(&[u8]) -> Result<u8>| {
        let codec = Codec::new(|value: &u8| Ok(Some(vec![*value])), decode);
        let first = Lazy::source(Task::new("first", key("first")), || Ok(7)).kept(key("a"), codec.clone());
        let caught = first.map(Task::new("next", key("next")), |x| Ok(x + 1)).kept(key("b"), codec);
        (caught.caught(), first)
    };
    let fine = |bytes: &[u8]| Ok(bytes[0]);
    let refuses = |_: &[u8]| Err(Error::new(ErrorKind::Malformed { format: "test", problem: "refused".into() }));
    let panics = |_: &[u8]| panic!("on purpose");
    let values = |run: Run<(Result<u8>, u8)>| (run.values.0.unwrap(), run.values.1, run.summary.tasks());
    assert_eq!(values(runtime(1, folder.path()).run(graph(fine)).unwrap()), (8, 7, 3));
    assert_eq!(values(runtime(1, folder.path()).run(graph(fine)).unwrap()), (8, 7, 1));
    assert_eq!(values(runtime(1, folder.path()).run(graph(refuses)).unwrap()), (8, 7, 3));
    assert_eq!(values(runtime(1, folder.path()).run(graph(panics)).unwrap()), (8, 7, 3));
}

#[test]
fn a_value_that_goes_away_after_the_plan_was_made_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let key = |name| Key::of(name).finish();
    let graph = |spoil: bool| {
        let path = folder.path().to_owned();
        let early = Lazy::source(Task::new("early", key("early")).order(0), move || {
            slots(&path).iter().filter(|_| spoil).for_each(|file| fs::remove_file(file).unwrap());
            Ok(1)
        });
        let kept = Lazy::source(Task::new("kept", key("kept")).order(5), || Ok(2)).kept(key("a"), Codec::serialized());
        early.zip(&kept, Task::new("sum", key("sum")).order(6), |a, b| Ok(a + b))
    };
    assert_eq!(runtime(1, folder.path()).run(graph(false)).unwrap().summary.runs("kept"), 1);
    assert_eq!(runtime(1, folder.path()).run(graph(false)).unwrap().summary.runs("kept"), 0);
    let run = runtime(1, folder.path()).run(graph(true)).unwrap();
    assert_eq!((run.values, run.summary.runs("kept")), (3, 1));
}

#[test]
fn failures_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let key = |name| Key::of(name).finish();
    let graph = |fails: bool| {
        let work = move || if fails { Err(Error::parameter("x", 1, "2")) } else { Ok(2) };
        let source = Lazy::source(Task::new("source", key("source")), work).kept(key("a"), Codec::serialized());
        let next = source.map(Task::new("next", key("next")), |x| Ok(x + 1)).kept(key("b"), Codec::serialized());
        let caught = next.caught();
        // A codec can leave out what stands for a failure.
        let encode = |value: &Result<i32>| Ok(value.as_ref().ok().map(|value| value.to_le_bytes().to_vec()));
        let decode = |bytes: &[u8]| Ok(Ok(i32::from_le_bytes(bytes.try_into().expect("four bytes"))));
        caught.kept(key("c"), Codec::new(encode, decode))
    };
    let failed = runtime(2, folder.path()).run(graph(true)).unwrap();
    assert!(failed.values.is_err() && slots(folder.path()).is_empty());
    let fine = runtime(2, folder.path()).run(graph(false)).unwrap();
    assert_eq!((fine.values.unwrap(), fine.summary.kept()), (3, 3));
}

#[test]
fn a_write_that_fails_ends_the_run_and_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let key = |name| Key::of(name).finish();
    let source = Lazy::source(Task::new("source", key("source")), || Ok(1)).kept(key("a"), Codec::serialized());
    let caught = source.caught();
    assert!(runtime(1, folder.path()).compute(&caught).unwrap().is_ok());
    let file = slots(folder.path()).pop().unwrap();
    // A folder stands where the file should go: no rename can replace it.
    fs::remove_file(&file).unwrap();
    fs::create_dir_all(file.join("in the way")).unwrap();
    for threads in [1, 2] {
        let error = runtime(threads, folder.path()).compute(&caught).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Io { action: "write the checkpoint" });
        assert_eq!((error.place().file.as_ref(), error.place().task.as_deref()), (Some(&file), Some("source")));
    }
    let error = runtime(1, &folder.path().join(file).join("in the way/x\0y")).compute(caught).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Io { action: "create the folder" });
}

#[test]
fn keys_that_do_not_last_are_an_error_that_names_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let data = || {
        let counted = ran.clone();
        Chunks::from_fn("numbers", 3, move |c| Ok((vec![c as f64], counted.fetch_add(1, SeqCst)).0))
    };
    let fit = |chunks: &Chunks<Vec<f64>>| {
        let begin = Task::new("begin", Key::of("begin").finish());
        chunks.iter().fold(Lazy::given(begin, 0.0), |model, chunk| {
            let key = Key::of("fit").input(model.key()).input(chunk.key()).finish();
            let task = Task::new("fit", key).display_name(Some("sum".into()));
            model.step(chunk, task, |sum, x| Ok(sum + x[0])).kept(Key::of("sum").finish(), Codec::serialized())
        })
    };
    let error = runtime(2, folder.path()).compute(fit(&data())).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotLasting { task: "fit · sum".into(), cause: "numbers".into() });
    assert_eq!((error.place().chunk, ran.load(SeqCst)), (Some(0), 0), "before any work");
    assert!(error.to_string().contains("Chunks::identified"), "{error}");
    assert!(runtime(2, folder.path()).explain(fit(&data())).is_err());
    assert_eq!(Runtime::new().compute(fit(&data())).unwrap(), 3.0, "only a checkpoint asks for more");

    let error = runtime(2, folder.path()).compute(fit(&data().identified(1).map("twice", Vec::clone))).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotLasting { task: "fit · sum".into(), cause: "twice".into() });

    // A graph built afresh, as another process would, finds what the first has kept.
    ran.store(0, SeqCst);
    let first = runtime(2, folder.path()).run(fit(&data().identified("numbers"))).unwrap();
    let again = runtime(2, folder.path()).run(fit(&data().identified("numbers"))).unwrap();
    assert_eq!((first.values, first.summary.runs("fit"), ran.load(SeqCst)), (3.0, 3, 3));
    assert_eq!((again.values, again.summary.tasks(), again.summary.restored()), (3.0, 0, 1));
    let other = runtime(2, folder.path()).run(fit(&data().identified("others"))).unwrap();
    assert_eq!((other.values, other.summary.runs("fit")), (3.0, 3), "another identity is other data");
    // What fails when the graph is built has the same failure everywhere.
    let invalid = fit(&Chunks::from_lazies([Lazy::failed(Error::parameter("n", 0, "1"))]));
    assert!(runtime(2, folder.path()).compute(invalid.caught()).unwrap().is_err());
}

#[test]
fn identified_chunks_are_the_same_chunks() {
    let given = Chunks::from_memory([vec![1, 2], vec![3]]);
    assert_eq!(Runtime::new().compute(given.identified("x")).unwrap(), [vec![1, 2], vec![3]]);
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = reads.clone();
    let made = Chunks::from_fn("made", 2, move |c| Ok(vec![c + counted.fetch_add(1, SeqCst)])).identified("made");
    assert_eq!(Runtime::new().threads(1).compute((&made, &made)).unwrap().0, [vec![0], vec![2]]);
    assert_eq!(reads.load(SeqCst), 2);
    assert_eq!(
        made.as_slice()[1].key(),
        Chunks::from_fn("other", 2, |_| Ok(vec![0usize])).identified("made").as_slice()[1].key()
    );
    assert_ne!(made.as_slice()[0].key(), made.as_slice()[1].key());
}

#[test]
fn restored_values_are_seen_in_summary_profile_and_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = runtime(2, folder.path()).profile(true);
    run(&runtime);
    let planned = runtime.explain(toy(&Watch::new())).unwrap();
    assert!(planned.to_string().contains("5 values restored from the checkpoint"), "{planned}");
    assert!(planned.dot().contains("dashed"));
    let profile = runtime.run(toy(&Watch::new())).unwrap().profile.unwrap();
    assert!(profile.records.len() == CHAINS + 2 && profile.records.iter().all(|record| record.restored));
    // The memory of the process is read anew.
    let (process_bytes, chunk_limit) = (profile.plan.process_bytes, profile.plan.chunk_limit);
    let mut again = planned.clone();
    (again.process_bytes, again.chunk_limit) = (process_bytes, chunk_limit);
    assert_eq!(profile.plan, again);
}

#[test]
fn kept_chunks_count_against_the_memory_limit_like_others() {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = reads.clone();
    let read = move |c| Ok((vec![c as f64; 100], counted.fetch_add(1, SeqCst)).0);
    let data = Chunks::from_fn("numbers", 8, read).identified("numbers");
    let kept = Chunks::from_lazies(data.iter().map(|chunk| chunk.kept(chunk.key(), Codec::serialized())));
    let mut sum = Lazy::value(0.0);
    for chunk in (0..2).flat_map(|_| kept.iter()) {
        sum = sum.step(chunk, Task::new("sum", Key::unique()), |sum, x| Ok(sum * 0.9 + x[7]));
    }
    let expected = Runtime::new().compute(&sum).unwrap();
    for threads in [1, 2, 4] {
        for limit in [1_000, 2_000, 1 << 30] {
            let folder = tempfile::tempdir().unwrap();
            let runtime = runtime(threads, folder.path()).memory_limit(limit);
            for found in [0, 8] {
                reads.store(0, SeqCst);
                let run = runtime.run(&sum).unwrap();
                assert_eq!((run.values, reads.load(SeqCst), run.summary.restored()), (expected, 8 - found, found));
            }
        }
    }
}

#[test]
fn two_runs_at_once_do_not_harm_each_other() {
    let expected = unbroken();
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let watch = Watch { takes: Duration::from_micros(200), ..Watch::new() };
        let one = || bits(&runtime(2, folder.path()).compute(toy(&watch)).unwrap());
        let both = std::thread::scope(|scope| [scope.spawn(one), scope.spawn(one)].map(|run| run.join().unwrap()));
        assert_eq!(both, [expected.clone(), expected.clone()]);
        assert_eq!(run(&runtime(1, folder.path())).1.tasks(), 0);
    }
}

/// A task that adds up some earlier ones (consuming the first, if `own`), and is kept in one of a
/// few slots, or one of its own.
#[derive(Clone, Debug)]
struct Recipe {
    inputs: Vec<usize>,
    own: bool,
    slot: Option<usize>,
}

fn recipes() -> impl Strategy<Value = Vec<Recipe>> {
    let inputs = proptest::collection::vec(any::<usize>(), 0..4);
    let recipe = (inputs, any::<bool>(), proptest::option::of(0..6usize));
    proptest::collection::vec(recipe.prop_map(|(inputs, own, slot)| Recipe { inputs, own, slot }), 1..40)
}

/// Handles on all tasks, of which task `fails` fails; and how often each of them ran.
fn build(recipes: &[Recipe], fails: Option<usize>) -> (Vec<Lazy<u64>>, Arc<Vec<AtomicUsize>>) {
    let mut nodes: Vec<Lazy<u64>> = Vec::new();
    let runs: Arc<Vec<AtomicUsize>> = Arc::new(recipes.iter().map(|_| AtomicUsize::new(0)).collect());
    for (i, recipe) in recipes.iter().enumerate() {
        let counted = runs.clone();
        let finish = move |sum: u64| {
            if fails == Some(i) {
                return Err(Error::parameter("task", i, "another"));
            }
            counted[i].fetch_add(1, SeqCst);
            Ok(sum.wrapping_mul(31).wrapping_add(i as u64))
        };
        let task = |name: &'static str| Task::new(name, Key::of(name).params(&i).finish()).order(i / 4);
        let inputs: Vec<Lazy<u64>> = recipe.inputs.iter().filter(|_| i > 0).map(|j| nodes[j % i].clone()).collect();
        let sum = |parts: &[&u64]| parts.iter().fold(0u64, |sum, part| sum.wrapping_add(**part));
        let node = match inputs.split_first() {
            Some((first, rest)) if recipe.own => {
                let rest = Lazy::gather(rest, task("rest"), move |parts| Ok(sum(parts)));
                first.step(&rest, task("node"), move |first, rest| finish(first.wrapping_add(*rest)))
            }
            _ => Lazy::gather(&inputs, task("node"), move |parts| finish(sum(parts))),
        };
        nodes.push(match recipe.slot {
            // The last two stand for slots of their own.
            Some(slot @ 0..4) => node.kept(Key::of("slot").params(&slot).finish(), Codec::serialized()),
            Some(_) => node.kept(node.key(), Codec::serialized()),
            None => node,
        });
    }
    (nodes, runs)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_that_was_begun_ends_as_it_should(
        recipes in recipes(),
        fails in any::<usize>(),
        threads in 1usize..4,
        only_last in any::<bool>(),
        chains in any::<bool>(),
    ) {
        // Slots shared at random cost work, never the result; slots of their own cost nothing.
        let slot = |slot: usize| if chains { slot } else { 4 };
        let recipes: Vec<Recipe> =
            recipes.into_iter().map(|recipe| Recipe { slot: recipe.slot.map(slot), ..recipe }).collect();
        let n = recipes.len();
        let expected = Runtime::new().threads(1).compute(build(&recipes, None).0).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let runtime = runtime(threads, folder.path());
        let (nodes, before) = build(&recipes, Some(fails % n));
        // Fails, unless the task that would is not wanted.
        let begun = if only_last { runtime.compute(&nodes[n - 1..]) } else { runtime.compute(&nodes) };
        prop_assert!(begun.is_err() || only_last);
        let (nodes, after) = build(&recipes, None);
        prop_assert_eq!(runtime.compute(&nodes[n - 1]).unwrap(), expected[n - 1]);
        prop_assert_eq!(runtime.compute(&nodes).unwrap(), expected);
        for (i, recipe) in recipes.iter().enumerate().filter(|(_, recipe)| !chains && recipe.slot.is_some()) {
            let runs = before[i].load(SeqCst) + after[i].load(SeqCst);
            prop_assert_eq!(runs, 1, "task {} {:?}", i, recipe);
        }
    }
}

/// Where the killed child finds its folder.
const FOLDER: &str = "CHUNKFIT_TEST_CHECKPOINT";

/// The child of the next test: runs the toy graph slowly, and leaves its bits.
#[test]
#[ignore = "is run by the test that kills it"]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let watch = Watch { log: Some(folder.join("log")), takes: Duration::from_millis(3), ..Watch::new() };
    let values = runtime(2, &folder.join("checkpoint")).compute(toy(&watch)).unwrap();
    fs::write(folder.join("part"), bits(&values).iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
    fs::rename(folder.join("part"), folder.join("bits")).unwrap();
}

#[test]
fn a_process_that_is_killed_again_and_again_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (log, result) = (folder.path().join("log"), folder.path().join("bits"));
    let logged = || fs::metadata(&log).map_or(0, |facts| facts.len() as usize);
    let mut kills = 0;
    for attempt in 0..200u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["checkpoint::child", "--exact", "--ignored"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Some steps after the first of this attempt, at a moment that is different every time.
        let before = logged();
        while logged() < before + 4 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(attempt * 7919 % 9000));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        let status = child.wait().unwrap();
        if status.success() {
            break;
        }
    }
    let found = fs::read(&result).expect("the child gets on at every attempt");
    assert_eq!(found, unbroken().iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>());
    assert!(kills >= 3, "only {kills} kills");
    // Each thread had one step in work when it was killed.
    assert!(logged() <= STEPS + 2 * kills, "{} steps after {kills} kills", logged());
}
