//! Names of our own: none that a user would give.

use std::ffi::OsStr;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What all of them begin with. The dot hides them, also from sources.
const OWN: &str = ".chunkfit-";

/// What the names of files that are being written begin with; 16 hexadecimal digits follow, and nothing else.
const PART: &str = ".chunkfit-part-";

/// A random name for a file that is being written.
pub(super) fn part_name() -> String {
    format!("{PART}{:016x}", RandomState::new().build_hasher().finish())
}

/// Whether a file that is being written may be called so.
pub(crate) fn is_part_name(name: &OsStr) -> bool {
    name.to_str().and_then(|name| name.strip_prefix(PART)).is_some_and(|number| is_hexadecimal(number, 16))
}

/// The name of a file that is found by a key.
pub(crate) fn name_of_key(key: u128, ending: &str) -> String {
    let mut name = OWN.to_owned();
    // Writing into a string does not fail.
    let _ = write!(name, "{key:032x}{ending}");
    name
}

/// The key that a file of this name is found by.
pub(crate) fn key_in_name(name: &OsStr, ending: &str) -> Option<u128> {
    let number = name.to_str()?.strip_prefix(OWN)?.strip_suffix(ending)?;
    if is_hexadecimal(number, 32) { u128::from_str_radix(number, 16).ok() } else { None }
}

fn is_hexadecimal(number: &str, digits: usize) -> bool {
    number.len() == digits && number.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_ours() {
        let name = part_name();
        assert!(is_part_name(name.as_ref()) && name != part_name());
        for foreign in [
            ".chunkfit-part-",
            ".chunkfit-part-notes",
            ".chunkfit-part-0123456789abcde",
            ".chunkfit-part-0123456789ABCDEF",
            ".chunkfit-part-0123456789abcdef.txt",
            "chunkfit-part-0123456789abcdef",
            "writing-a-novel.md",
        ] {
            assert!(!is_part_name(foreign.as_ref()), "{foreign}");
        }
    }

    #[test]
    fn keys_come_back_from_their_names_and_from_no_others() {
        for key in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef] {
            let name = name_of_key(key, ".chunk");
            assert_eq!(key_in_name(name.as_ref(), ".chunk"), Some(key));
            assert_eq!(key_in_name(name.as_ref(), ".kept"), None);
            assert_eq!(key_in_name(name.trim_start_matches(OWN).as_ref(), ".chunk"), None);
            assert_eq!(key_in_name(name.replace(OWN, ".chunkfit-+").as_ref(), ".chunk"), None);
        }
    }
}
