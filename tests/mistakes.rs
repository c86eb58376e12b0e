//! Compiler messages for beginners' mistakes: each names the remedy.
//!
//! A file of `tests/mistakes` is one mistake. Its header says which, then the code of the error and words that have to
//! stand in the first error that the compiler shows. Compiled without `--cfg mistake` it is the correct program, which
//! has neither errors nor warnings: so the mistake alone is what the compiler refuses. Only words of this crate are
//! compared where there are some, as the rest changes from compiler to compiler.
//!
//! The compiler is given the library that was built for this very test, so that nothing is built anew.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A program, and what the compiler is to say of it.
struct Mistake {
    file: PathBuf,
    name: String,
    code: String,
    words: Vec<String>,
}

impl Mistake {
    fn read(file: PathBuf) -> Self {
        let source = fs::read_to_string(&file).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let header: Vec<&str> = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let code = header.iter().find(|line| line.starts_with('E') && line[1..].parse::<u16>().is_ok());
        let code = code.unwrap_or_else(|| panic!("{name}: no code of an error in the header")).to_string();
        let words: Vec<_> = header.iter().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect();
        assert!(!words.is_empty() && source.contains("(mistake)"), "{name}: no words, or no mistake");
        Mistake { file, name, code, words }
    }

    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(Mistake::read).collect()
    }

    /// The first error without a word of what is asked for, if there is one.
    fn complaint(&self, compiler: &Compiler) -> Option<String> {
        let right = compiler.output(&self.file, &self.name, false);
        if !right.is_empty() {
            return Some(format!("{}: the correct program is refused, or warned of:\n{right}", self.name));
        }
        let said = compiler.output(&self.file, &self.name, true);
        let first = first_error(&said);
        let code = format!("error[{}]", self.code);
        let missing = [&code].into_iter().chain(&self.words).find(|words| !first.contains(words.as_str()))?;
        Some(format!("{}: the first error does not say `{missing}`:\n{said}", self.name))
    }
}

/// The first error, with its notes.
fn first_error(said: &str) -> String {
    let begins = |line: &&str| line.starts_with("error");
    let mut lines = said.lines().skip_while(|line| !begins(line));
    let head: String = lines.next().map(|line| format!("{line}\n")).unwrap_or_default();
    lines.take_while(|line| !begins(line)).fold(head, |text, line| text + line + "\n")
}

#[test]
fn errors_are_told_apart() {
    let said = "warning: w\n --> a\n\nerror[E1]: one\n  = note: more\n\nerror[E2]: two\n\nerror: aborting\n";
    assert_eq!(first_error(said), "error[E1]: one\n  = note: more\n\n");
    assert_eq!(first_error("warning: w\n"), "");
}

/// rustc, and the library as it was built for this test.
struct Compiler {
    rustc: PathBuf,
    dependencies: PathBuf,
    library: PathBuf,
    out: tempfile::TempDir,
}

impl Compiler {
    fn new() -> Self {
        // Cargo runs the test: its own rustc built the library.
        let beside_cargo = PathBuf::from(env!("CARGO")).with_file_name("rustc");
        let rustc = if beside_cargo.is_file() { beside_cargo } else { "rustc".into() };
        let test = std::env::current_exe().unwrap();
        let (library, dependencies) = (library_of(&test), test.parent().unwrap().to_owned());
        Compiler { rustc, library, dependencies, out: tempfile::tempdir().unwrap() }
    }

    /// Warnings and errors of a program.
    fn output(&self, program: &Path, name: &str, mistake: bool) -> String {
        let mut command = Command::new(&self.rustc);
        command.args(["--edition=2024", "--crate-type=bin", "--emit=metadata", "--check-cfg=cfg(mistake)"]);
        command.arg("--crate-name").arg(name).arg("-o").arg(self.out.path().join(format!("{name}-{mistake}.rmeta")));
        command.arg("-L").arg(format!("dependency={}", self.dependencies.display()));
        command.arg("--extern").arg(format!("chunkfit={}", self.library.display()));
        if mistake {
            command.arg("--cfg=mistake");
        }
        let output = command.arg(program).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.success(), first_error(&said).is_empty(), "rustc fails without an error: {said}");
        said
    }
}

/// The library that is linked into this test: of those that were built before it the newest. Libraries with other features
/// may lie beside it, and later ones.
fn library_of(test: &Path) -> PathBuf {
    let built = |file: &Path| fs::metadata(file).and_then(|file| file.modified()).unwrap();
    let folder = test.parent().unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_library = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with("libchunkfit-") && name.ends_with(".rlib")
    };
    let before = files.filter(is_library).filter(|file| built(file) <= built(test));
    let newest = before.max_by_key(|file| built(file));
    newest.unwrap_or_else(|| panic!("no libchunkfit-*.rlib in {} is older than this test", folder.display()))
}

#[test]
fn beginners_mistakes_are_answered_by_the_remedy() {
    let (mistakes, compiler, next) = (Mistake::all(), Compiler::new(), AtomicUsize::new(0));
    assert!(mistakes.len() >= 35, "only {} mistakes were found", mistakes.len());
    let work = || {
        let next = || mistakes.get(next.fetch_add(1, Ordering::Relaxed));
        let complaints = std::iter::from_fn(next).filter_map(|mistake| mistake.complaint(&compiler));
        complaints.collect::<Vec<_>>()
    };
    let complaints: Vec<String> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}
