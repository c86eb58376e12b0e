//! Rows of another number of columns.

use ndarray::Array2;

use super::Law;
use crate::error::ErrorKind;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{On, Outcome, ensure, refused};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "columns",
    statement: "a chunk with more or fewer columns than those before, or than the model has, is refused by every way to fit \
                and every use, with kind `ShapeMismatch`",
    hold,
};

fn with_columns(blocks: &[Block], more: bool) -> Vec<Block> {
    let mut blocks = blocks.to_vec();
    if let Some(last) = blocks.last_mut() {
        let (n, width) = last.x.dim();
        last.x = match more {
            true => Array2::from_shape_fn((n, width + 1), |(i, j)| if j < width { last.x[(i, j)] } else { 1.0 }),
            false => Array2::from_shape_fn((n, width - 1), |place| last.x[place]),
        };
    }
    blocks
}

fn hold(subject: &Subject) -> Outcome {
    let (runtime, blocks) = (Runtime::new().threads(2), subject.blocks());
    let others = [("more columns", with_columns(blocks, true)), ("fewer columns", with_columns(blocks, false))];
    for way in subject.ways() {
        let model = way.fit(&runtime, blocks).on(way.name)?;
        for (of, other) in &others {
            let what = format!("{}, {of}", way.name);
            match way.fit(&runtime, other) {
                Ok(_) => ensure!(!subject.learns, "{what}: learned"),
                Err(error) => {
                    let is_shape = matches!(error.kind(), ErrorKind::ShapeMismatch { .. });
                    ensure!(is_shape, "{what}: not of kind ShapeMismatch: {error}");
                }
            }
            for used in model.uses() {
                let what = format!("{what}, {}", used.name);
                let error = refused(used.ask(&runtime, other), &what, "answered")?;
                let (expected, found) = (blocks[0].x.ncols(), other[other.len() - 1].x.ncols());
                let kind = ErrorKind::ShapeMismatch { what: "columns", expected, found };
                ensure!(error.kind() == &kind, "{what}: {error}");
                ensure!(error.place().chunk == Some(blocks.len() - 1), "{what}: {error}");
            }
        }
    }
    Ok(())
}
