//! Reuters-21578, where `CHUNKFIT_DATA` has it, else the sample that is part of the package.

use chunkfit::Runtime;
use chunkfit::datasets::reuters::{self, Labelled, Stories};

use super::ROWS_A_FILE;
use super::tables::Part;

/// The topics that are classes of their own; all others are one.
const TOPICS: [&str; 5] = ["earn", "acq", "crude", "grain", "money-fx"];

/// The first labelled stories of every file of the data, a part each.
pub fn parts() -> Vec<Part> {
    let files = reuters::locate(None).unwrap_or_else(|_| panic!("CHUNKFIT_DATA is no folder with the data"));
    let files: Vec<Stories> = Runtime::new().compute(files.open().unwrap()).unwrap();
    files.iter().map(part).collect()
}

fn part(stories: &Stories) -> Part {
    let mut part = Part::default();
    let labelled = stories.iter().filter(|&story| Labelled::EveryD.labels(story).next().is_some());
    // An empty cell of CSV is a null to DataFusion, and a null is no text.
    for story in labelled.filter(|story| !story.text().is_empty()).take(ROWS_A_FILE) {
        part.text.push(story.text().to_owned());
        part.label.push(Labelled::EveryD.labels(story).any(|label| label == "acq"));
        let topic = story.topics().find(|topic| TOPICS.contains(topic)).unwrap_or("other");
        part.topic.push(topic.to_owned());
        part.customer.push(format!("customer {}", story.new_id() % 3));
    }
    part
}
