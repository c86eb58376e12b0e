//! Python's regular expressions, by way of fancy-regex.
//!
//! The two syntaxes look alike and differ in what they mean. A pattern is read as Python's `re`
//! reads it and written anew, so that every construct means here what it means there:
//! - `\w` is letters, numbers and `_` but no marks; `\s` includes U+001C to U+001F; `\b` follows `\w`;
//! - `$` also stands before a final line break; `\Z` is the very end;
//! - `[`, `&&`, `--` and `~~` have no meaning inside a character class; `{` may be a literal;
//! - `(?x)` does not reach into character classes;
//! - an empty match may touch the match before it.
//!
//! What is left: a look-around with a quantifier and `\N{...}` are refused; `\B` matches an empty
//! text, as it does from Python 3.14 on; `[\w]` with `(?i)` takes in U+0345.

use std::ops::Range;

use fancy_regex::{Regex, RegexBuilder};

use crate::error::{Error, Result};

const NAME: &str = "token_pattern";

/// A compiled pattern, its tokens found as Python's `findall` finds them.
#[derive(Clone, Debug)]
pub(super) struct PythonRegex {
    /// For ASCII text, where all agree on `\b` and a pattern with it needs no backtracking.
    ascii: Engines,
    any: Engines,
    has_group: bool,
}

#[derive(Clone, Debug)]
struct Engines {
    pattern: Regex,
    /// The same pattern that refuses to match nothing where the search begins: Python asks for it
    /// after an empty match.
    advancing: Regex,
}

impl PythonRegex {
    pub(super) fn new(pattern: &str) -> Result<Self> {
        let refused = |problem: String| Error::parameter(NAME, pattern, problem);
        let translate = |text| {
            Translator::translate(pattern, text)
                .map_err(|problem| refused(format!("a regular expression as Python's re has it ({problem})")))
        };
        let Translated { body, groups } = translate(Haystack::Any)?;
        if groups > 1 {
            return Err(refused(format!("at most one capturing group, not {groups}: write the others as (?:...)")));
        }
        let compile = |body: &str| {
            // Python has no limit either.
            RegexBuilder::new(body).backtrack_limit(usize::MAX).build().map_err(|source| {
                Error::parameter(NAME, pattern, "a regular expression as Python's re has it").caused_by(source)
            })
        };
        let engines = |body: &str| -> Result<Engines> {
            Ok(Engines { pattern: compile(body)?, advancing: compile(&format!(r"(?:{body})(?!\G)"))? })
        };
        Ok(PythonRegex {
            ascii: engines(&translate(Haystack::Ascii)?.body)?,
            any: engines(&body)?,
            has_group: groups == 1,
        })
    }

    /// Calls `each` with the byte range of every token: of the group if there is one (an empty
    /// range where it took no part in the match), else of the match.
    pub(super) fn for_each(&self, text: &str, mut each: impl FnMut(Range<usize>)) -> Result<()> {
        let Engines { pattern, advancing } = if text.is_ascii() { &self.ascii } else { &self.any };
        let (mut from, mut advance) = (0, false);
        loop {
            let pattern = if advance { advancing } else { pattern };
            let (found, token) = if self.has_group {
                let Some(captures) = pattern.captures_from_pos(text, from).map_err(too_hard)? else { break };
                let range = |group: usize| captures.get(group).map_or(0..0, |found| found.range());
                (range(0), range(1))
            } else {
                let Some(found) = pattern.find_from_pos(text, from).map_err(too_hard)? else { break };
                (found.range(), found.range())
            };
            each(token);
            advance = found.is_empty();
            from = found.end;
        }
        Ok(())
    }
}

/// The engine gave up on a document.
fn too_hard(source: fancy_regex::Error) -> Error {
    Error::parameter(NAME, "", "a pattern that needs less backtracking").caused_by(source)
}

/// What the translated pattern will be used on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haystack {
    Ascii,
    Any,
}

struct Translated {
    body: String,
    groups: usize,
}

/// The flags in force, as far as they change the translation. Case is left to the engine.
#[derive(Clone, Copy, Default)]
struct Flags {
    ascii: bool,
    multiline: bool,
    dot_all: bool,
    verbose: bool,
}

struct Translator<'a> {
    haystack: Haystack,
    rest: std::str::Chars<'a>,
    out: String,
    flags: Flags,
    /// The flags to return to at each closing parenthesis.
    open: Vec<Flags>,
    groups: usize,
    /// Whether a quantifier may follow.
    repeatable: bool,
}

type Problem<T> = std::result::Result<T, String>;

const WORD: &str = r"\p{L}\p{N}_";
const ASCII_WORD: &str = "a-zA-Z0-9_";
const SPACE: &str = r"\s\x1c-\x1f";
const ASCII_SPACE: &str = r"\x20\t\n\r\x0b\x0c";

