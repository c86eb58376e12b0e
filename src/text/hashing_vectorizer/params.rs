//! The parameters of [`HashingVectorizer`].

use std::fmt;
use std::sync::OnceLock;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::HashingVectorizer;
use crate::data::{Float, Identified, Norm};
use crate::error::{Error, Result};
use crate::text::analyzer::{Analyzer, NgramRange};
use crate::text::decode::{DecodeError, Encoding};
use crate::text::stop_words::StopWords;
use crate::text::token_pattern::DEFAULT_TOKEN_PATTERN;
use crate::text::unicode::StripAccents;

/// What a [`HashingVectorizer`] is to do: free to set, checked by linfa's
/// [`check`](ParamGuard::check).
///
/// Defaults are scikit-learn's. `F` is the type of the values, `f64` unless
/// [`dtype`](Self::dtype) changes it (scikit-learn's `dtype`).
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Settings", into = "Settings", bound = "F: Float")]
pub struct HashingVectorizerParams<F: Float> {
    settings: Settings,
    /// linfa's `check_ref` lends the checked form, which therefore has to be kept.
    checked: OnceLock<HashingVectorizer<F>>,
}

/// The parameters as plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename = "HashingVectorizer")]
pub(super) struct Settings {
    pub(super) n_features: usize,
    pub(super) alternate_sign: bool,
    pub(super) norm: Option<Norm>,
    pub(super) binary: bool,
    pub(super) lowercase: bool,
    pub(super) strip_accents: Option<StripAccents>,
    pub(super) analyzer: Analyzer,
    pub(super) token_pattern: String,
    pub(super) stop_words: StopWords,
    pub(super) ngram_range: NgramRange,
    pub(super) encoding: Encoding,
    pub(super) decode_error: DecodeError,
    dtype: Dtype,
}

/// The element type by numpy's name: in the serialized parameters it tells `f32` and `f64` apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Dtype {
    Float32,
    Float64,
}

impl Dtype {
    fn of<F: Float>() -> Self {
        if size_of::<F>() == size_of::<f32>() { Dtype::Float32 } else { Dtype::Float64 }
    }
}

impl<F: Float> HashingVectorizerParams<F> {
    pub(super) fn new() -> Self {
        Settings {
            n_features: 1 << 20,
            alternate_sign: true,
            norm: Some(Norm::L2),
            binary: false,
            lowercase: true,
            strip_accents: None,
            analyzer: Analyzer::Word,
            token_pattern: DEFAULT_TOKEN_PATTERN.to_owned(),
            stop_words: StopWords::None,
            ngram_range: NgramRange { min: 1, max: 1 },
            encoding: Encoding::Utf8,
            decode_error: DecodeError::Strict,
            dtype: Dtype::of::<F>(),
        }
        .into()
    }

    fn set(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self.checked = OnceLock::new();
        self
    }

    /// How many columns there are: 1 to 2^31 - 1, by default 2^20. Fewer columns mean more names
    /// that share one. A power of two is a little faster (scikit-learn's `n_features`).
    pub fn n_features(self, n_features: usize) -> Self {
        self.set(|settings| settings.n_features = n_features)
    }

    /// Whether half of the names count negatively, so that names that share a column tend to cancel
    /// out instead of adding up. By default true; turn it off where values must not be negative, as
    /// for naive Bayes (scikit-learn's `alternate_sign`).
    pub fn alternate_sign(self, alternate_sign: bool) -> Self {
        self.set(|settings| settings.alternate_sign = alternate_sign)
    }

    /// The length by which each row is divided, or `None` to keep counts. By default
    /// [`Norm::L2`] (scikit-learn's `norm`).
    pub fn norm(self, norm: Option<Norm>) -> Self {
        self.set(|settings| settings.norm = norm)
    }

    /// Whether only the presence of a name counts: every stored value becomes 1 before the row is
    /// scaled. By default false (scikit-learn's `binary`).
    pub fn binary(self, binary: bool) -> Self {
        self.set(|settings| settings.binary = binary)
    }

    /// Whether text is lower-cased first, as Python does it. By default true (scikit-learn's
    /// `lowercase`).
    pub fn lowercase(self, lowercase: bool) -> Self {
        self.set(|settings| settings.lowercase = lowercase)
    }

    /// How accents are removed, after lower-casing. By default `None`: they stay (scikit-learn's
    /// `strip_accents`).
    pub fn strip_accents(self, strip_accents: Option<StripAccents>) -> Self {
        self.set(|settings| settings.strip_accents = strip_accents)
    }

