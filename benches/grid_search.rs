//! The grid search of `examples/grid_search.rs` on Reuters-21578, or the embedded sample, the documents being in
//! memory: 12 candidates, 3 folds, five epochs each, one graph.

#[path = "common/collection.rs"]
mod collection;

use chunkfit::linear::{Loss, SgdClassifierParams};
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use chunkfit::text::HashingVectorizerParams;
use divan::Bencher;

/// What a candidate is made of.
type Params = (HashingVectorizerParams<f64>, SgdClassifierParams<bool>);

fn main() {
    println!("{:?}", collection::files().origin);
    divan::main();
}

fn grid() -> Grid<Params> {
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    Grid::new((text, SgdClassifier::params().seed(0)))
        .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
        .vary("alpha", [1e-3, 1e-4, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)))
        .vary("loss", [Loss::Hinge, Loss::LogLoss], |(text, sgd), loss| (text, sgd.loss(loss)))
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn twelve_candidates_in_three_folds(bencher: Bencher, threads: usize) {
    let runtime = Runtime::new().threads(threads);
    let data = collection::examples(&collection::files()).keep_in_memory(&runtime).expect("stories are read");
    let search = || {
        let build = |(text, sgd): &Params| Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(5));
        Search::new(grid(), build).folds(KFold::new(3).shuffle(0)).run(&runtime, &data).expect("a search")
    };
    let best = search().best_score();
    assert!(best > 0.93, "{best}");
    bencher.bench_local(|| {
        let found = search();
        assert_eq!((found.candidates.len(), found.best_score()), (12, best));
    });
}
