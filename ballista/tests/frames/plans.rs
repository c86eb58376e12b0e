//! Plans travel: encoded and decoded they give the same.

use chunkfit_ballista::codec::{LogicalCodec, PhysicalCodec};
use chunkfit_ballista::files::write_files;
use chunkfit_ballista::table::{Format, register_partitions};
use chunkfit_ballista::{Columns, Recipe, fit_udaf, session};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::physical_plan::collect;
use datafusion::prelude::SessionContext;
use datafusion_proto::bytes::{
    logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};

use super::setting::{context, logistic, sgd, stories, text};

fn whole(batches: &[RecordBatch]) -> RecordBatch {
    concat_batches(&batches[0].schema(), batches).unwrap()
}

/// By both codecs, one after the other, as from a client to an executor that knows none of the names.
async fn travelled(context: &SessionContext, query: &str) -> (RecordBatch, RecordBatch) {
    let frame = context.sql(query).await.unwrap();
    let expected = whole(&frame.clone().collect().await.unwrap());
    let other = SessionContext::new_with_config(session::config().with_target_partitions(3));

    let codec = LogicalCodec::default();
    let bytes = logical_plan_to_bytes_with_extension_codec(frame.logical_plan(), &codec).unwrap();
    let plan = logical_plan_from_bytes_with_extension_codec(&bytes, &other.task_ctx(), &codec).unwrap();
    let plan = other.state().create_physical_plan(&plan).await.unwrap();

    let codec = PhysicalCodec::default();
    let bytes = physical_plan_to_bytes_with_extension_codec(plan, &codec).unwrap();
    let plan = physical_plan_from_bytes_with_extension_codec(&bytes, &other.task_ctx(), &codec).unwrap();
    (expected, whole(&collect(plan, other.task_ctx()).await.unwrap()))
}

#[tokio::test]
async fn of_fits_of_files_and_of_partitions() {
    let context = context(2);
    let frame = stories(&context).await;
    let plain = frame.drop_columns(&["chunk"]).unwrap();
    register_partitions(&context, "numbered", &plain).await.unwrap();
    context.register_udaf(fit_udaf("fit_a", Recipe::new(text(), logistic::<bool>()).unwrap()));
    context.register_udaf(fit_udaf("fit_b", Recipe::new(text(), sgd::<String>()).unwrap()));
    for query in [
        "SELECT fit_a(text, label, chunk), fit_b(text, topic, chunk) FROM stories",
        "SELECT fit_a(text, label, chunk) FROM numbered",
        "SELECT customer, fit_a(text, label, chunk, 2.0) FROM numbered GROUP BY customer ORDER BY customer",
        "SELECT chunk, count(*) FROM numbered GROUP BY chunk ORDER BY chunk",
    ] {
        let (expected, found) = travelled(&context, query).await;
        assert!(expected == found, "{query}");
    }
}

#[tokio::test]
async fn of_predictions_and_scores() {
    let context = context(2);
    let frame = stories(&context).await;
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let model = recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let stores = session::stores(&context.state());
    let reference = model.put(&stores, &format!("file://{}", folder.path().display())).await.unwrap();
    let query = format!(
        "SELECT score('{reference}', text, label) AS score, sum(decision_function('{reference}', text)[1] ) > 0,
            count(*) FILTER (WHERE predict('{reference}', text)) FROM stories WHERE chunk = 1"
    );
    let (expected, found) = travelled(&context, &query).await;
    assert_eq!(expected, found);
    let frame = context.table("stories").await.unwrap().select_columns(&["label"]).unwrap();
    let to = format!("file://{}/labels", folder.path().display());
    let written = write_files(&frame, &to, Format::Csv).unwrap();
    context.register_table("written", written.into_view()).unwrap();
    let (expected, found) = travelled(&context, "SELECT file, rows, sha256 FROM written ORDER BY file").await;
    assert_eq!(expected, found);
}

#[tokio::test]
async fn of_others_are_left_to_ballista() {
    let context = context(2);
    stories(&context).await;
    let (expected, found) = travelled(&context, "SELECT max(length(text)), min(abs(chunk)) FROM stories").await;
    assert_eq!(expected, found);
}
