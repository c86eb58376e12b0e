//! Files of rejected records: their names, and how they are written.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::compression::without_compression_ending;
use super::source_file::SourceFile;
use crate::error::{Error, Result};
use crate::files::{Name, remove_own, replace};
use crate::graph::Key;

/// What rejected records are of: no two origins have a file of rejected records in common.
pub(super) struct Origin<'a> {
    pub file: &'a SourceFile,
    /// What is read of it, and how: [`reading`].
    pub reading: Key,
    /// The number of the chunk in its source.
    pub chunk: usize,
}

/// What a source reads of its files, but for how they are cut and how many bad records it takes: another limit, and the
/// next run still replaces what this one has set aside.
pub(super) fn reading<D>(format: &str, parameters: &impl Serialize) -> Key {
    let chunk = std::any::type_name::<D>().as_bytes();
    Key::of("set aside").bytes(format.as_bytes()).params(parameters).bytes(chunk).finish()
}

/// As much as a name repeats of that of a source: names of files have at most 255 bytes.
const NAME_BYTES: usize = 160;

/// No ending is longer than that.
const ENDING_BYTES: usize = 16;

impl Origin<'_> {
    /// The name of the file for the rejected records: the chunk, the source's name, a hash of the source, and the ending
    /// of what is in it, which is not compressed.
    pub(super) fn name(&self, ending: Option<&str>) -> String {
        let source = Path::new(self.file.path().file_name().unwrap_or_default());
        let name = source.to_string_lossy();
        let name = &name[..name.floor_char_boundary(NAME_BYTES)];
        let own = without_compression_ending(source).extension().and_then(|own| own.to_str());
        let own = own.filter(|own| own.len() <= ENDING_BYTES).map(|own| format!(".{own}")).unwrap_or_default();
        let ending = ending.unwrap_or(&own);
        format!("{:06}-{name}.{:016x}{ending}", self.chunk, self.hash())
    }

    fn hash(&self) -> u64 {
        let location = self.file.location().as_os_str().as_encoded_bytes();
        let mut key = Key::of("rejected").bytes(location);
        // What has no name in another process would have another file in each.
        if self.reading.is_lasting() {
            key = key.input(self.reading);
        }
        (key.finish().bits() >> 64) as u64
    }
}

/// Writes the rejected records of a chunk, or removes what an earlier run over the same source has left, if there are
/// none: the same chunk has the same file, so that reading it again changes nothing.
pub(super) fn set_aside(folder: &Path, name: &str, rejected: &[u8]) -> Result<()> {
    let file = folder.join(name);
    if rejected.is_empty() {
        return remove_own(&file).map_err(|error| Error::io("remove", &file, error));
    }
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    replace(&file, Name::Own, rejected).map_err(|error| Error::io("write", &file, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(folder: &Path, source: &str, columns: &str, chunk: usize) -> String {
        let path = folder.join(source);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        let reading = reading::<Vec<u8>>("JSON lines", &columns);
        Origin { file: &SourceFile::of(&path).unwrap(), reading, chunk }.name(None)
    }

    #[test]
    fn every_source_and_chunk_has_a_name_of_its_own_that_says_what_it_is() {
        let place = tempfile::tempdir().unwrap();
        let all = [("a/x.jsonl", "t", 12), ("b/x.jsonl", "t", 12), ("a/x.jsonl", "u", 12), ("a/x.jsonl", "t", 13)];
        let names = all.map(|(source, columns, chunk)| name(place.path(), source, columns, chunk));
        let distinct: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        assert!(names[..3].iter().all(|name| name.starts_with("000012-x.jsonl.") && name.ends_with(".jsonl")));
        assert_eq!(names[0], name(place.path(), "a/x.jsonl", "t", 12), "the same in the next run");
        assert!(name(place.path(), "x.jsonl.gz", "t", 0).ends_with(".jsonl"), "what is set aside is not compressed");
        let long = name(place.path(), &"\u{e9}".repeat(120), "t", 0);
        assert!(long.len() < 255 && long.starts_with("000000-\u{e9}"), "{long}");
    }
}
