//! Which transformers and clusters can be saved.

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

/// A kind, its types in brackets; how many rows it has learned from, if it knows.
macro_rules! persist {
    ($([$($generics:tt)*] $model:ty, $kind:literal $(, |$own:ident| $rows:expr)?;)*) => {
        $(impl<$($generics)*> Persist for $model {
            fn kind() -> String {
                $kind.into()
            }

            $(fn training(&self) -> Training {
                let $own = self;
                Training::of_rows($rows)
            })?
        })*
    };
}

persist! {
    [F: Float] HashingVectorizer<F>, "HashingVectorizer";
    [] StandardScaler, "StandardScaler", |own| own.n_rows();
    [] MinMaxScaler, "MinMaxScaler", |own| own.n_rows();
    [] MaxAbsScaler, "MaxAbsScaler", |own| own.n_rows();
    [] TfidfTransformer, "TfidfTransformer", |own| own.n_rows();
    [] VarianceThreshold, "VarianceThreshold";
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned] OneHotEncoder<L, F>, "OneHotEncoder";
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned] OrdinalEncoder<L, F>, "OrdinalEncoder";
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned] LabelBinarizer<L, F>, "LabelBinarizer";
    [L: Category + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned] MultiLabelBinarizer<L, F>, "MultiLabelBinarizer";
    [] KMeans, "KMeans";
    [] MiniBatchKMeans, "MiniBatchKMeans";
    [] TruncatedSvd, "TruncatedSvd", |own| own.n_rows();
    [] Pca, "Pca", |own| own.axes().n_rows();
    [] IncrementalPca, "IncrementalPca", |own| own.axes().n_rows();
}
