//! Chunk cache on disk, for the next epoch, the next search and the next process.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::key::Key;
use super::slot_file;
use super::slot_file::Content;
use crate::error::{Error, Result};
use crate::files::{ABANDONED, Entry, Lock, is_part_name, key_in_name, name_of_key, open_regular, remove_own, sweep};

/// The file name extension of cached chunks, after their keys.
const ENDING: &str = ".chunk";

/// The file whose lock makes those wait who would write at the same time.
const LOCK: &str = ".chunkfit-cache-lock";

/// The time limit for the lock of the cache: a process that is suspended while it writes must not hold all others.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cache of chunks on disk, in a folder: [`Runtime::chunk_cache`](crate::Runtime::chunk_cache).
///
/// The output of a pipeline's vectorizer for a chunk is written there, and so is whatever else is
/// [marked](crate::Chunks::cached). The second epoch, the next search and the next process read it
/// from there, and neither the chunk's file nor the vectorizer is needed for it. Chunks are found by
/// their [keys](crate::graph::Key): by the state of the file that they come from (see
/// [what tells two states apart](crate::sources#what-tells-files-apart)), and by every
/// parameter on the way, so that other data or other parameters are another chunk; keys know nothing
/// of the code of your functions, though. Values whose keys mean nothing to another process
/// (data in memory, closures) are not cached, unless they are named by
/// [`Chunks::identified`](crate::Chunks::identified).
///
/// The files are compact (see [`Compact`](crate::data::Compact)), checked by a checksum whenever they
/// are read, and written aside and renamed: one that is damaged, or that another version of this crate
/// wrote, does not count and is made anew. Several processes may share a folder. A cache that cannot be
/// written (a full disk) is a [warning](crate::graph::Summary::warnings), not an error.
///
/// The folder may hold other files as well. The cache's own are hidden: `.chunkfit-cache-lock`, and `.chunkfit-`, 32
/// hexadecimal digits, `.chunk`. Nothing else in the folder is read, counted, changed or removed, and neither is a link
/// or a folder of such a name. Files are created with the permissions that the process's mask (umask) leaves.
///
/// ```
/// use chunkfit::graph::ChunkCache;
/// # let dir = tempfile::tempdir()?;
/// # let folder = dir.path();
/// # std::fs::write(folder.join("documents.txt"), "one\ntwo\n")?;
/// use chunkfit::{Runtime, sources::TextLines};
/// let runtime = Runtime::new().chunk_cache(ChunkCache::new(folder.join("cache")).max_bytes(1 << 30));
/// let documents = || TextLines::open(folder.join("documents.txt"))?.documents().map(|found| found.chunks());
/// let lengths = |documents: &chunkfit::Chunks<_>| {
///     documents.cached().map("lengths", |text: &chunkfit::data::Text| vec![text.len()])
/// };
/// let first = runtime.run(lengths(&documents()?))?;
/// let again = runtime.run(lengths(&documents()?))?; // as in another process, later
/// assert_eq!((first.summary.runs("parse"), again.summary.runs("parse")), (1, 0));
/// assert_eq!(first.values, again.values);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkCache {
    folder: PathBuf,
    max_bytes: u64,
}

impl ChunkCache {
    /// A cache in this folder, which a run creates if it is not there. It holds at most 16 GiB.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        ChunkCache { folder: folder.into(), max_bytes: 16 << 30 }
    }

    /// The most bytes that the files in the folder may take. Default 16 GiB.
    ///
    /// To make room, those not used for longest are removed, but none that the same run wants: data
    /// larger than the cache stays there in part, and is not driven out by itself.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Makes the folder ready for a run.
    pub(super) fn open(&self) -> Result<()> {
        fs::create_dir_all(&self.folder).map_err(|error| Error::io("create the folder", &self.folder, error))?;
        sweep(&self.folder, ABANDONED);
        Ok(())
    }

    /// True if the value of this task seems to be there: by its file's header.
    pub(super) fn seems_to_hold(&self, key: Key) -> bool {
        slot_file::key(&self.file(key)) == Some(key)
    }

    fn file(&self, key: Key) -> PathBuf {
        self.folder.join(name_of_key(key.bits(), ENDING))
    }
}

/// The chunk cache of a session.
pub(super) struct RunCache {
    cache: ChunkCache,
    /// The keys that runs of the session want, whose files are not removed, and how many want each.
    wanted: Mutex<HashMap<Key, usize>>,
    index: Mutex<FolderIndex>,
}

