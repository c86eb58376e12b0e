//! Regular expressions of Python, matched as Python's `re` matches them.
//!
//! - `tokens`, `parse`, `syntax`, `char_set`: a pattern is read as `re` reads it; what `re` refuses is refused.
//! - `automaton`: patterns without look-around, references, conditions, atomic groups and empty rounds are written anew
//!   for fancy-regex, so that every construct means there what it means to Python, and mostly run as automata.
//! - `program`, `matcher`: all others, and what an automaton would be too large for, run by backtracking as in `re`.
//!
//! Not supported, and refused: `\N{...}`, capturing groups in possessive repetitions, `(?a:\w)` and `(?u:\w)` at the
//! beginning of a pattern with the other flag, and groups nested more than 100 deep. A text on which a pattern takes too many
//! steps is an error.

mod automaton;
mod char_set;
mod matcher;
mod parse;
mod program;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;

use std::ops::Range;

use fancy_regex::{Regex, RegexBuilder};

use super::python_regex::automaton::{Haystack, translate};
use super::python_regex::matcher::{Matcher, TooHard};
use super::python_regex::parse::{Pattern, parse};
use super::python_regex::program::Program;
use crate::error::{Error, Result};

const NAME: &str = "token_pattern";

/// How often fancy-regex may go back in one search.
const BACKTRACK_LIMIT: usize = 50_000_000;

/// A compiled pattern, its tokens found as Python's `findall` finds them.
#[derive(Clone, Debug)]
pub(super) struct PythonRegex {
    pattern: String,
    program: Program,
    /// For ASCII text, and for any.
    engines: Option<[Engines; 2]>,
    has_group: bool,
}

#[derive(Clone, Debug)]
struct Engines {
    pattern: Regex,
    /// The same pattern that refuses to match nothing where the search begins: Python asks for it
    /// after an empty match.
    advancing: Regex,
}

impl Engines {
    /// `None` where the automaton would be too large, or is not what fancy-regex can do.
    fn new(body: &str) -> Option<Self> {
        let compile = |body: &str| RegexBuilder::new(body).backtrack_limit(BACKTRACK_LIMIT).build().ok();
        Some(Engines { pattern: compile(body)?, advancing: compile(&format!(r"(?:{body})(?!\G)"))? })
    }
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
        let engines = |haystack| Engines::new(&translate(&items, haystack)?);
        let engines = engines(Haystack::Ascii).zip(engines(Haystack::Any)).map(<[Engines; 2]>::from);
        Ok(PythonRegex {
            pattern: pattern.to_owned(),
            program: Program::new(&items, groups),
            engines,
            has_group: groups == 1,
        })
    }

    /// Calls `each` with the byte range of every token: of the group if there is one (an empty
    /// range where it took no part in the match), else of the match.
    pub(super) fn for_each(&self, text: &str, mut each: impl FnMut(Range<usize>)) -> Result<()> {
        match &self.engines {
            // fancy-regex matches `\B` there.
            Some([ascii, any]) if !text.is_empty() => {
                self.for_each_by(if text.is_ascii() { ascii } else { any }, text, &mut each)
            }
            _ => self.for_each_backtracking(text, &mut each),
        }
    }

    fn for_each_by(&self, engines: &Engines, text: &str, each: &mut impl FnMut(Range<usize>)) -> Result<()> {
        let Engines { pattern, advancing } = engines;
        let (mut from, mut advance) = (0, false);
        loop {
            let pattern = if advance { advancing } else { pattern };
            let (found, token) = if self.has_group {
                let found = pattern.captures_from_pos(text, from).map_err(|_| self.too_hard())?;
                let Some(captures) = found else { break };
                let range = |group: usize| captures.get(group).map_or(0..0, |found| found.range());
                (range(0), range(1))
            } else {
                let found = pattern.find_from_pos(text, from).map_err(|_| self.too_hard())?;
                let Some(found) = found else { break };
                (found.range(), found.range())
            };
            each(token);
            advance = found.is_empty();
            from = found.end;
        }
        Ok(())
    }

    fn for_each_backtracking(&self, text: &str, each: &mut impl FnMut(Range<usize>)) -> Result<()> {
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
