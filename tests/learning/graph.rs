//! The scheduler's laws, on graphs that do no learning.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use chunkfit::graph::{Key, Lazy, Runtime, Task};
use chunkfit::{Error, ErrorKind, Result};
use proptest::prelude::*;

fn task(name: &'static str) -> Task {
    Task::new(name, Key::unique())
}

/// A source of `n` bytes for chunk `c` that counts how often it is read.
fn source(c: usize, n: usize, reads: &Arc<AtomicUsize>) -> Lazy<Vec<u8>> {
    let reads = reads.clone();
    let task = task("read").chunk(c).remakeable().measured::<Vec<u8>>().expected_bytes(n);
    Lazy::source(task, move || {
        reads.fetch_add(1, SeqCst);
        Ok(vec![c as u8; n])
    })
}

#[test]
fn equal_keys_run_once_and_handles_can_be_computed_again() {
    let reads = Arc::new(AtomicUsize::new(0));
    let read = source(3, 10, &reads);
    let square = |x: &Vec<u8>| Ok(usize::from(x[0]) * usize::from(x[0]));
    let key = Key::of("square").input(read.key()).finish();
    let one = read.map(Task::new("square", key), square);
    let two = read.map(Task::new("square", key), square);
    let run = Runtime::new().threads(2).run((&one, vec![&two, &one], &read)).unwrap();
    assert_eq!(run.values, (9, vec![9, 9], vec![3; 10]));
    assert_eq!((run.summary.runs("square"), run.summary.runs("read"), reads.load(SeqCst)), (1, 1, 1));
    assert_eq!(Runtime::new().compute(one).unwrap(), 9);
    assert_eq!(reads.load(SeqCst), 2);
}

#[test]
fn warnings_come_once_each_in_the_order_of_one_thread() {
    let odd =
        |bytes: &Vec<u8>| vec![format!("{} is odd", bytes[0])].into_iter().filter(|_| bytes[0] % 2 == 1).collect();
    let graph = |reads: &Arc<AtomicUsize>| -> Vec<Lazy<Vec<u8>>> {
        let chunk = |c: usize| {
            let task = task("look").display_name(Some("here".into())).chunk(c).remakeable().measured::<Vec<u8>>();
            source(c, 1_000, reads).map(task.warns::<Vec<u8>>(odd), |bytes| Ok(bytes.clone()))
        };
        let chunks: Vec<_> = (0..10).map(chunk).collect();
        (0..3).map(|pass| Lazy::gather(&chunks, task("sum").order(10 * pass), |_| Ok(vec![0]))).collect()
    };
    let reads = Arc::new(AtomicUsize::new(0));
    for (threads, limit) in [(1, 1 << 30), (4, 1 << 30), (1, 12_000)] {
        let summary = Runtime::new().threads(threads).memory_limit(limit).run(graph(&reads)).unwrap().summary;
        let told: Vec<String> = summary.warnings.iter().map(ToString::to_string).collect();
        let expected = [1, 3, 5, 7, 9].map(|c| format!("look · here: {c} is odd"));
        assert_eq!(told, expected);
    }
    let failed = Lazy::<Vec<u8>>::source(task("fail").warns::<Vec<u8>>(odd), || Err(Error::parameter("x", 0, "1")));
    let run = Runtime::new().run(failed.caught()).unwrap();
    assert_eq!(run.summary.warnings, [], "what failed is no value to be warned of");
}

/// Counts its copies.
#[derive(Debug)]
struct Precious(Arc<AtomicUsize>);

impl Clone for Precious {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, SeqCst);
        Precious(self.0.clone())
    }
}

#[test]
fn the_last_user_of_a_value_has_it_without_a_copy() {
    let copies = Arc::new(AtomicUsize::new(0));
    let seed = copies.clone();
    let mut model = Lazy::source(task("begin"), move || Ok(Precious(seed.clone())));
    let data = Lazy::value(());
    for _ in 0..100 {
        model = model.step(&data, task("step"), |model, _| Ok(model));
    }
    Runtime::new().threads(2).compute(&model).unwrap();
    assert_eq!(copies.load(SeqCst), 0, "a chain moves its value along");
    let other = model.map(task("look"), |_| Ok(()));
    Runtime::new().threads(2).compute((&model, other)).unwrap();
    assert_eq!(copies.load(SeqCst), 0, "looking at a value copies nothing");
    let changed = model.map_owned(task("change"), Ok);
    Runtime::new().compute((&model, changed)).unwrap();
    assert_eq!(copies.load(SeqCst), 1, "a result that is also consumed is copied once");
}

