//! Which chunks go into which file.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chunks::Chunks;
use crate::data::Shared;
use crate::error::{Error, Result};
use crate::sources::compression::without_compression_ending;

/// Chunks in a row that come from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileChunks {
    /// The file; a chunk that comes from none stands alone.
    pub file: Option<Arc<Path>>,
    pub chunks: Range<usize>,
}

/// The chunks file by file.
pub(super) fn by_file<D: Shared>(chunks: &Chunks<D>) -> Vec<FileChunks> {
    let mut groups: Vec<FileChunks> = Vec::new();
    for (c, chunk) in chunks.iter().enumerate() {
        match groups.last_mut() {
            Some(last) if chunk.file().is_some() && last.file.as_ref() == chunk.file() => last.chunks.end = c + 1,
            _ => groups.push(FileChunks { file: chunk.file().cloned(), chunks: c..c + 1 }),
        }
    }
    groups
}

/// Where files are written.
pub(super) struct Outputs<'a> {
    /// It exists.
    pub folder: &'a Path,
    /// The inputs' own folder, whose folders are mirrored. Unless it is told, the deepest that holds all of them.
    pub inputs_in: Option<&'a Path>,
    pub extension: &'static str,
}

impl Outputs<'_> {
    /// The output of every input, in their order.
    ///
    /// # Errors
    /// Two inputs of one output; an input that would be overwritten; one that is not in the inputs' folder.
    pub(super) fn paths(&self, inputs: &[FileChunks]) -> Result<Vec<PathBuf>> {
        let mut real = RealFolders::default();
        let own = real.of(self.folder)?;
        let mut folders = Vec::new();
        for input in inputs {
            folders.push(input.file.as_ref().map(|file| real.of(parent(file))).transpose()?);
        }
        let root = match self.inputs_in {
            Some(folder) => real.of(folder)?,
            None => common(folders.iter().flatten().map(PathBuf::as_path)),
        };
        let mut relative = Vec::new();
        for (input, folder) in inputs.iter().zip(&folders) {
            relative.push(self.relative(input, folder.as_deref(), &root)?);
        }
        let named = inputs.iter().zip(&folders);
        let named = named.filter_map(|(input, folder)| Some(folder.as_ref()?.join(input.file.as_ref()?.file_name()?)));
        // An input may be a link to where the output goes. One that is gone is found out later.
        let behind_links = inputs.iter().filter_map(|input| fs::canonicalize(input.file.as_ref()?).ok());
        let real_inputs: HashSet<PathBuf> = named.chain(behind_links).collect();
        let mut taken: HashMap<&Path, &FileChunks> = HashMap::new();
        for (input, path) in inputs.iter().zip(&relative) {
            let real = own.join(path);
            let there = fs::canonicalize(&real).unwrap_or_default();
            if real_inputs.contains(&real) || real_inputs.contains(&there) {
                let output = self.folder.join(path);
                return Err(Error::parameter("folder", output, "a folder in which no input is overwritten"));
            }
            if let Some(other) = taken.insert(path, input) {
                return Err(collision(other, input, &self.folder.join(path)));
            }
        }
        Ok(relative.into_iter().map(|path| self.folder.join(path)).collect())
    }

    /// The output within the folder.
    fn relative(&self, input: &FileChunks, folder: Option<&Path>, root: &Path) -> Result<PathBuf> {
        let Some((file, folder)) = input.file.as_ref().zip(folder) else {
            return Ok(format!("part-{:05}.{}", input.chunks.start, self.extension).into());
        };
        let mirrored = folder
            .strip_prefix(root)
            .map_err(|_| Error::parameter("inputs_in", root, format!("a folder that {} lies in", file.display())))?;
        Ok(mirrored.join(output_name(file, self.extension)))
    }
}

/// The folders without symbolic links, each looked at once.
#[derive(Default)]
struct RealFolders(HashMap<PathBuf, PathBuf>);

impl RealFolders {
    fn of(&mut self, folder: &Path) -> Result<PathBuf> {
        if let Some(real) = self.0.get(folder) {
            return Ok(real.clone());
        }
        let real = fs::canonicalize(folder).map_err(|error| Error::io("open the folder", folder, error))?;
        self.0.insert(folder.to_owned(), real.clone());
        Ok(real)
    }
}

fn parent(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The deepest folder that holds all of these.
fn common<'a>(mut folders: impl Iterator<Item = &'a Path>) -> PathBuf {
    let first = folders.next().unwrap_or(Path::new("")).to_owned();
    folders.fold(first, |common, folder| {
        common.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    })
}

