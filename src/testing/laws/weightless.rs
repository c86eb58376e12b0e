//! Rows of weight 0 are absent.

use ndarray::Array1;

use super::Law;
use crate::error::{ErrorKind, Result};
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome, ensure, refused};
use crate::testing::subject::Subject;

pub(super) const NO_ROWS: Law = Law {
    name: "no weight at all",
    statement: "rows that all have weight 0 are refused with kind `NoRows`, however they are learned from",
    hold: no_rows,
};

pub(super) const ABSENT: Law = Law {
    name: "rows of weight 0",
    statement: "rows of weight 0, within a chunk or as chunks of their own, change nothing, whatever their labels and values; an \
                estimator that takes no weights refuses them",
    hold: absent,
};

fn no_rows(subject: &Subject) -> Outcome {
    if !subject.takes_weights {
        return Ok(());
    }
    let runtime = Runtime::new().threads(2);
    let weightless: Vec<Block> = subject.blocks().iter().map(|block| block.weighted(|_| 0.0)).collect();
    for way in subject.learning_ways() {
        for blocks in [&weightless[..], &weightless[..1]] {
            match way.fit(&runtime, blocks) {
                // It may be given more; until then it answers nothing.
                Ok(model) if way.name == "partial_fit" => {
                    let mut answers = model.answers(&runtime, subject.blocks()).into_iter();
                    let answered = answers.find(|(_, answer)| answer.is_ok());
                    ensure!(answered.is_none(), "{} learns from nothing and answers {answered:?}", way.name);
                }
                Ok(_) => ensure!(false, "{} learns from nothing", way.name),
                Err(error) => ensure!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{}: {error}", way.name),
            }
        }
    }
    Ok(())
}

/// Rows of weight 0, of classes and values of their own.
fn noise(block: &Block) -> Block {
    let n = block.n_rows();
    let odd =
        Block { x: &block.x + 3.0, class: Array1::from_elem(n, 7), value: Array1::from_elem(n, 99.0), ..block.clone() };
    odd.weighted(|_| 0.0)
}

/// The rows of both, in turns.
fn mixed(a: &Block, b: &Block) -> Result<Block> {
    let n = a.n_rows();
    let both = Block::whole(&[a.clone(), b.clone()])?;
    Ok(both.select(&(0..n).flat_map(|i| [i, n + i]).collect::<Vec<_>>()))
}

/// Weights other than 1 are refused with the row.
fn refuses_weights(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    let weigh = |block: &Block| block.weighted(|i| if i == 1 { 0.0 } else { 1.0 });
    let blocks: Vec<Block> = subject.blocks().iter().map(weigh).collect();
    for way in subject.learning_ways() {
        let what = format!("{} of rows of weight 0, though it refuses weights", way.name);
        let error = refused(way.fit(&runtime, &blocks), &what, "learned")?;
        let of_weight = matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. });
        ensure!(of_weight && error.place().row == Some(1), "{what}: {error}");
    }
    Ok(())
}

fn absent(subject: &Subject) -> Outcome {
    if !subject.takes_weights {
        return refuses_weights(subject);
    }
    let runtime = Runtime::new().threads(2);
    let weigh = |block: &Block| block.weighted(|i| 1.0 + (i % 3) as f32);
    let counted: Vec<Block> = subject.blocks().iter().map(weigh).collect();
    let between: Vec<Block> = counted.iter().flat_map(|block| [noise(block), block.clone(), noise(block)]).collect();
    let within = counted.iter().map(|block| mixed(block, &noise(block))).collect::<Result<Vec<_>>>()?;
    for way in subject.learning_ways() {
        let expected = way.fit(&runtime, &counted).on(way.name)?;
        for (place, blocks) in [("between", &between), ("within", &within)] {
            let what = format!("{}, rows of weight 0 {place}", way.name);
            // Not even `partial_fit` itself has rows to begin on.
            if way.name == "partial_fit" && place == "between" {
                continue;
            }
            let found = way.fit(&runtime, blocks).on(&what)?;
            // Of more chunks, other neighbours are merged.
            let tolerance = if way.merges() { subject.tolerance } else { 0.0 };
            same_answers(&found, &expected, &counted, tolerance).on(what)?;
        }
    }
    Ok(())
}