/// The index of the folder: the files in it, as far as is known.
#[derive(Default)]
struct FolderIndex {
    /// Of all files of ours, in bytes.
    total: u64,
    /// The files that may be removed: when it was used last, its bytes and its file; the oldest is the last.
    removable: Vec<(SystemTime, u64, PathBuf)>,
    /// The folder's time of change when it was looked at. Another one: somebody has written or removed.
    seen: Option<SystemTime>,
}

impl RunCache {
    pub(super) fn new(cache: ChunkCache) -> Self {
        RunCache { cache, wanted: Mutex::default(), index: Mutex::default() }
    }

    /// A run wants these chunks.
    pub(super) fn want(&self, keys: HashSet<Key>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        keys.into_iter().for_each(|key| *wanted.entry(key).or_default() += 1);
        drop(wanted);
        // Some of them may be in the index as files that may go.
        self.index.lock().unwrap_or_else(PoisonError::into_inner).seen = None;
    }

    /// A run that wanted these chunks is over.
    pub(super) fn unwant(&self, keys: &HashSet<Key>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Some(count) = wanted.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    wanted.remove(key);
                }
            }
        }
    }

    /// The bytes of a task's value. What is damaged is removed.
    pub(super) fn read(&self, key: Key) -> Option<Vec<u8>> {
        let file = self.cache.file(key);
        match slot_file::read_or_tell(&file, key) {
            Content::Whole(content) => {
                // The least recently used go first. Where the time cannot be set, it is that of writing.
                let used = open_regular(&file, File::options().read(true));
                let _ = used.and_then(|file| file.set_modified(SystemTime::now()));
                Some(content)
            }
            Content::Damaged => {
                let _ = remove_own(&file);
                None
            }
            Content::Unreadable => None,
        }
    }

    /// Writes the bytes of a task's value, if there is room or can be made. Says whether it did.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn write(&self, key: Key, content: &[u8]) -> Result<bool> {
        let file = self.cache.file(key);
        self.try_write(&file, key, content).map_err(|error| Error::io("write the chunk cache", &file, error))
    }

    fn try_write(&self, file: &Path, key: Key, content: &[u8]) -> io::Result<bool> {
        let folder = &self.cache.folder;
        // What a panic leaves behind is looked up anew: the time is set last.
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        // One process at a time, so that two do not both take the last room.
        let _lock = lock(&folder.join(LOCK))?;
        if index.seen.take() != Some(changed(folder)?) {
            self.scan(&mut index)?;
        }
        let bytes = (slot_file::HEADER + content.len()) as u64;
        let replaced = index.strike_out(file);
        let fits = index.make_room(bytes, self.cache.max_bytes);
        if fits {
            slot_file::write(file, key, content)?;
        }
        index.total += if fits { bytes } else { replaced };
        index.seen = Some(changed(folder)?);
        Ok(fits)
    }

    /// Looks at what is in the folder.
    fn scan(&self, index: &mut FolderIndex) -> io::Result<()> {
        *index = FolderIndex::default();
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in fs::read_dir(&self.cache.folder)?.flatten() {
            let (name, path) = (entry.file_name(), entry.path());
            let key = key_of(&name);
            if key.is_none() && !is_part_name(&name) {
                continue;
            }
            // What is no regular file is not ours, whatever its name. Somebody may be removing it.
            let Ok(Entry::File(facts)) = Entry::at(&path) else { continue };
            index.total += facts.len();
            if key.is_some_and(|key| !wanted.contains_key(&key)) {
                let used = facts.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                index.removable.push((used, facts.len(), path));
            }
        }
        index.removable.sort_by(|a, b| b.cmp(a));
        Ok(())
    }
}

impl FolderIndex {
    /// Takes a file off the index that may be there already, damaged or another process's: what is written
    /// in its place takes its room. Gives its bytes.
    fn strike_out(&mut self, file: &Path) -> u64 {
        self.removable.retain(|(_, _, removable)| removable != file);
        let bytes = match Entry::at(file) {
            Ok(Entry::File(facts)) => facts.len().min(self.total),
            _ => 0,
        };
        self.total -= bytes;
        bytes
    }

    /// Removes what was not used for longest until so many more bytes fit. If they cannot, removes nothing.
    fn make_room(&mut self, bytes: u64, max_bytes: u64) -> bool {
        let removable: u64 = self.removable.iter().map(|(_, bytes, _)| bytes).sum();
        if (self.total - removable.min(self.total)).saturating_add(bytes) > max_bytes {
            return false;
        }
        while self.total + bytes > max_bytes {
            let Some((_, bytes, file)) = self.removable.pop() else { return false };
            // One that is gone takes no room either.
            let gone = remove_own(&file).is_ok();
            self.total -= if gone { bytes.min(self.total) } else { 0 };
        }
        true
    }
}

