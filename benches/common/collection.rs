//! Reuters-21578, or what stands in for it.

use chunkfit::Chunks;
use chunkfit::data::Text;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::graph::Key;
use linfa::DatasetBase;
use ndarray::Array1;

/// Stories, and whether they are about acquisitions.
pub type Examples = Chunks<DatasetBase<Text, Array1<bool>>>;

/// The files that the examples find: those of `CHUNKFIT_DATA`, of the cache, else the sample.
pub fn files() -> ReutersFiles {
    reuters::locate(None).expect("files of stories")
}

/// All stories with a tag, file by file.
pub fn examples(files: &ReutersFiles) -> Examples {
    let label = |stories: &_| Ok(reuters::acq_examples(stories, Labelled::EveryD));
    files.open().expect("stories are opened").map_keyed("label", Key::of("acq, every <D>").finish(), label)
}
