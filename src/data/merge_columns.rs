//! Merging of what is kept of the columns that have values.

use crate::error::Result;

/// The ascending numbers of some columns, and what is kept of each.
type Columns<S> = (Vec<u32>, Vec<S>);

/// The columns of either, where `merge` adds what the second has of a column to what the first has of it.
///
/// # Errors
/// Errors of `merge`.
pub(crate) fn merge_columns<S>(
    own: Columns<S>,
    theirs: Columns<S>,
    mut merge: impl FnMut(&mut S, S) -> Result<()>,
) -> Result<Columns<S>> {
    if own.0 == theirs.0 {
        let (columns, mut states) = own;
        states.iter_mut().zip(theirs.1).try_for_each(|(own, theirs)| merge(own, theirs))?;
        return Ok((columns, states));
    }
    let most = own.0.len() + theirs.0.len();
    let (mut columns, mut states) = (Vec::with_capacity(most), Vec::with_capacity(most));
    let mut own = own.0.into_iter().zip(own.1).peekable();
    let mut theirs = theirs.0.into_iter().zip(theirs.1).peekable();
    loop {
        let (a, b) = (own.peek().map(|a| a.0), theirs.peek().map(|b| b.0));
        let (column, state) = match (a, b) {
            (Some(a), Some(b)) if a == b => {
                let both = own.next().zip(theirs.next());
                let ((column, mut state), (_, other)) = both.expect("both were just looked at");
                merge(&mut state, other)?;
                (column, state)
            }
            (Some(a), b) if b.is_none_or(|b| a < b) => own.next().expect("it was just looked at"),
            (_, Some(_)) => theirs.next().expect("it was just looked at"),
            _ => break,
        };
        columns.push(column);
        states.push(state);
    }
    Ok((columns, states))
}
