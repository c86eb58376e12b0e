//! Columns computed row by row: from files into files, with errors that name the row.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::time::Duration;

use chunkfit::ErrorKind;
use chunkfit::data::{Footprint, WithColumn};
use chunkfit::graph::Key;
use chunkfit::prelude::*;
use chunkfit::sinks::Sink;
use chunkfit::sources::{Csv, JsonLines};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::sinks::files;

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Visit {
    customer: String,
    pages: u32,
    seconds: Option<f64>,
}

impl Footprint for Visit {
    fn heap_bytes(&self) -> usize {
        self.customer.capacity()
    }
}

/// Files of so many rows.
fn visits(lengths: &[usize]) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("in")).unwrap();
    for (file, &rows) in lengths.iter().enumerate() {
        let row = |i: usize| {
            let seconds = if i % 5 == 2 { String::new() } else { format!("{}.5", i * 7 % 90) };
            format!("\"c{}, {file}\",{},{seconds}\n", i % 11, i % 9)
        };
        let rows: String = (0..rows).map(row).collect();
        fs::write(place.path().join(format!("in/{file}.csv")), format!("customer,pages,seconds\n{rows}")).unwrap();
    }
    place
}

fn chunks(place: &Path) -> Chunks<Vec<Visit>> {
    Csv::open(place.join("in")).unwrap().chunk_bytes(300).records::<Visit>().unwrap().chunks()
}

fn rate(pages: u32, seconds: Option<f64>) -> Option<f64> {
    seconds.filter(|&seconds| seconds > 0.0).map(|seconds| f64::from(pages) / seconds)
}

/// The slow, obvious twin: line by line, in a loop.
fn expected(place: &Path) -> Vec<(String, String)> {
    let of_line = |line: &str| {
        let (_, numbers) = line.rsplit_once('"').unwrap();
        let (pages, seconds) = numbers[1..].split_once(',').unwrap();
        let rate = rate(pages.parse().unwrap(), seconds.parse().ok());
        format!("{line},{}\n", rate.map_or(String::new(), |rate| serde_json::to_string(&rate).unwrap()))
    };
    let of_file = |(name, text): (String, String)| {
        let rows: String = text.lines().skip(1).map(of_line).collect();
        (name, if rows.is_empty() { rows } else { format!("customer,pages,seconds,rate\n{rows}") })
    };
    files(&place.join("in")).into_iter().map(of_file).collect()
}

#[test]
fn a_column_is_computed_row_by_row_from_files_into_files() {
    let place = visits(&[200, 1, 0, 37]);
    let expected = expected(place.path());
    let out = place.path().join("out");
    for (threads, memory_limit) in [(1, usize::MAX), (2, usize::MAX), (4, 20_000), (1, 20_000)] {
        let rates = chunks(place.path()).with_column("rate", |visit| rate(visit.pages, visit.seconds));
        assert!(rates.len() > 8);
        let runtime = Runtime::new().threads(threads).memory_limit(memory_limit);
        let run = runtime.run(Sink::csv(&out).rewrite().plan(&rates).unwrap()).unwrap();
        assert_eq!((run.values.written(), run.values.rows()), (4, 238), "{threads} threads, {memory_limit} bytes");
        assert_eq!(files(&out), expected);
        let stage = run.summary.stages.iter().find(|stage| stage.name == "column rate").unwrap();
        assert_eq!(stage.rows, 238, "progress is counted in rows");
    }
}

