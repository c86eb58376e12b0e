//! Removing the files that processes were killed in the middle of writing.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use super::entry::open_regular;
use super::names::is_part_name;

/// How long nobody has written to a file that is swept up. Its lock says whether its process is alive; this is for file
/// systems over a network on which locks do not reach other machines.
pub(crate) const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes the [parts](super::Part) in a folder whose processes are gone and that nobody has written to for so long:
/// [`ABANDONED`], or nothing in a folder that only this process writes into. What cannot be opened, locked or removed does
/// no harm.
pub(crate) fn sweep(folder: &Path, untouched: Duration) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_part_name(&entry.file_name())) {
        let path = entry.path();
        let Ok(file) = open_regular(&path, File::options().read(true)) else { continue };
        let age = file.metadata().and_then(|facts| facts.modified()).map(|time| time.elapsed().unwrap_or_default());
        // Held until the file is gone, so that nobody takes it for a part of theirs.
        if age.is_ok_and(|age| age >= untouched) && file.try_lock().is_ok() {
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Name, Part};
    use std::time::SystemTime;

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn parts_of_dead_processes_go_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let inside = |name: &str| place.path().join(name);
        let hours_ago = SystemTime::now() - Duration::from_secs(7200);
        let (dead, young) = (inside(".chunkfit-part-0123456789abcdef"), inside(".chunkfit-part-00000000000000ff"));
        for path in [&dead, &young, &inside(".chunkfit-part-notes"), &inside("writing-a-novel.md")] {
            File::create(path).unwrap().set_modified(hours_ago).unwrap();
        }
        File::options().write(true).open(&young).unwrap().set_modified(SystemTime::now()).unwrap();
        let alive = Part::within(place.path(), &inside("target"), Name::Own).unwrap();
        let suspended = fs::read_dir(place.path()).unwrap().flatten();
        for entry in suspended.filter(|entry| is_part_name(&entry.file_name()) && entry.path() != young) {
            File::options().write(true).open(entry.path()).unwrap().set_modified(hours_ago).unwrap();
        }
        sweep(place.path(), ABANDONED);
        assert!(!dead.exists() && young.exists() && count(place.path()) == 4, "one is dead, one alive and old");
        sweep(place.path(), Duration::ZERO);
        assert!(!young.exists() && count(place.path()) == 3);
        drop(alive);
        assert_eq!(count(place.path()), 2, "what is the user's");
        sweep(&inside("no folder"), ABANDONED);
    }

    /// Whoever sweeps without regard to age takes nothing that is being written.
    #[test]
    fn writing_and_sweeping_at_once_do_no_harm() {
        use crate::files::Durability;
        use std::io::Write;
        use std::sync::atomic::{AtomicBool, Ordering};
        let place = tempfile::tempdir().unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let sweepers = [0, 1].map(|_| {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        sweep(place.path(), Duration::ZERO);
                    }
                })
            });
            for i in 0..500 {
                let target = place.path().join(format!("{}", i % 7));
                let part = Part::beside(&target, Name::Own).unwrap();
                part.file().write_all(b"whole").unwrap();
                part.commit(Durability::Disk).unwrap();
            }
            done.store(true, Ordering::Relaxed);
            sweepers.into_iter().for_each(|sweeper| sweeper.join().unwrap());
        });
        assert_eq!(count(place.path()), 7);
    }
}
