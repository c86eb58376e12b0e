//! Files are created, replaced and removed by one module of the library, and every module that asks it to is in the list of
//! users.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::users::USERS;

/// What creates, replaces or removes files without asking that module.
const BY_HAND: [&str; 13] = [
    "File::create",
    "fs::write",
    "fs::rename",
    "fs::copy",
    "fs::hard_link",
    "fs::remove_file",
    "fs::remove_dir",
    "fs::set_permissions",
    "OpenOptions",
    ".write(true)",
    ".append(true)",
    ".truncate(true)",
    "tempfile::",
];

/// What a module asks for that writes or removes files.
const ASKED: [&str; 5] = ["Part", "replace", "Lock", "sweep", "remove_own"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The code without comments and without the tests, which stand last.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\n").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn word_in(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

#[test]
fn one_module_writes_files_and_all_that_ask_it_to_are_tried() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut asking = BTreeSet::new();
    for path in sources(&src) {
        let name = path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        // Tests in files of their own, and laws that are tried in temporary folders.
        let is_test = name.contains("tests") || name.starts_with("graph/interleavings/");
        if name.starts_with("files/") || is_test || name.starts_with("testing/") {
            continue;
        }
        let code = code(&path);
        for by_hand in BY_HAND {
            assert!(!code.contains(by_hand), "{name}: {by_hand} belongs in the module files");
        }
        let imported = code.split("use crate::files::").nth(1).map(|rest| rest.split(';').next().unwrap());
        if imported.is_some_and(|names| ASKED.iter().any(|asked| word_in(names, asked))) {
            asking.insert(name);
        }
    }
    // What is not compiled cannot be tried.
    let features = [("diagnostics", cfg!(feature = "diagnostics")), ("datasets", cfg!(feature = "download"))];
    if !cfg!(feature = "compression") {
        asking.remove("sources/contents.rs");
    }
    let on = |name: &String| features.iter().all(|(folder, on)| *on || name.split('/').next() != Some(folder));
    asking.retain(on);
    let tried: BTreeSet<String> = USERS.iter().flat_map(|user| user.modules).map(|name| (*name).to_owned()).collect();
    assert_eq!(asking, tried);
}
