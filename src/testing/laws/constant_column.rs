//! Columns that never change.

use super::Law;
use super::one_row::is_refusal;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{On, Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "constant column",
    statement: "a column of one value, or of zeros, gives a model whose answers are finite",
    hold,
};

fn hold(subject: &Subject) -> Outcome {
    let runtime = Runtime::new().threads(1);
    for value in [0.0, 2.0] {
        let constant = |block: &Block| {
            let mut block = block.clone();
            block.x.column_mut(1).fill(value);
            block
        };
        let blocks: Vec<Block> = subject.blocks().iter().map(constant).collect();
        for way in subject.ways() {
            let what = format!("{} with a column of {value}", way.name);
            let model = match way.fit(&runtime, &blocks) {
                Ok(model) => model,
                Err(error) => {
                    ensure!(is_refusal(&error), "{what}: {error}");
                    continue;
                }
            };
            for used in model.uses() {
                let numbers = used.ask(&runtime, &blocks).on(format!("{what}, {}", used.name))?;
                ensure!(numbers.iter().all(|x| x.is_finite()), "{what}, {}: {numbers:?}", used.name);
            }
        }
    }
    Ok(())
}
