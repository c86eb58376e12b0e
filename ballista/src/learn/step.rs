//! Steps of a fit: what one query does of it.

use serde::{Deserialize, Serialize};

use crate::model::ModelRef;

/// What a `fit` aggregate does: most often all of it, else one of several queries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Step {
    /// The average of the chunks' models: the first round. Gives a model file.
    #[default]
    Average,
    /// A round of iterative parameter mixing, from this model. For the SGD classifier. Gives a model file.
    From(ModelRef),
    /// The average as the beginning of a minimization for the optimum. For logistic regression. Gives the minimization.
    Begin,
    /// A pass of this minimization. Gives the minimization after it.
    Pass(ModelRef),
}
