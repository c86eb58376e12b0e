//! Numbers that overflow.

use super::Law;
use super::one_row::is_refusal;
use crate::graph::Runtime;
use crate::testing::block::Block;
use crate::testing::outcome::{Outcome, ensure};
use crate::testing::subject::Subject;

pub(super) const LAW: Law = Law {
    name: "overflow",
    statement: "features, values or weights so large that sums of them overflow are an error, or a model whose answers are \
                finite; so are rows that are larger than any in training",
    hold,
};

/// Blocks with huge features, values or weights.
fn huge(subject: &Subject) -> Vec<(String, Vec<Block>)> {
    let sizes = if subject.is_narrow { [1e19, 3e37] } else { [1e154, 3e307] };
    let mut all = Vec::new();
    let mut add = |name: String, change: &dyn Fn(&Block) -> Block| {
        all.push((name, subject.blocks().iter().map(change).collect()));
    };
    for size in sizes {
        let scaled =
            |x: f64, y: f64| move |block: &Block| Block { x: &block.x * x, value: &block.value * y, ..block.clone() };
        add(format!("features of {size:e}"), &scaled(size, 1.0));
        add(format!("features and values of {size:e}"), &scaled(size, size));
        add(format!("values of {size:e}"), &scaled(1.0, size));
        add(format!("small features, values of {size:e}"), &scaled(1.0 / size, size));
        add(format!("a column of {size:e}"), &|block| {
            let mut block = block.clone();
            block.x.column_mut(1).mapv_inplace(|x| x * size);
            block
        });
        add(format!("a row of {size:e}"), &|block| {
            let mut block = block.clone();
            block.x.row_mut(3).fill(size);
            block
        });
        add(format!("features of {size:e} of both signs"), &|block| Block {
            x: (&block.x - 1.25) * size,
            ..block.clone()
        });
    }
    add("weights of 3e38".into(), &|block| block.weighted(|_| 3e38));
    all
}

fn hold(subject: &Subject) -> Outcome {
    if !subject.is_of_numbers {
        return Ok(());
    }
    let runtime = Runtime::new().threads(1);
    // Rows so small that their products with any finite coefficients are finite: what shows is the model's own.
    let tiny = if subject.is_narrow { 1e-38 } else { 1e-307 };
    let tiny: Vec<Block> = subject.blocks().iter().map(|block| Block { x: &block.x * tiny, ..block.clone() }).collect();
    for (what, blocks) in huge(subject) {
        for way in subject.ways() {
            let model = match way.fit(&runtime, &blocks) {
                Ok(model) => model,
                Err(error) => {
                    ensure!(is_refusal(&error), "{} of {what}: {error}", way.name);
                    continue;
                }
            };
            // Distances and their squares may overflow where the model did not: errors then.
            for used in model.uses().iter().filter(|used| !used.looks_at_targets) {
                if let Ok(numbers) = used.ask(&runtime, &tiny) {
                    let odd = numbers.iter().find(|x| !x.is_finite());
                    ensure!(odd.is_none(), "{} of {what}: {} answers {odd:?}", way.name, used.name);
                }
            }
        }
    }
    let Some(way) = subject.ways().first() else { return Ok(()) };
    let model = way.fit(&runtime, subject.blocks())?;
    for large in [1e20, 1e38, 1e155, -1e200, 1e300, f64::MAX] {
        let mut blocks = subject.blocks().to_vec();
        let last = (blocks[2].n_rows() - 1, blocks[2].x.ncols() - 1);
        blocks[2] = blocks[2].clone().with_value(last, large);
        for used in model.uses() {
            match used.ask(&runtime, &blocks) {
                Ok(numbers) => ensure!(numbers.iter().all(|x| x.is_finite()), "{} of {large}: {numbers:?}", used.name),
                Err(error) => {
                    let is_panic = matches!(error.kind(), crate::ErrorKind::Panicked { .. });
                    ensure!(!is_panic && error.place().chunk == Some(2), "{} of {large}: {error}", used.name);
                }
            }
        }
    }
    Ok(())
}