/// One member of a character class.
enum Member {
    One(char),
    Set(String),
}

impl<'a> Translator<'a> {
    fn translate(pattern: &'a str, haystack: Haystack) -> Problem<Translated> {
        let mut this = Translator {
            haystack,
            rest: pattern.chars(),
            out: String::with_capacity(2 * pattern.len()),
            flags: Flags::default(),
            open: vec![],
            groups: 0,
            repeatable: false,
        };
        while this.element(pattern)? {}
        if !this.open.is_empty() {
            return Err("missing )".into());
        }
        Ok(Translated { body: this.out, groups: this.groups })
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.as_str().strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest.chars();
                true
            }
            None => false,
        }
    }

    /// What stands before `end`, which is dropped.
    fn until(&mut self, end: char) -> Problem<&'a str> {
        let (before, after) = self.rest.as_str().split_once(end).ok_or(format!("missing {end}"))?;
        self.rest = after.chars();
        Ok(before)
    }

    fn element(&mut self, pattern: &str) -> Problem<bool> {
        let Some(c) = self.rest.next() else { return Ok(false) };
        let repeatable = std::mem::replace(&mut self.repeatable, true);
        match c {
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' if self.flags.verbose => self.repeatable = repeatable,
            '#' if self.flags.verbose => {
                self.repeatable = repeatable;
                let comment = self.rest.as_str();
                self.rest = comment.split_once('\n').map_or("", |(_, after)| after).chars();
            }
            '(' => self.group(pattern, repeatable)?,
            ')' => {
                self.flags = self.open.pop().ok_or("unbalanced )")?;
                self.out.push(')');
            }
            '|' => {
                self.out.push('|');
                self.repeatable = false;
            }
            '[' => self.class()?,
            '\\' => self.escape()?,
            '.' => self.out.push_str(if self.flags.dot_all { "(?s:.)" } else { r"[^\n]" }),
            '^' => self.anchor(if self.flags.multiline { "(?m:^)" } else { r"\A" }),
            '$' => self.anchor(if self.flags.multiline { "(?m:$)" } else { r"(?=\n?\z)" }),
            '*' | '+' | '?' => self.quantifier(&c.to_string(), repeatable)?,
            '{' => match self.bounds()? {
                Some(bounds) => self.quantifier(&bounds, repeatable)?,
                None => literal(c, &mut self.out),
            },
            _ => literal(c, &mut self.out),
        }
        Ok(true)
    }

    fn anchor(&mut self, anchor: &str) {
        self.out.push_str(anchor);
        self.repeatable = false;
    }

    fn quantifier(&mut self, quantifier: &str, repeatable: bool) -> Problem<()> {
        if !repeatable {
            return Err("nothing to repeat".into());
        }
        self.out.push_str(quantifier);
        for (suffix, kind) in [("?", '?'), ("+", '+')] {
            if self.take(suffix) {
                self.out.push(kind);
                break;
            }
        }
        self.repeatable = false;
        Ok(())
    }

    /// What follows `{`: bounds, or `None` where it is a literal.
    fn bounds(&mut self) -> Problem<Option<String>> {
        let Some((inside, after)) = self.rest.as_str().split_once('}') else { return Ok(None) };
        let (low, high) = inside.split_once(',').unwrap_or((inside, inside));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if inside.is_empty() || !digits(low) || !digits(high) {
            return Ok(None);
        }
        self.rest = after.chars();
        let number = |part: &str| part.parse::<u32>().map_err(|_| format!("{part} repetitions"));
        let low = if low.is_empty() { 0 } else { number(low)? };
        if high.is_empty() {
            return Ok(Some(format!("{{{low},}}")));
        }
        let high = number(high)?;
        if low > high {
            return Err("min repeat greater than max repeat".into());
        }
        Ok(Some(format!("{{{low},{high}}}")))
    }

    fn group(&mut self, pattern: &str, repeatable: bool) -> Problem<()> {
        let before = self.flags;
        if !self.take("?") {
            self.groups += 1;
            self.out.push('(');
        } else if self.take("#") {
            self.until(')')?;
            self.repeatable = repeatable;
            return Ok(());
        } else if self.take("P<") {
            let name = self.until('>')?;
            self.groups += 1;
            self.out.push_str(&format!("(?P<{name}>"));
        } else if self.take("P=") {
            let name = self.until(')')?;
            self.out.push_str(&format!("(?P={name})"));
            return Ok(());
        } else if self.take("(") {
            let group = self.until(')')?;
            let by_number = group.bytes().all(|byte| byte.is_ascii_digit());
            self.out.push_str(&if by_number { format!("(?({group})") } else { format!("(?(<{group}>)") });
        } else if let Some(kind) =
            [":", "=", "!", "<=", "<!", ">"].into_iter().find(|kind| self.rest.as_str().starts_with(kind))
        {
            self.take(kind);
            self.out.push_str(&format!("(?{kind}"));
        } else if self.flags(pattern)? {
            self.repeatable = false;
            return Ok(());
        }
        self.open.push(before);
        self.repeatable = false;
        Ok(())
    }

    /// What follows `(?` where it names flags; true if they hold for the whole pattern.
    fn flags(&mut self, pattern: &str) -> Problem<bool> {
        let start = pattern.len() - self.rest.as_str().len();
        let mut on = true;
        let mut case = None;
        loop {
            match self.rest.next() {
                Some('a') if on => self.flags.ascii = true,
                Some('u') if on => self.flags.ascii = false,
                Some('i') => case = Some(on),
                Some('m') => self.flags.multiline = on,
                Some('s') => self.flags.dot_all = on,
                Some('x') => self.flags.verbose = on,
                Some('-') if on => on = false,
                Some(':') => {
                    self.out.push_str(match case {
                        Some(true) => "(?i:",
                        Some(false) => "(?-i:",
                        None => "(?:",
                    });
                    return Ok(false);
                }
                Some(')') if on && start == 2 => {
                    if case.is_some() {
                        self.out.push_str("(?i)");
                    }
                    return Ok(true);
                }
                Some(')') => return Err("flags for the whole pattern stand at its start".into()),
                Some(c) => return Err(format!("unknown extension ?{c}")),
                None => return Err("missing )".into()),
            }
        }
    }

    fn escape(&mut self) -> Problem<()> {
        let c = self.rest.next().ok_or("bad escape at the end")?;
        let word = if self.flags.ascii { ASCII_WORD } else { WORD };
        match c {
            'A' => self.anchor(r"\A"),
            'Z' => self.anchor(r"\z"),
            'b' | 'B' if self.haystack == Haystack::Ascii => self.anchor(&format!(r"\{c}")),
            'b' => self.anchor(&format!("(?-i:(?<=[{word}])(?![{word}])|(?<![{word}])(?=[{word}]))")),
            'B' => self.anchor(&format!("(?-i:(?<=[{word}])(?=[{word}])|(?<![{word}])(?![{word}]))")),
            '1'..='9' => self.reference(c)?,
            _ => match self.set_or_character(c)? {
                // Ignoring case would add marks to the letters.
                Member::Set(set) => self.out.push_str(&format!("(?-i:[{set}])")),
                Member::One(c) => literal(c, &mut self.out),
            },
        }
        Ok(())
    }

    /// A group's number, or three octal digits.
    fn reference(&mut self, first: char) -> Problem<()> {
        let digits: Vec<char> = std::iter::once(first).chain(self.rest.clone().take(2)).collect();
        if digits.len() == 3 && digits.iter().all(|c| c.is_digit(8)) {
            self.rest.nth(1);
            let code = digits.iter().filter_map(|c| c.to_digit(8)).fold(0, |code, digit| 8 * code + digit);
            let c = char::from_u32(code).filter(|_| code <= 0o377).ok_or("octal escape above \\377")?;
            literal(c, &mut self.out);
            return Ok(());
        }
        let mut group = String::from(first);
        group.extend(self.rest.next_if_digit());
        self.out.push_str(&format!(r"(?:\{group})"));
        Ok(())
    }

    /// What a backslash and `c` stand for, inside a class as well as outside.
    fn set_or_character(&mut self, c: char) -> Problem<Member> {
        let (word, space) = if self.flags.ascii { (ASCII_WORD, ASCII_SPACE) } else { (WORD, SPACE) };
        let digit = if self.flags.ascii { "0-9" } else { r"\p{Nd}" };
        Ok(match c {
            'w' => Member::Set(word.into()),
            'W' => Member::Set(format!("[^{word}]")),
            's' => Member::Set(space.into()),
            'S' => Member::Set(format!("[^{space}]")),
            'd' => Member::Set(digit.into()),
            'D' => Member::Set(format!("[^{digit}]")),
            'a' => Member::One('\x07'),
            'f' => Member::One('\x0c'),
            'n' => Member::One('\n'),
            'r' => Member::One('\r'),
            't' => Member::One('\t'),
            'v' => Member::One('\x0b'),
            'x' => Member::One(self.hex(2)?),
            'u' => Member::One(self.hex(4)?),
            'U' => Member::One(self.hex(8)?),
            '0' => {
                let mut code = 0;
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
                    self.rest.next();
                    code = 8 * code + digit;
                }
                Member::One(char::from_u32(code).ok_or("bad octal escape")?)
            }
            _ if c.is_ascii_alphanumeric() => return Err(format!("bad escape \\{c}")),
            _ => Member::One(c),
        })
    }

    fn hex(&mut self, digits: usize) -> Problem<char> {
        let code = self.rest.as_str().get(..digits).ok_or("incomplete escape")?;
        self.rest = self.rest.as_str()[digits..].chars();
        let code = u32::from_str_radix(code, 16).map_err(|_| format!("bad escape {code}"))?;
        char::from_u32(code).ok_or_else(|| format!("character {code:x}"))
    }

    fn class(&mut self) -> Problem<()> {
        self.out.push('[');
        if self.take("^") {
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.take("]") {
            first = false;
            let low = self.member()?;
            let is_range = self.rest.as_str().starts_with('-') && !self.rest.as_str().starts_with("-]");
            match (low, is_range) {
                (Member::One(low), true) => {
                    self.take("-");
                    let Member::One(high) = self.member()? else { return Err("bad character range".into()) };
                    if low > high {
                        return Err(format!("bad character range {low}-{high}"));
                    }
                    literal(low, &mut self.out);
                    self.out.push('-');
                    literal(high, &mut self.out);
                }
                (Member::Set(_), true) => return Err("bad character range".into()),
                (Member::One(c), false) => literal(c, &mut self.out),
                (Member::Set(set), false) => self.out.push_str(&set),
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn member(&mut self) -> Problem<Member> {
        match self.rest.next().ok_or("missing ]")? {
            '\\' => match self.rest.next().ok_or("missing ]")? {
                'b' => Ok(Member::One('\x08')),
                c @ '1'..='7' => {
                    let mut code = c.to_digit(8).unwrap_or(0);
                    for _ in 0..2 {
                        let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
                        self.rest.next();
                        code = 8 * code + digit;
                    }
                    Ok(Member::One(char::from_u32(code).filter(|_| code <= 0o377).ok_or("bad octal escape")?))
                }
                c => self.set_or_character(c),
            },
            c => Ok(Member::One(c)),
        }
    }
}

/// Writes a character so that it means itself, in a class or out of it.
fn literal(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        out.push(c);
    } else {
        out.push_str(&format!(r"\x{:02x}", u32::from(c)));
    }
}

trait NextIfDigit {
    fn next_if_digit(&mut self) -> Option<char>;
}

impl NextIfDigit for std::str::Chars<'_> {
    fn next_if_digit(&mut self) -> Option<char> {
        let digit = self.clone().next().filter(char::is_ascii_digit)?;
        self.next();
        Some(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn find_all<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
        let mut found = vec![];
        PythonRegex::new(pattern).unwrap().for_each(text, |range| found.push(&text[range])).unwrap();
        found
    }

    /// The expected lists are what Python's `re.findall` returns.
    #[test]
    fn constructs_mean_what_they_mean_to_python() {
        for (pattern, text, expected) in [
            (r"\w*", "ab cd", &["ab", "", "cd", ""][..]),
            (r"|a", "aa", &["", "a", "", "a", ""]),
            (r"a|", "ba", &["", "a", ""]),
            (r"(\w+)'s", "it's Bob's", &["it", "Bob"]),
            (r"(a)?b", "ab b", &["a", ""]),
            (r"\w+$", "ab\n", &["ab"]),
            (r"\w+\Z", "ab\n", &[]),
            (r"(?m)^\w", "ab\ncd", &["a", "c"]),
            (r"[\w&&x]+", "a&b c", &["a&b", "c"]),
            (r"[[a]+", "[a]", &["[a"]),
            (r"[]a]+", "[a]", &["a]"]),
            (r"a{x}|b{,2}c", "a{x} bbbc", &["a{x}", "bbc"]),
            (r"(?x) a [ ] b # c", "a b", &["a b"]),
            (r"(?a)\w+", "naïve", &["na", "ve"]),
            (r"(?i)\w+", "a\u{345}b", &["a", "b"]),
            (r"\b\w{3}\b", "कि abc x", &["abc"]),
            (r"(\w)\1", "abba", &["b"]),
            (r"\x41|\102|\u0043", "ABC", &["A", "B", "C"]),
            (r"\S+", "a\x1cb", &["a", "b"]),
            (r"\<b\>", "<b>", &["<b>"]),
        ] {
            assert_eq!(find_all(pattern, text), expected, "{pattern}");
        }
    }

    #[test]
    fn bad_patterns_are_refused_by_name() {
        for pattern in [
            "(a",
            "a)",
            "[a",
            "*a",
            "a**",
            r"\q",
            r"a\",
            "(?z)",
            "a(?i)",
            "[b-a]",
            "a{3,2}",
            "(a)(b)",
            r"\1",
            r"\N{DASH}",
        ] {
            let error = PythonRegex::new(pattern).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: NAME, .. }), "{pattern}: {error}");
        }
    }
}
