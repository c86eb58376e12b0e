//! Predictions as files, one a partition.

use chunkfit_ballista::files::write_files;
use chunkfit_ballista::table::{Format, register_files};
use chunkfit_ballista::{Columns, Recipe, session};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::prelude::{col, lit};

use super::setting::{context, files, logistic, stories, text};

#[tokio::test]
async fn are_what_the_query_gives_and_the_same_again() {
    let context = context(3);
    let frame = stories(&context).await;
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let model = recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = |name: &str| format!("file://{}/{name}", folder.path().display());
    let model = model.put(&session::stores(&context.state()), &address("models")).await.unwrap();
    let predicted =
        context.sql(&format!("SELECT text, predict('{model}', text) AS predicted FROM stories")).await.unwrap();
    for (format, ending) in [(Format::Parquet, "parquet"), (Format::JsonLines, "jsonl"), (Format::Csv, "csv")] {
        let to = address(ending);
        let write = write_files(&predicted, &to, format).unwrap();
        let receipts = |batches: Vec<datafusion::arrow::array::RecordBatch>| {
            let mut rows: Vec<(String, u64, String)> = Vec::new();
            for batch in batches {
                let (files, hashes) = (batch.column(0).as_string::<i32>(), batch.column(3).as_string::<i32>());
                let counts = batch.column(1).as_primitive::<UInt64Type>();
                rows.extend(
                    (0..batch.num_rows()).map(|i| (files.value(i).into(), counts.value(i), hashes.value(i).into())),
                );
            }
            rows.sort();
            rows
        };
        let first = receipts(write.clone().collect().await.unwrap());
        let counts: Vec<u64> = first.iter().map(|(_, rows, _)| *rows).collect();
        assert_eq!(counts, files().parts.iter().map(|part| part.text.len() as u64).collect::<Vec<_>>());
        assert!(first[1].0.ends_with(&format!("/part-00001.{ending}")), "{}", first[1].0);
        // As a task does that is tried again.
        assert_eq!(receipts(write.collect().await.unwrap()), first);
        let names = std::fs::read_dir(folder.path().join(ending)).unwrap().count();
        assert_eq!(names, files().parts.len(), "nothing else is left behind");

        let from = format!("{}/", folder.path().join(ending).display());
        let read = register_files(&context, ending, &from, format).await.unwrap();
        for chunk in [0, 5] {
            let of_chunk =
                |frame: &datafusion::dataframe::DataFrame| frame.clone().filter(col("chunk").eq(lit(chunk))).unwrap();
            let columns = || vec![col("text"), col("predicted")];
            let found = of_chunk(&read).select(columns()).unwrap().to_string().await.unwrap();
            let with_chunk = context
                .sql(&format!("SELECT text, predict('{model}', text) AS predicted, chunk FROM stories"))
                .await
                .unwrap();
            let expected = of_chunk(&with_chunk).select(columns()).unwrap().to_string().await.unwrap();
            assert!(found == expected, "{ending}, chunk {chunk}");
        }
    }
    let error = write_files(&predicted, "predicted", Format::Csv).unwrap_err().to_string();
    assert!(error.contains("file:///"), "{error}");
}

#[tokio::test]
async fn that_fail_leave_nothing_under_their_name() {
    let context = context(1);
    stories(&context).await;
    let folder = tempfile::tempdir().unwrap();
    let failing = "SELECT CAST(text AS BIGINT) FROM stories";
    let address = format!("file://{}", folder.path().display());
    let write = write_files(&context.sql(failing).await.unwrap(), &address, Format::JsonLines).unwrap();
    assert!(write.collect().await.is_err());
    // Pieces aside (`part-00007.jsonl#1`) may be left where the failure of one task ended others.
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = names.filter(|name| name.to_str().unwrap().ends_with(".jsonl")).collect();
    assert!(left.is_empty(), "{left:?}");
}
