//! Documents to sparse rows.

use std::marker::PhantomData;

use linfa::Float;
use linfa::traits::Transformer;

use super::analyzer::{Analyzer, DocumentAnalyzer, Scratch, Units};
use super::decode::{DecodeError, Encoding, decode};
use super::norm::Norm;
use super::row_hasher::{Columns, RowHasher};
use super::stop_words::StopWordSet;
use super::token_pattern::TokenPattern;
use super::word_mask::Case;
use crate::data::{Csr, CsrBuilder, RawText, Text};
use crate::error::Result;

mod params;

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
/// assert_eq!(counts.row(1), ([150849_u32].as_slice(), [3.0].as_slice()));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HashingVectorizer<F> {
    analyzer: DocumentAnalyzer,
    columns: Columns,
    binary: bool,
    norm: Option<Norm>,
    encoding: Encoding,
    decode_error: DecodeError,
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
        settings.ngram_range.check()?;
        let units = match settings.analyzer {
            Analyzer::Word => Units::Words {
                pattern: TokenPattern::new(&settings.token_pattern)?,
                stop_words: StopWordSet::new(&settings.stop_words),
            },
            Analyzer::Char => Units::Chars,
            Analyzer::CharWb => Units::CharsOfWords,
        };
        Ok(HashingVectorizer {
            analyzer: DocumentAnalyzer {
                case: if settings.lowercase { Case::Lower } else { Case::Keep },
                strip_accents: settings.strip_accents,
                units,
                ngrams: settings.ngram_range,
            },
            columns: Columns::new(settings.n_features, settings.alternate_sign)?,
            binary: settings.binary,
            norm: settings.norm,
            encoding: settings.encoding,
            decode_error: settings.decode_error,
            element: PhantomData,
        })
    }

    /// The number of columns.
    pub fn n_features(&self) -> usize {
        self.columns.count()
    }

    /// One row a document: shape (documents, `n_features`).
    ///
    /// # Errors
    /// A custom token pattern that the engine gives up on, with the row.
    pub fn transform_text(&self, text: &Text) -> Result<Csr<F>> {
        self.transform(text.iter(), |document, _| Ok(document))
    }

    /// The same for documents that are still bytes, decoded as `encoding` and `decode_error` say.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), with the row, for a document that is not in
    /// its encoding unless `decode_error` allows it; and as [`transform_text`](Self::transform_text).
    pub fn transform_raw(&self, text: &RawText) -> Result<Csr<F>> {
        self.transform(text.iter(), |bytes, buffer| decode(bytes, self.encoding, self.decode_error, buffer))
    }

    fn transform<'d, D: ?Sized + 'd>(
        &self,
        documents: impl ExactSizeIterator<Item = &'d D>,
        decode: impl for<'a> Fn(&'a D, &'a mut String) -> Result<&'a str>,
    ) -> Result<Csr<F>> {
        let mut rows = CsrBuilder::with_capacity(self.n_features(), documents.len(), 0)?;
        let mut hasher = RowHasher::new(self.columns);
        let (mut scratch, mut decoded) = (Scratch::default(), String::new());
        for (row, document) in documents.enumerate() {
            decode(document, &mut decoded)
                .and_then(|text| self.analyzer.for_each(text, &mut scratch, |name| hasher.add(name)))
                .map_err(|error| error.at_row(row))?;
            hasher.end_row(&mut rows);
            if self.binary {
                rows.row_values_mut().fill(F::one());
            }
            if let Some(norm) = self.norm {
                norm.scale(rows.row_values_mut());
            }
            rows.end_row()?;
        }
        Ok(rows.finish())
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
