//! Rows without columns.

use ndarray::Array2;

use super::Law;
use super::one_row::fit_or_refuse;
use crate::testing::block::Block;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "zero columns",
    statement: "of rows without columns, a fit is a model whose answers are finite, or an error that says why",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let bare = |block: &Block| Block { x: Array2::zeros((block.n_rows(), 0)), ..block.clone() };
    let bare: Vec<Block> = subject.blocks().iter().map(bare).collect();
    subject.ways().iter().try_for_each(|way| fit_or_refuse(way, &bare).on(way.name))
}
