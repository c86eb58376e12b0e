//! Rows of weight 0 are as if absent, and data that has no other rows, or rows of one class, cannot be learned from.

use chunkfit::combine::PerGroup;
use chunkfit::data::Keyed;
use chunkfit::model_selection::{Grid, Halving, Hyperband, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, array};

use super::{assert_same, learners, select, weighted};
use crate::estimators::{Block, Learns, Model, blocks, estimators};

/// All rows of one class; and of two, of which one has weight 0.
fn of_one_class() -> [Vec<Block>; 2] {
    let one = |block: &Block| {
        let rows: Vec<usize> = (0..block.class.len()).filter(|&i| block.class[i] == 1).collect();
        select(block, &rows)
    };
    let other_weightless = |block: &Block| weighted(block, |i| f32::from(u8::from(block.class[i] == 1)));
    [blocks().iter().map(one).collect(), blocks().iter().map(other_weightless).collect()]
}

#[test]
fn rows_of_one_class_are_refused_by_every_classifier_however_it_is_fitted() {
    for learner in learners().iter().filter(|learner| learner.learns == Learns::Classes) {
        for (way, fit) in &learner.ways {
            for blocks in of_one_class() {
                for blocks in [&blocks[..], &blocks[..1]] {
                    let name = format!("{} by {way}", learner.name);
                    match fit(blocks) {
                        // Others may follow: it learns, and for now there is one class to predict.
                        Ok(model) if *way == "partial_fit" => predicts_one(&model, blocks, &name),
                        Ok(_) => panic!("{name} learns from one class"),
                        Err(error) => {
                            assert_eq!(error.kind(), &ErrorKind::OneClass { found: "the label 1".into() }, "{name}");
                        }
                    }
                }
            }
        }
    }
}

fn predicts_one(model: &Model, blocks: &[Block], name: &str) {
    let (_, predict) = model.uses.iter().find(|(name, _)| *name == "predict").unwrap();
    assert!(predict(blocks).unwrap().iter().all(|label| *label == 1.0), "{name}");
}

#[test]
fn rows_without_weight_are_no_rows_to_every_learner_however_it_is_fitted() {
    let weightless: Vec<Block> = blocks().iter().map(|block| weighted(block, |_| 0.0)).collect();
    let none: Vec<Block> = blocks().iter().map(|block| select(block, &[])).collect();
    for learner in learners() {
        for (way, fit) in &learner.ways {
            for blocks in [&weightless[..], &weightless[..1], &none] {
                let name = format!("{} by {way}", learner.name);
                match fit(blocks) {
                    Ok(model) if *way == "partial_fit" => {
                        let uses = super::says(&model, &crate::estimators::blocks());
                        assert!(uses.iter().all(|(_, said)| said.is_err()), "{name}: {uses:?}");
                    }
                    Ok(_) => panic!("{name} learns from nothing"),
                    Err(error) => assert!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{name}: {error}"),
                }
            }
        }
    }
}

/// Rows that nobody is to look at: of classes and values of their own.
fn noise(block: &Block) -> Block {
    let n = block.class.len();
    let noise =
        Block { x: &block.x + 3.0, class: Array1::from_elem(n, 7), value: Array1::from_elem(n, 99.0), weights: None };
    weighted(&noise, |_| 0.0)
}

/// The rows of both, dealt in turns.
fn mixed(a: &Block, b: &Block) -> Block {
    let n = a.class.len();
    let both = super::whole(&[a.clone(), b.clone()]);
    select(&both, &(0..n).flat_map(|i| [i, n + i]).collect::<Vec<_>>())
}