#[test]
fn records_are_read_back_as_they_were_written() {
    let place = visits(&[60, 20]);
    let rows = Runtime::new().compute(chunks(place.path()).gather()).unwrap();
    assert!(rows.iter().any(|row| row.seconds.is_none()));
    let sink = |out: &str| place.path().join(out);
    Sink::csv(sink("csv")).write(&chunks(place.path()), &Runtime::new()).unwrap();
    Sink::json_lines(sink("json")).write(&chunks(place.path()), &Runtime::new()).unwrap();
    let csv = Csv::open(sink("csv")).unwrap().records::<Visit>().unwrap().chunks();
    let json = JsonLines::open(sink("json")).unwrap().records::<Visit>().unwrap().chunks();
    let (csv, json) = Runtime::new().compute((csv.gather(), json.gather())).unwrap();
    assert_eq!((csv, json), (rows.clone(), rows.clone()));
    #[cfg(feature = "parquet")]
    {
        Sink::parquet(sink("parquet")).write(&chunks(place.path()), &Runtime::new()).unwrap();
        let parquet = chunkfit::sources::Parquet::open(sink("parquet")).unwrap().records::<Visit>().unwrap().chunks();
        assert_eq!(Runtime::new().compute(parquet.gather()).unwrap(), rows);
    }
}

#[test]
fn a_keyed_column_that_was_written_is_skipped_until_the_input_or_the_function_changes() {
    let place = visits(&[30, 30]);
    let write = |factor: u32| {
        let key = Key::of("scaled pages, version 1").params(&factor).finish();
        let scaled =
            chunks(place.path()).with_column_keyed("scaled", key, move |visit| Ok::<_, Error>(visit.pages * factor));
        let report = Sink::json_lines(place.path().join("out")).write(&scaled, &Runtime::new()).unwrap();
        report.files.iter().map(|file| file.skipped).collect::<Vec<_>>()
    };
    assert_eq!((write(2), write(2)), (vec![false; 2], vec![true; 2]));
    assert_eq!((write(3), write(3)), (vec![false; 2], vec![true; 2]));
    fs::write(place.path().join("in/1.csv"), "customer,pages,seconds\na,1,\n").unwrap();
    assert_eq!(write(3), [true, false]);
    let (_, text) = files(&place.path().join("out")).pop().unwrap();
    assert_eq!(text, "{\"customer\":\"a\",\"pages\":1,\"seconds\":null,\"scaled\":3}\n");

    // A closure is known in this process only.
    let closure = chunks(place.path()).with_column("pages again", |visit| visit.pages);
    let error = Sink::csv(place.path().join("out")).write(&closure, &Runtime::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLasting { .. }), "{error}");
    assert!(error.to_string().contains("column pages again"), "{error}");
}

#[test]
fn the_error_of_a_function_names_file_chunk_and_row() {
    let place = visits(&[5]);
    fs::write(place.path().join("in/b.csv"), "customer,pages,seconds\n7,1,\n8,1,\nnine,1,\n").unwrap();
    let ids = Csv::open(place.path().join("in/b.csv")).unwrap().records::<Visit>().unwrap().chunks();
    let ids = ids.try_with_column("id", |visit| visit.customer.parse::<u64>());
    let error = Runtime::new().compute(&ids).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::RowFunction);
    assert_eq!((error.place().chunk, error.place().row), (Some(0), Some(2)));
    let message = error.full_message();
    assert!(message.contains("b.csv") && message.contains("task column id"), "{message}");
    assert!(message.ends_with("invalid digit found in string"), "{message}");

    // One of the library's comes through as it is.
    let own = chunks(place.path()).try_with_column("id", |visit| match visit.pages {
        3 => Err(Error::parameter("pages", 3, "another")),
        pages => Ok(pages),
    });
    let error = Runtime::new().compute(own).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }), "{error}");
    assert_eq!(error.place().row, Some(3));
}

