//! A backtracking matcher with the semantics of Python's `re`.
//!
//! It keeps its own stack, so that long texts do not overflow the thread's, and gives up after a number of steps.

use super::char_set::same;
use super::program::{Program, Step};
use super::syntax::{Anchor, Repetition};
use crate::text::unicode::is_word;

/// A pattern that takes more steps on one text than this, and this for each of its bytes, or a larger stack.
const STEPS: usize = if cfg!(test) { 20_000_000 } else { 100_000_000 };
const STEPS_A_BYTE: usize = 200;
const DEEPEST_STACK: usize = 4_000_000;

/// The matcher has given up.
#[derive(Debug)]
pub(super) struct TooHard;

type Outcome<T> = Result<T, TooHard>;

/// What is on the stack.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Another way to go on.
    Try { step: usize, at: usize },
    /// A greedy repetition of one character may give back one, down to the position `least`.
    Fewer { step: usize, least: usize, at: usize },
    /// A lazy repetition of one character may take one more, of so many.
    More { step: usize, at: usize, left: u32 },
    /// What a mark was before.
    Mark { mark: usize, before: Option<usize> },
    /// What a repetition had counted before.
    Count { counter: usize, before: Counter },
}

/// How many rounds a repetition has begun, and where the last one that was not needed did.
#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    rounds: u32,
    last: Option<usize>,
}

