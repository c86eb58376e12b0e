//! Functions known by a name and a version, so that what they make is known in every process.

use std::borrow::Cow;

use super::Chunks;
use crate::data::{Chunk, Shared};
use crate::error::{Error, Result};
use crate::graph::Key;

impl<D: Shared> Chunks<D> {
    /// [`map`](Self::map) by a function that its name and a version identify: the result is known in every process, if
    /// these chunks are (such as chunks of files), so that a chunk cache and a checkpoint hold it, and a sink skips what is
    /// done.
    ///
    /// Raise the version whenever the function changes, or else what an earlier version made is taken. It must not capture
    /// anything, so that there is nothing else that the result depends on: a closure that does is an error when the chunks
    /// are computed ([`InvalidParameter`](crate::ErrorKind::InvalidParameter)). Values that a function needs go into the key
    /// of [`map_keyed`](Self::map_keyed).
    ///
    /// ```
    /// use chunkfit::Chunks;
    /// let chunks = Chunks::from_memory([vec![1.0, 2.0]]).identified("numbers");
    /// let squares = |version| chunks.map_versioned("squares", version, |x| x.iter().map(|x| x * x).collect::<Vec<f64>>());
    /// assert!(squares(1).as_slice()[0].key().is_lasting());
    /// assert_eq!(squares(1).as_slice()[0].key(), squares(1).as_slice()[0].key());
    /// assert_ne!(squares(1).as_slice()[0].key(), squares(2).as_slice()[0].key());
    /// ```
    pub fn map_versioned<E: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        version: u32,
        f: impl Fn(&D) -> E + Shared,
    ) -> Chunks<E> {
        match versioned(version, &f) {
            Ok(key) => self.map_keyed(name, key, move |chunk| Ok(f(chunk))),
            Err(error) => Chunks::failed(error),
        }
    }
}

/// The key of a version of a function.
///
/// # Errors
/// It captures something: the version does not tell what.
pub(crate) fn versioned<F: 'static>(version: u32, _: &F) -> Result<Key> {
    if size_of::<F>() > 0 {
        let expected = "a function that captures nothing, for a version says nothing of captured values: give them to \
                        `map_keyed`, in a key such as `Key::of(\"scale, version 1\").params(&factor).finish()`";
        return Err(Error::parameter("function", "a closure that captures values", expected));
    }
    Ok(Key::of("version").params(&version).finish().of_type::<F>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::graph::Runtime;

    #[test]
    fn a_function_that_captures_values_is_refused_with_the_remedy() {
        let (chunks, factor) = (Chunks::from_memory([vec![1.0]]).identified(1), std::hint::black_box(2.0));
        let scaled = chunks.map_versioned("scale", 1, move |x: &Vec<f64>| vec![x[0] * factor]);
        let error = Runtime::new().compute(scaled).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "function", .. }), "{error}");
        assert!(error.to_string().contains("map_keyed"), "{error}");
    }

    #[test]
    fn two_functions_of_one_name_and_version_are_two_in_a_process() {
        let chunks = Chunks::from_memory([vec![1.0]]).identified(1);
        let twice = chunks.map_versioned("scale", 1, |x: &Vec<f64>| vec![x[0] * 2.0]);
        let thrice = chunks.map_versioned("scale", 1, |x: &Vec<f64>| vec![x[0] * 3.0]);
        assert_eq!(Runtime::new().compute((twice, thrice)).unwrap(), (vec![vec![2.0]], vec![vec![3.0]]));
    }
}
