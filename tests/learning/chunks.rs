//! Lists of chunks: made, mapped, filtered, split, joined.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use chunkfit::chunks::{every_nth_split, stratified_split, train_test_split};
use chunkfit::data::{Rows, Text};
use chunkfit::graph::{Key, Task};
use chunkfit::{Chunks, Error, ErrorKind, Lazy, Runtime};
use linfa::DatasetBase;
use ndarray::Array1;

fn numbers() -> Chunks<Vec<usize>> {
    Chunks::from_fn("numbers", 5, |c| Ok((0..c * 10).map(|i| c * 100 + i).collect()))
}

fn compute<C: chunkfit::graph::Compute>(targets: C) -> C::Output {
    Runtime::new().threads(2).compute(targets).unwrap()
}

#[test]
fn maps_and_filters_are_those_of_iterators() {
    let plain: Vec<Vec<usize>> = (0..5).map(|c| (0..c * 10).map(|i| c * 100 + i).collect()).collect();
    let odd = numbers().filter("odd", |x| x % 2 == 1);
    let squares = odd.map_rows("square", |x| x * x);
    let expected: Vec<Vec<usize>> =
        plain.iter().map(|c| c.iter().filter(|x| **x % 2 == 1).map(|x| x * x).collect()).collect();
    let (squares, rows, all) = compute((&squares, numbers().n_rows(), squares.gather()));
    assert_eq!(squares, expected);
    assert_eq!(rows, 100);
    assert_eq!(all, expected.concat());
    let twice = numbers().concat(&odd);
    assert_eq!((twice.len(), compute(twice.n_rows())), (10, 150));
    assert!(compute(Chunks::<Vec<usize>>::from_memory([])).is_empty());
    let lazies = (0..3).map(|c| Lazy::source(Task::new("lazy", Key::unique()), move || Ok(vec![c])));
    assert_eq!(compute(Chunks::from_lazies(lazies)), [[0], [1], [2]]);
}

#[test]
fn nothing_is_read_before_it_is_computed_and_then_once() {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = reads.clone();
    let chunks = Chunks::from_fn("count", 4, move |c| {
        counted.fetch_add(1, SeqCst);
        Ok(vec![c; 10])
    });
    let (train, test) = train_test_split(&chunks, 0.3, 1);
    let sizes = (train.n_rows(), test.n_rows(), chunks.n_rows());
    assert_eq!(reads.load(SeqCst), 0);
    assert_eq!(compute(&sizes), (28, 12, 40));
    assert_eq!(reads.load(SeqCst), 4);
    assert_eq!(compute(&sizes), (28, 12, 40));
    assert_eq!(reads.load(SeqCst), 8, "a second run reads again");
}

/// What every split keeps: all rows, each on one side, in their order.
fn check_split(train: &[Vec<usize>], test: &[Vec<usize>]) {
    for (c, (train, test)) in train.iter().zip(test).enumerate() {
        assert!(train.is_sorted() && test.is_sorted());
        let mut all = [train.clone(), test.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..c * 10).map(|i| c * 100 + i).collect::<Vec<_>>());
    }
}

#[test]
fn a_random_split_depends_on_seed_and_row_only() {
    let split = |seed| {
        let (train, test) = train_test_split(&numbers(), 0.25, seed);
        compute((train, test))
    };
    let (train, test) = split(1);
    check_split(&train, &test);
    let sizes: Vec<usize> = test.iter().map(Vec::len).collect();
    assert!(sizes.iter().enumerate().all(|(c, n)| (*n as f64 - 2.5 * c as f64).abs() < 2.0), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 25);
    assert_eq!(split(1), (train.clone(), test.clone()));
    assert_ne!(split(2), (train.clone(), test.clone()));
    let places = |c: usize| test[c].iter().map(|x| x % 100).collect::<Vec<_>>();
    assert_ne!(places(3)[..5], places(4)[..5], "chunks must not all lose the same rows");
    for share in [0.0, 1.0, -0.1, f64::NAN] {
        let (train, _) = train_test_split(&numbers(), share, 1);
        let error = Runtime::new().compute(train).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "test_size", .. }), "{error}");
    }
}