#[test]
fn a_chain_of_a_hundred_thousand_steps_neither_overflows_nor_lasts() {
    let mut sum = Lazy::value(0u64);
    let one = Lazy::value(1u64);
    for _ in 0..100_000 {
        sum = sum.step(&one, task("add"), |a, b| Ok(a + b));
    }
    assert_eq!(Runtime::new().threads(2).compute(&sum).unwrap(), 100_000);
}

#[test]
fn an_error_stops_the_run_and_names_task_chunk_and_file() {
    let ran = Arc::new(AtomicUsize::new(0));
    let chunks: Vec<Lazy<usize>> = (0..50)
        .map(|c| {
            let counted = ran.clone();
            let file: Arc<std::path::Path> = std::path::Path::new("data").join(format!("{c}.txt")).into();
            Lazy::source(task("read").chunk(c).file(file), move || {
                counted.fetch_add(1, SeqCst);
                Ok(c)
            })
            .map(task("parse"), |&c| match c {
                7 => Err(Error::new(ErrorKind::Malformed { format: "test", problem: "seven".into() }).at_row(2)),
                9 => panic!("nine is odd"),
                _ => Ok(c),
            })
        })
        .collect();
    for threads in [1, 2, 4] {
        ran.store(0, SeqCst);
        let error = Runtime::new().threads(threads).compute(&chunks).unwrap_err();
        let place = error.place();
        assert_eq!((place.chunk, place.row, place.task.as_deref()), (Some(7), Some(2), Some("parse")), "{error}");
        assert!(error.to_string().contains("7.txt"), "{error}");
        assert!(ran.load(SeqCst) < 20, "the run went on after the error");
    }
    let error = Runtime::new().threads(2).compute(&chunks[9]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Panicked { message: "nine is odd".into() });
    assert_eq!(error.place().chunk, Some(9));
    let failed: Lazy<()> = Lazy::failed(Error::parameter("n", 0, "1 or more"));
    ran.store(0, SeqCst);
    assert!(Runtime::new().compute((&chunks, failed)).is_err());
    assert_eq!(ran.load(SeqCst), 0, "an error known beforehand is found before anything runs");
}

#[test]
fn a_failure_that_is_caught_stops_only_what_depends_on_it() {
    let fails = |x: &i32| if *x == 2 { Err(Error::parameter("x", x, "anything but 2")) } else { Ok(x * 10) };
    let after = |x: &i32| Ok(x + 1);
    let ends: Vec<Lazy<i32>> =
        (0..4).map(|x| Lazy::value(x).map(task("may fail"), fails).map(task("after"), after)).collect();
    let caught: Vec<_> = ends.iter().map(Lazy::caught).collect();
    for threads in [1, 3] {
        let run = Runtime::new().threads(threads).run(&caught).unwrap();
        let values: Vec<_> = run.values.iter().map(|value| value.as_ref().ok().copied()).collect();
        assert_eq!(values, [Some(1), Some(11), None, Some(31)]);
        let error = run.values[2].as_ref().unwrap_err();
        assert_eq!(error.place().task.as_deref(), Some("may fail"));
    }
    // One way round the catch, and it is a failure of the run again.
    assert!(Runtime::new().compute((&caught, &ends[2])).is_err());
    assert!(Runtime::new().compute((&caught, &ends[1])).is_ok());
    let never: Lazy<i32> = Lazy::failed(Error::parameter("x", 0, "1"));
    let panics = Lazy::value(0).map(task("panic"), |_: &i32| -> Result<i32> { panic!("caught, too") });
    let (never, panics, fine) = Runtime::new().compute((never.caught(), panics.caught(), &caught[0])).unwrap();
    assert!(never.is_err() && panics.is_err() && fine.is_ok());
}

/// `epochs` passes of a chain over `n` chunks of 1,000 bytes, each parsed to 500.
fn epochs(n: usize, epochs: usize, reads: &Arc<AtomicUsize>) -> Lazy<Vec<u64>> {
    let chunks: Vec<Lazy<Vec<u8>>> = (0..n)
        .map(|c| {
            let halve = task("halve").remakeable().measured::<Vec<u8>>();
            source(c, 1000, reads).map(halve, |bytes| Ok(bytes[..500].to_vec()))
        })
        .collect();
    let mut model = Lazy::value(Vec::new());
    for pass in 0..epochs {
        for (c, chunk) in chunks.iter().enumerate() {
            model = model.step(chunk, task("learn").order(pass * n + c), |mut model: Vec<u64>, chunk| {
                model.push(chunk.iter().map(|&b| u64::from(b)).sum());
                Ok(model)
            });
        }
    }
    model
}

