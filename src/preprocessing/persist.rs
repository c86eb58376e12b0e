//! Saving and loading of transformers.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Category, LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder,
    StandardScaler, TfidfTransformer, VarianceThreshold,
};
use crate::data::Float;
use crate::persist::persist;

persist! {
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
}