/// Waits for the lock of the folder, but not for ever.
fn lock(path: &Path) -> io::Result<Lock> {
    Lock::take(path, PATIENCE)?.ok_or_else(|| {
        let problem = format!("another process has had the lock {} for {PATIENCE:?}", path.display());
        io::Error::new(io::ErrorKind::TimedOut, problem)
    })
}

fn changed(folder: &Path) -> io::Result<SystemTime> {
    fs::metadata(folder)?.modified()
}

/// The key that a file of ours is named by.
fn key_of(name: &OsStr) -> Option<Key> {
    key_in_name(name, ENDING).map(Key::from_bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: u64 = 100;

    fn key(i: usize) -> Key {
        Key::of("chunk").params(&i).finish().in_files()
    }

    fn run_cache(cache: &ChunkCache, wanted: HashSet<Key>) -> RunCache {
        let run_cache = RunCache::new(cache.clone());
        run_cache.want(wanted);
        run_cache
    }

    fn write(run_cache: &RunCache, i: usize) -> bool {
        run_cache.write(key(i), &vec![i as u8; BYTES as usize - slot_file::HEADER]).unwrap()
    }

    fn held(cache: &ChunkCache) -> Vec<usize> {
        (0..20).filter(|&i| cache.seems_to_hold(key(i))).collect()
    }

    fn total(cache: &ChunkCache) -> u64 {
        fs::read_dir(&cache.folder).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }

    /// A cache for so many chunks.
    fn cache(folder: &Path, chunks: u64) -> ChunkCache {
        let cache = ChunkCache::new(folder.join("a/b")).max_bytes(chunks * BYTES);
        cache.open().unwrap();
        cache
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room_but_nothing_that_the_run_wants() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 4);
        let first = run_cache(&cache, HashSet::new());
        for i in 0..4 {
            assert!(write(&first, i));
            let used = SystemTime::now() - Duration::from_secs(100 - i as u64);
            File::open(cache.file(key(i))).unwrap().set_modified(used).unwrap();
        }
        assert!(first.read(key(0)).is_some(), "used just now");
        let second = run_cache(&cache, HashSet::from([key(1), key(8), key(9)]));
        assert!(write(&second, 8));
        assert_eq!(held(&cache), [0, 1, 3, 8], "2 was used before 3, and 1 is wanted");
        assert!(write(&second, 9));
        assert_eq!(held(&cache), [0, 1, 8, 9]);
        assert!(write(&second, 10));
        assert_eq!(held(&cache), [1, 8, 9, 10]);
        let full = run_cache(&cache, (0..20).map(key).collect());
        assert!(!write(&full, 5), "all of it is wanted");
        assert_eq!((held(&cache), total(&cache)), (vec![1, 8, 9, 10], 4 * BYTES));
    }

    #[test]
    fn what_replaces_a_damaged_file_takes_its_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 3);
        let run_cache = run_cache(&cache, (0..20).map(key).collect());
        assert!((0..3).all(|i| write(&run_cache, i)));
        fs::write(cache.file(key(1)), [0; BYTES as usize]).unwrap();
        assert!(!cache.seems_to_hold(key(1)));
        assert!(write(&run_cache, 1), "there is room for three");
        assert_eq!((held(&cache), total(&cache)), (vec![0, 1, 2], 3 * BYTES));
        assert!(!write(&run_cache, 3), "and for no fourth");
    }

    #[test]
    fn two_that_write_at_once_keep_the_bound() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 5);
        let caches = [run_cache(&cache, HashSet::new()), run_cache(&cache, HashSet::new())];
        std::thread::scope(|scope| {
            for (s, run_cache) in caches.iter().enumerate() {
                let cache = &cache;
                scope.spawn(move || {
                    for i in 0..10 {
                        write(run_cache, 10 * s + i);
                        assert!(total(cache) <= 6 * BYTES, "five chunks, and one that is being written");
                    }
                });
            }
        });
        assert!(total(&cache) <= 5 * BYTES);
        assert!(!held(&cache).is_empty());
    }

    #[test]
    fn damaged_chunks_are_removed_and_one_too_large_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path(), 3);
        let run_cache = run_cache(&cache, HashSet::new());
        assert!(write(&run_cache, 1));
        let mut bytes = fs::read(cache.file(key(1))).unwrap();
        bytes[80] ^= 1;
        fs::write(cache.file(key(1)), &bytes).unwrap();
        assert!(cache.seems_to_hold(key(1)), "its header is whole");
        assert_eq!(run_cache.read(key(1)), None);
        assert!(!cache.file(key(1)).exists());
        assert!(!run_cache.write(key(2), &[0; 3 * BYTES as usize]).unwrap());
        assert!(held(&cache).is_empty());
    }
}
