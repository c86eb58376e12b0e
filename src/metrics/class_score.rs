//! Scores of classifiers by name, read from the counts of a `ClassTally`.

use linfa::Label;

use super::class_core::{Classes, check_two};
use super::numbering::union;
use super::{ClassTally, Scorer};
use crate::error::Result;

impl<L: Label> ClassTally<L> {
    /// The score of this name, greater being better.
    ///
    /// # Errors
    /// A scorer of regressors or of labels of another type, one of two classes for more or fewer,
    /// one whose [`needs`](Scorer::needs) were not counted (all of kind `InvalidParameter`, name
    /// `scoring`); no rows (`NoScoredRows`); ranks of rows of one class, ranks of a class against the others where it
    /// has no row, and shares of the loss of the mean probabilities where all rows are of one class (`OneClass`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64>
    where
        L: 'static,
    {
        scorer.check_labels::<L>()?;
        self.core.check_counted(scorer, &self.labels.counts)?;
        if let Scorer::Custom(custom) = scorer
            && let Some(score) = custom.of_confusion::<L>()
        {
            custom.check_weights(scorer, self.labels.is_weighted())?;
            return Ok(score(&self.labels));
        }
        let classes = Classes {
            n_classes: self.classes.len(),
            shown: &self.classes,
            label: &|class| format!("{:?}", self.classes[class]),
            positive: &|| {
                let (all, _) = union(&self.classes, &self.labels.labels);
                check_two(scorer, all.len(), &all)?;
                Ok(self.labels.counts.of_label(self.labels.number(&all[1])))
            },
        };
        self.core.score(scorer, &self.labels.counts, &classes)
    }
}