/// The pitfall of closures that are made in a loop and run later.
#[test]
fn columns_that_a_loop_adds_are_all_kept_each_with_its_own_values() {
    let place = visits(&[40, 3]);
    let mut columns = Vec::new();
    for n in 1..=5u32 {
        columns.push((format!("times {n}"), move |visit: &Visit| visit.pages * n));
    }
    let table = chunks(place.path()).with_columns(columns);
    let rows = Runtime::new().compute(table.gather()).unwrap();
    assert_eq!(rows.names(), ["times 1", "times 2", "times 3", "times 4", "times 5"]);
    for (j, n) in (1..=5).enumerate() {
        let expected: Vec<u32> = rows.rows().iter().map(|visit| visit.pages * n).collect();
        assert_eq!(rows.column(j).copied().collect::<Vec<_>>(), expected);
    }
    Sink::csv(place.path().join("out")).rewrite().write(&table, &Runtime::new()).unwrap();
    let (_, text) = files(&place.path().join("out")).swap_remove(0);
    assert!(text.starts_with("customer,pages,seconds,times 1,times 2,times 3,times 4,times 5\n"), "{text}");
    assert_eq!(text.lines().nth(3), Some("\"c2, 0\",2,,2,4,6,8,10"));

    // So are handles, of whatever is computed in a loop.
    let handles: Vec<_> =
        (1..=3u32).map(|n| chunks(place.path()).with_column("x", move |visit| visit.pages * n)).collect();
    let found = Runtime::new().compute(handles).unwrap();
    let first = |chunks: &[WithColumn<Vec<Visit>, u32>]| chunks[0].values()[2];
    assert_eq!(found.iter().map(|chunks| first(chunks)).collect::<Vec<_>>(), [2, 4, 6]);
}

/// Each function waits until the other has begun: they could not end if one waited for the other.
#[test]
fn independent_columns_of_a_chunk_run_side_by_side() {
    let (one, two) = (channel::<()>(), channel::<()>());
    let meet = |tell: std::sync::mpsc::Sender<()>, hear: std::sync::mpsc::Receiver<()>| {
        let (tell, hear) = (Mutex::new(tell), Mutex::new(hear));
        let met = move |_: &u32| {
            tell.lock().unwrap().send(()).unwrap();
            hear.lock().unwrap().recv_timeout(Duration::from_secs(30)).is_ok()
        };
        Box::new(met) as Box<dyn Fn(&u32) -> bool + Send + Sync>
    };
    let columns = [("one", meet(one.0, two.1)), ("two", meet(two.0, one.1))];
    let both = Chunks::from_memory([vec![1u32]]).with_columns(columns);
    let plan = Runtime::new().explain(&both).unwrap();
    let stage = |name: &str| plan.stages.iter().position(|stage| stage.name == name).unwrap();
    let waits = |from, to| plan.edges.iter().any(|edge| (edge.from, edge.to) == (stage(from), stage(to)));
    assert!(!waits("column one", "column two") && !waits("column two", "column one"));
    assert!(waits("column one", "columns") && waits("column two", "columns"));
    let rows = Runtime::new().threads(2).compute(both.gather()).unwrap();
    assert_eq!((rows.column(0).next(), rows.column(1).next()), (Some(&true), Some(&true)));
}

#[test]
fn values_are_kept_only_if_asked_and_rows_are_moved_on() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let runtime = Runtime::new().threads(1);
    let data = Chunks::from_fn("numbers", 4, |c| Ok(vec![c; 10]));
    let counted = data.with_column("counted", |&x| {
        CALLS.fetch_add(1, SeqCst);
        x
    });
    let sum = |of: &Chunks<WithColumn<Vec<usize>, usize>>| {
        let sums = of.map("sum", |rows| rows.values().iter().sum::<usize>());
        runtime.compute(sums).unwrap()
    };
    assert_eq!((sum(&counted), CALLS.load(SeqCst)), (vec![0, 10, 20, 30], 40));
    assert_eq!((sum(&counted), CALLS.load(SeqCst)), (vec![0, 10, 20, 30], 80), "nothing was held");
    let kept = counted.keep_in_memory(&runtime).unwrap();
    assert_eq!(CALLS.swap(0, SeqCst), 120);
    assert_eq!((sum(&kept), sum(&kept), CALLS.load(SeqCst)), (vec![0, 10, 20, 30], vec![0, 10, 20, 30], 0));

    // A chunk that nothing else uses is not copied: rows that panic when they are.
    struct Own(u8);
    impl Clone for Own {
        fn clone(&self) -> Self {
            panic!("copied")
        }
    }
    impl Footprint for Own {}
    let own = Chunks::from_fn("own", 3, |_| Ok(vec![Own(7)]));
    let twice = own.with_column("twice", |own| own.0 * 2).with_column("again", |(own, twice)| own.0 + twice);
    let values = runtime.compute(twice.map("values", |rows| rows.values().to_vec())).unwrap();
    assert_eq!(values, [[21], [21], [21]]);
}