/// `a.jsonl.gz` becomes `a.csv`: without the ending of a compressed file, the last ending is replaced.
fn output_name(file: &Path, extension: &str) -> OsString {
    let name = without_compression_ending(Path::new(file.file_name().unwrap_or_default()));
    let mut output = name.file_stem().unwrap_or_default().to_owned();
    output.push(".");
    output.push(extension);
    output
}

fn collision(one: &FileChunks, other: &FileChunks, output: &Path) -> Error {
    let name = |input: &FileChunks| match &input.file {
        Some(file) => file.display().to_string(),
        None => format!("chunk {}", input.chunks.start),
    };
    let problem = if one.file == other.file && one.file.is_some() {
        format!("chunks of {} that are not in a row: list every file once", name(one))
    } else {
        format!(
            "an output for each input, and {} and {} have the same: write them to different folders",
            name(one),
            name(other)
        )
    };
    Error::parameter("output", output, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn names_lose_their_last_ending_and_that_of_compression() {
        let name = |file: &str| output_name(Path::new(file), "csv").into_string().unwrap();
        assert_eq!(name("x/a.jsonl.gz"), "a.csv");
        assert_eq!(name("a.jsonl"), "a.csv");
        assert_eq!(name("a.ZST"), "a.csv");
        assert_eq!(name("2024.01.log"), "2024.01.csv");
        assert_eq!(name("part-0001"), "part-0001.csv");
        assert_eq!(name(".hidden"), ".hidden.csv");
    }

    /// The inputs, made in a new folder, and the outputs that they would have.
    fn paths(inputs: &[&str], inputs_in: Option<&str>) -> Result<Vec<String>> {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::create_dir(&out).unwrap();
        let file = |(c, input): (usize, &&str)| {
            let path = place.path().join(input);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            FileChunks { file: Some(path.into()), chunks: c..c + 1 }
        };
        let inputs: Vec<_> = inputs.iter().enumerate().map(file).collect();
        let inputs_in = inputs_in.map(|folder| place.path().join(folder));
        let outputs = Outputs { folder: &out, inputs_in: inputs_in.as_deref(), extension: "csv" };
        let within = |path: &PathBuf| path.strip_prefix(&out).unwrap().to_str().unwrap().replace('\\', "/");
        Ok(outputs.paths(&inputs)?.iter().map(within).collect())
    }

    #[test]
    fn folders_are_mirrored_from_the_deepest_that_holds_all_inputs() {
        assert_eq!(paths(&["in/a.jsonl", "in/b.jsonl"], None).unwrap(), ["a.csv", "b.csv"]);
        assert_eq!(paths(&["in/x/a.jsonl", "in/y/z/a.jsonl"], None).unwrap(), ["x/a.csv", "y/z/a.csv"]);
        assert_eq!(paths(&["in/a.jsonl", "in/y/a.jsonl"], None).unwrap(), ["a.csv", "y/a.csv"]);
        assert_eq!(paths(&["in/x/a.jsonl"], Some("in")).unwrap(), ["x/a.csv"]);
        assert_eq!(paths(&["in/x/../a.jsonl", "in/x/b.jsonl"], None).unwrap(), ["a.csv", "x/b.csv"]);
        assert_eq!(paths(&[], None).unwrap(), [""; 0]);
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let problem = |inputs: &[&str], inputs_in: Option<&str>| {
            let error = paths(inputs, inputs_in).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }));
            error.to_string()
        };
        assert!(problem(&["in/a.jsonl", "in/a.txt"], None).contains("in/a.txt have the same"));
        assert!(problem(&["in/a.jsonl", "in/b.jsonl", "in/a.jsonl"], None).contains("not in a row"));
        assert!(problem(&["in/a.jsonl", "other/a.jsonl"], Some("in")).contains("other/a.jsonl lies in"));
        assert!(problem(&["out/a.csv", "out/b.jsonl"], None).contains("no input is overwritten"));
        assert!(problem(&["out/x/a.csv", "out/b.jsonl"], None).contains("no input is overwritten"));
    }

    #[cfg(unix)]
    #[test]
    fn an_input_that_is_a_link_to_where_the_output_goes_is_not_overwritten() {
        let place = tempfile::tempdir().unwrap();
        let (input, out) = (place.path().join("in"), place.path().join("out"));
        [&input, &out].iter().for_each(|folder| fs::create_dir(folder).unwrap());
        fs::write(out.join("a.csv"), "t\n1\n").unwrap();
        std::os::unix::fs::symlink(out.join("a.csv"), input.join("a.csv")).unwrap();
        let inputs = [FileChunks { file: Some(input.join("a.csv").into()), chunks: 0..1 }];
        let outputs = Outputs { folder: &out, inputs_in: None, extension: "csv" };
        assert!(outputs.paths(&inputs).unwrap_err().to_string().contains("no input is overwritten"));
    }
}
