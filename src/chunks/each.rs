//! Tasks for each chunk of a list, whatever the types of the chunks: what [`Chunks`](super::Chunks) makes of the work on
//! one chunk.

use crate::graph::{AnyLazy, AnyWork, Key, Task};

/// A task of this kind for every chunk: `task` with a key of its own, which is made of `key` and that of the chunk.
pub(crate) fn map_each(chunks: &[AnyLazy], key: Key, task: &Task, work: &AnyWork) -> Vec<AnyLazy> {
    let each = |chunk: &AnyLazy| {
        let key = Key::of(task.name()).input(key).input(chunk.key()).finish();
        chunk.map(task.keyed(key), work.clone())
    };
    chunks.iter().map(each).collect()
}

/// A task for every chunk and its note, as [`map_each`].
pub(super) fn map_each_noted(
    chunks: &[AnyLazy],
    notes: &[AnyLazy],
    key: Key,
    task: &Task,
    work: &AnyWork,
) -> Vec<AnyLazy> {
    let each = |(chunk, note): (&AnyLazy, &AnyLazy)| {
        let key = Key::of(task.name()).input(key).input(note.key()).input(chunk.key()).finish();
        note.zip(chunk, task.keyed(key), work.clone())
    };
    chunks.iter().zip(notes).map(each).collect()
}

/// A task for every chunk with a value that all chunks have in common, in the turns after that value's.
pub(crate) fn zip_each(
    chunks: &[AnyLazy],
    with: &AnyLazy,
    key: Option<Key>,
    task: &Task,
    work: &AnyWork,
) -> Vec<AnyLazy> {
    let first = with.turn() + 1;
    let each = |(c, chunk): (usize, &AnyLazy)| {
        let own = key.iter().fold(Key::of(task.name()), |own, &key| own.input(key));
        let key = own.input(with.key()).input(chunk.key()).finish();
        with.zip(chunk, task.keyed(key).order(first + c), work.clone())
    };
    chunks.iter().enumerate().map(each).collect()
}

/// The work of the steps of a state that goes along the chunks.
pub(super) struct Steps {
    /// Of the first chunk, and of the last and any other.
    pub(super) first: [AnyWork; 2],
    /// Of the state before and a chunk: not the last one, and the last one.
    pub(super) next: [AnyWork; 2],
    /// The note out of the state.
    pub(super) note: AnyWork,
}

/// A note for every chunk, of a state that goes along them.
pub(super) fn carry_along(chunks: &[AnyLazy], name: &str, key: Key, task: &Task, steps: &Steps) -> Vec<AnyLazy> {
    let (mut notes, mut before) = (Vec::with_capacity(chunks.len()), None::<(AnyLazy, AnyLazy)>);
    for (c, chunk) in chunks.iter().enumerate() {
        let is_last = c + 1 == chunks.len();
        let own = Key::of("carry").bytes(name.as_bytes()).params(&is_last).input(key).input(chunk.key());
        let carried = match &before {
            None => chunk.map(task.keyed(own.finish()), steps.first[usize::from(is_last)].clone()),
            Some((carried, note)) => {
                let task = task.keyed(own.input(carried.key()).finish());
                // The note before is waited for, so that the state is moved on and not copied.
                carried.zip2(chunk, note, task, steps.next[usize::from(is_last)].clone())
            }
        };
        let task = Task::new("note", Key::of("note").input(carried.key()).finish()).carried();
        let note = carried.map(task, steps.note.clone());
        notes.push(note.clone());
        before = Some((carried, note));
    }
    notes
}

/// Merges neighbours, then neighbouring pairs, and so on.
pub(crate) fn merge_each(mut level: Vec<AnyLazy>, task: &dyn Fn(Key) -> Task, work: &AnyWork) -> Option<AnyLazy> {
    while level.len() > 1 {
        let pairs = level.chunks(2).map(|pair| match pair {
            [left, right] => {
                let key = Key::of("merge").input(left.key()).input(right.key()).finish();
                AnyLazy::of(task(key), vec![left.clone(), right.clone()], work.clone())
            }
            rest => rest[0].clone(),
        });
        level = pairs.collect();
    }
    level.pop()
}

/// Rows of every chunk for pass number `pass`, each in its turn.
pub(super) fn select_each(
    chunks: &[AnyLazy],
    rows: &[AnyLazy],
    pass: usize,
    task: &Task,
    work: &AnyWork,
) -> Vec<AnyLazy> {
    let n = chunks.len();
    let each = |(c, (chunk, rows)): (usize, (&AnyLazy, &AnyLazy))| {
        let key = Key::of("select").params(&pass).input(chunk.key()).input(rows.key()).finish();
        rows.zip(chunk, task.keyed(key).order(pass * n + c), work.clone())
    };
    chunks.iter().zip(rows).enumerate().map(each).collect()
}

/// One value of all chunks.
pub(super) fn gather_each(chunks: Vec<AnyLazy>, name: &'static str, work: AnyWork) -> AnyLazy {
    let key = chunks.iter().fold(Key::of(name), |key, part| key.input(part.key())).finish();
    AnyLazy::of(Task::new(name, key), chunks, work)
}
