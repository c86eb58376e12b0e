//! Saving transformers and clusters.

use linfa::Float;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Persist, Training};
use crate::cluster::{KMeans, MiniBatchKMeans};
use crate::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use crate::preprocessing::{
    Category, LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder,
    StandardScaler, TfidfTransformer, VarianceThreshold,
};
use crate::text::HashingVectorizer;

/// A kind, its types in brackets; then, as far as it knows, how many rows it has learned from, how many columns it takes
/// and how many it gives. All are checked as they are read.
macro_rules! persist {
    ($(
        [$($generics:tt)*] $model:ty, $kind:literal
        $(, rows |$rows_of:ident| $rows:expr)?
        $(, takes |$in_of:ident| $in:expr)?
        $(, gives |$out_of:ident| $out:expr)?;
    )*) => {
        $(impl<$($generics)*> Persist for $model {
            fn kind() -> String {
                $kind.into()
            }

            $(fn training(&self) -> Training {
                let $rows_of = self;
                Training::of_rows($rows)
            })?

            $(fn columns_in(&self) -> Option<usize> {
                let $in_of = self;
                Some($in)
            })?

            $(fn columns_out(&self) -> Option<usize> {
                let $out_of = self;
                Some($out)
            })?
        })*
    };
}

persist! {
    [F: Float] HashingVectorizer<F>, "HashingVectorizer", gives |own| own.n_features();
    [] StandardScaler, "StandardScaler",
        rows |own| own.n_rows(), takes |own| own.scale().len(), gives |own| own.scale().len();
    [] MinMaxScaler, "MinMaxScaler",
        rows |own| own.n_rows(), takes |own| own.scale().len(), gives |own| own.scale().len();
    [] MaxAbsScaler, "MaxAbsScaler",
        rows |own| own.n_rows(), takes |own| own.scale().len(), gives |own| own.scale().len();
    [] TfidfTransformer, "TfidfTransformer",
        rows |own| own.n_rows(), takes |own| own.n_features(), gives |own| own.n_features();
    [] VarianceThreshold, "VarianceThreshold", takes |own| own.n_features(), gives |own| own.support().len();
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned]
        OneHotEncoder<L, F>, "OneHotEncoder",
        takes |own| own.categories().len(), gives |own| own.n_features_out();
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned]
        OrdinalEncoder<L, F>, "OrdinalEncoder",
        takes |own| own.categories().len(), gives |own| own.categories().len();
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned]
        LabelBinarizer<L, F>, "LabelBinarizer";
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned]
        MultiLabelBinarizer<L, F>, "MultiLabelBinarizer", gives |own| own.classes().len();
    [] KMeans, "KMeans",
        takes |own| own.cluster_centers().ncols(), gives |own| own.cluster_centers().nrows();
    [] MiniBatchKMeans, "MiniBatchKMeans",
        takes |own| own.cluster_centers().ncols(), gives |own| own.cluster_centers().nrows();
    [] TruncatedSvd, "TruncatedSvd",
        rows |own| own.n_rows(), takes |own| own.n_features(), gives |own| own.singular_values().len();
    [] Pca, "Pca",
        rows |own| own.axes().n_rows(), takes |own| own.axes().mean().len(), gives |own| own.axes().components().nrows();
    [] IncrementalPca, "IncrementalPca",
        rows |own| own.axes().n_rows(), takes |own| own.axes().mean().len(), gives |own| own.axes().components().nrows();
}