#[test]
fn a_file_of_no_rows_is_empty_and_what_cannot_be_a_cell_is_refused() {
    let place = visits(&[20, 20]);
    let none = chunks(place.path()).filter("none", |visit| visit.customer.ends_with('0') && visit.pages > 7);
    let report = Sink::csv(place.path().join("out")).rewrite().write(&none, &Runtime::new()).unwrap();
    let found = files(&place.path().join("out"));
    assert_eq!((report.rows(), found[0].1.lines().count()), (2, 3), "chunks without rows leave the others alone");
    assert_eq!(found[1].1, "", "nothing tells the columns");

    let parts = chunks(place.path()).with_column("parts", |visit| vec![visit.pages]);
    // One thread, so that it is the first file's.
    let runtime = Runtime::new().threads(1);
    let error = Sink::csv(place.path().join("out")).rewrite().write(&parts, &runtime).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unwritable { .. }), "{error}");
    assert!(error.to_string().contains("column parts: a list") && error.to_string().contains("0.csv"), "{error}");
    let same = chunks(place.path()).with_column("pages", |visit| visit.pages);
    let error = Sink::csv(place.path().join("out")).rewrite().write(&same, &Runtime::new()).unwrap_err();
    assert!(error.to_string().contains("a name of its own for every column"), "{error}");
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Blue,
}

/// A field of every kind.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Mixed {
    flag: bool,
    small: i8,
    int: i64,
    uint: u64,
    float: f64,
    narrow: f32,
    text: String,
    colour: Colour,
    maybe: Option<i32>,
    #[serde(rename = "an odd, \"name\"")]
    maybe_float: Option<f64>,
    maybe_colour: Option<Colour>,
}

impl Footprint for Mixed {
    fn heap_bytes(&self) -> usize {
        self.text.capacity()
    }
}

