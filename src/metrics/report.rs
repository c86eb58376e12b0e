//! The table of the scores of labels and of their averages, as scikit-learn's `classification_report` prints it.

use std::fmt::{self, Debug, Write};

use super::confusion::LabelWeights;
use crate::error::shown;

/// A line of the report.
pub(super) struct Line {
    pub(super) name: String,
    /// Precision, recall and F1; of the accuracy only the last.
    pub(super) scores: [Option<f64>; 3],
    /// The sum of the weights of the rows; without weights their number.
    pub(super) support: f64,
}

impl Line {
    /// The scores of one label.
    pub(super) fn of_label(name: String, label: &LabelWeights) -> Self {
        Line::of_scores(name, [label.precision(), label.recall(), label.f1()], label.support)
    }

    /// Precision, recall and F1 under this name.
    pub(super) fn of_scores(name: impl Into<String>, scores: [f64; 3], support: f64) -> Self {
        Line { name: name.into(), scores: scores.map(Some), support }
    }
}

/// A label where people read it: a text without its quotes, everything else as `Debug` shows it.
pub(super) fn label_text(label: &dyn Debug) -> String {
    let shown = format!("{label:?}");
    let Some(text) = shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return shown };
    // What is no printing character stays escaped.
    let (mut plain, mut escaped) = (String::new(), false);
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, '"' | '\'' | '\\') | (false, _) => {
                plain.push(c);
                escaped = false;
            }
            (true, _) => {
                plain.extend(['\\', c]);
                escaped = false;
            }
        }
    }
    plain
}

/// The lines of the labels, then those of the averages, with four decimals.
pub(super) fn report(labels: &[Line], averages: &[Line]) -> Result<String, fmt::Error> {
    let names =
        |lines: &[Line]| -> Vec<String> { lines.iter().map(|line| shown::value(&line.name).to_string()).collect() };
    let (of_labels, of_averages) = (names(labels), names(averages));
    let width = of_labels.iter().chain(&of_averages).map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = format!("{:>width$}  {:>9} {:>9} {:>9} {:>9}", "", "precision", "recall", "f1-score", "support");
    for (lines, names) in [(labels, of_labels), (averages, of_averages)] {
        out.push('\n');
        for (line, name) in lines.iter().zip(names) {
            write!(out, "\n{name:>width$} ")?;
            for score in line.scores {
                match score {
                    Some(score) => write!(out, " {score:>9.4}")?,
                    None => write!(out, " {:>9}", "")?,
                }
            }
            write!(out, " {:>9}", support(line.support))?;
        }
    }
    Ok(out)
}

/// A number of rows, or a sum of weights.
fn support(weight: f64) -> String {
    if weight.fract() == 0.0 { weight.to_string() } else { format!("{weight:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_shown_as_they_are() {
        #[derive(Debug)]
        struct Own(#[allow(dead_code)] &'static str);
        assert_eq!((label_text(&"1"), label_text(&1), label_text(&true)), ("1".into(), "1".into(), "true".into()));
        assert_eq!(label_text(&"a \"b\" it's \\ \n"), "a \"b\" it's \\ \\n");
        assert_eq!(label_text(&Own("x")), "Own(\"x\")");
    }
}
