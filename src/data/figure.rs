//! Figures: a score, an objective or a loss, by its name.

use std::borrow::Cow;

/// A score, an objective or a loss that a task's value states: see [`Task::figures`](crate::graph::Task::figures).
///
/// With the names that its task is shown under it is a point of a series, such as the `loss` of a chain epoch by epoch
/// (scikit-learn's `loss_curve_`).
///
/// ```
/// use chunkfit::graph::{Figure, Key, Task};
/// use chunkfit::{Lazy, Runtime};
///
/// #[derive(Clone)]
/// struct State { squared_error: f64, rows: usize }
/// let task = Task::new("epoch", Key::unique());
/// let task = task.figures(|state: &State| vec![Figure::new("loss", state.squared_error / state.rows as f64)]);
/// let epoch = Lazy::source(task, || Ok(State { squared_error: 3.0, rows: 4 }));
///
/// let run = Runtime::new().profile(true).run(&epoch)?;
/// let figure = &run.profile.unwrap().figures[0];
/// assert_eq!((&*figure.task, &*figure.name, figure.value), ("epoch", "loss", 0.75));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Figure {
    /// The name, e.g. `loss`, `objective`, `inertia`, or a scorer's, such as `accuracy`.
    pub name: Cow<'static, str>,
    /// The value. NaN stands for one that is not defined on these rows.
    pub value: f64,
}

impl Figure {
    /// A figure of this name.
    pub fn new(name: impl Into<Cow<'static, str>>, value: f64) -> Self {
        Figure { name: name.into(), value }
    }
}
