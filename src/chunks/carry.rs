//! A state that goes from chunk to chunk: what is known of the rows before a chunk.

use std::borrow::Cow;
use std::sync::Arc;

use super::Chunks;
use super::each::{Steps, carry_along, map_each_noted};
use crate::data::{Chunk, Shared};
use crate::error::Result;
use crate::graph::{AnyLazy, AnyWork, Inputs, Key, Task};

/// The state after a chunk, and what was noted for the chunk itself.
#[derive(Clone)]
struct Carried<S, N> {
    state: S,
    note: N,
    /// Of the last chunk: what there is to say of the state at the end.
    warnings: Vec<String>,
}

impl<D: Shared> Chunks<D> {
    /// One note for every chunk on what is known of the chunks before it: a state goes along the chunks in their
    /// order, and `step` is given the state before a chunk, changes it to the state after, and tells what is to be
    /// known when that chunk is worked on. So a [`Split`](crate::model_selection::Split) can deal by counts of all
    /// rows before a chunk.
    ///
    /// The steps run one after the other, each as soon as its chunk is there, and hold no chunk back in memory. Notes
    /// stay in memory to the end of the run, so that a chunk may be dropped and made again; they should be small.
    /// Notes are the same for any number of threads. `key` identifies `start` and `step`.
    ///
    /// ```
    /// use chunkfit::graph::Key;
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec!['a', 'b'], vec!['c'], vec!['d', 'e']]);
    /// let rows_before = chunks.carry("count rows", Key::unique(), 0, |rows, chunk| {
    ///     let before = *rows;
    ///     *rows += chunk.len();
    ///     Ok(before)
    /// });
    /// assert_eq!(Runtime::new().compute(rows_before)?, [0, 2, 3]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn carry<S, N>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: Key,
        start: S,
        step: impl Fn(&mut S, &D) -> Result<N> + Shared,
    ) -> Chunks<N>
    where
        S: Clone + Shared,
        N: Clone + Shared,
    {
        self.carry_to_end(name, key, start, step, |_| Ok(Vec::new()))
    }

    /// The same; `finish` judges the state after the last chunk: it tells what the run is to be warned of, and its
    /// error is that of the last note.
    pub(crate) fn carry_to_end<S, N>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: Key,
        start: S,
        step: impl Fn(&mut S, &D) -> Result<N> + Shared,
        finish: impl Fn(&S) -> Result<Vec<String>> + Shared,
    ) -> Chunks<N>
    where
        S: Clone + Shared,
        N: Clone + Shared,
    {
        let step = move |state: &mut S, inputs: &Inputs, chunk: usize| step(state, inputs.get(chunk));
        Chunks::of_any(carry_inputs(&self.any(), name.into(), key, start, step, finish))
    }

    /// Applies a function to every chunk and its note, which [`carry`](Self::carry) made.
    pub(crate) fn map_noted<N: Shared, E: Chunk>(
        &self,
        notes: &Chunks<N>,
        name: &'static str,
        key: Key,
        f: impl Fn(&N, &D) -> Result<E> + Shared,
    ) -> Chunks<E> {
        let task = Task::new(name, key).remakeable().measured::<E>();
        let work = AnyWork::new(move |inputs| f(inputs.get(0), inputs.get(1)));
        Chunks::of_any(map_each_noted(&self.any(), &notes.any(), key, &task, &work))
    }
}

/// A note for every chunk, as [`Chunks::carry_to_end`], where `step` finds the chunk among the inputs, by its number there.
pub(super) fn carry_inputs<S, N>(
    chunks: &[AnyLazy],
    name: Cow<'static, str>,
    key: Key,
    start: S,
    step: impl Fn(&mut S, &Inputs, usize) -> Result<N> + Shared,
    finish: impl Fn(&S) -> Result<Vec<String>> + Shared,
) -> Vec<AnyLazy>
where
    S: Clone + Shared,
    N: Clone + Shared,
{
    let work = Arc::new(move |mut state: S, inputs: &Inputs, chunk: usize, is_last: bool| {
        let note = match step(&mut state, inputs, chunk) {
            Ok(note) => note,
            Err(error) => return Err(error),
        };
        let warnings = match is_last {
            true => finish(&state),
            false => Ok(Vec::new()),
        };
        match warnings {
            Ok(warnings) => Ok(Carried { state, note, warnings }),
            Err(error) => Err(error),
        }
    });
    let first = |is_last| {
        let (work, start) = (work.clone(), start.clone());
        AnyWork::new(move |inputs| work(start.clone(), inputs, 0, is_last))
    };
    let next = |is_last| {
        let work = work.clone();
        AnyWork::new(move |inputs| {
            let carried = inputs.take::<Carried<S, N>>(0);
            work(carried.state, inputs, 1, is_last)
        })
    };
    let note = AnyWork::new(|inputs| Ok(inputs.get::<Carried<S, N>>(0).note.clone()));
    let steps = Steps { first: [first(false), first(true)], next: [next(false), next(true)], note };
    let task = Task::new(name.clone(), key).carries().warns(|carried: &Carried<S, N>| carried.warnings.clone());
    carry_along(chunks, &name, key, &task, &steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::graph::Runtime;

    fn sums(chunks: &Chunks<Vec<u64>>, finish: impl Fn(&u64) -> Result<Vec<String>> + Shared) -> Chunks<u64> {
        let step = |sum: &mut u64, chunk: &Vec<u64>| {
            let before = *sum;
            *sum += chunk.iter().sum::<u64>();
            Ok(before)
        };
        chunks.carry_to_end("sum", Key::of("sum").finish(), 0, step, finish)
    }

    #[test]
    fn a_note_tells_what_came_before() {
        let chunks = Chunks::from_fn("numbers", 50, |c| Ok(vec![c as u64; 100]));
        let expected: Vec<u64> = (0..50).map(|c| 100 * (0..c).sum::<u64>()).collect();
        let sums = sums(&chunks, |sum| Ok(vec![format!("{sum} in all")]));
        let added = chunks.map_noted(&sums, "add", Key::unique(), |sum, chunk: &Vec<u64>| Ok(vec![sum + chunk[0]]));
        for (threads, limit) in [(1, usize::MAX), (2, usize::MAX), (4, 3000), (1, 3000)] {
            let run = Runtime::new().threads(threads).memory_limit(limit).run((&sums, &added)).unwrap();
            assert_eq!(run.values.0, expected, "{threads} threads, {limit} bytes");
            assert!(run.values.1.iter().zip(&expected).enumerate().all(|(c, (a, b))| a[0] == b + c as u64));
            let told: Vec<_> = run.summary.warnings.iter().map(|warning| warning.message.as_str()).collect();
            assert_eq!(told, ["122500 in all"]);
        }
    }

    #[test]
    fn the_end_is_judged_with_the_last_note_only() {
        let chunks = Chunks::from_memory([vec![1], vec![2], vec![3]]);
        let sums = sums(&chunks, |sum| Err(Error::parameter("sum", sum, "another")));
        assert_eq!(Runtime::new().compute(sums.as_slice()[..2].to_vec()).unwrap(), [0, 1]);
        assert!(Runtime::new().compute(sums).is_err());
        let none: Chunks<Vec<u64>> = Chunks::from_memory([]);
        assert!(Runtime::new().compute(self::sums(&none, |_| Ok(Vec::new()))).unwrap().is_empty());
    }
}
