//! Further rounds, a query each, have the bits of the local engine's.

use chunkfit_ballista::{Columns, FrameFit, Recipe};

use super::local::{assert_same, averaged, chunks, fit};
use super::setting::{context, files, logistic, sgd, stories, text};

#[tokio::test]
async fn three_of_them_by_mixing_and_by_passes() {
    let context = context(4);
    let frame = stories(&context).await;
    let local = chunks(&files().parts, |part, row| Some(part.label[row]));
    let columns = Columns::new("text", "label");
    let folder = tempfile::tempdir().unwrap();
    let scratch = format!("file://{}", folder.path().display());

    let recipe = Recipe::new(text(), sgd::<bool>()).unwrap();
    let fitted = FrameFit::new(recipe).rounds(3).scratch(&scratch).fit(&frame, &columns).await.unwrap();
    assert_same(&fitted, &fit(averaged(sgd()).rounds(3), &local));

    // What it leaves to the next query stands in the plan here, which does not leave this process.
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let fitted = FrameFit::new(recipe.clone()).rounds(3).fit(&frame, &columns).await.unwrap();
    let expected = fit(averaged(logistic()).rounds(3), &local);
    assert_same(&fitted, &expected);

    let fitted = FrameFit::new(recipe).rounds(3).scratch(&scratch).fit(&frame, &columns).await.unwrap();
    assert_same(&fitted, &expected);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left in the scratch folder");
}

#[tokio::test]
async fn two_of_them_over_several_classes() {
    let context = context(2);
    let frame = stories(&context).await;
    let local = chunks(&files().parts, |part, row| Some(part.topic[row].clone()));
    let columns = Columns::new("text", "topic");
    let recipe = Recipe::new(text(), logistic::<String>()).unwrap();
    let fitted = FrameFit::new(recipe).rounds(2).fit(&frame, &columns).await.unwrap();
    assert_same(&fitted, &fit(averaged(logistic()).rounds(2), &local));
    let recipe = Recipe::new(text(), sgd::<String>()).unwrap();
    let fitted = FrameFit::new(recipe.clone()).rounds(2).fit(&frame, &columns).await.unwrap();
    assert_same(&fitted, &fit(averaged(sgd()).rounds(2), &local));
    let error = FrameFit::new(recipe).rounds(0).fit(&frame, &columns).await.unwrap_err();
    assert!(error.to_string().contains("rounds = 0"), "{error}");
}
