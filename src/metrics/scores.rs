//! `Scores`: the values of several scorers for the same rows, by name.

use std::fmt;
use std::ops::Index;

use serde::{Serialize, Serializer};

use super::Scorer;
use crate::error::shown;

/// Scores by the names of their scorers, in the order in which they were asked for: what
/// [`evaluate`](crate::combine::Fitted::evaluate) gives.
///
/// Printed, it is a table, a line for each score. A score is looked up by its scorer or by its name; a reference iterates
/// over names and values; serialized, it is a map from names to values.
///
/// ```
/// use chunkfit::metrics::{Scorer, Scores};
///
/// let scores: Scores = [(Scorer::RocAuc, 0.97), (Scorer::F1, 0.8125)].into_iter().collect();
/// assert_eq!((scores[&Scorer::F1], scores["roc_auc"]), (0.8125, 0.97));
/// assert_eq!((scores.get(&Scorer::R2), scores.get_by_name("f1")), (None, Some(0.8125)));
/// assert_eq!(scores.to_string(), "roc_auc  0.970000\nf1       0.812500");
/// for (name, value) in &scores {
///     println!("{name}: {value}");
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores(Vec<(Scorer, f64)>);

impl Scores {
    /// The score of this scorer, if it is among these.
    pub fn get(&self, scorer: &Scorer) -> Option<f64> {
        self.0.iter().find(|(own, _)| own == scorer).map(|(_, value)| *value)
    }

    /// The score of this [name](Scorer::name), such as `f1_macro`, if it is among these; of several the first.
    pub fn get_by_name(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(own, _)| own.name() == name).map(|(_, value)| *value)
    }

    /// The names and the values, in order.
    pub fn iter(&self) -> ScoresIter<'_> {
        ScoresIter(self.0.iter())
    }

    /// The scorers, in order.
    pub fn scorers(&self) -> impl Iterator<Item = &Scorer> {
        self.0.iter().map(|(scorer, _)| scorer)
    }

    /// The values, in order.
    pub fn values(&self) -> Vec<f64> {
        self.0.iter().map(|(_, value)| *value).collect()
    }

    /// The number of scores.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Scorer, f64)> for Scores {
    fn from_iter<I: IntoIterator<Item = (Scorer, f64)>>(scores: I) -> Self {
        Scores(scores.into_iter().collect())
    }
}

/// The names and values of [`Scores`].
#[derive(Clone, Debug)]
pub struct ScoresIter<'a>(std::slice::Iter<'a, (Scorer, f64)>);

impl<'a> Iterator for ScoresIter<'a> {
    type Item = (&'a str, f64);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(scorer, value)| (scorer.name(), *value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for ScoresIter<'_> {}

impl<'a> IntoIterator for &'a Scores {
    type Item = (&'a str, f64);
    type IntoIter = ScoresIter<'a>;

    fn into_iter(self) -> ScoresIter<'a> {
        self.iter()
    }
}

/// The score of a scorer.
///
/// # Panics
/// When it is not among these: see [`Scores::get`].
impl Index<&Scorer> for Scores {
    type Output = f64;

    fn index(&self, scorer: &Scorer) -> &f64 {
        let own = self.0.iter().find(|(own, _)| own == scorer);
        own.map(|(_, value)| value).unwrap_or_else(|| panic!("no score of {:?} among these", scorer.name()))
    }
}

/// The score of a name.
///
/// # Panics
/// When it is not among these: see [`Scores::get_by_name`].
impl Index<&str> for Scores {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        let own = self.0.iter().find(|(own, _)| own.name() == name);
        own.map(|(_, value)| value).unwrap_or_else(|| panic!("no score named {name:?} among these"))
    }
}

/// A line for each score: its name, and its value with six decimals.
impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.iter().map(|(name, _)| shown::value(name).to_string()).collect();
        let values: Vec<String> = self.iter().map(|(_, value)| format!("{value:.6}")).collect();
        let widest = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        let (left, right) = (widest(&names), widest(&values));
        for (i, (name, value)) in names.iter().zip(&values).enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{name:<left$}  {value:>right$}")?;
        }
        Ok(())
    }
}

/// As a map from names to values.
impl Serialize for Scores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_found_by_scorer_and_by_name_and_printed_in_columns() {
        let own = Scorer::mean_of_values("odd\n", |truth, _| truth);
        let twin = Scorer::mean_of_values("odd\n", |_, predicted| predicted);
        let values = [(Scorer::NegMaxError, -12.5), (own.clone(), 1.0), (twin.clone(), 2.0)];
        let scores: Scores = values.into_iter().collect();
        assert_eq!((scores[&own], scores[&twin], scores["odd\n"]), (1.0, 2.0, 1.0));
        assert_eq!((scores.values(), scores.iter().len()), (vec![-12.5, 1.0, 2.0], 3));
        let lines = ["neg_max_error  -12.500000", "odd\\n            1.000000", "odd\\n            2.000000"];
        assert_eq!(scores.to_string(), lines.join("\n"));
        assert_eq!(Scores::default().to_string(), "");
        let json = serde_json::to_string(&[(Scorer::F1, 0.5)].into_iter().collect::<Scores>()).unwrap();
        assert_eq!(json, r#"{"f1":0.5}"#);
    }

    #[test]
    #[should_panic(expected = "no score named \"f1\" among these")]
    fn a_score_that_is_not_there_is_named_by_the_panic() {
        let _ = Scores::default()["f1"];
    }
}
