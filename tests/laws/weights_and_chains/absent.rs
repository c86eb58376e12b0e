//! Rows of weight 0 are as if absent, and data that has no other rows, or rows of one class, cannot be learned from.

use chunkfit::ErrorKind;
use ndarray::Array1;

use super::{assert_same, learners, select, weighted};
use crate::estimators::{Block, Learns, Model, blocks};

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
    for learner in learners() {
        for (way, fit) in &learner.ways {
            let expected = fit(&counted).unwrap();
            for (where_, blocks) in [("between", &between), ("within", &within)] {
                let name = format!("{} by {way}, rows of weight 0 {where_}", learner.name);
                let found = fit(blocks).unwrap_or_else(|error| panic!("{name}: {error}"));
                // Of more chunks, other neighbours are merged.
                let merges = matches!(*way, "average" | "sum");
                let tolerance = if merges { if learner.name.contains("f32") { 1e-4 } else { 1e-7 } } else { 0.0 };
                assert_same(&found, &expected, &counted, tolerance, &name);
            }
        }
    }
}
