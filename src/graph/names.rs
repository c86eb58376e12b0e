//! Name clashes of types of values, where files know types by their names only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::key::Key;

/// True if a value may use a checkpoint or a chunk cache: none of this process has, or one of the very same types. Else
/// the one whose files came first would be taken for this one.
pub(super) fn claim(key: Key) -> bool {
    /// The types of the first, by what files know of its key.
    static FIRST: Mutex<Option<HashMap<Key, u64>>> = Mutex::new(None);
    let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
    *first.get_or_insert_default().entry(key.in_files()).or_insert(key.types()) == key.types()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stays_the_only_one() {
        let key = Key::of("names are claimed").finish();
        let (one, other) = (key.of_type::<u32>(), key.of_type::<i32>());
        assert!(claim(one) && !claim(other) && claim(one) && !claim(other));
        assert!(claim(Key::of("another").finish().of_type::<i32>()));
    }
}
