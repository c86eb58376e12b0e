//! Numbers that overflow inside a learner are errors, and never coefficients or probabilities that are no numbers.

use super::learners;
use crate::estimators::{Block, blocks};

/// What may be huge: the features, the values to learn, the weights.
fn huge(narrow: bool) -> Vec<(String, Vec<Block>)> {
    let sizes = if narrow { [1e19, 3e37] } else { [1e154, 1e300] };
    let mut all = Vec::new();
    for size in sizes {
        let scaled =
            |x: f64, y: f64| move |block: &Block| Block { x: &block.x * x, value: &block.value * y, ..block.clone() };
        let one_column = |block: &Block| {
            let mut block = block.clone();
            block.x.column_mut(1).mapv_inplace(|x| x * size);
            block
        };
        let one_row = |block: &Block| {
            let mut block = block.clone();
            block.x.row_mut(3).fill(size);
            block
        };
        let signs = |block: &Block| Block { x: (&block.x - 1.25) * size, ..block.clone() };
        let all_blocks = blocks();
        let with = |name: &str, blocks: Vec<Block>| (format!("{name} of {size:e}"), blocks);
        all.push(with("features", all_blocks.iter().map(scaled(size, 1.0)).collect()));
        all.push(with("features and values", all_blocks.iter().map(scaled(size, size)).collect()));
        all.push(with("values", all_blocks.iter().map(scaled(1.0, size)).collect()));
        all.push(with("small features, values", all_blocks.iter().map(scaled(1.0 / size, size)).collect()));
        all.push(with("a column", all_blocks.iter().map(one_column).collect()));
        all.push(with("a row", all_blocks.iter().map(one_row).collect()));
        all.push(with("features of both signs", all_blocks.iter().map(signs).collect()));
    }
    all.push(("weights".into(), blocks().iter().map(|block| super::weighted(block, |_| 3e38)).collect()));
    all
}

#[test]
fn what_overflows_in_f32_is_an_error_or_finite() {
    check(true);
}

#[test]
fn what_overflows_in_f64_is_an_error_or_finite() {
    check(false);
}

fn check(narrow: bool) {
    let mut wrong = Vec::new();
    // Rows so small that their products with any finite coefficients are finite: what shows is the model's own.
    let size = if narrow { 1e-38 } else { 1e-307 };
    let tiny: Vec<Block> = blocks().iter().map(|block| Block { x: &block.x * size, ..block.clone() }).collect();
    for learner in learners().into_iter().filter(|learner| learner.name.contains("f32") == narrow) {
        for (name, data) in huge(narrow) {
            for (way, fit) in &learner.ways {
                let Ok(model) = fit(&data) else { continue };
                // Residuals are squared, and distances from what was learned, too: those may overflow where the model did not.
                let own = |name: &str| matches!(name, "predict" | "decision_function") && !learner.name.contains("Nb");
                for (use_, apply) in model.uses.iter().filter(|(name, _)| own(name)) {
                    if let Ok(numbers) = apply(&tiny)
                        && let Some(number) = numbers.iter().find(|number| !number.is_finite())
                    {
                        wrong.push(format!("{} by {way} of {name}: {use_} gives {number}", learner.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of:\n{}", wrong.len(), wrong.join("\n"));
}
