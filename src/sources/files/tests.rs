//! Tests of finding files: folders, patterns, links, and what is no file.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

/// A folder with these files.
fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    folder
}

/// The files that are found, by their names in the folder.
fn found(folder: &TempDir, wanted: &str) -> Vec<String> {
    let files = Files::find(folder.path().join(wanted)).map_err(|error| error.full_message()).unwrap();
    let name = |path: &Path| path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
    files.paths().map(name).collect()
}

fn message(wanted: impl AsRef<Path>) -> String {
    Files::find(wanted).unwrap_err().full_message()
}

#[test]
fn a_file_a_folder_and_a_pattern_are_found_in_order() {
    let folder = folder(&["b.csv", "a.csv", "c.txt", "_SUCCESS", ".hidden", "odd[1].txt", "deeper.csv/e.txt"]);
    assert_eq!(found(&folder, ""), ["a.csv", "b.csv", "c.txt", "odd[1].txt"]);
    assert_eq!(found(&folder, "*.csv"), ["a.csv", "b.csv"]);
    assert_eq!(found(&folder, "?.[!t]*"), ["a.csv", "b.csv"]);
    assert_eq!(found(&folder, "odd[1].txt"), ["odd[1].txt"]);
    assert_eq!(found(&folder, "./*.txt"), ["c.txt", "odd[1].txt"]);
    assert_eq!(found(&folder, "deeper.csv/../*.txt"), ["deeper.csv/../c.txt", "deeper.csv/../odd[1].txt"]);
    assert_eq!(found(&folder, "**"), ["a.csv", "b.csv", "c.txt", "deeper.csv/e.txt", "odd[1].txt"]);
    let at = |name: &str| folder.path().join(name);
    let several = Files::find_all([at("c.txt"), at("*.csv"), at("./b.csv")]).unwrap();
    let names: Vec<_> = several.paths().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["c.txt", "a.csv", "b.csv"]);
    assert_eq!((several.len(), several.bytes(), several.is_empty()), (3, 15, false));
}

#[test]
fn hidden_names_are_matched_where_the_pattern_begins_so() {
    let folder = folder(&[
        "a.jsonl",
        "._a.jsonl",
        "_SUCCESS",
        ".ipynb_checkpoints/a-checkpoint.jsonl",
        "_temporary/0/part-9.jsonl",
        "deep/.trash/b.jsonl",
        "deep/c.jsonl",
        "deep/_x=1/d.jsonl",
        "_old/e.jsonl",
        "_old/._e.jsonl",
    ]);
    assert_eq!(found(&folder, "*.jsonl"), ["a.jsonl"]);
    assert_eq!(found(&folder, "?*"), ["a.jsonl"]);
    assert!(message(folder.path().join("[._]*")).starts_with("found no file that matches"));
    assert_eq!(found(&folder, "**/*.jsonl"), ["a.jsonl", "deep/_x=1/d.jsonl", "deep/c.jsonl"]);
    assert_eq!(found(&folder, "**"), found(&folder, "**/*"));
    assert_eq!(found(&folder, "*/*.jsonl"), ["deep/c.jsonl"]);
    assert_eq!(found(&folder, "_*"), ["_SUCCESS"]);
    assert_eq!(found(&folder, ".*"), ["._a.jsonl"]);
    assert_eq!(found(&folder, "_old/*"), ["_old/e.jsonl"]);
    assert_eq!(found(&folder, "_*/*.jsonl"), ["_old/e.jsonl"]);
    assert_eq!(found(&folder, "_*/.*"), ["_old/._e.jsonl"]);
    assert_eq!(found(&folder, ".ipynb*/*"), [".ipynb_checkpoints/a-checkpoint.jsonl"]);
    assert_eq!(found(&folder, "_temporary/**/*.jsonl"), ["_temporary/0/part-9.jsonl"]);
    assert_eq!(found(&folder, "._a.jsonl"), ["._a.jsonl"]);
    assert_eq!(found(&folder, ""), ["a.jsonl"]);
}

#[test]
fn partitions_of_a_folder_are_its_files() {
    let folder = folder(&[
        "top.parquet",
        "l=0/part-0.parquet",
        "l=0/_SUCCESS",
        "l=0/.part-0.parquet.crc",
        "l=1/day=2024-01-02%2003%3A04/part-0.parquet",
        "l=1/other/part-1.parquet",
        "l=__HIVE_DEFAULT_PARTITION__/part-2.parquet",
        "_x=1/part-3.parquet",
        "_temporary/0/l=0/part-4.parquet",
        ".l=2/part-5.parquet",
        "other/l=3/part-6.parquet",
    ]);
    let expected = [
        "_x=1/part-3.parquet",
        "l=0/part-0.parquet",
        "l=1/day=2024-01-02%2003%3A04/part-0.parquet",
        "l=__HIVE_DEFAULT_PARTITION__/part-2.parquet",
        "top.parquet",
    ];
    assert_eq!(found(&folder, ""), expected);
    assert_eq!(found(&folder, "l=1"), [expected[2]]);
    assert_eq!(found(&folder, "l=*/*.parquet"), [expected[1], expected[3]]);
}

