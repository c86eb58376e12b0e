//! Where a run leaves what it would be a pity to compute again.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use super::key::Key;
use super::slot_file;
use crate::error::{Error, Result};
use crate::files::{ABANDONED, key_in_name, name_of_key, sweep};

/// The file name extension of slots in a checkpoint, after the slot's key.
const ENDING: &str = ".kept";

/// A folder in which a run leaves its progress: [`Runtime::checkpoint`](crate::Runtime::checkpoint).
///
/// The values that are [kept](crate::Lazy::kept) are written there once they were computed; of a
/// chain the newest, in the place of the one before, and those that others need beside it. A run that was interrupted or killed,
/// at any moment, and is started again with the same folder goes on from these values and ends
/// with the same bits as an unbroken one. What a finished run leaves behind makes the same run
/// short; delete the folder when nobody will run it again.
///
/// Values are found by their tasks' [keys](crate::graph::Key): hashes of the parameters on the way and of the states
/// of the input files (see [what tells two states apart](crate::sources#what-tells-files-apart)), so that other data
/// or other parameters have another value. Keys know nothing of the code of your functions, though:
/// after a change there, take another folder, or another
/// [identity](crate::Chunks::identified). Files that are damaged, or of another version of
/// this crate, do not count, and are replaced.
///
/// Several runs may use one folder at once, also those of several processes: a file is replaced
/// as a whole, and where two write the same value the last one stays. Files are not forced onto
/// the disk: a power cut may cost more than the work at hand; what it damaged is found out by checksums.
///
/// The folder may hold other files as well. The checkpoint's own are hidden: `.chunkfit-`, 32 hexadecimal digits,
/// `.kept`. Nothing else in the folder is read, changed or removed, and a link or a folder of such a name is an error.
/// Files are created with the permissions that the process's mask (umask) leaves.
///
/// ```
/// # use chunkfit::data::Codec;
/// # use chunkfit::graph::{Checkpoint, Key, Lazy, Runtime, Task};
/// # let dir = tempfile::tempdir().unwrap();
/// # let folder = dir.path();
/// let count = || {
///     let key = Key::of("count").finish();
///     Lazy::source(Task::new("count", key), || Ok(1 + 1)).kept(key, Codec::serialized())
/// };
/// let runtime = Runtime::new().checkpoint(Checkpoint::new(folder));
/// let first = runtime.run(count())?;
/// let again = runtime.run(count())?; // as in another process, later
/// assert_eq!((first.values, first.summary.runs("count")), (2, 1));
/// assert_eq!((again.values, again.summary.runs("count")), (2, 0));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    folder: PathBuf,
    every: Duration,
    every_steps: usize,
}

impl Checkpoint {
    /// A checkpoint in this folder, which a run creates if it is not there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Checkpoint { folder: folder.into(), every: Duration::ZERO, every_steps: 1 }
    }

    /// How long a chain's slot is left alone after it was written: less is written, and up to
    /// this much of the chain's work may be lost. What others need than the next step is written
    /// at once. Default zero: every step is written, and only the steps in work can be lost.
    /// Worth setting where writing a large model takes longer than a short step.
    pub fn every(mut self, interval: Duration) -> Self {
        self.every = interval;
        self
    }

    /// How many steps a chain takes from one writing of its slot to the next: chunks, for a
    /// [`Chained`](crate::combine::Chained). Default 1. With an [interval](Self::every), both have to pass.
    pub fn every_steps(mut self, steps: usize) -> Self {
        self.every_steps = steps;
        self
    }

    /// Makes the folder ready for a run.
    pub(super) fn open(&self) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|error| Error::io("create the folder", &self.folder, error))?;
        sweep(&self.folder, ABANDONED);
        Ok(())
    }

    /// How long a slot is left alone after it was written.
    pub(super) fn interval(&self) -> Duration {
        self.every
    }

    /// How many steps are taken for one to be written.
    pub(super) fn steps(&self) -> usize {
        self.every_steps
    }

    /// The slots that hold something, each with the task whose value it seems to be.
    pub(super) fn contents(&self) -> HashMap<Key, Key> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let content = |file: fs::DirEntry| {
            let slot = key_in_name(&file.file_name(), ENDING)?;
            Some((Key::from_bits(slot), slot_file::key(&file.path())?))
        };
        files.filter_map(content).collect()
    }

    /// Whether the slot holds the whole value of this task.
    pub(super) fn holds(&self, slot: Key, key: Key) -> bool {
        slot_file::is_whole(&self.file(slot), key)
    }

    /// The encoded value of this task, if the slot holds the whole of it.
    pub(super) fn read(&self, slot: Key, key: Key) -> Option<Vec<u8>> {
        slot_file::read(&self.file(slot), key)
    }

    /// Puts the encoded value of a task into its slot.
    pub(super) fn write(&self, slot: Key, key: Key, content: &[u8]) -> Result<()> {
        let file = self.file(slot);
        slot_file::write(&file, key, content).map_err(|error| Error::io("write the checkpoint", &file, error))
    }

    /// The file of a slot.
    pub(super) fn file(&self, slot: Key) -> PathBuf {
        self.folder.join(name_of_key(slot.bits(), ENDING))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    #[test]
    fn what_a_killed_process_left_is_swept_up_but_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("a/b"));
        checkpoint.open().unwrap();
        let (slot, key) = (Key::of("slot").finish(), Key::of("key").finish());
        checkpoint.write(slot, key, b"value").unwrap();
        let inside = |name: &str| folder.path().join("a/b").join(name);
        let old = SystemTime::now() - Duration::from_secs(7200);
        let (dead, young) = (".chunkfit-part-00000000000000aa", ".chunkfit-part-00000000000000bb");
        let foreign = ["writing-a-novel.md", ".chunkfit-part-notes", "00000000000000000000000000000000.kept"];
        for (name, time) in [(dead, old), (young, SystemTime::now())].into_iter().chain(foreign.map(|name| (name, old)))
        {
            fs::File::create(inside(name)).unwrap().set_modified(time).unwrap();
        }
        checkpoint.open().unwrap();
        assert_eq!([dead, young].map(|name| inside(name).exists()), [false, true]);
        assert!(foreign.iter().all(|name| inside(name).exists()));
        assert_eq!(checkpoint.contents(), HashMap::from([(slot, key)]));
    }
}
