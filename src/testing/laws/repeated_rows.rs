//! Weights as repeated rows.

use super::Law;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "repeated rows",
    statement: "a row of weight 2 is two rows, one of weight 1 is a row without weight, and one of weight 0 is none, up to \
                rounding",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(2);
    let weighted: Vec<Block> =
        subject.blocks().iter().map(|block| block.weighted(|i| [1.0, 2.0, 1.0, 3.0, 0.0][i % 5])).collect();
    let repeated: Vec<Block> = weighted.iter().map(Block::repeated).collect();
    let ones: Vec<Block> = subject.blocks().iter().map(|block| block.weighted(|_| 1.0)).collect();
    for way in subject.learning_ways() {
        let (found, expected) = (way.fit(&runtime, &ones).on(way.name)?, way.fit(&runtime, subject.blocks())?);
        same_answers(&found, &expected, subject.blocks(), 0.0).on(format!("{}, weights of 1", way.name))?;
        if !subject.takes_weights {
            continue;
        }
        let (found, expected) = (way.fit(&runtime, &weighted).on(way.name)?, way.fit(&runtime, &repeated)?);
        same_answers(&found, &expected, subject.blocks(), subject.tolerance)
            .on(format!("{}, weights and repeated rows", way.name))?;
    }
    Ok(())
}
