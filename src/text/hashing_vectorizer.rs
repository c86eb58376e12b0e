//! Documents to sparse rows.

use std::marker::PhantomData;
use std::sync::Arc;

use linfa::traits::Transformer;
use serde::{Deserialize, Serialize};

use crate::data::{Csr, Float, RawText, Text};
use crate::error::Result;

mod document_hasher;
mod params;
#[cfg(feature = "persist")]
mod persist;
mod transform_chunk;

use crate::estimator::{Model, kind};
use document_hasher::{DocumentHasher, Documents, HashDocuments, SharedHasher};
pub use params::HashingVectorizerParams;
use params::Settings;

/// Counts the words of documents into columns that the words' hashes name (scikit-learn's
/// `HashingVectorizer`).
///
/// The rows are those of scikit-learn 1.9: the same columns, and values equal to the last bit or
/// two. It learns nothing, so every chunk can be vectorized on its own. It cannot tell which word a
/// column stands for.
///
/// ```
/// use chunkfit::data::{Rows, Text};
/// use chunkfit::text::HashingVectorizer;
/// use linfa::ParamGuard;
///
/// let text: Text = ["Oil prices rise", "oil, oil & oil"].into_iter().collect();
/// let vectorizer = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false).norm(None).check()?;
/// let counts = vectorizer.transform_text(&text)?;
/// assert_eq!(counts.row(1), ([29528_u32].as_slice(), [3.0].as_slice()));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Settings", into = "Settings", bound = "F: Float")]
pub struct HashingVectorizer<F> {
    settings: Settings,
    hasher: Arc<dyn SharedHasher>,
    element: PhantomData<F>,
}

impl HashingVectorizer<f64> {
    /// The default parameters, with values of type `f64`.
    pub fn params() -> HashingVectorizerParams<f64> {
        HashingVectorizerParams::new()
    }
}

impl<F: Float> HashingVectorizer<F> {
    fn new(settings: &Settings) -> Result<Self> {
        let hasher = DocumentHasher::shared(settings)?;
        Ok(HashingVectorizer { settings: settings.clone(), hasher, element: PhantomData })
    }

    /// The number of columns.
    pub fn n_features(&self) -> usize {
        self.settings.n_features
    }

    /// One row a document: shape (documents, `n_features`).
    ///
    /// # Errors
    /// A custom token pattern that the engine gives up on, with the row.
    pub fn transform_text(&self, text: &Text) -> Result<Csr<F>> {
        self.transform(Documents::Text(text))
    }

    /// The same for documents that are still bytes, decoded as `encoding` and `decode_error` say.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), with the row, for a document that is not in
    /// its encoding unless `decode_error` allows it; and as [`transform_text`](Self::transform_text).
    pub fn transform_raw(&self, text: &RawText) -> Result<Csr<F>> {
        self.transform(Documents::Raw(text))
    }

    fn transform(&self, documents: Documents<'_>) -> Result<Csr<F>> {
        F::run::<HashDocuments<'_>>((&self.settings, self.hasher.hasher(), documents))
    }
}

/// [`HashingVectorizer::transform_text`] by linfa's name.
impl<F: Float> Transformer<&Text, Result<Csr<F>>> for HashingVectorizer<F> {
    fn transform(&self, text: &Text) -> Result<Csr<F>> {
        self.transform_text(text)
    }
}

/// [`HashingVectorizer::transform_raw`] by linfa's name.
impl<F: Float> Transformer<&RawText, Result<Csr<F>>> for HashingVectorizer<F> {
    fn transform(&self, text: &RawText) -> Result<Csr<F>> {
        self.transform_raw(text)
    }
}