/// A search in one text.
pub(super) struct Matcher<'a> {
    program: &'a Program,
    text: &'a str,
    marks: Vec<Option<usize>>,
    counters: Vec<Counter>,
    stack: Vec<Entry>,
    steps_left: usize,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(program: &'a Program, text: &'a str) -> Self {
        Matcher {
            program,
            text,
            marks: vec![None; 2 * program.groups],
            counters: vec![Counter::default(); program.counters],
            stack: Vec::new(),
            steps_left: STEPS.saturating_add(text.len().saturating_mul(STEPS_A_BYTE)),
        }
    }

    /// The first match at or behind a position: where it begins and ends. If `advance`, it is not empty at that
    /// position.
    pub(super) fn find(&mut self, from: usize, advance: bool) -> Outcome<Option<(usize, usize)>> {
        let starts = self.text[from..].char_indices().map(|(offset, _)| from + offset).chain([self.text.len()]);
        // A character is a byte at least.
        let last = (self.text.len() as u64).checked_sub(self.program.shortest);
        for start in starts.take_while(|&start| last.is_some_and(|last| start as u64 <= last)) {
            if let Some(first) = &self.program.first
                && !self.char_at(start).is_some_and(|c| first.contains(c))
            {
                continue;
            }
            self.marks.fill(None);
            self.stack.clear();
            let forbidden = Some(start).filter(|_| advance && start == from);
            if let Some(end) = self.run(0, start, forbidden)? {
                return Ok(Some((start, end)));
            }
        }
        Ok(None)
    }

    /// Where the group begins and ends in the match that was found.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        Some((self.marks[2 * group - 2]?, self.marks[2 * group - 1]?))
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    fn char_before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn push(&mut self, entry: Entry) -> Outcome<()> {
        if self.stack.len() >= DEEPEST_STACK {
            return Err(TooHard);
        }
        self.stack.push(entry);
        Ok(())
    }

    /// Runs from a step to its `Match`, not ending at the `forbidden` position: the end of the match. What was marked
    /// stays marked, and on the stack; other ways are forgotten.
    fn run(&mut self, step: usize, at: usize, forbidden: Option<usize>) -> Outcome<Option<usize>> {
        let base = self.stack.len();
        let mut next = Some((step, at));
        loop {
            self.steps_left = self.steps_left.checked_sub(1).ok_or(TooHard)?;
            let Some((step, at)) = next.or_else(|| self.backtrack(base)) else { return Ok(None) };
            if matches!(self.program.steps[step], Step::Match) {
                if forbidden != Some(at) {
                    self.forget(base);
                    return Ok(Some(at));
                }
                next = None;
            } else {
                next = self.step(step, at)?;
            }
        }
    }

    /// Forgets other ways above this height of the stack.
    fn forget(&mut self, base: usize) {
        let mut kept = base;
        for i in base..self.stack.len() {
            if matches!(self.stack[i], Entry::Mark { .. } | Entry::Count { .. }) {
                self.stack[kept] = self.stack[i];
                kept += 1;
            }
        }
        self.stack.truncate(kept);
    }

    /// Takes back all above this height of the stack.
    fn undo(&mut self, base: usize) {
        while self.stack.len() > base
            && let Some(entry) = self.stack.pop()
        {
            self.restore(entry);
        }
    }

    fn restore(&mut self, entry: Entry) {
        match entry {
            Entry::Mark { mark, before } => self.marks[mark] = before,
            Entry::Count { counter, before } => self.counters[counter] = before,
            Entry::Try { .. } | Entry::Fewer { .. } | Entry::More { .. } => {}
        }
    }

    /// The last way that was not gone, above this height of the stack.
    fn backtrack(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Entry::Try { step, at } => return Some((step, at)),
                Entry::Fewer { step, least, at } => {
                    let before = at - self.char_before(at).map_or(0, char::len_utf8);
                    if before > least {
                        self.stack.push(Entry::Fewer { step, least, at: before });
                    }
                    return Some((step + 1, before));
                }
                Entry::More { step, at, left } => {
                    let Step::RepeatOne { set, .. } = &self.program.steps[step] else { continue };
                    let Some(c) = self.char_at(at).filter(|&c| set.contains(c)) else { continue };
                    let behind = at + c.len_utf8();
                    if left > 1 {
                        // No bound is the highest number, which is never reached.
                        let left = if left == u32::MAX { left } else { left - 1 };
                        self.stack.push(Entry::More { step, at: behind, left });
                    }
                    return Some((step + 1, behind));
                }
                entry => self.restore(entry),
            }
        }
        None
    }

    /// Does one step: where to go on, if it matches.
    fn step(&mut self, step: usize, at: usize) -> Outcome<Option<(usize, usize)>> {
        let program = self.program;
        let goes_on = |yes: bool| yes.then_some((step + 1, at));
        Ok(match &program.steps[step] {
            Step::One(set) => self.char_at(at).filter(|&c| set.contains(c)).map(|c| (step + 1, at + c.len_utf8())),
            Step::At(anchor) => goes_on(self.is_at(*anchor, at)),
            &Step::Mark(mark) => {
                self.push(Entry::Mark { mark, before: self.marks[mark] })?;
                self.marks[mark] = Some(at);
                goes_on(true)
            }
            &Step::Split(first, second) => {
                self.push(Entry::Try { step: second, at })?;
                Some((first, at))
            }
            &Step::Jump(to) => Some((to, at)),
            Step::RepeatOne { .. } => self.repeat_one(step, at)?,
            &Step::Begin(counter) => {
                self.count(counter, Counter::default())?;
                goes_on(true)
            }
            &Step::Again { counter, min, max, lazy, exit } => self.again(step, at, (counter, min, max, lazy, exit))?,
            &Step::OneMore { counter, max, body } => {
                let Counter { rounds, last } = self.counters[counter];
                if max.is_some_and(|max| rounds >= max) || last == Some(at) {
                    return Ok(None);
                }
                self.count(counter, Counter { rounds: rounds.saturating_add(1), last: Some(at) })?;
                Some((body, at))
            }
            &Step::Possessive { min, max, exit } => self.possessive(step + 1, at, min, max)?.map(|end| (exit, end)),
            &Step::Atomic { exit } => self.run(step + 1, at, None)?.map(|end| (exit, end)),
            &Step::Look { behind, negative, exit } => self.look(step + 1, at, behind, negative)?.then_some((exit, at)),
            &Step::Reference(group, case) => {
                let Some((from, to)) = self.group(group).filter(|(from, to)| from <= to) else { return Ok(None) };
                let mut rest = self.text[at..].chars();
                let same = self.text[from..to].chars().all(|a| rest.next().is_some_and(|b| same(a, b, case)));
                same.then_some((step + 1, self.text.len() - rest.as_str().len()))
            }
            &Step::Conditional(group, other) => {
                let matched = group <= self.program.groups && self.group(group).is_some();
                Some((if matched { step + 1 } else { other }, at))
            }
            Step::Match => None,
        })
    }

    fn count(&mut self, counter: usize, now: Counter) -> Outcome<()> {
        self.push(Entry::Count { counter, before: self.counters[counter] })?;
        self.counters[counter] = now;
        Ok(())
    }

    fn again(
        &mut self,
        step: usize,
        at: usize,
        (counter, min, max, lazy, exit): (usize, u32, Option<u32>, bool, usize),
    ) -> Outcome<Option<(usize, usize)>> {
        let body = step + 1 + usize::from(lazy);
        let Counter { rounds, last } = self.counters[counter];
        if rounds < min {
            self.count(counter, Counter { rounds: rounds + 1, last })?;
            return Ok(Some((body, at)));
        }
        if lazy {
            self.push(Entry::Try { step: step + 1, at })?;
            return Ok(Some((exit, at)));
        }
        // A round that matched nothing is the last.
        if max.is_none_or(|max| rounds < max) && last != Some(at) {
            self.push(Entry::Try { step: exit, at })?;
            self.count(counter, Counter { rounds: rounds.saturating_add(1), last: Some(at) })?;
            return Ok(Some((body, at)));
        }
        Ok(Some((exit, at)))
    }

    fn repeat_one(&mut self, step: usize, at: usize) -> Outcome<Option<(usize, usize)>> {
        let Step::RepeatOne { set, min, max, kind } = &self.program.steps[step] else { return Ok(None) };
        let most = max.unwrap_or(u32::MAX);
        let wanted = if *kind == Repetition::Lazy { *min } else { most };
        let (mut end, mut least, mut n) = (at, at, 0);
        for c in self.text[at..].chars().take(wanted as usize).take_while(|&c| set.contains(c)) {
            end += c.len_utf8();
            n += 1;
            if n <= *min {
                least = end;
            }
        }
        self.steps_left = self.steps_left.saturating_sub(n as usize / 8);
        if n < *min {
            return Ok(None);
        }
        match kind {
            Repetition::Greedy if end > least => self.push(Entry::Fewer { step, least, at: end })?,
            Repetition::Lazy if most > *min => {
                let left = if max.is_none() { u32::MAX } else { most - *min };
                self.push(Entry::More { step, at: end, left })?;
            }
            _ => {}
        }
        Ok(Some((step + 1, end)))
    }

    fn possessive(&mut self, body: usize, mut at: usize, min: u32, max: Option<u32>) -> Outcome<Option<usize>> {
        let (mut rounds, mut last) = (0_u32, None);
        loop {
            let needed = rounds < min;
            if !needed && (max.is_some_and(|max| rounds >= max) || last == Some(at)) {
                return Ok(Some(at));
            }
            if !needed {
                last = Some(at);
            }
            match self.run(body, at, None)? {
                Some(end) => at = end,
                None if needed => return Ok(None),
                None => return Ok(Some(at)),
            }
            rounds = rounds.saturating_add(1);
        }
    }

    fn look(&mut self, body: usize, at: usize, behind: Option<usize>, negative: bool) -> Outcome<bool> {
        let before = |n: usize| match n {
            0 => Some(at),
            _ => self.text[..at].char_indices().rev().nth(n - 1).map(|(start, _)| start),
        };
        let Some(start) = behind.map_or(Some(at), before) else { return Ok(negative) };
        let base = self.stack.len();
        let found = self.run(body, start, None)?.is_some();
        if negative {
            self.undo(base);
        }
        Ok(found != negative)
    }

    fn is_at(&self, anchor: Anchor, at: usize) -> bool {
        let line_break = |c: Option<char>| c == Some('\n');
        match anchor {
            Anchor::Start => at == 0,
            Anchor::LineStart => at == 0 || line_break(self.char_before(at)),
            Anchor::End => at == self.text.len(),
            Anchor::LastLineEnd => at == self.text.len() || &self.text[at..] == "\n",
            Anchor::LineEnd => at == self.text.len() || line_break(self.char_at(at)),
            // Until Python 3.14 neither matches an empty text.
            Anchor::Boundary { .. } if self.text.is_empty() => false,
            Anchor::Boundary { negative, ascii } => {
                let word = |c: Option<char>| c.is_some_and(|c| is_word(c) && (!ascii || c.is_ascii()));
                (word(self.char_before(at)) != word(self.char_at(at))) != negative
            }
        }
    }
}
