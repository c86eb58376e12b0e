//! Table of the scores of every label, by the labels' names.

use std::fmt;

use super::average::Average;
use super::multilabel::MultilabelCounts;
use crate::error::shown::value;
use crate::error::{Error, Result};

impl MultilabelCounts {
    /// A table of the scores of every label by its name, printed with `{}` (scikit-learn's `classification_report` of a
    /// matrix of labels): precision, recall, F1 and support, and their averages.
    ///
    /// ```
    /// use chunkfit::metrics::MultilabelCounts;
    /// use ndarray::array;
    ///
    /// let truth = array![[true, false], [true, true]];
    /// let counts = MultilabelCounts::count(truth.view(), array![[true, false], [false, true]].view())?;
    /// let table = counts.table(&["gold", "oil"])?.to_string();
    /// assert!(table.lines().any(|line| line.starts_with("gold ") && line.ends_with(" 2")), "{table}");
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// Another number of names than labels (kind `ShapeMismatch`).
    pub fn table<S: AsRef<str>>(&self, names: &[S]) -> Result<MultilabelTable<'_>> {
        if names.len() != self.n_labels() {
            return Err(Error::shape("names of labels", self.n_labels(), names.len()));
        }
        let names = names.iter().map(|name| value(name.as_ref()).to_string()).collect();
        Ok(MultilabelTable { counts: self, names })
    }
}

/// Scores of every label by its name: [`MultilabelCounts::table`], printed with `{}`.
#[derive(Clone, Debug)]
pub struct MultilabelTable<'a> {
    counts: &'a MultilabelCounts,
    names: Vec<String>,
}

/// The averages below the labels.
const AVERAGES: [(&str, Average); 3] =
    [("micro avg", Average::Micro), ("macro avg", Average::Macro), ("weighted avg", Average::Weighted)];

impl fmt::Display for MultilabelTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MultilabelTable { counts, names } = self;
        let averages = AVERAGES.map(|(name, _)| name);
        let widths = names.iter().map(String::as_str).chain(averages).map(|name| name.chars().count());
        let width = widths.max().unwrap_or(0);
        write!(f, "{:<width$}  precision  recall      F1  support", "label")?;
        let mut line = |name: &str, [precision, recall, f1]: [f64; 3], support: usize| {
            write!(f, "\n{name:<width$}  {precision:>9.4}  {recall:.4}  {f1:.4}  {support:>7}")
        };
        for (k, name) in names.iter().enumerate() {
            line(name, [counts.precision(k), counts.recall(k), counts.f1(k)], counts.support(k))?;
        }
        let support = (0..names.len()).map(|k| counts.support(k)).sum();
        for (name, average) in AVERAGES {
            let scores = [counts.mean_precision(average), counts.mean_recall(average), counts.mean_f1(average)];
            line(name, scores, support)?;
        }
        Ok(())
    }
}
