//! The parser of patterns: what it accepts and refuses is what Python's `re` does, but for what is named as not
//! supported.

use std::collections::HashMap;

use super::char_set::{Category, CharSet, is_lower_case};
use super::syntax::{Anchor, Case, Item, Repetition, Sequence, width};
use super::tokens::{Parsed, Problem, Token, Tokens};
use crate::text::unicode::is_word;

/// How deep groups may lie in each other.
const DEEPEST: usize = 100;

/// A pattern as it was read.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) items: Sequence,
    /// How many capturing groups there are.
    pub(super) groups: usize,
}

pub(super) fn parse(pattern: &str) -> Parsed<Pattern> {
    let mut parser = Parser {
        tokens: Tokens::new(pattern)?,
        global: Flags::default(),
        names: HashMap::new(),
        widths: vec![None],
        before_look_behind: None,
        conditions: Vec::new(),
        depth: 0,
    };
    let items = parser.branches(Flags::default(), true)?;
    if first_set(&items).is_some_and(|set| set.has_category_of(!parser.global.ascii)) {
        // Python looks for the first character by the flags of the whole pattern, then matches by those of the group.
        let what =
            r"(?a:...) or (?u:...) at the beginning with \w, \d or \s, which is not supported: write (?a) or (?u)";
        return Err(Problem { what: what.into(), at: 0 });
    }
    if parser.tokens.peek().is_some() {
        return Err(parser.tokens.problem("unbalanced parenthesis"));
    }
    match parser.conditions.iter().find(|(group, _)| *group >= parser.widths.len()) {
        Some(&(group, at)) => Err(Problem { what: format!("invalid group reference {group}"), at }),
        None => Ok(Pattern { items, groups: parser.widths.len() - 1 }),
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    ascii: bool,
    unicode: bool,
    ignore_case: bool,
    multi_line: bool,
    dot_all: bool,
    verbose: bool,
    template: bool,
}

impl Flags {
    fn of(letter: char) -> Option<Flags> {
        let mut flags = Flags::default();
        match letter {
            'a' => flags.ascii = true,
            'u' => flags.unicode = true,
            'i' => flags.ignore_case = true,
            'm' => flags.multi_line = true,
            's' => flags.dot_all = true,
            'x' => flags.verbose = true,
            't' => flags.template = true,
            _ => return None,
        }
        Some(flags)
    }

    /// Flag by flag.
    fn with(self, other: Flags, f: impl Fn(bool, bool) -> bool) -> Flags {
        Flags {
            ascii: f(self.ascii, other.ascii),
            unicode: f(self.unicode, other.unicode),
            ignore_case: f(self.ignore_case, other.ignore_case),
            multi_line: f(self.multi_line, other.multi_line),
            dot_all: f(self.dot_all, other.dot_all),
            verbose: f(self.verbose, other.verbose),
            template: f(self.template, other.template),
        }
    }

    fn any(self) -> bool {
        let Flags { ascii, unicode, ignore_case, multi_line, dot_all, verbose, template } = self;
        ascii || unicode || ignore_case || multi_line || dot_all || verbose || template
    }

    fn case(self) -> Case {
        match (self.ignore_case, self.ascii) {
            (false, _) => Case::Exact,
            (true, true) => Case::IgnoreAscii,
            (true, false) => Case::Ignore,
        }
    }

    /// Within a group that turns some on and some off.
    fn changed(self, on: Flags, off: Flags) -> Flags {
        let mut flags = self;
        if on.ascii || on.unicode {
            (flags.ascii, flags.unicode) = (false, false);
        }
        flags.with(on, |a, b| a || b).with(off, |a, b| a && !b)
    }
}

/// One member of a set in brackets.
enum Member {
    Char(u32),
    Category(Category),
}

/// What `(?` and flags begin.
enum FlagGroup {
    /// Flags for the whole pattern.
    Global,
    /// A group with flags turned on and off.
    Scoped(Flags, Flags),
}

struct Parser {
    tokens: Tokens,
    /// Flags of the whole pattern: all stand before its first item.
    global: Flags,
    names: HashMap<String, usize>,
    /// Of each group that is closed, how many characters it can match; of the others none.
    widths: Vec<Option<(u64, u64)>>,
    /// How many groups there were before the look-behind that is being read.
    before_look_behind: Option<usize>,
    /// The groups that conditions ask for by number, and where.
    conditions: Vec<(usize, usize)>,
    depth: usize,
}

impl Parser {
    /// Alternatives, up to a closing parenthesis or the end.
    fn branches(&mut self, flags: Flags, top: bool) -> Parsed<Sequence> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.tokens.problem(format!("groups nested more than {DEEPEST} deep, which is not supported")));
        }
        let mut branches = vec![self.sequence(flags, top, top)?];
        while self.tokens.take_if('|')? {
            branches.push(self.sequence(flags, top, false)?);
        }
        self.depth -= 1;
        match (branches.len(), branches.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => Ok(vec![Item::Branch(branches.into_iter().chain(last).collect())]),
        }
    }

    /// Items, up to a `|`, a closing parenthesis or the end. Those of the whole pattern are `top`, and `first` at its
    /// beginning.
    fn sequence(&mut self, flags: Flags, top: bool, first: bool) -> Parsed<Sequence> {
        let mut items = Sequence::new();
        while self.tokens.peek().is_some_and(|token| !token.is('|') && !token.is(')')) {
            let flags = if top { self.global } else { flags };
            self.item(&mut items, flags, first)?;
        }
        Ok(items)
    }

    fn item(&mut self, items: &mut Sequence, flags: Flags, first: bool) -> Parsed<()> {
        let start = self.tokens.at();
        let Token { escaped, c } = self.tokens.need()?;
        if !escaped && flags.verbose {
            match c {
                ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => return Ok(()),
                '#' => {
                    while self.tokens.take()?.is_some_and(|token| !token.is('\n')) {}
                    return Ok(());
                }
                _ => {}
            }
        }
        match c {
            _ if escaped => items.push(self.escape(c, start, flags)?),
            '[' => items.push(self.set(start, flags)?),
            '.' => items.push(Item::One(CharSet::any(flags.dot_all))),
            '^' => items.push(Item::At(if flags.multi_line { Anchor::LineStart } else { Anchor::Start })),
            '$' => items.push(Item::At(if flags.multi_line { Anchor::LineEnd } else { Anchor::LastLineEnd })),
            '(' => self.parenthesis(items, start, flags, first)?,
            '*' => self.repeat(items, start, 0, None)?,
            '+' => self.repeat(items, start, 1, None)?,
            '?' => self.repeat(items, start, 0, Some(1))?,
            '{' => match self.bounds()? {
                Some((min, max)) => self.repeat(items, start, min, max)?,
                None => items.push(Item::One(CharSet::one(u32::from(c), flags.case()))),
            },
            _ => items.push(Item::One(CharSet::one(u32::from(c), flags.case()))),
        }
        Ok(())
    }

    /// What follows `{`: bounds, or `None` where it is a literal.
    fn bounds(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        let here = self.tokens.at();
        if self.tokens.peek().is_some_and(|token| token.is('}')) {
            return Ok(None);
        }
        let digits = |tokens: &mut Tokens| tokens.take_while(usize::MAX, |c| c.is_ascii_digit());
        let low = digits(&mut self.tokens)?;
        let high = if self.tokens.take_if(',')? { digits(&mut self.tokens)? } else { low.clone() };
        if !self.tokens.take_if('}')? {
            self.tokens.seek(here)?;
            return Ok(None);
        }
        let number = |text: &str| match text {
            "" => Ok(None),
            // The largest number of 32 bits stands for no bound.
            _ => text.parse().ok().filter(|&n| n != u32::MAX).map(Some).ok_or("the repetition number is too large"),
        };
        let refused = |what| Problem { what, at: here };
        let low = number(&low).map_err(|what| refused(what.to_owned()))?.unwrap_or(0);
        let high = number(&high).map_err(|what| refused(what.to_owned()))?;
        match high {
            Some(high) if high < low => Err(refused("min repeat greater than max repeat".into())),
            _ => Ok(Some((low, high))),
        }
    }

    fn repeat(&mut self, items: &mut Sequence, at: usize, min: u32, max: Option<u32>) -> Parsed<()> {
        let refused = |what: &str| Problem { what: what.to_owned(), at };
        let body = match items.pop() {
            None | Some(Item::At(_)) => return Err(refused("nothing to repeat")),
            Some(Item::Repeat { .. }) => return Err(refused("multiple repeat")),
            Some(Item::Group(None, body)) => body,
            Some(item) => vec![item],
        };
        let kind = if self.tokens.take_if('?')? {
            Repetition::Lazy
        } else if self.tokens.take_if('+')? {
            Repetition::Possessive
        } else {
            Repetition::Greedy
        };
        if kind == Repetition::Possessive && has_group(&body) {
            // What such a group has matched after a round that failed depends on the version of Python.
            return Err(refused("a capturing group in a possessive repetition, which is not supported"));
        }
        items.push(Item::Repeat { min, max, kind, body });
        Ok(())
    }

    fn parenthesis(&mut self, items: &mut Sequence, start: usize, flags: Flags, first: bool) -> Parsed<()> {
        if !self.tokens.take_if('?')? {
            let group = self.open(None)?;
            return self.capture(items, group, start, flags);
        }
        let token = self.tokens.need()?;
        match token {
            Token { escaped: true, c } => return Err(self.tokens.problem(format!("unknown extension ?\\{c}"))),
            Token { c: 'P', .. } => return self.named(items, start, flags),
            Token { c: ':', .. } => {
                let body = self.body(start, flags)?;
                items.push(Item::Group(None, body));
            }
            Token { c: '>', .. } => {
                let body = self.body(start, flags)?;
                items.push(Item::Atomic(body));
            }
            Token { c: '#', .. } => loop {
                match self.tokens.take()? {
                    None => return Err(Problem { what: "missing ), unterminated comment".into(), at: start }),
                    Some(token) if token.is(')') => break,
                    Some(_) => {}
                }
            },
            Token { c: c @ ('=' | '!'), .. } => {
                let body = self.body(start, flags)?;
                items.push(Item::Look { behind: None, negative: c == '!', body });
            }
            Token { c: '<', .. } => return self.look_behind(items, start, flags),
            Token { c: '(', .. } => return self.conditional(items, start, flags),
            Token { c, .. } if c == '-' || c == 'L' || Flags::of(c).is_some() => match self.flags(c)? {
                FlagGroup::Global if first && items.is_empty() => {}
                FlagGroup::Global => {
                    let what = "global flags not at the start of the expression";
                    return Err(Problem { what: what.into(), at: start });
                }
                FlagGroup::Scoped(on, off) => {
                    let body = self.body(start, flags.changed(on, off))?;
                    items.push(Item::Group(None, body));
                }
            },
            Token { c, .. } => return Err(self.tokens.problem(format!("unknown extension ?{c}"))),
        }
        Ok(())
    }

    /// What is in a group, and its end.
    fn body(&mut self, start: usize, flags: Flags) -> Parsed<Sequence> {
        let body = self.branches(flags, false)?;
        match self.tokens.take_if(')')? {
            true => Ok(body),
            false => Err(Problem { what: "missing ), unterminated subpattern".into(), at: start }),
        }
    }

    /// What is wrong with a name that was just read, and the character behind it.
    fn bad_name(&self, name: &str, what: String) -> Problem {
        Problem { what, at: self.tokens.at().saturating_sub(name.chars().count() + 1) }
    }

    fn open(&mut self, name: Option<String>) -> Parsed<usize> {
        let group = self.widths.len();
        if let Some(name) = name
            && let Some(before) = self.names.insert(name.clone(), group)
        {
            let what = format!("redefinition of group name '{name}' as group {group}; was group {before}");
            return Err(self.bad_name(&name, what));
        }
        self.widths.push(None);
        Ok(group)
    }

    fn capture(&mut self, items: &mut Sequence, group: usize, start: usize, flags: Flags) -> Parsed<()> {
        let body = self.body(start, flags)?;
        self.widths[group] = Some(width(&body, &self.widths));
        items.push(Item::Group(Some(group), body));
        Ok(())
    }

    /// What follows `(?P`.
    fn named(&mut self, items: &mut Sequence, start: usize, flags: Flags) -> Parsed<()> {
        let token = self.tokens.need()?;
        if token.is('<') {
            let name = self.tokens.until('>', "group name")?;
            self.check_name(&name)?;
            let group = self.open(Some(name))?;
            return self.capture(items, group, start, flags);
        }
        if !token.is('=') {
            return Err(self.tokens.problem(format!("unknown extension ?P{}", token.c)));
        }
        let name = self.tokens.until(')', "group name")?;
        self.check_name(&name)?;
        let group = self.group_named(&name)?;
        items.push(self.reference(group, flags)?);
        Ok(())
    }

    fn check_name(&self, name: &str) -> Parsed<()> {
        match is_identifier(name) {
            true => Ok(()),
            false => Err(self.bad_name(name, format!("bad character in group name '{name}'"))),
        }
    }

    fn group_named(&self, name: &str) -> Parsed<usize> {
        let unknown = || self.bad_name(name, format!("unknown group name '{name}'"));
        self.names.get(name).copied().ok_or_else(unknown)
    }

    /// A reference to a group that is there and closed.
    fn reference(&self, group: usize, flags: Flags) -> Parsed<Item> {
        match self.widths.get(group) {
            None => return Err(self.tokens.problem(format!("invalid group reference {group}"))),
            Some(None) => return Err(self.tokens.problem("cannot refer to an open group")),
            Some(Some(_)) => self.check_look_behind(group)?,
        }
        Ok(Item::Reference(group, flags.case()))
    }

    fn check_look_behind(&self, group: usize) -> Parsed<()> {
        let Some(before) = self.before_look_behind else { return Ok(()) };
        if self.widths.get(group).copied().flatten().is_none() {
            return Err(self.tokens.problem("cannot refer to an open group"));
        }
        if group >= before {
            return Err(self.tokens.problem("cannot refer to group defined in the same lookbehind subpattern"));
        }
        Ok(())
    }

    /// What follows `(?<`.
    fn look_behind(&mut self, items: &mut Sequence, start: usize, flags: Flags) -> Parsed<()> {
        let token = self.tokens.need()?;
        if !token.is('=') && !token.is('!') {
            return Err(self.tokens.problem(format!("unknown extension ?<{}", token.c)));
        }
        let outer = self.before_look_behind;
        self.before_look_behind = outer.or(Some(self.widths.len()));
        let body = self.branches(flags, false)?;
        self.before_look_behind = outer;
        if !self.tokens.take_if(')')? {
            return Err(Problem { what: "missing ), unterminated subpattern".into(), at: start });
        }
        match width(&body, &self.widths) {
            (low, high) if low == high && low < u64::from(u32::MAX) => {
                items.push(Item::Look { behind: Some(low as usize), negative: token.is('!'), body });
                Ok(())
            }
            _ => Err(Problem { what: "look-behind requires fixed-width pattern".into(), at: start }),
        }
    }

    /// What follows `(?(`.
    fn conditional(&mut self, items: &mut Sequence, start: usize, flags: Flags) -> Parsed<()> {
        let name = self.tokens.until(')', "group name")?;
        let group = if is_identifier(&name) {
            self.group_named(&name)?
        } else {
            let digits = name.bytes().all(|byte| byte.is_ascii_digit());
            let number = name.parse::<u32>().ok().filter(|_| digits);
            let number = number.ok_or_else(|| self.bad_name(&name, format!("bad character in group name '{name}'")))?;
            if number == 0 {
                return Err(self.bad_name(&name, "bad group number".into()));
            }
            self.conditions.push((number as usize, self.bad_name(&name, String::new()).at));
            number as usize
        };
        self.check_look_behind(group)?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.tokens.problem(format!("groups nested more than {DEEPEST} deep, which is not supported")));
        }
        let yes = self.sequence(flags, false, false)?;
        let no = if self.tokens.take_if('|')? { self.sequence(flags, false, false)? } else { Sequence::new() };
        self.depth -= 1;
        if self.tokens.peek().is_some_and(|token| token.is('|')) {
            return Err(self.tokens.problem("conditional backref with more than two branches"));
        }
        if !self.tokens.take_if(')')? {
            return Err(Problem { what: "missing ), unterminated subpattern".into(), at: start });
        }
        items.push(Item::Conditional(group, yes, no));
        Ok(())
    }

    /// What follows `(?` and a letter of a flag, or `-`.
    fn flags(&mut self, first: char) -> Parsed<FlagGroup> {
        let (mut on, mut off) = (Flags::default(), Flags::default());
        let mut c = first;
        if c != '-' {
            loop {
                self.turn_on(&mut on, c)?;
                c = self.flag_letter("missing -, : or )")?;
                if matches!(c, ')' | '-' | ':') {
                    break;
                }
            }
        }
        if c == ')' {
            self.global = self.global.with(on, |a, b| a || b);
            if self.global.ascii && self.global.unicode {
                return Err(self.tokens.problem("ASCII and UNICODE flags are incompatible"));
            }
            return Ok(FlagGroup::Global);
        }
        if on.template {
            return Err(self.tokens.problem("bad inline flags: cannot turn on global flag"));
        }
        if c == '-' {
            c = self.flag_letter("missing flag")?;
            loop {
                let flag = Flags::of(c).ok_or_else(|| self.tokens.problem("unknown flag"))?;
                if flag.ascii || flag.unicode || flag.template {
                    return Err(self.tokens.problem(format!("bad inline flags: cannot turn off flag '{c}'")));
                }
                off = off.with(flag, |a, b| a || b);
                c = self.flag_letter("missing :")?;
                if c == ':' {
                    break;
                }
            }
        }
        match on.with(off, |a, b| a && b).any() {
            true => Err(self.tokens.problem("bad inline flags: flag turned on and off")),
            false => Ok(FlagGroup::Scoped(on, off)),
        }
    }

    fn flag_letter(&mut self, missing: &str) -> Parsed<char> {
        match self.tokens.take()? {
            Some(Token { escaped: false, c }) => Ok(c),
            _ => Err(self.tokens.problem(missing)),
        }
    }

    fn turn_on(&self, on: &mut Flags, c: char) -> Parsed<()> {
        let flag = match Flags::of(c) {
            Some(flag) => flag,
            None if c == 'L' => {
                return Err(self.tokens.problem("bad inline flags: cannot use 'L' flag with a str pattern"));
            }
            None => return Err(self.tokens.problem("unknown flag")),
        };
        *on = on.with(flag, |a, b| a || b);
        match on.ascii && on.unicode {
            true => Err(self.tokens.problem("bad inline flags: flags 'a', 'u' and 'L' are incompatible")),
            false => Ok(()),
        }
    }

    fn escape(&mut self, c: char, start: usize, flags: Flags) -> Parsed<Item> {
        let one = |code| Item::One(CharSet::one(code, flags.case()));
        match c {
            'A' => Ok(Item::At(Anchor::Start)),
            'Z' => Ok(Item::At(Anchor::End)),
            'b' | 'B' => Ok(Item::At(Anchor::Boundary { negative: c == 'B', ascii: flags.ascii })),
            '0' => Ok(one(octal(&self.tokens.take_while(2, |c| c.is_digit(8))?))),
            '1'..='9' => self.digits(c, start, flags),
            _ => match self.character(c, start, flags)? {
                Member::Char(code) => Ok(one(code)),
                Member::Category(category) => {
                    Ok(Item::One(CharSet::new(false, Vec::new(), vec![category], flags.case())))
                }
            },
        }
    }

    /// A group's number, or three octal digits.
    fn digits(&mut self, first: char, start: usize, flags: Flags) -> Parsed<Item> {
        let mut digits = String::from(first);
        digits += &self.tokens.take_while(1, |c| c.is_ascii_digit())?;
        let is_octal = |text: &str| text.chars().all(|c| c.is_digit(8));
        let third = self.tokens.peek().is_some_and(|token| !token.escaped && token.c.is_digit(8));
        if digits.len() == 2 && is_octal(&digits) && third {
            digits += &self.tokens.take_while(1, |c| c.is_digit(8))?;
            let code = checked_octal(&digits, start)?;
            return Ok(Item::One(CharSet::one(code, flags.case())));
        }
        let group = digits.parse().unwrap_or(usize::MAX);
        self.reference(group, flags)
    }

    /// What a backslash and `c` stand for, inside a set as well as outside.
    fn character(&mut self, c: char, start: usize, flags: Flags) -> Parsed<Member> {
        let refused = |what: String| Problem { what, at: start };
        Ok(Member::Char(match c {
            'w' | 's' | 'd' | 'W' | 'S' | 'D' => {
                let (kind, negative, ascii) = (c.to_ascii_lowercase(), c.is_ascii_uppercase(), flags.ascii);
                return Ok(Member::Category(Category { kind, negative, ascii }));
            }
            'a' => 0x07,
            'f' => 0x0c,
            'n' => 0x0a,
            'r' => 0x0d,
            't' => 0x09,
            'v' => 0x0b,
            'x' => self.hex(c, 2, start)?,
            'u' => self.hex(c, 4, start)?,
            'U' => self.hex(c, 8, start)?,
            'N' => return Err(refused(r"\N{...} is not supported: write \u and the character's number".into())),
            _ if c.is_ascii_alphanumeric() => return Err(refused(format!("bad escape \\{c}"))),
            _ => u32::from(c),
        }))
    }

    fn hex(&mut self, c: char, digits: usize, start: usize) -> Parsed<u32> {
        let code = self.tokens.take_while(digits, |c| c.is_ascii_hexdigit())?;
        let refused = |what: &str| Problem { what: format!("{what} \\{c}{code}"), at: start };
        if code.len() < digits {
            return Err(refused("incomplete escape"));
        }
        let number = u32::from_str_radix(&code, 16).map_err(|_| refused("bad escape"))?;
        if number > u32::from(char::MAX) { Err(refused("bad escape")) } else { Ok(number) }
    }

    fn set(&mut self, start: usize, flags: Flags) -> Parsed<Item> {
        let unterminated = || Problem { what: "unterminated character set".into(), at: start };
        let negative = self.tokens.take_if('^')?;
        let (mut ranges, mut categories) = (Vec::new(), Vec::new());
        let mut add = |member: Member| match member {
            Member::Char(code) => ranges.push((code, code)),
            Member::Category(category) => categories.push(category),
        };
        let (mut empty, mut spans) = (true, Vec::new());
        loop {
            let at = self.tokens.at();
            let token = self.tokens.take()?.ok_or_else(unterminated)?;
            if token.is(']') && !empty {
                break;
            }
            empty = false;
            let low = self.member(token, at, flags)?;
            if !self.tokens.take_if('-')? {
                add(low);
                continue;
            }
            let high_at = self.tokens.at();
            let token = self.tokens.take()?.ok_or_else(unterminated)?;
            if token.is(']') {
                add(low);
                add(Member::Char(u32::from('-')));
                break;
            }
            match (low, self.member(token, high_at, flags)?) {
                (Member::Char(low), Member::Char(high)) if low <= high => spans.push((low, high)),
                (Member::Char(low), Member::Char(high)) => {
                    let shown = |code| char::from_u32(code).map_or_else(|| format!("U+{code:04X}"), String::from);
                    return Err(Problem { what: format!("bad character range {}-{}", shown(low), shown(high)), at });
                }
                _ => return Err(Problem { what: "bad character range with a category".into(), at }),
            }
        }
        let of_one = spans.is_empty() && categories.is_empty() && ranges.iter().all(|range| *range == ranges[0]);
        if flags.case() == Case::Ignore && !of_one {
            // `re` looks for the lower case of a character, and has not lowered those beyond 2^16 in such a set.
            ranges.retain(|&(code, _)| code <= 0xffff || is_lower_case(code));
        }
        ranges.extend(spans);
        Ok(Item::One(CharSet::new(negative, ranges, categories, flags.case())))
    }

    fn member(&mut self, token: Token, at: usize, flags: Flags) -> Parsed<Member> {
        match token {
            Token { escaped: false, c } => Ok(Member::Char(u32::from(c))),
            Token { c: 'b', .. } => Ok(Member::Char(0x08)),
            Token { c: c @ '0'..='7', .. } => {
                let digits = String::from(c) + &self.tokens.take_while(2, |c| c.is_digit(8))?;
                Ok(Member::Char(checked_octal(&digits, at)?))
            }
            Token { c, .. } => self.character(c, at, flags),
        }
    }
}

