//! Fields of rows in all formats alike: documents of several fields, and fields in the names of folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chunkfit::Runtime;
use chunkfit::data::{Keyed, Record, Rows, Text};
use chunkfit::sources::{ArrowIpc, BadRecords, Csv, JsonLines, Parquet, Reading, TextFields};
use linfa::DatasetBase;
use ndarray::Array1;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

/// A record whose fields are written in whatever order; null is written, or in JSON left out.
#[derive(Clone, Debug)]
struct Paper {
    id: i64,
    title: Option<String>,
    body: Option<String>,
    topic: String,
    order: usize,
}

fn batch(papers: &[Paper]) -> RecordBatch {
    let columns: [(&str, ArrayRef); 4] = [
        ("body", Arc::new(papers.iter().map(|paper| paper.body.as_deref()).collect::<StringArray>())),
        ("id", Arc::new(papers.iter().map(|paper| paper.id).collect::<Int64Array>())),
        ("title", Arc::new(papers.iter().map(|paper| paper.title.as_deref()).collect::<StringArray>())),
        ("topic", Arc::new(papers.iter().map(|paper| Some(&paper.topic)).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

fn json(paper: &Paper) -> String {
    let string = |text: &Option<String>| serde_json::to_string(text).unwrap();
    let mut fields = vec![
        format!("\"topic\":{}", string(&Some(paper.topic.clone()))),
        format!("\"body\":{}", string(&paper.body)),
        format!("\"id\":{}", paper.id),
        format!("\"title\":{}", string(&paper.title)),
    ];
    if paper.order % 2 == 1 {
        fields.retain(|field| !field.ends_with(":null"));
    }
    let n = fields.len();
    fields.rotate_left(paper.order % n);
    format!("{{{}}}\n", fields.join(","))
}

fn csv(papers: &[Paper]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["topic", "title", "id", "body"]).unwrap();
    for Paper { id, title, body, topic, .. } in papers {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        writer.write_record([topic.clone(), text(title), id.to_string(), text(body)]).unwrap();
    }
    writer.into_inner().unwrap()
}

type Examples = DatasetBase<Keyed<Text, i64>, Array1<String>>;

/// The keys, documents and labels of the rows that can be read.
fn rows(reading: chunkfit::Result<Reading<Examples>>) -> Vec<(i64, String, String)> {
    let chunks = Runtime::new().threads(2).compute(reading.unwrap().chunks()).unwrap();
    let of_chunk = |chunk: &Examples| {
        let rows = (0..chunk.n_rows())
            .map(|i| (chunk.records.keys()[i], chunk.records.rows().get(i).to_owned(), chunk.targets[i].clone()));
        rows.collect::<Vec<_>>()
    };
    chunks.iter().flat_map(of_chunk).collect()
}

fn papers() -> impl Strategy<Value = Vec<Paper>> {
    let text = || proptest::option::weighted(0.8, "[a-cé,\"\n魚 ]{0,6}");
    let paper = (text(), text(), "[a-c]", 0usize..8);
    let paper = paper.prop_map(|(title, body, topic, order)| Paper { id: 0, title, body, topic, order });
    proptest::collection::vec(paper, 1..12).prop_map(|mut papers| {
        papers.iter_mut().enumerate().for_each(|(i, paper)| paper.id = i as i64);
        papers
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn joined_texts_are_those_of_the_fields_in_every_format(papers in papers(), skips in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("papers.jsonl"), papers.iter().map(json).collect::<String>()).unwrap();
        crate::arrow::tables::write_arrow(&at("papers.arrow"), &[batch(&papers)]);
        crate::arrow::tables::write_parquet(&at("papers.parquet"), &[batch(&papers)]);
        let fields = TextFields::new(["title", "body"]).separator(" | ");
        let fields = if skips { fields.skip_nulls() } else { fields };
        let joined = |paper: &Paper| match (&paper.title, &paper.body) {
            (Some(title), Some(body)) => Some(format!("{title} | {body}")),
            (title, body) => title.clone().or(body.clone()).filter(|_| skips),
        };
        let row = |paper: &Paper| Some((paper.id, joined(paper)?, paper.topic.clone()));
        let expected: Vec<_> = papers.iter().filter_map(row).collect();
        let skip = BadRecords::skip;
        let json = JsonLines::open(at("papers.jsonl")).unwrap().bad_records(skip());
        prop_assert_eq!(&rows(json.keyed_text_and_label("id", fields.clone(), "topic")), &expected);
        let arrow = ArrowIpc::open(at("papers.arrow")).unwrap().bad_records(skip());
        prop_assert_eq!(&rows(arrow.keyed_text_and_label("id", fields.clone(), "topic")), &expected);
        let parquet = Parquet::open(at("papers.parquet")).unwrap().bad_records(skip());
        prop_assert_eq!(&rows(parquet.keyed_text_and_label("id", fields.clone(), "topic")), &expected);

        // CSV has no nulls.
        fs::write(at("papers.csv"), csv(&papers)).unwrap();
        let expected = papers.iter().map(|paper| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            (paper.id, format!("{} | {}", text(&paper.title), text(&paper.body)), paper.topic.clone())
        });
        let csv = Csv::open(at("papers.csv")).unwrap();
        prop_assert_eq!(rows(csv.keyed_text_and_label("id", fields, "topic")), expected.collect::<Vec<_>>());
    }
}

#[test]
fn fields_that_cannot_be_joined_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.jsonl");
    fs::write(
        &file,
        "{\"a\":\"x\",\"b\":\"y\"}\n{\"a\":\"x\"}\n{\"a\":null,\"b\":\"y\"}\n{\"b\":\"y\",\"a\":\"x\",\"b\":\"z\"}\n",
    )
    .unwrap();
    let source = JsonLines::open(&file).unwrap();
    let refused = |fields: TextFields| source.text(fields).err().unwrap().to_string();
    assert!(refused(["a", "b", "a"].into()).contains("field = \"a\""));
    assert!(refused(TextFields::new::<&str>([])).contains("at least one field"));
    assert!(source.text_and_label::<String>(["a", "b"], "b").is_err());
    let (texts, report) = Runtime::new()
        .compute(source.clone().bad_records(BadRecords::skip()).text(["b", "a"]).unwrap().chunks_and_report())
        .unwrap();
    assert_eq!(texts[0].iter().collect::<Vec<_>>(), ["y x"]);
    let problems: Vec<String> = report.bad.iter().map(|(_, bad)| format!("{}: {}", bad.line, bad.problem)).collect();
    for (problem, words) in
        problems.iter().zip(["2: the field `b` is missing", "3: invalid type: null", "4: the field `b` is there twice"])
    {
        assert!(problem.contains(words), "{problems:?}");
    }
    // Other orders, separators and rules are other readings.
    let key = |fields: TextFields| source.text(fields).unwrap().chunks().iter().next().unwrap().key();
    let all = [
        key("a".into()),
        key(["a", "b"].into()),
        key(["b", "a"].into()),
        key(TextFields::new(["a", "b"]).separator("\n")),
        key(TextFields::new(["a", "b"]).skip_nulls()),
    ];
    assert!((0..5).all(|i| (0..i).all(|j| all[i] != all[j])));
}

/// Files in folders such as `topic=oil/day=2024-01-02/`, one format after the other.
fn partitioned(folder: &Path, format: &str) -> PathBuf {
    let root = folder.join(format);
    let rows = [("oil", "2024-01-02", 0), ("oil", "__HIVE_DEFAULT_PARTITION__", 1), ("a%20b", "2024-01-02", 2)];
    for (topic, day, id) in rows {
        let folder = root.join(format!("topic={topic}/day={day}"));
        fs::create_dir_all(&folder).unwrap();
        let (text, path) = (format!("text {id}"), folder.join(format!("part-0.{format}")));
        match format {
            "csv" => fs::write(path, format!("id,text\n{id},{text}\n")).unwrap(),
            "jsonl" => fs::write(path, format!("{{\"text\":\"{text}\",\"id\":{id}}}\n")).unwrap(),
            _ => {
                let columns: [(&str, ArrayRef); 2] =
                    [("id", Arc::new(Int64Array::from(vec![id]))), ("text", Arc::new(StringArray::from(vec![text])))];
                crate::arrow::tables::write_parquet(&path, &[RecordBatch::try_from_iter(columns).unwrap()]);
            }
        }
    }
    root
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    id: i64,
    text: String,
    topic: String,
    day: Option<String>,
}

macro_rules! each_format {
    ($folder:ident, $source:ident => $check:expr) => {{
        let $source = Csv::open(partitioned($folder.path(), "csv")).unwrap();
        $check;
        let $source = JsonLines::open(partitioned($folder.path(), "jsonl")).unwrap();
        $check;
        let $source = Parquet::open(partitioned($folder.path(), "parquet")).unwrap();
        $check;
    }};
}

#[test]
fn partitions_in_names_of_folders_are_fields_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let day = "2024-01-02".to_owned();
    let row = |id, topic: &str, day| Row { id, text: format!("text {id}"), topic: topic.into(), day };
    let expected = [row(2, "a b", Some(day.clone())), row(0, "oil", Some(day)), row(1, "oil", None)];
    each_format!(folder, source => {
        let labels = rows(source.keyed_text_and_label("id", "text", "topic"));
        assert_eq!(labels, expected.clone().map(|row| (row.id, row.text, row.topic)));
        let joined = rows(source.keyed_text_and_label("id", TextFields::new(["day", "text"]).skip_nulls(), "topic"));
        assert_eq!(joined.iter().map(|(_, text, _)| text.as_str()).collect::<Vec<_>>(), ["2024-01-02 text 2", "2024-01-02 text 0", "text 1"]);
        let found = Runtime::new().compute(source.records::<Record<Row>>().unwrap().chunks()).unwrap().concat();
        assert_eq!(found.iter().map(|row| (**row).clone()).collect::<Vec<_>>(), expected);
        let null = source.text_and_label::<String>("text", "day").unwrap();
        let message = Runtime::new().compute(null.chunks()).unwrap_err().full_message();
        assert!(message.contains("`day`") && message.contains("null") && message.contains("part-0"), "{message}");
        assert!(source.text_and_label::<u8>("text", "topic").and_then(|reading| Runtime::new().compute(reading.chunks())).is_err());
    });
    // A null is none of the types that have none, an empty value is an empty text.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Strict {
        day: String,
    }
    each_format!(folder, source => {
        let strict = source.records::<Record<Strict>>().unwrap();
        let message = Runtime::new().compute(strict.chunks()).unwrap_err().full_message();
        assert!(message.contains("null") && message.contains("day"), "{message}");
        let weighted = source.clone().weight("weight").text_and_label::<String>("text", "topic");
        assert!(weighted.and_then(|reading| Runtime::new().compute(reading.chunks())).is_err());
    });
    let weighted = folder.path().join("weight=2/key=/");
    fs::create_dir_all(&weighted).unwrap();
    fs::write(weighted.join("a.csv"), "text,l\na,1\n").unwrap();
    fs::write(weighted.join("a.jsonl"), "{\"text\":\"a\",\"l\":1}\n").unwrap();
    let columns: [(&str, ArrayRef); 2] =
        [("l", Arc::new(Int64Array::from(vec![1]))), ("text", Arc::new(StringArray::from(vec!["a"])))];
    crate::arrow::tables::write_parquet(&weighted.join("a.parquet"), &[RecordBatch::try_from_iter(columns).unwrap()]);
    macro_rules! weighs_two {
        ($source:expr) => {
            let reading = $source.weight("weight").keyed_text_and_label::<Option<String>, u8>("key", "text", "l");
            let chunk = Runtime::new().compute(reading.unwrap().chunks()).unwrap().remove(0);
            assert_eq!((chunk.weights.to_vec(), chunk.records.keys()[0].as_deref()), (vec![2.0], Some("")));
        };
    }
    weighs_two!(Csv::open(weighted.join("*.csv")).unwrap());
    weighs_two!(JsonLines::open(weighted.join("*.jsonl")).unwrap());
    weighs_two!(Parquet::open(weighted.join("*.parquet")).unwrap());
    // A record's own null goes before a partition.
    let own = folder.path().join("title=x");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("a.jsonl"), "{\"body\":\"b\",\"title\":null}\n{\"body\":\"b\"}\n").unwrap();
    let texts = JsonLines::open(own).unwrap().text(TextFields::new(["title", "body"]).skip_nulls()).unwrap();
    let texts = Runtime::new().compute(texts.chunks()).unwrap().remove(0);
    assert_eq!(texts.iter().collect::<Vec<_>>(), ["b", "x b"]);
    // A field of the file's own goes before a partition of its name.
    let path = folder.path().join("topic=x");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("a.csv"), "text,topic\nown,7\n").unwrap();
    fs::write(path.join("a.jsonl"), "{\"text\":\"own\",\"topic\":7}\n{\"text\":\"none\"}\n").unwrap();
    let topics = |reading: chunkfit::Result<Reading<DatasetBase<Text, Array1<String>>>>| {
        Runtime::new().compute(reading.unwrap().chunks()).unwrap()[0].targets.to_vec()
    };
    assert_eq!(topics(Csv::open(path.join("*.csv")).unwrap().text_and_label("text", "topic")), ["7"]);
    assert_eq!(topics(JsonLines::open(path.join("*.jsonl")).unwrap().text_and_label("text", "topic")), ["7", "x"]);
}
