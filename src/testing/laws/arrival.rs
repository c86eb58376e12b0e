//! The same bits in whatever order chunks have been read.

use std::time::Duration;

use super::Law;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::model::same_answers;
use crate::testing::outcome::{On, Outcome};
use crate::testing::subject::Subject;

pub(super) const LAW: Law =
    Law { name: "arrival", statement: "a fit has the same bits in whatever order the chunks have been read", hold };

/// Delays of the blocks, in milliseconds: the last is there first, or the middle one.
const ORDERS: [[u64; 3]; 2] = [[6, 3, 0], [3, 0, 6]];

fn hold(subject: &Subject) -> Outcome {
    for way in subject.ways() {
        let expected = way.fit(&Runtime::new().threads(1), subject.blocks()).on(way.name)?;
        for order in ORDERS {
            let late = |(block, wait): (&Block, u64)| Block { delay: Duration::from_millis(wait), ..block.clone() };
            let late: Vec<Block> = subject.blocks().iter().zip(order).map(late).collect();
            let found = way.fit(&Runtime::new().threads(3), &late).on(way.name)?;
            same_answers(&found, &expected, subject.blocks(), 0.0).on(format!("{} after {order:?} ms", way.name))?;
        }
    }
    Ok(())
}
