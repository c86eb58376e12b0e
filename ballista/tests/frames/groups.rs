//! A model a customer, in SQL.

use std::collections::BTreeMap;

use chunkfit::combine::FittedPipeline;
use chunkfit::linear::LogisticRegression;
use chunkfit::persist::{Persist, describe_bytes};
use chunkfit::text::HashingVectorizer;
use chunkfit_ballista::{Columns, FrameFit, Recipe, fit_udaf};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::prelude::SessionContext;

use super::local::{averaged, chunks, fit};
use super::setting::{context, files, logistic, stories, text};

type Model = FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>>;

/// The second column by the first: groups come in any order.
pub fn by_customer(batches: &[RecordBatch]) -> BTreeMap<String, Vec<u8>> {
    let rows = batches.iter().flat_map(|batch| {
        let (customers, models) = (batch.column(0).as_string::<i32>(), batch.column(1).as_binary::<i64>());
        let model =
            |(customer, model): (Option<&str>, Option<&[u8]>)| (customer.unwrap().into(), model.unwrap().into());
        customers.iter().zip(models.iter()).map(model)
    });
    rows.collect()
}

async fn models(context: &SessionContext, query: &str) -> BTreeMap<String, Vec<u8>> {
    by_customer(&context.sql(query).await.unwrap().collect().await.unwrap())
}

#[tokio::test]
async fn has_the_bits_of_one_fitted_alone() {
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let mut found = Vec::new();
    for partitions in [1, 4] {
        let context = context(partitions);
        stories(&context).await;
        context.register_udaf(fit_udaf("fit", recipe.clone()));
        found.push(models(&context, "SELECT customer, fit(text, label, chunk) FROM stories GROUP BY customer").await);
    }
    assert_eq!(found[0].len(), 3);
    assert!(found[0] == found[1], "the models depend on the partitions");
    for (customer, model) in &found[0] {
        let own = |part: &super::tables::Part, row: usize| (part.customer[row] == *customer).then(|| part.label[row]);
        let local: Model = fit(averaged(logistic()), &chunks(&files().parts, own));
        let training = describe_bytes(model).unwrap().training;
        assert!(local.to_bytes(&training).unwrap() == *model, "the models of {customer} differ");
    }
}

#[tokio::test]
async fn wants_no_more_memory_than_there_is() {
    let context = context(2);
    let frame = stories(&context).await;
    context.register_udaf(fit_udaf("fit", Recipe::new(text(), logistic::<bool>()).unwrap()));
    let expected = models(&context, "SELECT customer, fit(text, label, chunk) FROM stories GROUP BY customer").await;
    let fit = FrameFit::new(Recipe::new(text(), logistic::<bool>()).unwrap());
    let columns = Columns::new("text", "label");
    let found = fit.clone().group_memory(1 << 30).fit_groups(&frame, &columns, &["customer"]).await.unwrap();
    context.register_table("models", found.into_view()).unwrap();
    assert!(models(&context, "SELECT customer, model FROM models").await == expected);
    let error = fit.clone().group_memory(1 << 16).fit_groups(&frame, &columns, &["customer"]).await.unwrap_err();
    assert!(error.to_string().contains("groups in chunks may take"), "{error}");
    let error = fit.clone().rounds(2).fit_groups(&frame, &columns, &["customer"]).await.unwrap_err();
    assert!(error.to_string().contains("one round"), "{error}");
    assert!(fit.fit_groups(&frame, &columns, &[]).await.unwrap_err().to_string().contains("keys"));
}

#[tokio::test]
async fn predicts_and_scores_for_its_customer_in_one_query() {
    let context = context(2);
    stories(&context).await;
    context.register_udaf(fit_udaf("fit", Recipe::new(text(), logistic::<bool>()).unwrap()));
    let query = "WITH models AS (SELECT customer, fit(text, label, chunk) AS model FROM stories GROUP BY customer)
        SELECT s.customer, score(m.model, s.text, s.label) AS score,
            avg(CASE WHEN CAST(predict(m.model, s.text) AS BOOLEAN) = s.label THEN 1.0 ELSE 0.0 END) AS agreed
        FROM stories s JOIN models m ON s.customer = m.customer WHERE s.chunk < 2 GROUP BY s.customer";
    let batches = context.sql(query).await.unwrap().collect().await.unwrap();
    let mut customers = 0;
    for batch in &batches {
        let floats = |i| batch.column(i).as_primitive::<datafusion::arrow::datatypes::Float64Type>();
        for (score, agreed) in floats(1).iter().zip(floats(2).iter()) {
            assert_eq!(score, agreed);
            assert!(score.unwrap() > 0.9, "{score:?}");
            customers += 1;
        }
    }
    assert_eq!(customers, 3);
}