#[test]
fn every_fifth_row_is_the_fifth_of_its_chunk_after_filtering() {
    let even = numbers().filter("even", |x| x % 2 == 0);
    let (train, test) = every_nth_split(&even, 5);
    let (even, train, test) = compute((even, train, test));
    for c in 0..5 {
        let expected: Vec<usize> = even[c].iter().copied().skip(4).step_by(5).collect();
        assert_eq!(test[c], expected);
        assert_eq!(train[c].len() + test[c].len(), even[c].len());
    }
    let error = Runtime::new().compute(every_nth_split(&numbers(), 1).0).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "n", .. }));
}

#[test]
fn a_stratified_split_keeps_every_labels_share() {
    let chunk = |c: usize| {
        let labels: Array1<usize> =
            (0..100).map(|i| if i < 60 { 0 } else { 1 + usize::from(i >= 90) } + c % 2).collect();
        let text: Text = (0..100).map(|i| format!("{c}-{i}")).collect();
        DatasetBase::new(text, labels)
    };
    let chunks = Chunks::from_memory((0..3).map(chunk));
    let (train, test) = stratified_split(&chunks, 0.2, 3);
    let (train, test) = compute((train, test));
    for (c, (train, test)) in train.iter().zip(&test).enumerate() {
        for (label, count) in [(0, 60), (1, 30), (2, 10)] {
            let label = label + c % 2;
            assert_eq!(test.targets.iter().filter(|&&y| y == label).count(), count / 5);
            assert_eq!(train.targets.iter().filter(|&&y| y == label).count(), count - count / 5);
        }
        let mut texts: Vec<&str> = train.records.iter().chain(test.records.iter()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 100);
    }
}

#[test]
fn files_are_chunks_and_their_errors_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..3).map(|c| folder.path().join(format!("{c}.txt"))).collect();
    for (c, path) in paths.iter().enumerate() {
        std::fs::write(path, format!("{c}\n{c}{c}")).unwrap();
    }
    let read = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
        Ok(text.lines().map(str::to_owned).collect::<Vec<String>>())
    };
    let chunks = Chunks::from_files("lines", &paths, read).unwrap();
    assert_eq!(compute(&chunks)[2], ["2", "22"]);
    // The same reader of the same files is the same work.
    let again = Chunks::from_files("lines", &paths, read).unwrap();
    let run = Runtime::new().run((&chunks, &again)).unwrap();
    assert_eq!(run.summary.runs("lines"), 3);
    // A changed file is another chunk.
    std::fs::write(&paths[1], "longer than before").unwrap();
    let changed = Chunks::from_files("lines", &paths, read).unwrap();
    assert_eq!(Runtime::new().explain((&chunks, &changed)).unwrap().stages[0].tasks, 4);
    assert!(Runtime::new().compute(&chunks).unwrap_err().full_message().contains("open it again"));
    // Gone before it is opened, and gone between opening and reading.
    std::fs::remove_file(&paths[1]).unwrap();
    let error = Chunks::from_files("lines", &paths, read).unwrap_err();
    assert!(error.to_string().contains("1.txt"), "{error}");
    let error = Runtime::new().compute(changed.map("len", |lines| lines.n_rows())).unwrap_err();
    assert_eq!(error.place().file.as_deref(), Some(paths[1].as_path()));
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(1), Some("lines")));
}

/// What is written goes by the file that it is from.
#[test]
fn chunks_know_their_file_through_all_that_is_made_of_them() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a.txt");
    std::fs::write(&path, "one").unwrap();
    let read = |path: &std::path::Path| Ok(vec![std::fs::read_to_string(path).unwrap()]);
    let chunks = Chunks::from_files("texts", [&path], read).unwrap();
    let file = |chunks: &Chunks<Vec<String>>| chunks.as_slice()[0].file().map(|file| file.to_path_buf());
    let made = chunks.filter("all", |_| true).identified("these").keep_in_memory(&Runtime::new()).unwrap();
    assert_eq!((file(&chunks), file(&made)), (Some(path.clone()), Some(path.clone())));
    assert_eq!(numbers().as_slice()[0].file(), None);
}