#[test]
fn several_passes_under_a_limit_give_the_same_within_it() {
    let (n, passes) = (20, 5);
    let reads = Arc::new(AtomicUsize::new(0));
    let model = epochs(n, passes, &reads);
    let free = Runtime::new().threads(1).run(&model).unwrap();
    assert_eq!((free.summary.reruns(), reads.swap(0, SeqCst)), (0, n));
    for threads in [1, 2, 4] {
        for limit in [2_000, 3_000, 5_000, 8_000] {
            let run = Runtime::new().threads(threads).memory_limit(limit).run(&model).unwrap();
            assert_eq!(run.values, free.values);
            assert!(run.summary.peak_bytes <= limit, "{} > {limit} on {threads} threads", run.summary.peak_bytes);
            let again = run.summary.reruns();
            assert!(again > 0 && again <= 2 * n * (passes - 1), "{again} tasks ran again");
            assert_eq!(reads.swap(0, SeqCst), run.summary.runs("read"));
        }
        // All parsed chunks fit, so nothing runs again.
        let run = Runtime::new().threads(threads).memory_limit(20_000).run(&model).unwrap();
        assert_eq!((run.summary.reruns(), reads.swap(0, SeqCst)), (0, n));
    }
}

/// A chain of several passes that has learned enough in the middle of one.
#[test]
fn what_nobody_needs_any_more_is_not_made() {
    let (n, enough) = (10, 23);
    let reads = Arc::new(AtomicUsize::new(0));
    // How many tasks of any kind ran since it was enough.
    let late = Arc::new(AtomicUsize::new(0));
    let over = Arc::new(AtomicBool::new(false));
    let note = |over: &AtomicBool, late: &AtomicUsize| late.fetch_add(usize::from(over.load(SeqCst)), SeqCst);
    let chunks: Vec<_> = (0..n).map(|c| source(c, 1000, &reads)).collect();
    let mut model = Lazy::value(0);
    for pass in 0..6 {
        for (c, chunk) in chunks.iter().enumerate() {
            let turn = pass * n + c;
            let (over, late, over_too) = (over.clone(), late.clone(), over.clone());
            // A copy of its own for every pass, which was never made before.
            let copy = chunk.map(task("copy").order(turn).measured::<Vec<u8>>().remakeable(), move |bytes| {
                note(&over, &late);
                // What is not made is dear as a rule, and the steps that do without it are not.
                std::thread::sleep(std::time::Duration::from_millis(2));
                Ok(bytes.clone())
            });
            let is_enough = move |learned: &usize| *learned == enough;
            model = model.step_unless(&copy, task("learn").order(turn), is_enough, move |learned, chunk| {
                assert_eq!(chunk.is_none(), learned == enough);
                let learned = learned + usize::from(chunk.is_some());
                over_too.store(learned == enough, SeqCst);
                Ok(learned)
            });
        }
    }
    for (threads, limit) in [(1, 3_500), (2, 3_500), (4, 5_000), (1, 1 << 20), (3, 1 << 20)] {
        over.store(false, SeqCst);
        let run = Runtime::new().threads(threads).memory_limit(limit).run(&model).unwrap();
        assert_eq!(run.values, enough);
        assert_eq!(run.summary.runs("learn"), 6 * n);
        // The end of a step is known a little later than it is reached.
        let late = late.swap(0, SeqCst);
        assert!(late <= 2 * threads, "{late} copies on {threads} threads, {limit} bytes");
        assert!(limit < 10_000 || reads.swap(0, SeqCst) == n);
        reads.store(0, SeqCst);
    }
}

