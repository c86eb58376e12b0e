//! Names, folders and patterns in stores: what they find, and which objects are no files.

use std::sync::Arc;

use chunkfit::Runtime;
use chunkfit::sources::{Files, Parquet, TextLines};
use object_store::memory::InMemory;

use super::put;
use super::watched::Watched;

fn found(store: &Arc<InMemory>, wanted: &str) -> Vec<String> {
    let files = Files::in_store(store.clone(), wanted).map_err(|error| error.full_message()).unwrap();
    files.paths().map(|path| path.to_str().unwrap().strip_prefix("InMemory/").unwrap().to_owned()).collect()
}

fn store(names: &[&str]) -> Arc<InMemory> {
    let memory = Arc::new(InMemory::new());
    names.iter().for_each(|name| put(&*memory, name, b"x"));
    memory
}

#[test]
fn names_folders_and_patterns_find_what_they_do_on_the_disk() {
    let memory =
        store(&["logs/b.csv", "logs/a.csv", "logs/_SUCCESS", "logs/.part", "logs/old/c.csv", "d.csv", "odd[1].csv"]);
    let found = |wanted: &str| found(&memory, wanted);
    assert_eq!(found("logs"), ["logs/a.csv", "logs/b.csv"]);
    assert_eq!(found("logs/"), ["logs/a.csv", "logs/b.csv"]);
    assert_eq!(found("/logs/"), ["logs/a.csv", "logs/b.csv"]);
    assert_eq!(found(""), ["d.csv", "odd[1].csv"]);
    assert_eq!(found("logs/b.csv"), ["logs/b.csv"]);
    assert_eq!(found("/logs/*"), ["logs/a.csv", "logs/b.csv"]);
    assert_eq!(found("odd[1].csv"), ["odd[1].csv"]);
    assert_eq!(found("*.csv"), ["d.csv", "odd[1].csv"]);
    assert_eq!(found("lo*/[a-b].csv"), ["logs/a.csv", "logs/b.csv"]);
    assert_eq!(found("**/*.csv"), ["d.csv", "logs/a.csv", "logs/b.csv", "logs/old/c.csv", "odd[1].csv"]);
    assert_eq!(found("logs/**"), ["logs/a.csv", "logs/b.csv", "logs/old/c.csv"]);
    let problem = |wanted: &str| Files::in_store(memory.clone(), wanted).unwrap_err().full_message();
    assert_eq!(problem("logs/*.json"), "found no object logs/*.json in InMemory");
    assert_eq!(problem("log"), "found no object log in InMemory");
    assert!(problem("a//b").contains("the name of an object"), "{}", problem("a//b"));
    assert!(problem("a[").contains("a pattern"), "{}", problem("a["));
}

#[test]
fn hidden_names_are_left_out_unless_the_pattern_begins_so() {
    let memory = store(&[
        "a.jsonl",
        "._a.jsonl",
        "out/_temporary/0/p.jsonl",
        "out/.ipynb_checkpoints/b.jsonl",
        "out/b.jsonl",
        "out/_x=1/c.jsonl",
    ]);
    assert_eq!(found(&memory, "*.jsonl"), ["a.jsonl"]);
    assert_eq!(found(&memory, "**/*.jsonl"), ["a.jsonl", "out/_x=1/c.jsonl", "out/b.jsonl"]);
    assert_eq!(found(&memory, "out/_t*/**/*.jsonl"), ["out/_temporary/0/p.jsonl"]);
    assert_eq!(found(&memory, "out/_temporary/**"), ["out/_temporary/0/p.jsonl"]);
    assert_eq!(found(&memory, ".*"), ["._a.jsonl"]);
}

