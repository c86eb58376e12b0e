//! Transformers.

use chunkfit::data::{Csr, Text};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{
    HandleUnknown, LabelBinarizer, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, VarianceThreshold,
};
use chunkfit::testing::{Block, Capability, Examples, Numbers, Subject, Use};
use chunkfit::text::{Analyzer, StopWords, StripAccents};
use linfa::ParamGuard;
use ndarray::{Array1, Array2};

const IN_PASSES: &str = "what is learned of chunks merges: one pass over them gives the exact result";

macro_rules! transformer {
    ($rows:ty, $params:expr $(, $($variation:ident: $($value:expr),*);*)?) => {
        Examples::<$rows, Array1<usize>>::new().estimator($params)
            .learned().in_memory().persisted().rows_into_files()
            .lacks(Capability::Chained, IN_PASSES).lacks(Capability::Averaged, IN_PASSES)
            $($(.varied(stringify!($variation), |params| params.$variation($($value),*)))*)?
            .subject()
    };
}

fn scalers() -> Vec<Subject> {
    let mut all = over_two_layouts! {
        transformer!(Rows, MaxAbsScaler::params(), clip: true)
    };
    all.extend::<Vec<Subject>>(over_two_layouts! {
        transformer!(Rows, StandardScaler::params().with_mean(false), with_std: false; with_mean: true)
    });
    all.extend::<Vec<Subject>>(over_two_layouts! {
        transformer!(Rows, VarianceThreshold::params(), threshold: 0.65)
    });
    all.extend([
        transformer!(Array2<f64>, StandardScaler::params(), with_mean: false; with_std: false),
        transformer!(Array2<f64>, MinMaxScaler::params(), feature_range: -0.5, 0.5; clip: true),
        transformer!(
            Csr<f64>,
            TfidfTransformer::params(),
            norm: None;
            use_idf: false;
            smooth_idf: false;
            sublinear_tf: true
        ),
    ]);
    all
}

fn decompositions() -> Vec<Subject> {
    let mut all: Vec<Subject> = over_two_layouts! {
        transformer!(
            Rows,
            TruncatedSvd::params().n_components(1).n_iter(1).n_oversamples(0),
            n_components: 2;
            n_iter: 0;
            n_oversamples: 2;
            seed: 7
        )
    };
    let axes = "the axes of a chunk are not those of all rows: `Pca` is exact, in one pass";
    let incremental = Examples::<Array2<f64>, Array1<usize>>::new()
        .estimator(IncrementalPca::params().n_components(2))
        .partial_fit()
        .checkpointed()
        .in_memory()
        .persisted()
        .rows_into_files()
        .lacks(Capability::Averaged, axes)
        .lacks(Capability::Summed, axes)
        .varied("n_components", |params| params.n_components(1))
        .varied("whiten", |params| params.whiten(true))
        .except("cuts", "only the components that are kept go from chunk to chunk")
        .subject();
    all.extend([transformer!(Array2<f64>, Pca::params().n_components(2), n_components: 1; whiten: true), incremental]);
    all
}

/// Labels of blocks, as words.
fn words(blocks: &[Block]) -> Array1<String> {
    blocks.iter().flat_map(|block| block.class.iter().map(|class| format!("class {class}"))).collect()
}

/// For every row the classes up to its own.
fn sets(blocks: &[Block]) -> Vec<Vec<u16>> {
    blocks.iter().flat_map(|block| block.class.iter().map(|&class| (0..class as u16).collect())).collect()
}

fn encoders() -> Vec<Subject> {
    macro_rules! encoder {
        ($params:expr) => {
            Examples::<Array2<String>, Array1<usize>>::new()
                .estimator($params)
                .learned()
                .in_memory()
                .persisted()
                .rows_into_files()
                .lacks(Capability::Chained, IN_PASSES)
                .lacks(Capability::Averaged, IN_PASSES)
                .varied("categories", |params| params.categories(vec![quarters(); 3]))
        };
    }
    /// All categories of the examples, and one that they do not have.
    fn quarters() -> Vec<String> {
        (0..12).map(|i| (f64::from(i) / 4.0).to_string()).collect()
    }
    let vectorizer = Examples::<Text, Array1<usize>>::new()
        .estimator(HashingVectorizer::<f64>::params().n_features(64))
        .stateless()
        .persisted()
        .rows_into_files()
        .varied("n_features", |params| params.n_features(32))
        .varied("alternate_sign", |params| params.alternate_sign(false))
        .varied("norm", |params| params.norm(None))
        .varied("binary", |params| params.binary(true))
        .varied("lowercase", |params| params.lowercase(false))
        .varied("strip_accents", |params| params.strip_accents(Some(StripAccents::Unicode)))
        .varied("analyzer", |params| params.analyzer(Analyzer::Char))
        .varied("token_pattern", |params| params.token_pattern(r"\w"))
        .varied("stop_words", |params| params.stop_words(StopWords::English))
        .varied("ngram_range", |params| params.ngram_range(1, 2))
        .fixed("encoding", "text has been decoded")
        .fixed("decode_error", "text has been decoded")
        .fixed("dtype", "the type says it")
        .except("columns", "documents have words, not columns")
        .subject();
    vec![
        encoder!(OneHotEncoder::params())
            .varied_where(
                "handle_unknown",
                |params| params.categories(vec![vec!["0".to_owned()]; 3]),
                |params| params.handle_unknown(HandleUnknown::Ignore),
            )
            .subject(),
        encoder!(OrdinalEncoder::params().unknown_value(Some(-1.0)))
            .varied_where(
                "unknown_value",
                |params| params.categories(vec![vec!["0".to_owned()]; 3]),
                |params| params.unknown_value(None),
            )
            .subject(),
        vectorizer,
    ]
}

/// Binarizers of labels, which learn from labels and not from rows: they have no laws, and files.
pub fn binarizers() -> Vec<Subject> {
    macro_rules! of_labels {
        ($name:ident, $label:ty, $rows:ident, $of:ty) => {
            Examples::<Array2<f64>, Array1<usize>>::new()
                .fitted(stringify!($name), |_, blocks| {
                    let params = $name::<$label, f64>::params().check()?;
                    LearnRows::<$of>::finish(&params, params.learn(&$rows(blocks))?)
                })
                .used(|model: &$name<$label, f64>| {
                    let model = model.clone();
                    Use::new("transform", false, move |_, blocks| Ok(model.transform_rows(&$rows(blocks))?.numbers()))
                })
                .persisted()
        };
    }
    vec![
        of_labels!(LabelBinarizer, String, words, Array1<String>).subject(),
        of_labels!(MultiLabelBinarizer, u16, sets, Vec<Vec<u16>>).subject(),
    ]
}

pub fn subjects() -> Vec<Subject> {
    [scalers(), decompositions(), encoders()].into_iter().flatten().collect()
}
