//! A state that goes from chunk to chunk: what is known of the rows before a chunk.

use std::borrow::Cow;
use std::sync::Arc;

use super::Chunks;
use crate::data::{Chunk, Shared};
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

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
        let name = name.into();
        let work = Arc::new(move |mut state: S, chunk: &D, is_last: bool| {
            let note = step(&mut state, chunk)?;
            let warnings = if is_last { finish(&state)? } else { Vec::new() };
            Ok(Carried { state, note, warnings })
        });
        let (mut notes, mut before) = (Vec::with_capacity(self.len()), None::<(Lazy<Carried<S, N>>, Lazy<N>)>);
        for (c, chunk) in self.iter().enumerate() {
            let (work, is_last) = (work.clone(), c + 1 == self.len());
            let own = Key::of("carry").bytes(name.as_bytes()).params(&is_last).input(key).input(chunk.key());
            let carried = match before {
                None => {
                    let start = start.clone();
                    let task = step_task::<S, N>(name.clone(), own.finish());
                    chunk.map(task, move |chunk| work(start.clone(), chunk, is_last))
                }
                Some((carried, note)) => {
                    let task = step_task::<S, N>(name.clone(), own.input(carried.key()).finish());
                    // The note before is waited for, so that the state is moved on and not copied.
                    carried.step2(chunk, &note, task, move |carried, chunk, _| work(carried.state, chunk, is_last))
                }
            };
            let task = Task::new("note", Key::of("note").input(carried.key()).finish()).carried();
            let note = carried.map(task, |carried| Ok(carried.note.clone()));
            notes.push(note.clone());
            before = Some((carried, note));
        }
        Chunks::from_lazies(notes)
    }

    /// Applies a function to every chunk and its note, which [`carry`](Self::carry) made.
    pub(crate) fn map_noted<N: Shared, E: Chunk>(
        &self,
        notes: &Chunks<N>,
        name: &'static str,
        key: Key,
        f: impl Fn(&N, &D) -> Result<E> + Shared,
    ) -> Chunks<E> {
        let f = Arc::new(f);
        Chunks::from_lazies(self.iter().zip(notes.iter()).map(|(chunk, note)| {
            let key = Key::of(name).input(key).input(note.key()).input(chunk.key()).finish();
            let f = f.clone();
            note.zip(chunk, Task::new(name, key).remakeable().measured::<E>(), move |note, chunk| f(note, chunk))
        }))
    }
}

fn step_task<S: 'static, N: 'static>(name: Cow<'static, str>, key: Key) -> Task {
    Task::new(name, key).carries().warns(|carried: &Carried<S, N>| carried.warnings.clone())
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
