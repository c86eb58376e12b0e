//! A model that a cluster fitted has the bits of the local engine's.

use std::collections::BTreeMap;

use chunkfit::combine::FittedPipeline;
use chunkfit::linear::LogisticRegression;
use chunkfit::persist::{Persist, describe_bytes};
use chunkfit::text::HashingVectorizer;
use chunkfit_ballista::table::{Format, register_partitions};
use chunkfit_ballista::{Columns, FrameFit, Recipe, fit_udaf};
use datafusion::arrow::array::AsArray;

use super::local::{assert_same, averaged, chunks, fit};
use super::setting::{files, logistic, sgd, stories, stories_in, text};
use super::shared::{cluster, on};
use super::tables::Part;

#[test]
fn of_parquet_json_lines_and_csv() {
    let local = fit(averaged(logistic()), &chunks(&files().parts, |part, row| Some(part.label[row])));
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    for format in [Format::Parquet, Format::JsonLines, Format::Csv] {
        let fitted = on(cluster(), async |context| {
            let frame = stories_in(&context, format).await;
            recipe.fit_frame(&frame, &Columns::new("text", "label")).await
        });
        assert_same(&fitted, &local);
        let training = fitted.describe().unwrap().training;
        let rows = files().parts.iter().map(|part| part.text.len()).sum();
        assert_eq!((training.chunks, training.rows), (Some(files().parts.len()), Some(rows)), "{format:?}");
    }
}

/// Their numbers are not those that a task knows its partitions by.
#[test]
fn of_the_partitions_of_a_query() {
    let local = fit(averaged(logistic()), &chunks(&files().parts, |part, row| Some(part.label[row])));
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let fitted = on(cluster(), async |context| {
        let query = stories(&context).await.select_columns(&["text", "label"])?;
        let frame = register_partitions(&context, "partitions", &query).await?;
        recipe.fit_frame(&frame, &Columns::new("text", "label")).await
    });
    assert_same(&fitted, &local);
}

#[test]
fn of_several_classes() {
    let local = fit(averaged(logistic()), &chunks(&files().parts, |part, row| Some(part.topic[row].clone())));
    let recipe = Recipe::new(text(), logistic::<String>()).unwrap();
    let fitted =
        on(cluster(), async |context| recipe.fit_frame(&stories(&context).await, &Columns::new("text", "topic")).await);
    assert_same(&fitted, &local);
}

#[test]
fn of_three_rounds_by_passes_and_by_mixing() {
    let local = chunks(&files().parts, |part, row| Some(part.label[row]));
    let columns = Columns::new("text", "label");
    let folder = tempfile::tempdir().unwrap();
    let scratch = format!("file://{}", folder.path().display());
    let rounds = |recipe| {
        let fit = FrameFit::new(recipe).rounds(3).scratch(&scratch);
        on(cluster(), async |context| fit.fit(&stories(&context).await, &columns).await)
    };
    let fitted = rounds(Recipe::new(text(), logistic::<bool>()).unwrap());
    assert_same(&fitted, &fit(averaged(logistic()).rounds(3), &local));
    let fitted = rounds(Recipe::new(text(), sgd::<bool>()).unwrap());
    assert_same(&fitted, &fit(averaged(sgd()).rounds(3), &local));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left in the scratch folder");
}

#[test]
fn of_a_model_a_customer() {
    type Model = FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>>;
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let batches = on(cluster(), async |context| {
        stories(&context).await;
        context.register_udaf(fit_udaf("fit", recipe.clone()));
        // Strings may come back as views.
        let query = "SELECT arrow_cast(customer, 'Utf8'), fit(text, label, chunk) FROM stories GROUP BY customer";
        context.sql(query).await?.collect().await
    });
    let models = batches.iter().flat_map(|batch| {
        let (customers, models) = (batch.column(0).as_string::<i32>(), batch.column(1).as_binary::<i64>());
        customers.iter().zip(models.iter()).map(|(name, model)| (name.unwrap().to_owned(), model.unwrap().to_vec()))
    });
    let models: BTreeMap<String, Vec<u8>> = models.collect();
    assert_eq!(models.len(), 3);
    for (customer, model) in models {
        let own = |part: &Part, row: usize| (part.customer[row] == customer).then(|| part.label[row]);
        let local: Model = fit(averaged(logistic()), &chunks(&files().parts, own));
        let training = describe_bytes(&model).unwrap().training;
        assert!(local.to_bytes(&training).unwrap() == model, "the models of {customer} differ");
    }
}