impl<F: Float> Model for HashingVectorizer<F> {
    type Kind = kind::Transformer;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Norm;
    use crate::data::Rows;
    use crate::error::ErrorKind;
    use crate::text::decode::{DecodeError, Encoding};
    use crate::text::{Analyzer, ENGLISH_STOP_WORDS, StopWords, StripAccents, murmur3_32};
    use linfa::ParamGuard;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Params = HashingVectorizerParams<f64>;
    type Change = (&'static str, fn(Params) -> Params);

    #[test]
    fn every_parameter_changes_something() {
        let raw: RawText = ["The caf\u{e9}  and THE x Caf\u{e9}".as_bytes(), b"bad \xff byte"].into_iter().collect();
        let base = || HashingVectorizer::params().decode_error(DecodeError::Replace);
        let changes: [Change; 13] = [
            ("n_features", |p| p.n_features(5)),
            ("alternate_sign", |p| p.alternate_sign(false)),
            ("norm", |p| p.norm(Some(Norm::L1))),
            ("no norm", |p| p.norm(None)),
            ("binary", |p| p.binary(true)),
            ("lowercase", |p| p.lowercase(false)),
            ("strip_accents", |p| p.strip_accents(Some(StripAccents::Unicode))),
            ("analyzer", |p| p.analyzer(Analyzer::CharWb)),
            ("token_pattern", |p| p.token_pattern(r"(?u)\b\w+\b")),
            ("stop_words", |p| p.stop_words(StopWords::English)),
            ("ngram_range", |p| p.ngram_range(1, 2)),
            ("encoding", |p| p.encoding(Encoding::Latin1)),
            ("decode_error", |p| p.decode_error(DecodeError::Ignore).token_pattern(r"\S+")),
        ];
        let usual = base().check().unwrap().transform_raw(&raw).unwrap();
        for (name, change) in changes {
            let changed = change(base());
            assert_ne!(changed, base(), "{name}");
            assert_ne!(changed.check().unwrap().transform_raw(&raw).unwrap(), usual, "{name}");
        }
        let replaced = base().token_pattern(r"\S+").check().unwrap().transform_raw(&raw).unwrap();
        let ignored = base().token_pattern(r"\S+").decode_error(DecodeError::Ignore).check().unwrap();
        assert_ne!(ignored.transform_raw(&raw).unwrap(), replaced);
    }

    #[test]
    fn bad_parameters_are_refused_by_name() {
        let bad: [Change; 6] = [
            ("n_features", |p| p.n_features(0)),
            ("n_features", |p| p.n_features(1 << 31)),
            ("ngram_range", |p| p.ngram_range(2, 1)),
            ("ngram_range", |p| p.ngram_range(0, 1)),
            ("token_pattern", |p| p.token_pattern("(")),
            ("token_pattern", |p| p.token_pattern("(a)(b)")),
        ];
        for (name, change) in bad {
            let error = change(HashingVectorizer::params()).check_ref().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: n, .. } if *n == name), "{error}");
        }
    }

    #[test]
    fn a_document_in_another_encoding_is_reported_by_row() {
        let raw: RawText = [b"fine".as_slice(), b"caf\xe9"].into_iter().collect();
        let error = HashingVectorizer::params().check().unwrap().transform_raw(&raw).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Decode { encoding: "utf-8", position: 3 });
        assert_eq!(error.place().row, Some(1));
    }

    #[test]
    fn single_precision_agrees_with_double() {
        let text: Text = ["a few words, a few more words", "", "one"].into_iter().collect();
        let double = HashingVectorizer::params().check().unwrap().transform_text(&text).unwrap();
        let single = HashingVectorizer::params().dtype::<f32>().check().unwrap().transform_text(&text).unwrap();
        assert_eq!(double.to_dense().mapv(|value| value as f32), single.to_dense());
    }

    #[test]
    fn parameters_are_plain_data_that_tells_element_types_apart() {
        let params = HashingVectorizer::params().stop_words(StopWords::Custom(vec!["a".into()])).ngram_range(1, 3);
        let bytes = postcard::to_allocvec(&params).unwrap();
        params.check_ref().unwrap();
        assert_eq!(postcard::to_allocvec(&params).unwrap(), bytes);
        assert_eq!(postcard::from_bytes::<Params>(&bytes).unwrap(), params);
        assert!(postcard::from_bytes::<HashingVectorizerParams<f32>>(&bytes).is_err());
        assert_ne!(postcard::to_allocvec(&params.dtype::<f32>()).unwrap(), bytes);
    }

    #[test]
    fn a_setting_after_a_check_is_not_lost() {
        let params = HashingVectorizer::params();
        params.check_ref().unwrap();
        assert_eq!(params.n_features(8).check_ref().unwrap().n_features(), 8);
    }

    #[test]
    fn vectorizers_go_to_other_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<HashingVectorizer<f32>>();
        shared::<HashingVectorizerParams<f64>>();
    }

    proptest! {
        /// Names cut and summed the obvious way.
        #[test]
        fn rows_are_the_slow_twins(documents in prop::collection::vec("([a-zA-Z]{1,4}|the|naïve)?( [a-c]{1,3}){0,40}", 0..6)) {
            let text: Text = documents.iter().collect();
            let vectorizer = HashingVectorizer::params().n_features(50).norm(None).stop_words(StopWords::English);
            let rows = vectorizer.check().unwrap().transform_text(&text).unwrap();
            prop_assert_eq!(rows.n_rows(), documents.len());
            for (document, (columns, values)) in documents.iter().zip(rows.view().iter()) {
                let mut sums = BTreeMap::new();
                for word in document.to_lowercase().split(' ') {
                    if word.chars().count() > 1 && !ENGLISH_STOP_WORDS.contains(&word) {
                        let hash = i64::from(murmur3_32(word.as_bytes(), 0));
                        *sums.entry((hash.abs() % 50) as u32).or_insert(0.0) += if hash >= 0 { 1.0 } else { -1.0 };
                    }
                }
                prop_assert_eq!(columns, sums.keys().copied().collect::<Vec<_>>());
                prop_assert_eq!(values, sums.values().copied().collect::<Vec<_>>());
            }
        }
    }
}