/// The set of the first item, within groups.
fn first_set(items: &[Item]) -> Option<&CharSet> {
    match items.first()? {
        Item::One(set) => Some(set),
        Item::Group(_, body) => first_set(body),
        _ => None,
    }
}

/// Whether a capturing group is among these items.
fn has_group(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::One(_) | Item::At(_) | Item::Reference(..) => false,
        Item::Group(Some(_), _) => true,
        Item::Group(None, body) | Item::Atomic(body) => has_group(body),
        Item::Repeat { body, .. } | Item::Look { body, .. } => has_group(body),
        Item::Branch(branches) => branches.iter().any(|branch| has_group(branch)),
        Item::Conditional(_, yes, no) => has_group(yes) || has_group(no),
    })
}

fn octal(digits: &str) -> u32 {
    digits.chars().filter_map(|c| c.to_digit(8)).fold(0, |code, digit| 8 * code + digit)
}

fn checked_octal(digits: &str, at: usize) -> Parsed<u32> {
    match octal(digits) {
        code if code <= 0o377 => Ok(code),
        _ => Err(Problem { what: format!("octal escape value \\{digits} outside of range 0-0o377"), at }),
    }
}

/// Python's `str.isidentifier`, as far as letters, digits and `_` go.
fn is_identifier(name: &str) -> bool {
    name.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic()) && name.chars().all(is_word)
}
