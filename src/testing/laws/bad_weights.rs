//! Weights that are negative, not finite, or not one a row.

use ndarray::Array1;

use super::Law;
use crate::error::ErrorKind;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{Outcome, ensure, refused};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "bad weights",
    statement: "a weight that is negative, NaN or infinite is refused with kind `InvalidParameter` and the row; weights that are \
                not one a row with kind `ShapeMismatch`",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    for bad in [-1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -f32::MIN_POSITIVE] {
        let mut blocks: Vec<Block> = subject.blocks().iter().map(|block| block.weighted(|_| 1.0)).collect();
        blocks[1] = blocks[1].weighted(|i| if i == 4 { bad } else { 1.0 });
        for way in subject.learning_ways() {
            let what = format!("{} with weight {bad}", way.name);
            let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
            ensure!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }), "{what}: {error}");
            let of_all = matches!(way.name, "fit" | "concatenate");
            let row = if of_all { blocks[0].n_rows() + 4 } else { 4 };
            ensure!(error.place().row == Some(row), "{what}, of row {row}: {error}");
        }
    }
    for n in [1, subject.blocks()[0].n_rows() - 1, subject.blocks()[0].n_rows() + 1] {
        let blocks = [Block { weights: Some(Array1::ones(n)), ..subject.blocks()[0].clone() }];
        for way in subject.learning_ways() {
            let what = format!("{} with {n} weights", way.name);
            let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
            ensure!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }), "{what}: {error}");
        }
    }
    Ok(())
}
