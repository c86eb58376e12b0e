//! The scores of every label as a table.

use std::fmt;

use linfa::Label;

use super::report::{Line, label_text, report};
use super::{Average, ConfusionMatrix, MultilabelCounts};
use crate::error::{Error, Result};

/// The rows, the accuracy, the accuracy of always giving the most frequent label; then scikit-learn's
/// `classification_report`, with four decimals: per label precision, recall, F1 and support, the accuracy, and the macro
/// and the weighted averages. Support is the number of rows, or the sum of the weights if rows have weights.
///
/// ```
/// use chunkfit::metrics::ConfusionMatrix;
///
/// let counts = ConfusionMatrix::count(["a", "b", "b", "b"].iter(), ["a", "a", "b", "b"].iter())?;
/// assert_eq!(
///     counts.to_string(),
///     [
///         "4 rows, accuracy 0.7500 (always the most frequent label: 0.7500)",
///         "              precision    recall  f1-score   support",
///         "",
///         "           a     0.5000    1.0000    0.6667         1",
///         "           b     1.0000    0.6667    0.8000         3",
///         "",
///         "    accuracy                         0.7500         4",
///         "   macro avg     0.7500    0.8333    0.7333         4",
///         "weighted avg     0.8750    0.7500    0.7667         4",
///     ]
///     .join("\n")
/// );
/// # Ok::<(), chunkfit::Error>(())
/// ```
impl<L: Label> fmt::Display for ConfusionMatrix<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::with_capacity(self.labels.len());
        for label in &self.labels {
            names.push(label_text(label));
        }
        f.write_str(&self.counts.printed(names)?)
    }
}

impl MultilabelCounts {
    /// scikit-learn's `classification_report` of rows with several labels, with four decimals: per label precision,
    /// recall, F1 and support, and their averages; the labels, in the order of the columns, under these names. Printed,
    /// the counts are the same with numbers for names.
    ///
    /// ```
    /// use chunkfit::metrics::MultilabelCounts;
    /// use ndarray::array;
    ///
    /// let truth = array![[true, false], [true, true]];
    /// let counts = MultilabelCounts::count(truth.view(), truth.view())?;
    /// println!("{}", counts.report(&["sport", "politics"])?);
    /// assert!(counts.report(&["sport"]).is_err());
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// A different number of names than of labels (kind `ShapeMismatch`).
    pub fn report<N: AsRef<str>>(&self, names: &[N]) -> Result<String> {
        if names.len() != self.n_labels() {
            return Err(Error::shape("names of labels", self.n_labels(), names.len()));
        }
        let names = names.iter().map(|name| name.as_ref().to_owned()).collect();
        // Writing to a string does not fail.
        Ok(self.report_of(names).unwrap_or_default())
    }

    fn report_of(&self, names: Vec<String>) -> std::result::Result<String, fmt::Error> {
        let labels: Vec<Line> =
            names.into_iter().zip(self.label_weights()).map(|(name, label)| Line::of_label(name, label)).collect();
        let support = labels.iter().fold(0.0, |sum, label| sum + label.support);
        let mean = |average| [self.mean_precision(average), self.mean_recall(average), self.mean_f1(average)];
        let of_rows = [self.samples_precision(), self.samples_recall(), self.samples_f1()];
        let averages = [
            Line::of_scores("micro avg", mean(Average::Micro), support),
            Line::of_scores("macro avg", mean(Average::Macro), support),
            Line::of_scores("weighted avg", mean(Average::Weighted), support),
            Line::of_scores("samples avg", of_rows, support),
        ];
        report(&labels, &averages)
    }
}

/// The rows, the share of them all of whose labels are right, and the Hamming loss; then the
/// [report](MultilabelCounts::report), whose labels are numbered from 0 on.
impl fmt::Display for MultilabelCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, exact, wrong) = (self.n_rows(), self.subset_accuracy(), self.hamming_loss());
        writeln!(f, "{rows} rows, all labels right {exact:.4}, Hamming loss {wrong:.4}")?;
        f.write_str(&self.report_of((0..self.n_labels()).map(|label| label.to_string()).collect())?)
    }
}
