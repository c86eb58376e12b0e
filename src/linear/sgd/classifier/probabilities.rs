//! Probabilities of classes from the margins of an SGD classifier.

use ndarray::{Array2, Axis};

use crate::data::{Float, float_computation, wide};
use crate::error::{Error, Result};
use crate::linear::sgd::descent::Loss;

/// Refuses losses whose margins say nothing about probabilities.
pub(super) fn check_has_probabilities(loss: Loss) -> Result<()> {
    if matches!(loss, Loss::LogLoss | Loss::ModifiedHuber) {
        return Ok(());
    }
    let expected = "LogLoss or ModifiedHuber for probabilities; use decision_function otherwise";
    Err(Error::parameter("loss", loss, expected))
}

/// The probabilities of so many classes, shape (rows, classes), from the margins under this loss.
pub(super) fn probabilities<F: Float>(loss: Loss, n_classes: usize, margins: Array2<F>) -> Array2<F> {
    F::run::<Probabilities>((loss, n_classes, margins))
}

float_computation!(Probabilities((Loss, usize, Array2<F>)) -> Array2<F> = shares_of_classes);

fn shares_of_classes<F: Float>((loss, n_classes, margins): (Loss, usize, Array2<F>)) -> Array2<F> {
    let share: fn(f64) -> f64 = match loss {
        Loss::LogLoss => |margin| 1.0 / (1.0 + (-margin).exp()),
        _ => |margin| (margin.clamp(-1.0, 1.0) + 1.0) / 2.0,
    };
    let mut shares = margins.mapv(|margin| share(wide(margin)));
    match n_classes {
        1 => shares.fill(1.0),
        2 => {
            let mut both = Array2::zeros((shares.nrows(), 2));
            for (mut both, second) in both.rows_mut().into_iter().zip(shares) {
                both[0] = 1.0 - second;
                both[1] = second;
            }
            shares = both;
        }
        _ => {
            for mut row in shares.axis_iter_mut(Axis(0)) {
                let sum = row.sum();
                // Every class may be ruled out; then none is likelier than another.
                if sum > 0.0 { row /= sum } else { row.fill(1.0 / row.len() as f64) }
            }
        }
    }
    shares.mapv(F::cast)
}
