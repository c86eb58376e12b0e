//! The one list of the kinds that a predictor loads.

use ndarray::Array2;

use super::any_label::AnyLabel;
use super::predictions::Predictions;
use super::rows::Layout;
use super::step::{Classified, Facts, Role, Step, classified, numbers, over_layouts, step, truth_values, width_of};
use crate::bayes::{BernoulliNb, CategoricalNb, ComplementNb, GaussianNb, MultinomialNb};
use crate::cluster::{KMeans, MiniBatchKMeans};
use crate::data::wide;
use crate::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use crate::error::Result;
use crate::estimator::{Classes, Classify, DecisionFunction, TransformChunk, TryPredict, Wanted};
use crate::linear::{
    ElasticNet, GammaRegressor, LinearClassifier, LinearRegression, LinearRegressor, LogisticRegression,
    NearestCentroid, OneVsRest, PoissonRegressor, RidgeClassifier, SgdClassifier, SgdOneClassSvm, SgdRegressor,
    TweedieRegressor,
};
use crate::persist::{Part, Persist};
use crate::preprocessing::{
    LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, StandardScaler,
    TfidfTransformer, VarianceThreshold,
};
use crate::text::HashingVectorizer;

/// Makes a step of its part of a file.
pub(super) type Load = fn(&Part<'_>) -> Result<Box<dyn Step>>;

/// The role of kinds whose labels are numbers here.
const CLASSIFIER: &str = "classifier";

/// The kinds: a role, the layouts of the rows that are taken, the model's type. Labels of classes are numbers among the
/// sorted classes. In the first list a model is of one type of floats, `F`, which its file tells.
macro_rules! kinds {
    (
        of $float:ident: { $($role:ident ($layouts:ident) $model:ty;)* }
        of both: { $($any_role:ident $any_layouts:tt $any_model:ty;)* }
    ) => {
        $(
            const _: () = {
                type $float = f32;
                step!($role ($layouts F32) $model);
            };
            const _: () = {
                type $float = f64;
                step!($role ($layouts F64) $model);
            };
        )*
        $(step!($any_role $any_layouts $any_model);)*

        /// The loader of a kind, and whether it is that of a classifier; `None` if it is not in the list.
        pub(super) fn loader(kind: &str) -> Option<(Load, bool)> {
            $(if kind == {
                type $float = f64;
                <$model as Persist>::kind()
            } {
                let load: Load = |part| in_either_width(part, {
                    type $float = f32;
                    load::<$model>
                }, {
                    type $float = f64;
                    load::<$model>
                });
                return Some((load, stringify!($role) == CLASSIFIER));
            })*
            $(if kind == <$any_model as Persist>::kind() {
                return Some((load::<$any_model>, stringify!($any_role) == CLASSIFIER));
            })*
            None
        }
    };
}

kinds! {
    of F: {
        classifier (numbers) SgdClassifier<F, usize>;
        classifier (numbers) LinearClassifier<F, usize>;
        classifier (numbers) LogisticRegression<F, usize>;
        classifier (numbers) RidgeClassifier<F, usize>;
        regressor (numbers) SgdRegressor<F>;
        regressor (numbers) LinearRegressor<F>;
        regressor (numbers) ElasticNet<F>;
        regressor (numbers) LinearRegression<F>;
        regressor (numbers) PoissonRegressor<F>;
        regressor (numbers) GammaRegressor<F>;
        regressor (numbers) TweedieRegressor<F>;
        multilabel (numbers) OneVsRest<F>;
        outliers (numbers) SgdOneClassSvm<F>;
        transformer (texts) HashingVectorizer<F>;
    }
    of both: {
        classifier (numbers) NearestCentroid<usize>;
        classifier (numbers) MultinomialNb<usize>;
        classifier (numbers) ComplementNb<usize>;
        classifier (numbers) BernoulliNb<usize>;
        classifier (numbers) CategoricalNb<usize>;
        classifier (numbers) GaussianNb<usize>;
        clusterer (numbers) KMeans;
        clusterer (numbers) MiniBatchKMeans;
        transformer (numbers) StandardScaler;
        transformer (numbers) MaxAbsScaler;
        transformer (numbers) VarianceThreshold;
        transformer (numbers) TruncatedSvd;
        transformer (dense) MinMaxScaler;
        transformer (dense) Pca;
        transformer (dense) IncrementalPca;
        transformer (sparse) TfidfTransformer;
        transformer (only Categories) OneHotEncoder<AnyLabel, f64>;
        transformer (only Categories) OrdinalEncoder<AnyLabel, f64>;
        transformer (only Labels) LabelBinarizer<AnyLabel, f64>;
        transformer (only LabelSets) MultiLabelBinarizer<AnyLabel, f64>;
    }
}

fn load<M: Persist + Step + 'static>(part: &Part<'_>) -> Result<Box<dyn Step>> {
    Ok(Box::new(part.model::<M>()?))
}

/// In the width of the floats of the file; in the other where it has none.
fn in_either_width(part: &Part<'_>, narrow: Load, wide: Load) -> Result<Box<dyn Step>> {
    let (first, second) = if part.is_narrow() { (narrow, wide) } else { (wide, narrow) };
    first(part).or_else(|error| second(part).map_err(|_| error))
}
