//! Regular expressions of Python, matched as Python's `re` matches them.
//!
//! - `tokens`, `parse`, `syntax`, `char_set`: a pattern is read as `re` reads it; what `re` refuses is refused.
//! - `program`, `matcher`: a pattern runs by backtracking, as in `re`.
//!
//! Not supported, and refused: `\N{...}`, capturing groups in possessive repetitions, `(?a:\w)` and `(?u:\w)` at the
//! beginning of a pattern with the other flag, and groups nested more than 100 deep. A text on which a pattern takes too many
//! steps is an error.

mod char_set;
mod matcher;
mod parse;
mod program;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;

use std::ops::Range;

use super::python_regex::matcher::{Matcher, TooHard};
use super::python_regex::parse::{Pattern, parse};
use super::python_regex::program::Program;
use crate::error::{Error, Result};

const NAME: &str = "token_pattern";

/// A compiled pattern, its tokens found as Python's `findall` finds them.
#[derive(Clone, Debug)]
pub(super) struct PythonRegex {
    pattern: String,
    program: Program,
    has_group: bool,
}

impl PythonRegex {
    pub(super) fn new(pattern: &str) -> Result<Self> {
        let refused = |problem: String| Error::parameter(NAME, pattern, problem);
        let Pattern { items, groups } = parse(pattern).map_err(|problem| {
            let (what, at) = (problem.what, problem.at);
            refused(format!("a regular expression as Python's re has it ({what} at position {at})"))
        })?;
        if groups > 1 {
            return Err(refused(format!("at most one capturing group, not {groups}: write the others as (?:...)")));
        }
        Ok(PythonRegex { pattern: pattern.to_owned(), program: Program::new(&items, groups), has_group: groups == 1 })
    }

    /// Calls `each` with the byte range of every token: of the group if there is one (an empty
    /// range where it took no part in the match), else of the match.
    pub(super) fn for_each(&self, text: &str, mut each: impl FnMut(Range<usize>)) -> Result<()> {
        let mut matcher = Matcher::new(&self.program, text);
        let (mut from, mut advance) = (0, false);
        while let Some((start, end)) = matcher.find(from, advance).map_err(|TooHard| self.too_hard())? {
            let group = if self.has_group { matcher.group(1).unwrap_or((0, 0)) } else { (start, end) };
            each(group.0..group.1);
            advance = start == end;
            from = end;
        }
        Ok(())
    }

    /// The engine gave up on a document.
    fn too_hard(&self) -> Error {
        let expected = "a pattern that needs less backtracking on this document: avoid repetitions within repetitions";
        Error::parameter(NAME, &self.pattern, expected)
    }
}
