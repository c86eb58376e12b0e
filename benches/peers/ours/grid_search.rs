//! The grid search of the example `grid_search`: 12 candidates, 3 folds, five epochs, the files parsed before.

use std::path::Path;
use std::time::Instant;

use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::linear::{Loss, SgdClassifierParams};
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use chunkfit::text::HashingVectorizerParams;
use serde_json::{Value, json};

type Params = (HashingVectorizerParams<f64>, SgdClassifierParams<bool>);

pub fn run(folder: &Path) -> Result<Value, Error> {
    let runtime = Runtime::new().threads(2);
    let examples = |stories: &_| reuters::acq_examples(stories, Labelled::EveryD);
    let data = reuters::open(folder)?.map("label", examples).keep_in_memory(&runtime)?;
    let rows = runtime.compute(data.n_rows())?;

    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    let grid = Grid::new((text, SgdClassifier::params().seed(0)))
        .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
        .vary("alpha", [1e-3, 1e-4, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)))
        .vary("loss", [Loss::Hinge, Loss::LogLoss], |(text, sgd), loss| (text, sgd.loss(loss)));
    let pipeline = |(text, sgd): &Params| Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(5));
    let search = Search::new(grid, pipeline).folds(KFold::new(3).shuffle(0));
    let started = Instant::now();
    let found = search.run(&runtime, &data)?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(json!({
        "seconds": seconds,
        "documents": rows,
        "fits": found.candidates.len() * found.best().folds.len(),
        "best": found.best().candidate.shown.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>(),
        "best_accuracy": found.best_score(),
    }))
}