#[test]
fn chunks_and_rows_of_weight_0_change_nothing() {
    let counted: Vec<Block> = blocks().iter().map(|block| weighted(block, |i| 0.5 + (i % 3) as f32)).collect();
    let between: Vec<Block> = counted.iter().flat_map(|block| [noise(block), block.clone(), noise(block)]).collect();
    let within: Vec<Block> = counted.iter().map(|block| mixed(block, &noise(block))).collect();
    for learner in estimators() {
        // Clusters and axes begin on rows: `partial_fit` alone has none to begin on.
        let begins_on_rows = ["MiniBatchKMeans", "IncrementalPca"].iter().any(|name| learner.name.starts_with(name));
        for (way, fit) in learner.ways.iter().filter(|(way, _)| !(begins_on_rows && *way == "partial_fit")) {
            let expected = fit(&counted).unwrap();
            for (where_, blocks) in [("between", &between), ("within", &within)] {
                let name = format!("{} by {way}, rows of weight 0 {where_}", learner.name);
                let found = fit(blocks).unwrap_or_else(|error| panic!("{name}: {error}"));
                // Of more chunks, other neighbours are merged.
                let merges = matches!(*way, "average" | "sum" | "learn");
                let tolerance = if merges { if learner.name.contains("f32") { 1e-4 } else { 1e-7 } } else { 0.0 };
                assert_same(&found, &expected, &counted, tolerance, &name);
            }
        }
    }
}

/// Sales of two shops: the rows' shops, classes and weights.
fn by_shop(shops: [usize; 4], classes: [usize; 4], weights: [f32; 4]) -> Shops {
    let rows = Keyed::new(array![[1.0], [-1.0], [2.0], [-3.0]], shops.to_vec()).unwrap();
    Chunks::from_memory([
        DatasetBase::new(rows, Array1::from(classes.to_vec())).with_weights(Array1::from(weights.to_vec()))
    ])
}

type Shops = Chunks<DatasetBase<Keyed<Array2<f64>, usize>, Array1<usize>>>;

#[test]
fn a_group_whose_rows_have_no_weight_is_no_group() {
    let fit = |data: &Shops| Chained::new(PerGroup::new(SgdClassifier::params())).fit(data);
    let data = by_shop([0, 0, 7, 7], [1, 0, 1, 0], [1.0, 1.0, 0.0, 0.0]);
    let models = Runtime::new().compute(fit(&data)).unwrap();
    assert_eq!(models.keys().collect::<Vec<_>>(), [&0]);
    let error = Runtime::new().compute(fit(&data).predict(&data)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownGroup { group, .. } if group == "7"), "{error}");
    assert_eq!(error.place().row, Some(2));
    let error = Runtime::new().compute(fit(&by_shop([0, 0, 7, 7], [1, 0, 1, 0], [0.0; 4]))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{error}");
}

#[test]
fn groups_of_one_class_are_refused_only_where_it_is_the_class_of_all() {
    let fit = |data: &Shops| Chained::new(PerGroup::new(SgdClassifier::params())).fit(data);
    for classes in [[0, 0, 1, 1], [1, 0, 1, 1]] {
        let data = by_shop([0, 0, 7, 7], classes, [1.0; 4]);
        assert_eq!(Runtime::new().compute(fit(&data).score(&data)).unwrap(), 1.0);
    }
    let error = Runtime::new().compute(fit(&by_shop([0, 0, 7, 7], [1; 4], [1.0; 4]))).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::OneClass { found: "the label 1".into() });
}

#[test]
fn halving_refuses_rows_of_one_class_in_the_end_but_not_on_the_way() {
    let chunk = |classes: [usize; 4]| {
        let x = Array1::from(classes.to_vec()).mapv(|class| class as f64 * 2.0 - 1.0).insert_axis(ndarray::Axis(1));
        DatasetBase::new(x, Array1::from(classes.to_vec()))
    };
    let search = || {
        let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-1, 1e-3], |params, alpha| params.alpha(alpha));
        Search::new(grid, |params| Chained::new(params.clone())).folds(KFold::new(2))
    };
    let runtime = Runtime::new().threads(2);
    let one = Chunks::from_memory((0..8).map(|_| chunk([1; 4])).collect::<Vec<_>>());
    let first = |c: usize| if c == 0 { chunk([1; 4]) } else { chunk([0, 0, 1, 1]) };
    let first = Chunks::from_memory((0..8).map(first).collect::<Vec<_>>());
    let refused = [
        search().halve(&runtime, &one, Halving::new(2), 1).map(drop).unwrap_err(),
        search().hyperband(&runtime, &one, Hyperband::new(2), 1).map(drop).unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error.kind(), ErrorKind::NoCandidate { error } if error.contains("the label 1")), "{error}");
    }
    assert_eq!(search().halve(&runtime, &first, Halving::new(2), 1).unwrap().best().mean_test_scores, [1.0]);
}