#[cfg(unix)]
mod on_unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_followed_but_not_in_circles() {
        let folder = folder(&["data/a/x.csv", "data/b/y.csv", "data/l=0/p.csv", "elsewhere/deep/z.csv", "outside.csv"]);
        let link = |to: &str, from: &str| symlink(to, folder.path().join(from)).unwrap();
        link(".", "data/self");
        link("..", "data/a/up");
        link("../..", "data/b/top");
        link("../b", "data/a/b");
        link("../a", "data/b/a");
        link("b", "data/0-before-b");
        link("../elsewhere", "data/far");
        link("..", "data/l=0/l=1");
        link("a/x.csv", "data/linked.csv");
        let all = ["data/a/x.csv", "data/b/y.csv", "data/far/deep/z.csv", "data/l=0/p.csv", "data/linked.csv"];
        assert_eq!(found(&folder, "data/**/*.csv"), all);
        assert_eq!(found(&folder, "data/**"), all);
        assert_eq!(found(&folder, "data"), ["data/l=0/p.csv", "data/linked.csv"]);
        // One level is what it says, by whatever names.
        assert_eq!(found(&folder, "data/*b/*.csv"), ["data/0-before-b/y.csv", "data/b/y.csv"]);
    }

    /// An error other than "there is none" is told, as a folder that may not be searched is. (Root may search all, so
    /// the test goes by errors that root has, too.)
    #[test]
    fn what_cannot_be_looked_at_is_named() {
        let folder = folder(&["a.csv", "data/b.csv"]);
        let at = |name: &str| folder.path().join(name);
        symlink("loop.csv", at("loop.csv")).unwrap();
        symlink("nothing", at("gone.csv")).unwrap();
        let refused = |wanted: &str, problem: &str, named: &str| {
            let message = message(at(wanted));
            assert!(message.contains(problem) && message.contains(named), "{wanted}: {message}");
        };
        refused("loop.csv", "symbolic link", "loop.csv");
        refused("loop.csv/a.csv", "symbolic link", "loop.csv/a.csv");
        refused("a.csv/b.csv", "Not a directory", "a.csv/b.csv");
        refused(&"x".repeat(300), "too long", "xxx");
        refused("gone.csv", "it is a link to nothing", "gone.csv");
        refused("[g]*.csv", "No such file", "gone.csv");
        refused("loop.*", "symbolic link", "loop.csv");
        refused("", "No such file", "gone.csv");
        fs::remove_file(at("gone.csv")).unwrap();
        refused("", "symbolic link", "loop.csv");
        refused("loop.csv/*", "symbolic link", "loop.csv");
        fs::remove_file(at("loop.csv")).unwrap();
        // A pattern may be longer than a name, and may meet files where it has folders.
        assert_eq!(found(&folder, &format!("[{}]*.csv", "ab".repeat(200))), ["a.csv"]);
        assert_eq!(found(&folder, "*/b.csv"), ["data/b.csv"]);
        assert_eq!(found(&folder, "*/*.csv"), ["data/b.csv"]);
    }

    #[test]
    fn pipes_sockets_and_devices_are_refused_by_name() {
        let folder = folder(&["a.csv"]);
        let pipe = folder.path().join("pipe.csv");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for wanted in [pipe.clone(), folder.path().to_owned(), folder.path().join("*.csv")] {
            let message = message(wanted);
            assert!(message.contains("pipe.csv") && message.contains("it is a pipe: write what comes"), "{message}");
        }
        fs::remove_file(pipe).unwrap();
        let _socket = UnixListener::bind(folder.path().join("socket")).unwrap();
        assert!(message(folder.path().join("socket")).contains("it is a socket"));
        assert_eq!(found(&folder, "*.csv"), ["a.csv"]);
        assert!(message("/dev/null").contains("it is a device"));
        // What the shell puts there may be a pipe, a terminal or a file.
        assert!(
            fs::metadata("/dev/stdin").is_ok_and(|found| found.is_file()) || message("/dev/stdin").contains("it is a ")
        );
    }

    #[test]
    fn names_that_are_not_utf_8_count() {
        let folder = folder(&["caf\u{e9}.csv"]);
        let odd = |bytes: &'static [u8]| folder.path().join(OsStr::from_bytes(bytes));
        fs::write(odd(b"caf\xe9.csv"), "x").unwrap();
        fs::create_dir(odd(b"\xff")).unwrap();
        fs::write(odd(b"\xff/b.csv"), "x").unwrap();
        let files =
            |wanted: PathBuf| -> Vec<PathBuf> { Files::find(wanted).unwrap().paths().map(Path::to_owned).collect() };
        let (utf8, latin, deep) = (folder.path().join("caf\u{e9}.csv"), odd(b"caf\xe9.csv"), odd(b"\xff/b.csv"));
        assert_eq!(files(folder.path().join("*.csv")), [utf8.clone(), latin.clone()]);
        assert_eq!(files(folder.path().join("caf?.csv")), [utf8.clone(), latin.clone()]);
        assert_eq!(files(folder.path().join("**/*.csv")), [utf8, latin.clone(), deep.clone()]);
        assert_eq!(files(odd(b"\xff/*.csv")), files(odd(b"\xff")));
        assert_eq!(files(odd(b"\xff")), [deep]);
        assert_eq!(files(latin.clone()), [latin]);
    }
}

#[test]
fn errors_name_what_was_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    assert!(message(folder.path()).starts_with("found no file in the folder "));
    assert!(message(folder.path().join("*.csv")).ends_with("*.csv"));
    assert_eq!(message("no/such.csv"), "found no file or folder no/such.csv");
    assert!(matches!(Files::find("a[").unwrap_err().kind(), ErrorKind::InvalidParameter { .. }));
    fs::create_dir(folder.path().join("within")).unwrap();
    let within = folder.path().join("**");
    assert!(message(folder.path()).ends_with(&format!("use the pattern {}", within.display())));
}
