//! The serial twin: what every value is, by plain recursion, and how a submission may end.

use std::collections::BTreeSet;

use super::items::Bomb;
use super::universe::{Trouble, Universe, Work, content, failure, settles};

/// The content of every task's value, or the task that failed on the way to it.
pub(super) fn contents(universe: &Universe) -> Vec<Result<u64, usize>> {
    let mut all: Vec<Result<u64, usize>> = Vec::new();
    for (task, spec) in universe.specs.iter().enumerate() {
        let input = |i: usize| all[spec.inputs[i]];
        let unless = matches!(spec.work, Work::ZipUnless | Work::StepUnless);
        let value = match (spec.work, spec.inputs.first().map(|_| input(0))) {
            (Work::Caught, Some(first)) => Ok(content(task, &[first.unwrap_or_else(failure)])),
            (_, Some(Ok(_))) if spec.trouble == Trouble::SettledPanic => Err(task),
            (_, Some(Ok(first))) if unless && settles(task, first) => Ok(content(task, &[first])),
            _ => {
                let inputs: Result<Vec<u64>, usize> = (0..spec.inputs.len()).map(input).collect();
                inputs.map(|inputs| content(task, &inputs))
            }
        };
        let fails = matches!(spec.trouble, Trouble::Error | Trouble::Panic);
        all.push(value.and_then(|value| if fails { Err(task) } else { Ok(value) }));
    }
    all
}

/// The ends that a submission may come to.
pub(super) struct Ends {
    /// The contents of its targets, unless it must fail.
    pub(super) contents: Option<Vec<u64>>,
    /// The tasks whose failures may be its own.
    pub(super) failures: BTreeSet<usize>,
    /// The tasks that it may run.
    pub(super) tasks: BTreeSet<usize>,
}

impl Ends {
    pub(super) fn of(universe: &Universe, contents: &[Result<u64, usize>], targets: &[usize]) -> Self {
        let wanted: Result<Vec<u64>, usize> = targets.iter().map(|&target| contents[target]).collect();
        let (tasks, uncaught) = (above(universe, targets, true), above(universe, targets, false));
        // Values that panic when they are dropped or cloned do so wherever that happens.
        let may_fail = |&task: &usize| match universe.specs[task].trouble {
            Trouble::None | Trouble::Bomb(Bomb::No) => false,
            Trouble::Error | Trouble::Panic | Trouble::SettledPanic | Trouble::Bomb(_) => true,
        };
        let failures = uncaught.into_iter().filter(may_fail).collect();
        Ends { contents: wanted.ok(), failures, tasks }
    }
}

/// The targets and all that they are made from; or what is not caught of that.
fn above(universe: &Universe, targets: &[usize], caught: bool) -> BTreeSet<usize> {
    let (mut found, mut stack) = (BTreeSet::new(), targets.to_vec());
    while let Some(task) = stack.pop() {
        let spec = &universe.specs[task];
        if found.insert(task) && (caught || spec.work != Work::Caught) {
            stack.extend(&spec.inputs);
        }
    }
    found
}
