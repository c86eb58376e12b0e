//! Predictions and scores that a cluster makes are those of one process.

use std::path::Path;

use chunkfit_ballista::{Columns, FrameModel, Recipe, session};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

use super::setting::{context, files, logistic, stories, text};
use super::shared::{cluster, on, run};

async fn fitted(context: &SessionContext) -> Result<FrameModel> {
    let recipe = Recipe::new(text(), logistic::<bool>())?;
    recipe.fit_frame(&stories(context).await, &Columns::new("text", "label")).await
}

/// Labels, margins and the score of all rows, by a model that lies in a folder. The labels and margins chunk by chunk: a
/// cluster's results come in any order.
async fn queried(context: &SessionContext, model: &FrameModel, folder: &Path) -> Result<(Vec<RecordBatch>, f64)> {
    let stores = session::stores(&context.state());
    let reference = model.put(&stores, &format!("file://{}", folder.display())).await?;
    let mut all = Vec::new();
    for chunk in 0..files().parts.len() {
        let query = format!(
            "SELECT predict('{reference}', text) AS label, decision_function('{reference}', text) AS margin
            FROM stories WHERE chunk = {chunk}"
        );
        let batches = context.sql(&query).await?.collect().await?;
        all.push(datafusion::arrow::compute::concat_batches(&batches[0].schema(), &batches)?);
    }
    let query = format!("SELECT score('{reference}', text, label) FROM stories");
    let batches = context.sql(&query).await?.collect().await?;
    Ok((all, batches[0].column(0).as_primitive::<Float64Type>().value(0)))
}

#[test]
fn over_all_rows_by_reference() {
    let folder = tempfile::tempdir().unwrap();
    let (expected, score) = run(async {
        let context = context(2);
        queried(&context, &fitted(&context).await.unwrap(), folder.path()).await.unwrap()
    });
    let (found, far_score) = on(cluster(), async |context| {
        let model = fitted(&context).await?;
        queried(&context, &model, folder.path()).await
    });
    assert_eq!(score.to_bits(), far_score.to_bits());
    assert!(score > 0.9);
    let columns =
        |batches: &[RecordBatch]| -> Vec<_> { batches.iter().map(|batch| batch.columns().to_vec()).collect() };
    assert!(columns(&expected) == columns(&found), "predictions differ");
}
