//! The state of a file: its size, times and inode, by which it is told from an earlier or a later one.

use std::fs::Metadata;

use serde::{Deserialize, Serialize};

/// Size, time of change to the nanosecond, and what else the system tells: on Unix the inode and the time at which the
/// inode changed (ctime), which no program can set back; elsewhere the time of creation.
///
/// Two states are one for it if a file is written in place twice within one tick of the system's clock (some
/// milliseconds) and keeps its size, or where the file system tells none of this. The device is not part of it: many
/// systems number devices anew whenever they are mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub bytes: u64,
    /// Seconds and nanoseconds since 1970; earlier ones are negative.
    modified: Option<(i64, i64)>,
    changed: Option<(i64, i64)>,
    inode: Option<u64>,
}

impl State {
    #[cfg(unix)]
    pub(crate) fn of(facts: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        State {
            bytes: facts.len(),
            modified: Some((facts.mtime(), facts.mtime_nsec())),
            changed: Some((facts.ctime(), facts.ctime_nsec())),
            inode: Some(facts.ino()),
        }
    }

    #[cfg(not(unix))]
    pub fn of(facts: &Metadata) -> Self {
        use std::time::{SystemTime, UNIX_EPOCH};
        let since_1970 = |time: SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_secs() as i64, i64::from(after.subsec_nanos())),
            Err(before) => (-(before.duration().as_secs() as i64), -i64::from(before.duration().subsec_nanos())),
        };
        State {
            bytes: facts.len(),
            modified: facts.modified().ok().map(since_1970),
            changed: facts.created().ok().map(since_1970),
            inode: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    fn state(path: &Path) -> State {
        State::of(&fs::metadata(path).unwrap())
    }

    #[cfg(unix)]
    #[test]
    fn a_file_in_the_place_of_another_is_another_with_its_size_and_time_too() {
        let place = tempfile::tempdir().unwrap();
        let (file, other) = (place.path().join("file"), place.path().join("other"));
        // Before 1970, a time is a time as well.
        for time in [SystemTime::now(), SystemTime::UNIX_EPOCH - Duration::from_nanos(7)] {
            for (path, content) in [(&file, "aaaa"), (&other, "bbbb")] {
                fs::write(path, content).unwrap();
                File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
            }
            let before = state(&file);
            assert_eq!(before, state(&file));
            assert_ne!(before, state(&other), "another inode");
            fs::rename(&other, &file).unwrap();
            assert_ne!(before, state(&file));
            let before = state(&file);
            std::thread::sleep(Duration::from_millis(20));
            fs::write(&file, "cccc").unwrap();
            File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
            assert_ne!(before, state(&file), "written in place, its time set back");
        }
    }
}