    /// What is counted: words or sequences of characters. By default [`Analyzer::Word`]
    /// (scikit-learn's `analyzer`).
    pub fn analyzer(self, analyzer: Analyzer) -> Self {
        self.set(|settings| settings.analyzer = analyzer)
    }

    /// The regular expression of a token, in Python's syntax and meaning; the word analyzer's only.
    /// If it has a capturing group, the group is the token; it may not have two. By default
    /// `(?u)\b\w\w+\b`: words of two characters or more (scikit-learn's `token_pattern`).
    ///
    /// The default and `(?u)\b\w+\b` are read without a regular expression; another pattern takes
    /// about four times as long, and one with look-arounds (or `\b`, on text that is not ASCII) about
    /// twenty times. `\N{...}` and look-arounds with a quantifier are not
    /// supported. What is a letter or a number is decided by the newest Unicode, as in a Python of
    /// the same age: characters that were assigned after a Python was released are words here only.
    pub fn token_pattern(self, token_pattern: impl Into<String>) -> Self {
        self.set(|settings| settings.token_pattern = token_pattern.into())
    }

    /// Words that are left out, the word analyzer's only. By default [`StopWords::None`]
    /// (scikit-learn's `stop_words`).
    pub fn stop_words(self, stop_words: StopWords) -> Self {
        self.set(|settings| settings.stop_words = stop_words)
    }

    /// How many words or characters in a row are counted as one name, at least and at most:
    /// 1 <= `min` <= `max`. By default (1, 1) (scikit-learn's `ngram_range`).
    pub fn ngram_range(self, min: usize, max: usize) -> Self {
        self.set(|settings| settings.ngram_range = NgramRange { min, max })
    }

    /// What the bytes of a [`RawText`](crate::data::RawText) stand for. By default
    /// [`Encoding::Utf8`] (scikit-learn's `encoding`).
    pub fn encoding(self, encoding: Encoding) -> Self {
        self.set(|settings| settings.encoding = encoding)
    }

    /// What to do with bytes that are not valid in the encoding. By default
    /// [`DecodeError::Strict`] (scikit-learn's `decode_error`).
    pub fn decode_error(self, decode_error: DecodeError) -> Self {
        self.set(|settings| settings.decode_error = decode_error)
    }

    /// The same with values of type `G`, `f32` or `f64` (scikit-learn's `dtype`).
    pub fn dtype<G: Float>(self) -> HashingVectorizerParams<G> {
        Settings { dtype: Dtype::of::<G>(), ..self.settings }.into()
    }
}

impl<F: Float> Identified for HashingVectorizerParams<F> {
    const NAME: &'static str = "HashingVectorizer";
}

/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for `n_features`,
/// `ngram_range` or `token_pattern`.
impl<F: Float> ParamGuard for HashingVectorizerParams<F> {
    type Checked = HashingVectorizer<F>;
    type Error = Error;

    fn check_ref(&self) -> Result<&HashingVectorizer<F>> {
        match self.checked.get() {
            Some(checked) => Ok(checked),
            None => {
                let checked = HashingVectorizer::new(&self.settings)?;
                Ok(self.checked.get_or_init(|| checked))
            }
        }
    }

    fn check(self) -> Result<HashingVectorizer<F>> {
        match self.checked.into_inner() {
            Some(checked) => Ok(checked),
            None => HashingVectorizer::new(&self.settings),
        }
    }
}

/// Equal settings; whether they were checked already makes no difference.
impl<F: Float> PartialEq for HashingVectorizerParams<F> {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl<F: Float> fmt::Debug for HashingVectorizerParams<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl<F: Float> From<HashingVectorizerParams<F>> for Settings {
    fn from(params: HashingVectorizerParams<F>) -> Self {
        params.settings
    }
}

/// For settings just made, whose type is known to be right.
impl Settings {
    fn into<F: Float>(self) -> HashingVectorizerParams<F> {
        HashingVectorizerParams { settings: self, checked: OnceLock::new() }
    }
}

impl<F> From<HashingVectorizer<F>> for Settings {
    fn from(vectorizer: HashingVectorizer<F>) -> Self {
        vectorizer.settings
    }
}

impl<F: Float> TryFrom<Settings> for HashingVectorizer<F> {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self> {
        HashingVectorizerParams::try_from(settings)?.check()
    }
}

/// For settings from a file.
impl<F: Float> TryFrom<Settings> for HashingVectorizerParams<F> {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self> {
        let wanted = Dtype::of::<F>();
        if settings.dtype != wanted {
            return Err(Error::parameter("dtype", settings.dtype, format!("{wanted:?}, the type being read")));
        }
        Ok(settings.into())
    }
}
