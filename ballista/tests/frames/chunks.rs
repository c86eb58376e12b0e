//! Data frames as chunks of the local engine, and back.

use chunkfit::Runtime;
use chunkfit_ballista::frame::{frame_chunks, text_chunks};
use chunkfit_ballista::{Columns, Recipe};
use datafusion::prelude::col;

use super::local::{assert_same, averaged, fit};
use super::setting::{context, files, logistic, stories, text};

#[tokio::test(flavor = "multi_thread")]
async fn feed_the_local_engine_and_are_read_again() {
    let context = context(2);
    let frame = stories(&context).await;
    let chunks = text_chunks::<bool>(&frame, &Columns::new("text", "label")).await.unwrap();
    assert_eq!(chunks.len(), files().parts.len());
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let fitted = recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
    tokio::task::spawn_blocking(move || {
        assert_same(&fitted, &fit(averaged(logistic()), &chunks));
        // Again, from the files: chunks are not a stream that is over.
        assert_same(&fitted, &fit(averaged(logistic()), &chunks));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_query_that_deals_its_rows_anew_have_each_row_once() {
    let context = context(3);
    let frame = stories(&context).await.distinct().unwrap().select(vec![col("text")]).unwrap();
    let chunks = frame_chunks(&frame).await.unwrap();
    let expected = frame.count().await.unwrap();
    let batches =
        tokio::task::spawn_blocking(move || Runtime::new().threads(2).compute(chunks).unwrap()).await.unwrap();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn tell_what_went_wrong() {
    let context = context(2);
    let frame = stories(&context).await;
    let error = text_chunks::<bool>(&frame, &Columns::new("texts", "label")).await.unwrap_err();
    assert!(error.to_string().contains("no column `texts`"), "{error}");
    let chunks = text_chunks::<usize>(&frame, &Columns::new("text", "topic")).await.unwrap();
    let computed = tokio::task::spawn_blocking(move || Runtime::new().threads(2).compute(chunks).map(|_| ()));
    let error = computed.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("column `topic`"), "{error}");
}
