//! A colour for each kind of task.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

/// The number of kinds that get a colour of their own: more could not be told apart. They are the classes
/// `k0` to `k7` of the style sheet; `k8` is that of all others.
const COLOURS: usize = 8;

/// The colours of tasks by name.
pub(super) struct Colours {
    numbers: HashMap<String, usize>,
    /// The names that have a colour of their own, and the sum of the others, with their time.
    names: Vec<(String, Duration)>,
}

impl Colours {
    /// Of kinds with their time, in the order of the plan. Where there are too many names, those that took longest have
    /// colours.
    pub(super) fn new<'a>(kinds: impl Iterator<Item = (&'a str, Duration)>) -> Self {
        let mut names: Vec<(String, Duration)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (name, busy) in kinds {
            let place = *places.entry(name).or_insert_with(|| {
                names.push((name.to_owned(), Duration::ZERO));
                names.len() - 1
            });
            names[place].1 += busy;
        }
        if names.len() > COLOURS {
            // By order of magnitude, so that colours seldom change while a run goes on.
            names.sort_by_key(|(_, busy)| Reverse(busy.as_nanos().checked_ilog2()));
        }
        let rest = names.split_off(names.len().min(COLOURS));
        let numbers = names.iter().enumerate().map(|(number, (name, _))| (name.clone(), number)).collect();
        if !rest.is_empty() {
            names.push((format!("{} others", rest.len()), rest.iter().map(|(_, busy)| *busy).sum()));
        }
        Colours { numbers, names }
    }

    /// The class of tasks of this name.
    pub(super) fn class(&self, name: &str) -> &'static str {
        class(self.numbers.get(name).copied().unwrap_or(COLOURS))
    }

    /// Class, name and time of every colour that took some time.
    pub(super) fn legend(&self) -> impl Iterator<Item = (&'static str, &str, Duration)> {
        let entries = self.names.iter().enumerate().filter(|(_, (_, busy))| !busy.is_zero());
        entries.map(|(number, (name, busy))| (class(number), name.as_str(), *busy))
    }
}

fn class(number: usize) -> &'static str {
    ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"][number.min(COLOURS)]
}
