//! In a folder that is the user's, no file changes but the library's own: every way to open a folder, with every name that
//! is created or swept there or was once, and everything that may bear such a name.
//!
//! A new module that writes files belongs in [`users::USERS`]; [`source`] finds one that was forgotten.

mod cases;
#[cfg(feature = "download")]
mod downloads;
#[cfg(unix)]
mod identity;
#[cfg(unix)]
mod modes;
mod source;
mod traps;
mod users;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chunkfit::Result;

use traps::{Outside, Trap, snapshot};
use users::{Ground, USERS, User};

/// Names that a user may give, among them those that an earlier version of the library took for its own.
const FOREIGN: [&str; 24] = [
    "lock",
    "cache.lock",
    "writing-a-novel.md",
    "writing-Ab12Cd",
    "0123456789abcdef0123456789abcdef.chunk",
    "ffffffffffffffffffffffffffffffff.chunk",
    "0123456789abcdef0123456789abcdef.kept",
    "abc.chunk",
    "novel.kept",
    ".chunkfit",
    ".chunkfit-notes",
    ".chunkfit-saving-Ab12Cd",
    ".chunkfit-part-notes",
    ".chunkfit-part-0123456789abcdef.txt",
    ".chunkfit-0123456789abcdef0123456789ABCDEF.chunk",
    ".chunkfit-0123456789abcdef.chunk",
    ".Ab12Cd.chunkfit-part",
    ".tmpAb12Cd",
    ".download-Ab12Cd",
    ".notes.written",
    "_SUCCESS",
    "_temporary",
    "000000-a.jsonl",
    "000000-notes.jsonl.0123456789abcdef.jsonl",
];

/// What it gives, if it comes to an end: whoever opens a pipe waits for its other end.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(300)).expect("it does not hang")
}

/// Has a folder used, with a time limit.
fn used(user: &'static User, ground: &Ground, folder: &Path) -> Result<()> {
    let (ground, folder) = (ground.clone(), folder.to_owned());
    in_time(move || (user.run)(&ground, &folder))
}

/// Has a folder used in which something is planted; what it was and is.
fn planted(user: &'static User, ground: &Ground, names: &[&str], trap: Trap) -> (Result<()>, bool) {
    let place = tempfile::tempdir().unwrap();
    let outside = Outside::new(place.path());
    let folder = place.path().join("folder");
    fs::create_dir(&folder).unwrap();
    names.iter().for_each(|name| trap.plant(&folder.join(name), &outside));
    let look = || (names.iter().map(|name| snapshot(&folder.join(name))).collect::<Vec<_>>(), outside.snapshot());
    let before = look();
    let result = used(user, ground, &folder);
    (result, look() == before)
}

/// Everything that is in a folder after it was used, but for the outputs.
fn own_names(user: &'static User, ground: &Ground) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    used(user, ground, folder.path()).unwrap();
    let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !user.outputs.contains(&name.as_str())).collect()
}

#[test]
fn no_name_of_a_users_is_touched() {
    let ground = Ground::new();
    for user in USERS {
        for trap in Trap::ALL {
            let (result, same) = planted(user, &ground, &FOREIGN, trap);
            assert!(same, "{}: {trap:?}", user.name);
            assert!(result.is_ok(), "{}: {trap:?}: {result:?}", user.name);
        }
    }
}

#[test]
fn what_bears_a_name_of_ours_and_is_none_of_ours_is_left_alone() {
    let ground = Ground::new();
    for user in USERS {
        let names = own_names(user, &ground);
        assert_eq!(names.is_empty(), user.leaves_nothing_but_outputs, "{}: {names:?}", user.name);
        for name in &names {
            // A regular file of such a name is ours, unless it is a lock, or content tells.
            let told = name.ends_with("-lock") || name.ends_with(".written");
            for trap in Trap::ALL.into_iter().filter(|trap| told || !trap.is_file()) {
                let (_, same) = planted(user, &ground, &[name], trap);
                assert!(same, "{}: {trap:?} at {name}", user.name);
            }
        }
    }
}

#[test]
fn outputs_replace_files_and_links_and_nothing_else() {
    let ground = Ground::new();
    for user in USERS {
        for output in user.outputs {
            for trap in Trap::ALL {
                let (result, same) = planted(user, &ground, &[output], trap);
                let replaces = trap.is_file() || matches!(trap, Trap::Link | Trap::DanglingLink);
                assert_eq!(result.is_ok(), replaces, "{}: {trap:?} at {output}: {result:?}", user.name);
                assert_eq!(same, !replaces, "{}: {trap:?} at {output}", user.name);
            }
        }
    }
}

/// What a link leads to, and the other names of a file, stay as they are.
#[cfg(unix)]
#[test]
fn outputs_are_not_written_through_links() {
    let ground = Ground::new();
    for user in USERS.iter().filter(|user| !user.outputs.is_empty()) {
        for hard in [false, true] {
            let place = tempfile::tempdir().unwrap();
            let (behind, folder) = (place.path().join("behind"), place.path().join("folder"));
            fs::write(&behind, "mine").unwrap();
            fs::create_dir(&folder).unwrap();
            for output in user.outputs {
                let link = folder.join(output);
                if hard { fs::hard_link(&behind, link) } else { std::os::unix::fs::symlink(&behind, link) }.unwrap();
            }
            used(user, &ground, &folder).unwrap();
            assert_eq!(fs::read_to_string(&behind).unwrap(), "mine", "{}", user.name);
            for output in user.outputs {
                let facts = fs::symlink_metadata(folder.join(output)).unwrap();
                assert!(facts.is_file() && facts.len() != 4, "{}: {output}", user.name);
            }
        }
    }
}

/// One folder for everything: nobody takes another's files for their own, and nobody waits for another's lock.
#[test]
fn all_may_share_a_folder() {
    let ground = Ground::new();
    let folder = tempfile::tempdir().unwrap();
    let mut expected = BTreeSet::new();
    for _ in 0..2 {
        for user in USERS {
            used(user, &ground, folder.path()).unwrap();
            expected.extend(user.outputs.iter().map(|output| (*output).to_owned()));
            expected.extend(own_names(user, &ground).into_iter().filter(|name| name.ends_with("-lock")));
            let names =
                fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let names: BTreeSet<String> = names.collect();
            assert!(expected.is_subset(&names), "after {}: {expected:?} in {names:?}", user.name);
        }
    }
    let sink = chunkfit::sinks::Sink::csv(folder.path());
    let plan =
        sink.plan(&chunkfit::Chunks::from_memory([chunkfit::data::Text::default()]).identified("texts")).unwrap();
    for user in USERS.iter().filter(|user| !user.name.starts_with("sink")) {
        used(user, &ground, folder.path()).unwrap();
    }
    drop(plan);
}

/// Nothing is left aside, whether a use succeeds or fails.
#[test]
fn nothing_is_left_half_written() {
    let ground = Ground::new();
    let half = |folder: &Path| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("part-")).collect::<Vec<_>>()
    };
    for user in USERS {
        let folder = tempfile::tempdir().unwrap();
        used(user, &ground, folder.path()).unwrap();
        assert_eq!(half(folder.path()), [""; 0], "{}", user.name);
        for output in user.outputs {
            fs::remove_file(folder.path().join(output)).unwrap();
            fs::create_dir_all(folder.path().join(output).join("in the way")).unwrap();
        }
        let failed = used(user, &ground, folder.path());
        assert_eq!(failed.is_err(), !user.outputs.is_empty(), "{}: {failed:?}", user.name);
        assert_eq!(half(folder.path()), [""; 0], "{}", user.name);
    }
}
