//! `IntoScorer`: a scorer or its name, where scorers are asked for.

use super::Scorer;
use crate::error::Result;

/// A [`Scorer`], or scikit-learn's name of one: what searches and scores of a fit take.
///
/// ```
/// use chunkfit::metrics::{Average, IntoScorer, Scorer};
///
/// assert_eq!("f1_macro".into_scorer()?, Scorer::MeanF1(Average::Macro));
/// assert_eq!(Scorer::R2.into_scorer()?, Scorer::R2);
/// assert!("f2".into_scorer().unwrap_err().to_string().contains("expected one of accuracy, "));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scorer",
    note = "name scorers by `Scorer`, such as `[Scorer::RocAuc, Scorer::F1]`, or by text, such as `[\"roc_auc\", \"f1\"]`; \
            of a list that is read at run time, its texts do"
)]
pub trait IntoScorer {
    /// The scorer.
    ///
    /// # Errors
    /// A name that no scorer has, with all names (kind `InvalidParameter`, name `scoring`).
    fn into_scorer(self) -> Result<Scorer>;
}

impl IntoScorer for Scorer {
    fn into_scorer(self) -> Result<Scorer> {
        Ok(self)
    }
}

impl IntoScorer for &Scorer {
    fn into_scorer(self) -> Result<Scorer> {
        Ok(self.clone())
    }
}

impl IntoScorer for &str {
    fn into_scorer(self) -> Result<Scorer> {
        self.parse()
    }
}

impl IntoScorer for String {
    fn into_scorer(self) -> Result<Scorer> {
        self.parse()
    }
}

impl IntoScorer for &String {
    fn into_scorer(self) -> Result<Scorer> {
        self.parse()
    }
}