#[test]
fn partitions_of_a_folder_are_its_files() {
    let memory = store(&[
        "data/l=0/part-0.parquet",
        "data/l=0/_SUCCESS",
        "data/l=1/day=2/part-0.parquet",
        "data/l=1/other/part-1.parquet",
        "data/other/part-2.parquet",
        "data/_temporary/l=3/part-3.parquet",
        "data/top.parquet",
        "data2/l=0/part-0.parquet",
    ]);
    let all = ["data/l=0/part-0.parquet", "data/l=1/day=2/part-0.parquet", "data/top.parquet"];
    assert_eq!(found(&memory, "data"), all);
    assert_eq!(found(&memory, "data/l=1"), [all[1]]);
    assert_eq!(found(&memory, "data/l=*/*.parquet"), [all[0]]);
}

/// Folders are objects of no bytes to consoles, to Azure's hierarchical names and to Hadoop.
#[test]
fn markers_of_folders_are_no_files() {
    let memory = Arc::new(InMemory::new());
    for marker in ["csv", "csv/deep", "csv_$folder$", "csv/deep_$folder$"] {
        put(&*memory, marker, b"");
    }
    for name in ["csv/a.csv", "csv/deep/b.csv", "other.csv"] {
        put(&*memory, name, b"x");
    }
    put(&*memory, "csv/empty.csv", b"");
    assert_eq!(found(&memory, "csv"), ["csv/a.csv", "csv/empty.csv"]);
    assert_eq!(found(&memory, "csv/"), ["csv/a.csv", "csv/empty.csv"]);
    assert_eq!(found(&memory, ""), ["other.csv"]);
    assert_eq!(found(&memory, "csv/*"), ["csv/a.csv", "csv/empty.csv"]);
    assert_eq!(found(&memory, "**"), ["csv/a.csv", "csv/deep/b.csv", "csv/empty.csv", "other.csv"]);
    assert_eq!(found(&memory, "csv/empty.csv"), ["csv/empty.csv"]);
    let none = Files::in_store(memory, "c*").unwrap_err().full_message();
    assert_eq!(none, "found no object c* in InMemory");
}

/// The marker of a folder without anything in it: its name ends with a slash, so that none is there without.
#[test]
fn a_marker_of_an_empty_folder_is_no_file() {
    let store = Watched { missing: Some("csv/empty"), ..Watched::default() };
    put(&store.objects, "csv/empty", b"");
    put(&store.objects, "csv/a.csv", b"x");
    put(&store.objects, "csv/b.csv", b"");
    let files = Files::in_store(Arc::new(store), "csv/*").unwrap();
    let names: Vec<_> = files.paths().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["a.csv", "b.csv"]);
}

#[test]
fn names_are_taken_as_they_are() {
    let names = ["a b.txt", "a%20b.txt", "a+b.txt", "caf\u{e9}.txt", "d\u{fc}n/\u{4e2d}\u{6587} 1.txt", "x=1,y.txt"];
    let memory = Arc::new(InMemory::new());
    names.iter().for_each(|name| put(&*memory, name, name.as_bytes()));
    for name in names {
        assert_eq!(found(&memory, name), [name]);
        let documents = TextLines::over(Files::in_store(memory.clone(), name).unwrap()).documents().unwrap();
        assert_eq!(Runtime::new().compute(documents.chunks()).unwrap()[0].get(0), name);
    }
    assert_eq!(found(&memory, "a?b.txt"), ["a b.txt", "a+b.txt"]);
    assert_eq!(found(&memory, "*/*.txt"), [names[4]]);
    assert_eq!(found(&memory, "d\u{fc}n"), [names[4]]);
}

#[test]
fn a_partitioned_data_set_is_read_by_its_folder() {
    let memory = Arc::new(InMemory::new());
    for (i, label) in ["spam", "ham"].into_iter().enumerate() {
        put(&*memory, &format!("data/l={label}/part-{i}.parquet"), &super::many::object("parquet", i));
    }
    put(&*memory, "data/_SUCCESS", b"");
    let texts = Parquet::over(Files::in_store(memory, "data").unwrap()).text("t").unwrap();
    let chunks = Runtime::new().compute(texts.chunks()).unwrap();
    assert_eq!(chunks.iter().map(|chunk| chunk.get(0)).collect::<Vec<_>>(), ["story 0 of 1", "story 0 of 0"]);
}
