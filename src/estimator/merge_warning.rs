//! What may be wrong with an average of models.

use std::fmt;

use serde::{Deserialize, Serialize};

/// That an average of models may serve badly, and what to do about it.
///
/// Labels are shown as `Debug` shows them, as in errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MergeWarning {
    /// The average predicts one class almost only, tried on up to 32 rows of every class (fewer of each
    /// where there are more than eight classes): it predicts the others for less than a sixteenth as
    /// many rows as have them.
    OneClassPredicted {
        /// The class that it predicts.
        class: String,
    },
    /// The chunks' coefficients point in different directions.
    ChunksDisagree {
        /// How much of the coefficients the mean does not explain, from 0 to 1: see
        /// [`LinearState::disagreement`](crate::linear::average::LinearState::disagreement).
        disagreement: f64,
    },
    /// Some chunks had no row of a class: they cannot tell it from others.
    ClassMissing {
        /// The class that most chunks lacked.
        class: String,
        /// How many chunks lacked it.
        chunks: usize,
        /// Of how many chunks.
        of: usize,
        /// How many other classes were missing in some chunk.
        others: usize,
    },
}

impl fmt::Display for MergeWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeWarning::OneClassPredicted { class } => write!(
                f,
                "the average of the chunks' models predicts almost nothing but {class}: weight by curvature and \
                 state the penalty as `alpha` in place of `C`, or add rounds, or fit with `Summed`"
            ),
            MergeWarning::ChunksDisagree { disagreement } => write!(
                f,
                "the chunks' models disagree: the mean leaves {:.0} % of their coefficients unexplained; look for \
                 chunks labelled otherwise, deal the rows so that chunks are alike, make chunks larger, or fit with \
                 `Summed`",
                100.0 * disagreement
            ),
            MergeWarning::ClassMissing { class, chunks, of, others } => {
                write!(f, "{chunks} of {of} chunks have no row of {class}")?;
                match others {
                    0 => {}
                    1 => write!(f, ", and one other class is missing in some chunk")?,
                    n => write!(f, ", and {n} other classes are missing in some chunk")?,
                }
                write!(
                    f,
                    "; what tells it from others was learned from the rest alone: deal the rows so that every \
                     chunk has every class, add rounds, or fit with `Summed`"
                )
            }
        }
    }
}
