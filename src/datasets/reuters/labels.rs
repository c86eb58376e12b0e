//! Labelling of stories: examples with a yes-or-no target.

use linfa::DatasetBase;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::stories::{Stories, Story};
use crate::data::Text;

/// Which stories count as labelled, and by which tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Labelled {
    /// Any tag at all: topics, places, people, organisations, exchanges. What scikit-learn's
    /// out-of-core example does; 19,716 of the 21,578 stories.
    #[default]
    EveryD,
    /// Topics only; 11,367 stories.
    TopicsOnly,
}

impl Labelled {
    /// The tags of a story that are labels under this mode.
    pub fn labels<'a>(self, story: Story<'a>) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let (every, topics) = match self {
            Labelled::EveryD => (Some(story.all_tags()), None),
            Labelled::TopicsOnly => (None, Some(story.topics())),
        };
        every.into_iter().flatten().chain(topics.into_iter().flatten())
    }
}

impl Stories {
    /// The labelled stories as examples: records are their [texts](Story::text), targets whether
    /// `topic` is among their labels. Stories without labels are dropped. No text is copied.
    ///
    /// ```
    /// use chunkfit::datasets::reuters::{Labelled, parse, sample};
    ///
    /// let stories = parse(&sample::generate(1, 0, 50))?;
    /// let examples = stories.labelled_by("acq", Labelled::TopicsOnly);
    /// assert!(examples.targets.len() < stories.len());
    /// assert!(examples.targets.iter().any(|&acq| acq));
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn labelled_by(&self, topic: &str, mode: Labelled) -> DatasetBase<Text, Array1<bool>> {
        let is_labelled = |story: Story<'_>| mode.labels(story).next().is_some();
        let targets: Array1<bool> = self
            .iter()
            .filter(|story| is_labelled(*story))
            .map(|story| mode.labels(story).any(|label| label == topic))
            .collect();
        DatasetBase::new(self.text_where(is_labelled), targets)
    }
}

/// Examples of the task this data set is best known for here: is a story about mergers and
/// acquisitions, topic `acq`? See [`Stories::labelled_by`].
pub fn acq_examples(stories: &Stories, mode: Labelled) -> DatasetBase<Text, Array1<bool>> {
    stories.labelled_by("acq", mode)
}
