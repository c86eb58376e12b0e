//! A colour for each kind of task.

use std::collections::HashMap;
use std::time::Duration;

use crate::graph::Summary;

/// How many kinds get a colour of their own: more could not be told apart. They are the classes
/// `k0` to `k7` of the style sheet; `k8` is that of all others.
const COLOURS: usize = 8;

/// The colours of tasks by name, those that took longest first.
pub(super) struct Colours {
    numbers: HashMap<String, usize>,
    /// The names that have a colour of their own.
    names: Vec<(String, Duration)>,
}

impl Colours {
    pub(super) fn new(summary: &Summary) -> Self {
        let mut names: Vec<(String, Duration)> = Vec::new();
        for stage in summary.stages.iter().filter(|stage| stage.runs > 0) {
            match names.iter_mut().find(|(name, _)| *name == stage.name) {
                Some((_, busy)) => *busy += stage.busy,
                None => names.push((stage.name.clone(), stage.busy)),
            }
        }
        names.sort_by_key(|&(_, busy)| std::cmp::Reverse(busy));
        let rest = names.split_off(names.len().min(COLOURS));
        let numbers = names.iter().enumerate().map(|(number, (name, _))| (name.clone(), number)).collect();
        if !rest.is_empty() {
            names.push((format!("{} others", rest.len()), rest.iter().map(|(_, busy)| *busy).sum()));
        }
        Colours { numbers, names }
    }

    /// The class of tasks of this name.
    pub(super) fn class(&self, name: &str) -> String {
        format!("k{}", self.number(name))
    }

    /// The number in the class of tasks of this name.
    pub(super) fn number(&self, name: &str) -> usize {
        self.numbers.get(name).copied().unwrap_or(COLOURS)
    }

    /// What to show beside the picture: class, name, time.
    pub(super) fn legend(&self) -> impl Iterator<Item = (String, &str, Duration)> {
        self.names.iter().map(|(name, busy)| (self.class(name), name.as_str(), *busy))
    }
}
