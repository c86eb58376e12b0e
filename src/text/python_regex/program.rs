//! Instructions for the backtracking matcher, compiled from the syntax tree.

use super::char_set::CharSet;
use super::syntax::{Anchor, Case, Item, Repetition, Sequence, width};

/// One instruction. Places are indices into the program.
#[derive(Clone, Debug)]
pub(super) enum Step {
    One(CharSet),
    At(Anchor),
    /// Notes the position: where group 1 begins (0), or ends (1), and so on.
    Mark(usize),
    /// Goes to the first place; where that fails, to the second.
    Split(usize, usize),
    Jump(usize),
    /// A repetition of one character.
    RepeatOne {
        set: CharSet,
        min: u32,
        max: Option<u32>,
        kind: Repetition,
    },
    /// Begins a repetition: nothing is counted yet.
    Begin(usize),
    /// Between two rounds of a repetition whose body follows.
    Again {
        counter: usize,
        min: u32,
        max: Option<u32>,
        lazy: bool,
        exit: usize,
    },
    /// One more round of a lazy repetition, where what follows it has failed.
    OneMore {
        counter: usize,
        max: Option<u32>,
        body: usize,
    },
    /// A repetition that does not give back; its body follows up to its own [`Match`](Step::Match).
    Possessive {
        min: u32,
        max: Option<u32>,
        exit: usize,
    },
    /// What follows, up to its own [`Match`](Step::Match), in the first way that matches.
    Atomic {
        exit: usize,
    },
    Look {
        behind: Option<usize>,
        negative: bool,
        exit: usize,
    },
    Reference(usize, Case),
    /// Goes on where the group has matched, else to the other place.
    Conditional(usize, usize),
    Match,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) groups: usize,
    pub(super) counters: usize,
    /// The least number of characters that a match has.
    pub(super) shortest: u64,
    /// The characters that a match begins with, where the pattern says so.
    pub(super) first: Option<CharSet>,
}

impl Program {
    pub(super) fn new(items: &Sequence, groups: usize) -> Self {
        let mut program = Program {
            steps: Vec::new(),
            groups,
            counters: 0,
            shortest: width(items, &[]).0,
            first: first_characters(items),
        };
        program.sequence(items);
        program.steps.push(Step::Match);
        program
    }

    fn sequence(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.item(item));
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::One(set) => drop(self.push(Step::One(set.clone()))),
            Item::At(anchor) => drop(self.push(Step::At(*anchor))),
            Item::Branch(branches) => self.branch(branches),
            Item::Group(None, body) => self.sequence(body),
            Item::Group(Some(group), body) => {
                self.push(Step::Mark(2 * group - 2));
                self.sequence(body);
                self.push(Step::Mark(2 * group - 1));
            }
            Item::Repeat { min, max, kind, body } => self.repeat(*min, *max, *kind, body),
            Item::Atomic(body) => {
                let at = self.push(Step::Atomic { exit: 0 });
                let end = self.inner(body);
                self.steps[at] = Step::Atomic { exit: end };
            }
            Item::Look { behind, negative, body } => {
                let at = self.push(Step::Match);
                let exit = self.inner(body);
                self.steps[at] = Step::Look { behind: *behind, negative: *negative, exit };
            }
            Item::Reference(group, case) => drop(self.push(Step::Reference(*group, *case))),
            Item::Conditional(group, yes, no) => {
                let at = self.push(Step::Match);
                self.sequence(yes);
                let jump = self.push(Step::Match);
                self.steps[at] = Step::Conditional(*group, self.steps.len());
                self.sequence(no);
                self.steps[jump] = Step::Jump(self.steps.len());
            }
        }
    }

    /// A program within the program; returns the place behind it.
    fn inner(&mut self, body: &[Item]) -> usize {
        self.sequence(body);
        self.push(Step::Match) + 1
    }

    fn branch(&mut self, branches: &[Sequence]) {
        let mut jumps = Vec::new();
        let Some((last, others)) = branches.split_last() else { return };
        for branch in others {
            let split = self.push(Step::Match);
            self.sequence(branch);
            jumps.push(self.push(Step::Match));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        self.sequence(last);
        let end = self.steps.len();
        jumps.into_iter().for_each(|jump| self.steps[jump] = Step::Jump(end));
    }

    fn repeat(&mut self, min: u32, max: Option<u32>, kind: Repetition, body: &[Item]) {
        match (body, kind) {
            ([Item::One(set)], _) => drop(self.push(Step::RepeatOne { set: set.clone(), min, max, kind })),
            (_, Repetition::Possessive) => {
                let at = self.push(Step::Match);
                let exit = self.inner(body);
                self.steps[at] = Step::Possessive { min, max, exit };
            }
            _ => {
                let (counter, lazy) = (self.counters, kind == Repetition::Lazy);
                self.counters += 1;
                self.push(Step::Begin(counter));
                let again = self.push(Step::Match);
                if lazy {
                    let body = self.steps.len() + 1;
                    self.push(Step::OneMore { counter, max, body });
                }
                self.sequence(body);
                let exit = self.push(Step::Jump(again)) + 1;
                self.steps[again] = Step::Again { counter, min, max, lazy, exit };
            }
        }
    }
}

/// The characters that a match begins with: `None` where it may be empty, or begins in several ways.
fn first_characters(items: &[Item]) -> Option<CharSet> {
    let first = items.iter().find(|item| !matches!(item, Item::At(_)))?;
    match first {
        Item::One(set) => Some(set.clone()),
        Item::Group(_, body) | Item::Atomic(body) => first_characters(body),
        Item::Repeat { min: 1.., body, .. } => first_characters(body),
        _ => None,
    }
}
