//! The "modified Apté" split, and the topics of stories.

use std::collections::{BTreeMap, BTreeSet};

use linfa::DatasetBase;
use ndarray::{Array1, Array2};

use super::stories::{LewisSplit, Stories, Story, TopicsAttribute};
use crate::chunks::Chunks;
use crate::data::{Footprint, Text};
use crate::graph::{Key, Lazy, Task};

/// The topics that have both a train and a test story in the ModApté split, sorted: the 90 that
/// most papers report on. Computed from all chunks of the collection.
pub fn mod_apte_topics(stories: &Chunks<Stories>) -> Lazy<Vec<String>> {
    let counts =
        stories.map_keyed("count topics", Key::of("ModApté topics").finish(), |stories| Ok(TopicSets::of(stories)));
    let key = counts.iter().fold(Key::of("ModApté topics"), |key, part| key.input(part.key())).finish();
    Lazy::gather(counts.as_slice(), Task::new("choose topics", key), |counts| {
        let all = counts.iter().fold(TopicSets::default(), |all, counts| all.merge(counts));
        Ok(all.on_both_sides())
    })
}

impl Stories {
    /// The stories on one side of the ModApté split as examples: records are their
    /// [texts](Story::text), targets which of these topics they have, shape (stories, topics). No text
    /// is copied.
    ///
    /// The split takes the stories of that `LEWISSPLIT` whose `TOPICS` attribute is `YES`: 9,603 to
    /// train on and 3,299 to test on. Some have none of the topics; of the 90 of [`mod_apte_topics`],
    /// 7,770 and 3,019 stories have any.
    ///
    /// ```
    /// use chunkfit::datasets::reuters::{LewisSplit, parse, sample};
    ///
    /// let stories = parse(&sample::generate(1, 0, 50))?;
    /// let topics = ["acq", "grain"].map(String::from);
    /// let train = stories.mod_apte(LewisSplit::Train, &topics);
    /// assert_eq!(train.targets.ncols(), 2);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn mod_apte(&self, side: LewisSplit, topics: &[String]) -> DatasetBase<Text, Array2<bool>> {
        let is_in = |story: Story<'_>| belongs(story, side);
        let stories: Vec<Story<'_>> = self.iter().filter(|&story| is_in(story)).collect();
        let numbers: BTreeMap<&str, usize> = topics.iter().enumerate().map(|(k, topic)| (topic.as_str(), k)).collect();
        let mut targets = Array2::from_elem((stories.len(), topics.len()), false);
        for (i, story) in stories.into_iter().enumerate() {
            for topic in story.topics() {
                if let Some(&k) = numbers.get(topic) {
                    targets[(i, k)] = true;
                }
            }
        }
        DatasetBase::new(self.text_where(is_in), targets)
    }
}

impl Stories {
    /// The stories on one side of the ModApté split, as of [`mod_apte`](Self::mod_apte), with their sets of topics for
    /// targets: [`Chunks::label_binarizer`](crate::Chunks::label_binarizer) makes columns of these.
    ///
    /// ```
    /// use chunkfit::datasets::reuters::{LewisSplit, parse, sample};
    ///
    /// let stories = parse(&sample::generate(1, 0, 50))?;
    /// let train = stories.mod_apte_sets(LewisSplit::Train);
    /// assert_eq!(train.targets.len(), train.records.len());
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn mod_apte_sets(&self, side: LewisSplit) -> DatasetBase<Text, Array1<Vec<String>>> {
        let is_in = |story: Story<'_>| belongs(story, side);
        let sets = self.iter().filter(|&story| is_in(story)).map(|story| story.topics().map(str::to_owned).collect());
        DatasetBase::new(self.text_where(is_in), sets.collect())
    }
}

fn belongs(story: Story<'_>, side: LewisSplit) -> bool {
    story.lewis_split() == side && story.topics_attribute() == TopicsAttribute::Yes
}

/// The topics on either side of the split.
#[derive(Clone, Default)]
struct TopicSets {
    train: BTreeSet<String>,
    test: BTreeSet<String>,
}

impl TopicSets {
    fn of(stories: &Stories) -> Self {
        let topics = |side| {
            let stories = stories.iter().filter(move |&story| belongs(story, side));
            stories.flat_map(|story| story.topics()).map(str::to_owned).collect()
        };
        TopicSets { train: topics(LewisSplit::Train), test: topics(LewisSplit::Test) }
    }

    fn merge(mut self, other: &Self) -> Self {
        self.train.extend(other.train.iter().cloned());
        self.test.extend(other.test.iter().cloned());
        self
    }

    fn on_both_sides(&self) -> Vec<String> {
        self.train.intersection(&self.test).cloned().collect()
    }
}

impl Footprint for TopicSets {
    fn heap_bytes(&self) -> usize {
        self.train.iter().chain(&self.test).map(String::heap_bytes).sum()
    }
}