#[test]
fn rows_are_counted_once_however_often_they_are_read() {
    let n = 20;
    let model = epochs(n, 5, &Arc::default());
    for limit in [2_000, 20_000] {
        let summary = Runtime::new().threads(2).memory_limit(limit).run(&model).unwrap().summary;
        assert_eq!(summary.reruns() > 0, limit == 2_000);
        // The rows of chunks only: the model is a list as well.
        assert_eq!(["read", "halve", "learn"].map(|name| summary.rows(name)), [n * 1000, n * 500, 0]);
    }
    // Under one name, what every run of a task gave adds up; what failed gave nothing.
    let fail = source(0, 10, &Arc::default())
        .map(task("fail").measured::<Vec<u8>>(), |_| Err::<Vec<u8>, _>(Error::parameter("x", 0, "more")));
    let summary = Runtime::new().run((fail.caught(), source(1, 7, &Arc::default()))).unwrap().summary;
    assert_eq!((summary.rows("read"), summary.rows("fail")), (17, 0));
}

/// A sum over all of `n` chunks of 1,000 bytes; then, in passes of their own, `epochs` times every
/// chunk with the sum added.
fn after_a_sum(n: usize, epochs: usize, reads: &Arc<AtomicUsize>, hold: fn(Task) -> Task) -> Lazy<Vec<u64>> {
    let chunks: Vec<Lazy<Vec<u8>>> = (0..n).map(|c| source(c, 1000, reads)).collect();
    let firsts: Vec<Lazy<u8>> = chunks.iter().map(|chunk| chunk.map(task("first"), |bytes| Ok(bytes[0]))).collect();
    let sum = Lazy::gather(&firsts, hold(task("sum")), |all| Ok(all.iter().copied().sum::<u8>()));
    let mut model = Lazy::value(Vec::new());
    let shifted = |(c, chunk)| {
        let task = task("shift").remakeable().measured::<Vec<u8>>().expected_bytes(1_000).order(n + c);
        sum.zip(chunk, task, |sum, chunk: &Vec<u8>| Ok(chunk.iter().map(|b| b + sum).collect::<Vec<u8>>()))
    };
    let shifted: Vec<Lazy<Vec<u8>>> = chunks.iter().enumerate().map(shifted).collect();
    for pass in 1..=epochs {
        for (c, chunk) in shifted.iter().enumerate() {
            model = model.step(chunk, task("learn").order(pass * n + c), |mut model: Vec<u64>, chunk| {
                model.push(chunk.iter().map(|&b| u64::from(b)).sum());
                Ok(model)
            });
        }
    }
    model
}

#[test]
fn what_is_made_with_a_held_value_is_dropped_and_made_again_but_the_held_value_is_not() {
    let (n, limit) = (12, 5_000);
    let reads = Arc::new(AtomicUsize::new(0));
    let chunk_sums = |hold: fn(Task) -> Task| after_a_sum(n, 3, &reads, hold);
    let free = Runtime::new().threads(1).run(chunk_sums(Task::held)).unwrap();
    assert_eq!(free.summary.reruns(), 0);
    for threads in [1, 2, 4] {
        let run = Runtime::new().threads(threads).memory_limit(limit).run(chunk_sums(Task::held)).unwrap();
        assert_eq!(run.values, free.values);
        assert!(run.summary.peak_bytes <= limit, "{} > {limit}", run.summary.peak_bytes);
        assert_eq!(run.summary.runs("sum"), 1);
        assert!(run.summary.runs("shift") > n, "{} shifted", run.summary.runs("shift"));
    }
    // Without holding it, what is made with it has to be kept from its first to its last use.
    let kept = Runtime::new().threads(2).memory_limit(limit).run(chunk_sums(|task| task)).unwrap();
    assert_eq!((kept.values, kept.summary.runs("shift")), (free.values, n));
}

#[test]
fn the_value_needed_last_is_the_one_dropped() {
    let reads = Arc::new(AtomicUsize::new(0));
    // Room for 9 of 20 halved chunks beside the one that is being made: the first eight stay over
    // all five passes (Belady), where dropping the least recently used would keep none.
    let run = Runtime::new().threads(1).memory_limit(6_000).run(epochs(20, 5, &reads)).unwrap();
    assert!(run.summary.runs("read") <= 20 + 4 * 13, "{} reads", run.summary.runs("read"));
}

#[test]
fn the_tightest_limit_is_what_one_task_takes_and_any_below_is_refused_by_name() {
    let reads = Arc::new(AtomicUsize::new(0));
    let free = Runtime::new().compute(epochs(6, 3, &reads)).unwrap();
    // A chunk of 1,000 bytes and its half, each in a vector.
    let least = 1_500 + 2 * size_of::<Vec<u8>>();
    for threads in [1, 3] {
        let run = |limit| Runtime::new().threads(threads).memory_limit(limit).compute(epochs(6, 3, &reads));
        assert_eq!(run(least).unwrap(), free);
        for (limit, task, bytes) in [(least - 1, "halve", least), (400, "read", 1_024), (0, "read", 1_024)] {
            let error = run(limit).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::TooLarge { bytes, limit });
            assert_eq!((error.place().task.as_deref(), error.place().chunk), (Some(task), Some(0)));
            assert!(error.to_string().contains("chunk_bytes") && error.to_string().contains("memory_limit"), "{error}");
        }
    }
}

