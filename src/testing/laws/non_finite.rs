//! NaN and infinity are refused, with row and column.

use super::Law;
use crate::error::{Error, ErrorKind};
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{On, Outcome, ensure, refused};
use crate::testing::subject::Subject;

pub(super) const LEARNING: Law = Law {
    name: "non-finite rows, learning",
    statement: "NaN and infinity are refused by every way to fit, in a row of weight 0 too, with kind `NonFinite`, the row and \
                the column",
    hold: learning,
};

pub(super) const USING: Law = Law {
    name: "non-finite rows, using",
    statement: "NaN and infinity are refused by every use of a model, with kind `NonFinite`, the chunk, the row and the column",
    hold: using,
};

const ODD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Block, row and column: the first row, a later one, the last row of the last block.
fn places(subject: &Subject) -> [(usize, usize, usize); 3] {
    let (blocks, last) = (subject.blocks(), subject.blocks().len() - 1);
    [(0, 0, 1), (0, 5, 0), (last, blocks[last].n_rows() - 1, blocks[last].x.ncols() - 1)]
}

fn with_value(subject: &Subject, (block, row, column): (usize, usize, usize), value: f64) -> Vec<Block> {
    let mut blocks = subject.blocks().to_vec();
    blocks[block] = blocks[block].clone().with_value((row, column), value);
    blocks
}

/// The error names the value by its row and column: of its chunk, or of all rows in memory.
fn names(error: &Error, blocks: &[Block], (block, row, column): (usize, usize, usize)) -> Outcome {
    ensure!(error.kind() == &ErrorKind::NonFinite { column }, "not of kind NonFinite in column {column}: {error}");
    let before: usize = blocks[..block].iter().map(Block::n_rows).sum();
    let found = (error.place().chunk, error.place().row);
    let of_chunk = found.1 == Some(row) && found.0.is_none_or(|chunk| chunk == block);
    let of_all = found.1 == Some(before + row);
    ensure!(of_chunk || of_all, "chunk and row {found:?} for row {row} of chunk {block}: {error}");
    Ok(())
}

fn learning(subject: &Subject) -> Outcome {
    if !subject.is_of_numbers {
        return Ok(());
    }
    let runtime = Runtime::new().threads(2);
    for way in subject.learning_ways() {
        for (place, odd) in places(subject).into_iter().zip(ODD) {
            let mut blocks = with_value(subject, place, odd);
            for &weightless in if subject.takes_weights { &[false, true][..] } else { &[false] } {
                if weightless {
                    blocks = blocks.iter().map(|block| block.weighted(|_| 1.0)).collect();
                    blocks[place.0] = blocks[place.0].weighted(|row| f32::from(row != place.1));
                }
                let what = format!("{} of {odd}{}", way.name, if weightless { " of weight 0" } else { "" });
                let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
                names(&error, &blocks, place).on(what)?;
            }
        }
    }
    Ok(())
}

fn using(subject: &Subject) -> Outcome {
    if !subject.is_of_numbers {
        return Ok(());
    }
    let runtime = Runtime::new().threads(2);
    for way in subject.ways() {
        let model = way.fit(&runtime, subject.blocks()).on(way.name)?;
        for used in model.uses() {
            for (place, odd) in places(subject).into_iter().zip(ODD) {
                let blocks = with_value(subject, place, odd);
                let what = format!("{}, {} of {odd}", way.name, used.name);
                let error = refused(used.ask(&runtime, &blocks), &what, "answered")?;
                names(&error, &blocks, place).on(&what)?;
                ensure!(error.place().chunk == Some(place.0), "{what}: no chunk: {error}");
            }
        }
    }
    Ok(())
}
