//! Figures of a task's value: the score, the objective or the loss that it states.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::panics::caught;
pub use crate::data::Figure;
use crate::data::Shared;

type Read = dyn Fn(&(dyn Any + Send + Sync)) -> Vec<Figure> + Send + Sync;

/// A function that reads the figures of a value, whatever its type.
#[derive(Clone)]
pub(super) struct ReadFigures(Arc<Read>);

impl ReadFigures {
    pub(super) fn new<T: 'static>(figures: impl Fn(&T) -> Vec<Figure> + Shared) -> Self {
        ReadFigures(Arc::new(move |value| value.downcast_ref::<T>().map(&figures).unwrap_or_default()))
    }

    /// None of a value of another type, such as one that stands for a failure; none where the function panics, for
    /// nothing that a run makes depends on them.
    pub(super) fn of(&self, value: &(dyn Any + Send + Sync)) -> Vec<Figure> {
        caught(|| Ok((self.0)(value))).unwrap_or_default()
    }
}

impl fmt::Debug for ReadFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadFigures")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::Error;
    use crate::graph::{Key, Lazy, Runtime, Task};

    fn halved(n: &usize) -> Vec<Figure> {
        vec![Figure::new("loss", *n as f64 / 2.0), Figure::new("rows", *n as f64)]
    }

    #[test]
    fn a_series_has_the_order_of_a_single_thread_on_any_number_of_threads() {
        let steps = |n: usize| {
            let task =
                |name, c| Task::new(name, Key::of(name).params(&c).finish()).chunk(c).display_name(Some("a".into()));
            let step = move |c| Lazy::source(task("step", c).figures(halved), move || Ok(c));
            Lazy::gather(&(0..n).map(step).collect::<Vec<_>>(), Task::new("sum", Key::unique()), |all| Ok(all.len()))
        };
        for threads in [1, 4] {
            let run = Runtime::new().threads(threads).profile(true).run(steps(20)).unwrap();
            let figures = run.profile.unwrap().figures;
            let seen = |record: &crate::graph::FigureRecord| {
                assert_eq!((&*record.task, record.display_name.as_deref()), ("step", Some("a")));
                (record.chunk, record.name.clone().into_owned(), record.value)
            };
            let expected = |c: usize| [(Some(c), "loss".into(), c as f64 / 2.0), (Some(c), "rows".into(), c as f64)];
            assert_eq!(figures.iter().map(seen).collect::<Vec<_>>(), (0..20).flat_map(expected).collect::<Vec<_>>());
        }
    }

    #[test]
    fn figures_are_no_part_of_a_key_and_asked_for_once() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let count = |_: &usize| {
            ASKED.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        };
        let task = || Task::new("read", Key::of("read").finish());
        let (plain, stating) =
            (Lazy::source(task(), || Ok(3_usize)), Lazy::source(task().figures(count), || Ok(3_usize)));
        assert_eq!(plain.key(), stating.key());
        let before = ASKED.load(Ordering::Relaxed);
        Runtime::new().profile(true).run(&stating).unwrap();
        assert_eq!(ASKED.load(Ordering::Relaxed), before + 1);
    }

    #[test]
    fn a_function_that_panics_a_value_of_another_type_and_a_failure_state_nothing() {
        let run = |task: Task, value: Result<usize, Error>| {
            let value = Lazy::source(task, move || value.clone()).caught();
            Runtime::new().profile(true).run(&value).map(|run| (run.values.ok(), run.profile.unwrap().figures)).unwrap()
        };
        let task = || Task::new("read", Key::unique());
        assert_eq!(run(task().figures(|_: &usize| panic!("boom")), Ok(3)), (Some(3), vec![]));
        assert_eq!(run(task().figures(|_: &String| halved(&1)), Ok(3)), (Some(3), vec![]));
        assert_eq!(run(task().figures(halved), Err(Error::parameter("x", 0, "1"))), (None, vec![]));
        assert_eq!(run(task().figures(halved), Ok(3)).1.len(), 2);
    }
}