#[test]
fn what_is_known_not_to_fit_is_refused_before_anything_runs() {
    let reads = Arc::new(AtomicUsize::new(0));
    let count = reads.clone();
    let large = Lazy::source(task("large").chunk(7).least_bytes(5_000), move || Ok(count.fetch_add(1, SeqCst)));
    let error = Runtime::new().memory_limit(4_999).compute((source(0, 1000, &reads), &large)).unwrap_err();
    assert_eq!((error.kind(), error.place().chunk), (&ErrorKind::TooLarge { bytes: 5_000, limit: 4_999 }, Some(7)));
    assert_eq!(reads.load(SeqCst), 0);
    assert!(Runtime::new().memory_limit(5_000).compute(large).is_ok());
}

#[test]
fn two_inputs_that_do_not_fit_together_are_still_brought_together() {
    let reads = Arc::new(AtomicUsize::new(0));
    let chunks: Vec<_> = (0..6).map(|c| source(c, 1000, &reads)).collect();
    let pair = |a: usize, b: usize, order| {
        chunks[a].zip(&chunks[b], task("pair").order(order), |a, b| Ok(u32::from(a[0]) * 10 + u32::from(b[0])))
    };
    let pairs: Vec<_> = (0..6).map(|i| pair(i, 5 - i, 10 + i)).collect();
    for threads in [1, 2] {
        for limit in [2_100, 2_500, 3_000] {
            let values = Runtime::new().threads(threads).memory_limit(limit).compute(&pairs).unwrap();
            assert_eq!(values, [5, 14, 23, 32, 41, 50]);
        }
    }
}

#[test]
fn sources_are_read_only_as_far_ahead_as_the_limit_allows() {
    let alive = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let reads = Arc::new(AtomicUsize::new(0));
    let mut sum = Lazy::value(0usize);
    for c in 0..40 {
        let (up, down, top) = (alive.clone(), alive.clone(), most.clone());
        let read =
            source(c, 1000, &reads).map(task("open").remakeable().measured::<Vec<u8>>(), move |bytes: &Vec<u8>| {
                top.fetch_max(up.fetch_add(1, SeqCst) + 1, SeqCst);
                Ok(bytes.clone())
            });
        sum = sum.step(&read, task("slow"), move |sum, bytes| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            down.fetch_sub(1, SeqCst);
            Ok(sum + bytes.len())
        });
    }
    assert_eq!(Runtime::new().threads(4).memory_limit(6_000).compute(&sum).unwrap(), 40_000);
    assert!(most.load(SeqCst) <= 6, "{} chunks at once", most.load(SeqCst));
}

#[test]
fn nothing_runs_far_ahead_of_a_slow_chain() {
    let ahead = Arc::new(AtomicUsize::new(0));
    let (done, reads) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut sum = Lazy::value(0usize);
    for c in 0..60 {
        let (behind, most) = (done.clone(), ahead.clone());
        let read = source(c, 10, &reads).map(task("look"), move |bytes: &Vec<u8>| {
            most.fetch_max(c.saturating_sub(behind.load(SeqCst)), SeqCst);
            Ok(bytes.len())
        });
        let counted = done.clone();
        sum = sum.step(&read, task("slow"), move |sum, n| {
            std::thread::sleep(std::time::Duration::from_micros(500));
            counted.store(c, SeqCst);
            Ok(sum + n)
        });
    }
    assert_eq!(Runtime::new().threads(3).compute(&sum).unwrap(), 600);
    // Twice the threads and two, beside the one that is in work.
    assert!(ahead.load(SeqCst) <= 10, "{} chunks ahead", ahead.load(SeqCst));
}

/// A random graph: task `i` adds up some earlier tasks (consuming the first, if `own`).
#[derive(Clone, Debug)]
struct Recipe {
    inputs: Vec<(usize, bool)>,
    bytes: usize,
    remakeable: bool,
    held: bool,
    /// It does without the others where the first tells it to.
    unless: bool,
}

