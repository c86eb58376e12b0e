//! One program that has more or less in it, by its features: what each part adds to the time that an edit takes to build.

use chunkfit::datasets::reuters::{ReutersFiles, Stories};
use chunkfit::prelude::*;
use ndarray::Array1;

const SEED: u64 = 42;

fn main() -> Result<(), Error> {
    println!("{} stories, seed {SEED}", Runtime::new().compute(ReutersFiles::sample().open()?.gather())?.len());
    #[cfg(feature = "part-fit")]
    learn(&ReutersFiles::sample().open()?.map("label", label))?;
    Ok(())
}

/// The texts, and what each is about.
#[allow(dead_code)] // without `part-fit` nothing is learned
fn label(stories: &Stories) -> DatasetBase<Text, Array1<String>> {
    let about = stories.iter().map(|story| story.topics().any(|topic| topic == "acq"));
    let labels = about.map(|acquisition| if acquisition { "acquisition" } else { "other" }.to_owned()).collect();
    DatasetBase::new(stories.text(), labels)
}

#[cfg(feature = "part-fit")]
fn learn(stories: &Chunks<DatasetBase<Text, Array1<String>>>) -> Result<(), Error> {
    let (train, test) = train_test_split(stories, 0.25, SEED);
    let text = HashingVectorizer::params().n_features(1 << 16).alternate_sign(false);
    let sgd = Chained::new(SgdClassifier::params().loss(Loss::LogLoss));
    let runtime = Runtime::new();
    let fit = Pipeline::new(text.clone(), sgd.clone()).fit(&train);
    let model = runtime.compute(&fit)?;
    println!("{} classes, {} chunks of {}", model.model.classes().len(), test.len(), stories.len());

    #[cfg(feature = "part-learned")]
    {
        let weighed = Pipeline::steps(text.clone()).then(TfidfTransformer::params()).estimator(sgd.clone());
        println!("{} columns", runtime.compute(weighed.fit(&train))?.model.model.coef().ncols());
    }
    #[cfg(feature = "part-averaged")]
    {
        let averaged = Pipeline::new(text.clone(), Averaged::new(LogisticRegression::params()));
        println!("{} columns", runtime.compute(averaged.fit(&train))?.model.coef().ncols());
    }
    #[cfg(feature = "part-score")]
    println!("accuracy {}", runtime.compute(fit.score(&test))?);
    #[cfg(feature = "part-confusion")]
    println!("{}", runtime.compute(fit.confusion(&test))?);
    #[cfg(feature = "part-search")]
    {
        let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-4], |sgd, alpha| sgd.alpha(alpha));
        let search = Search::new(grid, move |sgd| Pipeline::new(text.clone(), Chained::new(sgd.clone())));
        println!("{}", search.folds(KFold::new(3)).scoring([Scorer::Accuracy]).fit(&runtime, &train)?.results);
    }
    #[cfg(feature = "part-save")]
    {
        let file = std::env::temp_dir().join("chunkfit-parts.safetensors");
        model.save(&file)?;
        let loaded = FittedPipeline::<HashingVectorizer<f64>, SgdClassifier<f64, String>>::load(&file)?;
        println!("{} rows seen", loaded.model.n_rows_seen());
    }
    #[cfg(feature = "part-sink")]
    {
        let folder = std::env::temp_dir().join("chunkfit-parts");
        let written = Sink::csv(folder).rewrite().write(Predictions::of(&fit, &test).tables(), &runtime)?;
        println!("{} files", written.files.len());
    }
    Ok(())
}
