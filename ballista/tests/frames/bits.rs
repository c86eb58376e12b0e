//! A model has the bits of the local engine's, whatever the files' format and the number of partitions.

use chunkfit::estimator::Weighting;
use chunkfit_ballista::table::Format;
use chunkfit_ballista::{Columns, Recipe};
use datafusion::prelude::{col, lit};

use super::local::{assert_same, averaged, chunks, fit};
use super::setting::{context, files, logistic, sgd, stories, stories_in, text};

#[tokio::test]
async fn of_parquet_json_lines_and_csv_with_any_number_of_partitions() {
    let local = fit(averaged(logistic()), &chunks(&files().parts, |part, row| Some(part.label[row])));
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    for (format, partitions) in [(Format::Parquet, 1), (Format::JsonLines, 3), (Format::Csv, 40)] {
        let context = context(partitions);
        let frame = stories_in(&context, format).await;
        let fitted = recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
        assert_same(&fitted, &local);
        let training = fitted.describe().unwrap().training;
        let rows = files().parts.iter().map(|part| part.text.len()).sum();
        assert_eq!((training.chunks, training.rows), (Some(files().parts.len()), Some(rows)));
    }
}

#[tokio::test]
async fn of_several_classes_named_by_strings_or_numbers() {
    let context = context(4);
    let frame = stories(&context).await;
    let local = fit(averaged(sgd()), &chunks(&files().parts, |part, row| Some(part.topic[row].clone())));
    let recipe = Recipe::new(text(), sgd::<String>()).unwrap();
    assert_same(&recipe.fit_frame(&frame, &Columns::new("text", "topic")).await.unwrap(), &local);

    let numbers = frame.with_column("number", datafusion::functions::expr_fn::character_length(col("topic"))).unwrap();
    let local = fit(averaged(logistic()), &chunks(&files().parts, |part, row| Some(part.topic[row].len())));
    let recipe = Recipe::new(text(), logistic::<usize>()).unwrap();
    assert_same(&recipe.fit_frame(&numbers, &Columns::new("text", "number")).await.unwrap(), &local);
}

#[tokio::test]
async fn with_weights_classes_and_other_weightings() {
    let context = context(2);
    let weighted = stories(&context).await;
    let length = datafusion::functions::expr_fn::character_length(col("text"));
    let weighted = weighted.with_column("weight", length % lit(3)).unwrap();
    let local = chunks(&files().parts, |part, row| Some(part.label[row])).map("weigh", |chunk| {
        let weights = chunk.records.iter().map(|text| (text.chars().count() % 3) as f32);
        chunk.clone().with_weights(weights.collect())
    });
    for weighting in [Weighting::Curvature, Weighting::Samples, Weighting::Uniform] {
        let recipe = Recipe::new(text(), logistic::<bool>()).unwrap().weighting(weighting);
        let fitted = recipe.fit_frame(&weighted, &Columns::new("text", "label").weight("weight")).await.unwrap();
        assert_same(&fitted, &fit(averaged(logistic()).weighting(weighting), &local));
    }
    let topics = ["acq", "crude", "earn", "grain", "money-fx", "other"].map(str::to_owned).to_vec();
    let params = sgd::<String>().classes(topics);
    let local = fit(averaged(params.clone()), &chunks(&files().parts, |part, row| Some(part.topic[row].clone())));
    let recipe = Recipe::new(text(), params).unwrap();
    let recipe = Recipe::from_json(&recipe.to_json()).unwrap();
    assert_same(&recipe.fit_frame(&stories(&context).await, &Columns::new("text", "topic")).await.unwrap(), &local);
}

#[tokio::test]
async fn of_rows_that_were_filtered_some_chunks_wholly() {
    let context = context(3);
    let frame = stories(&context).await.filter(col("chunk").not_eq(lit(2)).and(col("topic").not_eq(lit("earn"))));
    let mut parts = files().parts.clone();
    parts[2].text.clear();
    let kept = |part: &super::tables::Part, row: usize| (part.topic[row] != "earn").then(|| part.label[row]);
    let local = fit(averaged(logistic()), &chunks(&parts, kept));
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    assert_same(&recipe.fit_frame(&frame.unwrap(), &Columns::new("text", "label")).await.unwrap(), &local);
}