fn any_mixed() -> impl Strategy<Value = Mixed> {
    let colour = || any::<bool>().prop_map(|red| if red { Colour::Red } else { Colour::Blue });
    let numbers = (any::<bool>(), any::<i8>(), any::<i64>(), any::<u64>());
    let finite = any::<u64>().prop_map(f64::from_bits).prop_filter("JSON has finite numbers", |x| x.is_finite());
    let narrow = any::<u32>().prop_map(f32::from_bits).prop_filter("JSON has finite numbers", |x| x.is_finite());
    let options = (any::<Option<i32>>(), option::of(finite.clone()), option::of(colour()));
    let text = prop_oneof!["[ -~]{0,9}", "[,\"\n\r\\\\äß\u{1F980}\u{2028}]{0,6}"];
    let all = (numbers, finite, narrow, text, colour(), options);
    all.prop_map(|((flag, small, int, uint), float, narrow, text, colour, (maybe, maybe_float, maybe_colour))| Mixed {
        flag,
        small,
        int,
        uint,
        float,
        narrow,
        text,
        colour,
        maybe,
        maybe_float,
        maybe_colour,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_of_all_types_come_back_with_all_bits(rows in vec(any_mixed(), 1..12), cut in 0..12_usize) {
        let (place, cut) = (tempfile::tempdir().unwrap(), cut.min(rows.len()));
        let (first, second) = (rows[..cut].to_vec(), rows[cut..].to_vec());
        let chunks = Chunks::from_memory([first, second].into_iter().filter(|rows| !rows.is_empty()));
        let marked = chunks.with_column("mark", |row| row.maybe.is_some());
        let runtime = Runtime::new().threads(2);
        let (csv, json) = (place.path().join("csv"), place.path().join("json"));
        Sink::csv(&csv).rewrite().write(&marked, &runtime).unwrap();
        Sink::json_lines(&json).rewrite().write(&marked, &runtime).unwrap();
        let csv = Csv::open(csv).unwrap().records::<Mixed>().unwrap().chunks();
        let json = JsonLines::open(json).unwrap().records::<Mixed>().unwrap().chunks();
        let (csv, json) = runtime.compute((csv.gather(), json.gather())).unwrap();
        prop_assert_eq!(&csv, &rows);
        prop_assert_eq!(&json, &rows);
        #[cfg(feature = "parquet")]
        {
            // A column of missing values only has no type.
            let some = |rows: &[Mixed]| {
                rows.iter().any(|row| row.maybe.is_some())
                    && rows.iter().any(|row| row.maybe_float.is_some())
                    && rows.iter().any(|row| row.maybe_colour.is_some())
            };
            let all_have_some = runtime.compute(&chunks).unwrap().iter().all(|rows| some(rows));
            let parquet = place.path().join("parquet");
            let written = Sink::parquet(&parquet).rewrite().write(&marked, &runtime);
            prop_assert_eq!(written.is_ok(), all_have_some);
            match written {
                Ok(_) => {
                    let parquet = chunkfit::sources::Parquet::open(parquet).unwrap();
                    let found = runtime.compute(parquet.records::<Mixed>().unwrap().chunks().gather()).unwrap();
                    prop_assert_eq!(&found, &rows);
                }
                Err(error) => prop_assert!(error.to_string().contains("is missing in every row of a chunk"), "{}", error),
            }
        }
    }
}

#[derive(Clone, Deserialize)]
struct Paper {
    categories: String,
    #[serde(rename = "abstract")]
    text: String,
}

impl Footprint for Paper {
    fn heap_bytes(&self) -> usize {
        self.categories.capacity() + self.text.capacity()
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Length {
    category: String,
    words: usize,
    letters_a_word: f64,
}

impl Footprint for Length {
    fn heap_bytes(&self) -> usize {
        self.category.capacity()
    }
}

impl Length {
    fn of(categories: &str, text: &str) -> Self {
        let words = text.split_whitespace().count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let category = categories.split([' ', '.']).next().unwrap_or_default().to_owned();
        Length { category, words, letters_a_word: letters as f64 / words as f64 }
    }
}

#[test]
#[ignore = "needs the real data, in the folder that CHUNKFIT_DATA names"]
fn abstracts_of_arxiv_are_measured_row_by_row() {
    let data = std::env::var_os("CHUNKFIT_DATA").expect("CHUNKFIT_DATA names the folder of the real data");
    let (arxiv, place) = (Path::new(&data).join("arxiv"), tempfile::tempdir().unwrap());
    let papers = JsonLines::open(arxiv.join("*.jsonl")).unwrap().chunk_bytes(64 << 10);
    let papers = papers.records::<Paper>().unwrap().chunks();
    let lengths = papers.map_rows("length", |paper| Length::of(&paper.categories, &paper.text));
    let is_long = lengths.with_column("long", |length| length.words > 200);
    let runtime = Runtime::new().threads(2).progress(true);
    let report = Sink::csv(place.path()).rewrite().write(&is_long, &runtime).unwrap();
    let found = Csv::open(place.path()).unwrap().records::<Length>().unwrap().chunks();
    let found = Runtime::new().compute(found.gather()).unwrap();

    let of_line = |line: &str| {
        let paper: serde_json::Value = serde_json::from_str(line).unwrap();
        Length::of(paper["categories"].as_str().unwrap(), paper["abstract"].as_str().unwrap())
    };
    let texts = files(&arxiv);
    let expected: Vec<Length> = texts.iter().flat_map(|(_, text)| text.lines().map(of_line)).collect();
    assert_eq!((report.written(), report.rows() as usize), (texts.len(), expected.len()));
    assert_eq!(found, expected);
}