fn is_settled(first: u64) -> bool {
    first.is_multiple_of(3)
}

fn recipes() -> impl Strategy<Value = Vec<Recipe>> {
    let inputs = proptest::collection::vec((any::<usize>(), any::<bool>()), 0..4);
    let recipe = (inputs, 0..2_000usize, any::<bool>(), proptest::bool::weighted(0.2), any::<bool>());
    proptest::collection::vec(
        recipe.prop_map(|(inputs, bytes, remakeable, held, unless)| Recipe { inputs, bytes, remakeable, held, unless }),
        1..40,
    )
}

/// The slow, obvious twin: every task in turn.
fn serial(recipes: &[Recipe]) -> Vec<u64> {
    let mut values: Vec<u64> = Vec::new();
    for (i, recipe) in recipes.iter().enumerate() {
        let inputs: Vec<u64> = recipe.inputs.iter().filter(|_| i > 0).map(|(j, _)| values[j % i]).collect();
        let needed =
            if recipe.unless && inputs.first().is_some_and(|&first| is_settled(first)) { 1 } else { inputs.len() };
        let inputs = inputs[..needed].iter().copied().fold(0, u64::wrapping_add);
        values.push(inputs.wrapping_mul(31).wrapping_add(i as u64));
    }
    values
}

fn build(recipes: &[Recipe]) -> Vec<Lazy<Vec<u64>>> {
    let mut nodes: Vec<Lazy<Vec<u64>>> = Vec::new();
    for (i, recipe) in recipes.iter().enumerate() {
        let describe = |name| {
            let task = task(name).order(i / 4).measured::<Vec<u64>>();
            let task = if recipe.held { task.held() } else { task };
            if recipe.remakeable { task.remakeable() } else { task }
        };
        let size = recipe.bytes / 8 + 1;
        let finish = move |sum: u64| Ok(vec![sum.wrapping_mul(31).wrapping_add(i as u64); size]);
        let inputs: Vec<_> =
            recipe.inputs.iter().filter(|_| i > 0).map(|(j, own)| (nodes[j % i].clone(), *own)).collect();
        nodes.push(match inputs.split_first() {
            None => Lazy::source(describe("source"), move || finish(0)),
            Some(((first, own), rest)) => {
                let rest: Vec<_> = rest.iter().map(|(node, _)| node.clone()).collect();
                let others = Lazy::gather(&rest, describe("others"), |parts| {
                    Ok(parts.iter().map(|part| part[0]).fold(0, u64::wrapping_add))
                });
                if recipe.unless {
                    let settled = |first: &Vec<u64>| is_settled(first[0]);
                    let rest = |rest: Option<&u64>| rest.copied().unwrap_or(0);
                    if *own {
                        first.step_unless(&others, describe("own"), settled, move |first, others| {
                            assert_eq!(others.is_none(), is_settled(first[0]));
                            finish(first[0].wrapping_add(rest(others)))
                        })
                    } else {
                        first.zip_unless(&others, describe("see"), settled, move |first, others| {
                            assert_eq!(others.is_none(), is_settled(first[0]));
                            finish(first[0].wrapping_add(rest(others)))
                        })
                    }
                } else if *own {
                    first.step(&others, describe("own"), move |first, rest| finish(first[0].wrapping_add(*rest)))
                } else {
                    first.zip(&others, describe("see"), move |first, rest| finish(first[0].wrapping_add(*rest)))
                }
            }
        });
    }
    nodes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_gives_what_a_loop_gives(recipes in recipes(), threads in 1usize..5, limit in 0usize..20_000) {
        let runtime = Runtime::new().threads(threads).memory_limit(limit);
        let nodes = build(&recipes);
        let expected = serial(&recipes);
        // Four values of at most 2,024 bytes: three inputs and what is made of them.
        let fits = |error: &Error| limit < 4 * 2_048 && matches!(error.kind(), ErrorKind::TooLarge { .. });
        match runtime.compute(&nodes[nodes.len() - 1]) {
            Ok(last) => prop_assert_eq!(last[0], expected[expected.len() - 1]),
            Err(error) => prop_assert!(fits(&error), "{error} with {limit}"),
        }
        match runtime.compute(&nodes) {
            Ok(all) => prop_assert_eq!(all.iter().map(|value| value[0]).collect::<Vec<_>>(), expected),
            Err(error) => prop_assert!(fits(&error), "{error} with {limit}"),
        }
    }
}
