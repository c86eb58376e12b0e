//! A text classifier whose settings a grid search finds: which stories are about acquisitions?

use chunkfit::combine::IntoFit;
use chunkfit::datasets::reuters::{ReutersFiles, Stories};
use chunkfit::linear::Loss;
use chunkfit::metrics::{Average, Scorer};
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array1;

const SEED: u64 = 42;

fn main() -> Result<(), Error> {
    let stories = ReutersFiles::sample().open()?.map("label", label);
    let (train, test) = train_test_split(&stories, 0.25, SEED);

    let text = HashingVectorizer::params().n_features(1 << 16).alternate_sign(false);
    let grid = Grid::new((text, SgdClassifier::params().seed(SEED)))
        .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
        .vary("alpha", [1e-3, 1e-4], |(text, sgd), alpha| (text, sgd.alpha(alpha)))
        .vary("loss", [Loss::Hinge, Loss::LogLoss], |(text, sgd), loss| (text, sgd.loss(loss)));
    let search = Search::new(grid, |(text, sgd)| Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(2)))
        .folds(KFold::new(3).shuffle(SEED))
        .scoring([Scorer::MeanF1(Average::Macro), Scorer::Accuracy]);

    let runtime = Runtime::new().progress(true);
    let found = search.fit(&runtime, &train)?;
    println!("{}", found.results);
    let confusion = runtime.compute(found.model.into_fit().confusion(&test))?;
    println!("Held out:\n{confusion}");
    Ok(())
}

/// The texts, and what each is about.
fn label(stories: &Stories) -> DatasetBase<Text, Array1<String>> {
    let about = stories.iter().map(|story| story.topics().any(|topic| topic == "acq"));
    let labels = about.map(|acquisition| if acquisition { "acquisition" } else { "other" }.to_owned()).collect();
    DatasetBase::new(stories.text(), labels)
}
