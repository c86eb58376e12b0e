//! A chain over chunks is one pass over their rows, whatever the weights, the losses and the number of classes; rows of
//! weight 0 are absent; rows that teach nothing, and numbers that overflow, are errors in every learner and combinator.

mod absent;
mod bad_weights;
mod chains;
mod moments;
mod overflow;

use ndarray::{Array1, Axis, concatenate};

use crate::estimators::{Block, Learner, Learns, Model, estimators};

/// All estimators that learn from targets, and one-class machines.
fn learners() -> Vec<Learner> {
    let of_targets = |learner: &Learner| learner.learns != Learns::Rows || learner.name.starts_with("SgdOneClassSvm");
    let learners: Vec<Learner> = estimators().into_iter().filter(of_targets).collect();
    assert!(learners.len() >= 4 * 12);
    learners
}

/// These rows of a block.
fn select(block: &Block, rows: &[usize]) -> Block {
    Block {
        x: block.x.select(Axis(0), rows),
        class: block.class.select(Axis(0), rows),
        value: block.value.select(Axis(0), rows),
        weights: block.weights.as_ref().map(|weights| weights.select(Axis(0), rows)),
    }
}

/// All rows in one block.
fn whole(blocks: &[Block]) -> Block {
    let weights: Vec<_> = blocks.iter().filter_map(|block| block.weights.as_ref().map(|w| w.view())).collect();
    Block {
        x: concatenate(Axis(0), &blocks.iter().map(|block| block.x.view()).collect::<Vec<_>>()).unwrap(),
        class: concatenate(Axis(0), &blocks.iter().map(|block| block.class.view()).collect::<Vec<_>>()).unwrap(),
        value: concatenate(Axis(0), &blocks.iter().map(|block| block.value.view()).collect::<Vec<_>>()).unwrap(),
        weights: (!weights.is_empty()).then(|| concatenate(Axis(0), &weights).unwrap()),
    }
}

fn weighted(block: &Block, weight: impl Fn(usize) -> f32) -> Block {
    Block { weights: Some(Array1::from_shape_fn(block.class.len(), weight)), ..block.clone() }
}

/// What a model says of some blocks in all ways, or the kind of the error of a way.
fn says(model: &Model, blocks: &[Block]) -> Vec<(&'static str, Result<Vec<f64>, String>)> {
    let said =
        |apply: &dyn Fn(&[Block]) -> chunkfit::Result<Vec<f64>>| apply(blocks).map_err(|e| format!("{:?}", e.kind()));
    model.uses.iter().map(|(name, apply)| (*name, said(apply))).collect()
}

/// Both models say the same, up to rounding of this size.
fn assert_same(a: &Model, b: &Model, blocks: &[Block], tolerance: f64, what: &str) {
    for ((name, a), (_, b)) in says(a, blocks).into_iter().zip(says(b, blocks)) {
        let close = |(a, b): (&f64, &f64)| a == b || (a - b).abs() <= tolerance * b.abs().max(1.0);
        let same = match (&a, &b) {
            (Ok(a), Ok(b)) => a.len() == b.len() && a.iter().zip(b).all(close),
            (a, b) => a == b,
        };
        assert!(same, "{what}, {name}: {a:?} {b:?}");
    }
}
