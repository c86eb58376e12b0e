//! The scores of every label as a table.

use std::fmt;

use linfa::Label;

use super::ConfusionMatrix;

/// The rows, the accuracy, the accuracy of always giving the most frequent label, and per label
/// precision, recall, F1 and support, which is the sum of the weights if rows have weights (scikit-learn's
/// `classification_report`).
///
/// ```
/// use chunkfit::metrics::ConfusionMatrix;
///
/// let counts = ConfusionMatrix::count(["a", "b", "b", "b"].iter(), ["a", "a", "b", "b"].iter())?;
/// assert_eq!(
///     counts.to_string(),
///     "4 rows, accuracy 0.7500 (always the most frequent label: 0.7500)\n\
///      label  precision  recall      F1  support\n\
///      \"a\"       0.5000  1.0000  0.6667        1\n\
///      \"b\"       1.0000  0.6667  0.8000        3"
/// );
/// # Ok::<(), chunkfit::Error>(())
/// ```
impl<L: Label> fmt::Display for ConfusionMatrix<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, accuracy, majority) = (self.n_rows(), self.accuracy(), self.majority_rate());
        write!(f, "{rows} rows, accuracy {accuracy:.4} (always the most frequent label: {majority:.4})")?;
        let labels = self.per_label();
        let shown: Vec<String> = labels.keys().map(|label| format!("{label:?}")).collect();
        let width = shown.iter().map(|label| label.chars().count()).max().unwrap_or(0).max("label".len());
        write!(f, "\n{:<width$}  precision  recall      F1  support", "label")?;
        for (label, counts) in shown.iter().zip(labels.values()) {
            let (precision, recall, f1) = (counts.precision(), counts.recall(), counts.f1());
            let support = counts.support;
            let support = if support.fract() == 0.0 { support.to_string() } else { format!("{support:.4}") };
            write!(f, "\n{label:<width$}  {precision:>9.4}  {recall:.4}  {f1:.4}  {support:>7}")?;
        }
        Ok(())
    }
}
