//! What identifies a task.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

/// What identifies a task: its operation, its parameters and the keys of its inputs, hashed to
/// 127 bits. Tasks with equal keys are one task.
///
/// The remaining bit says whether the key means the same in every process: see
/// [`is_lasting`](Key::is_lasting).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u128);

impl Key {
    /// Begins the key of an operation of this name.
    pub fn of(operation: &str) -> KeyBuilder {
        let mut hash = Xxh3::new();
        hash.update(&(operation.len() as u64).to_le_bytes());
        hash.update(operation.as_bytes());
        KeyBuilder { hash, lasting: true }
    }

    /// An identity of its own: for what has no content to hash, such as a closure. It is not
    /// lasting.
    pub fn unique() -> Key {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut key = Key::of("unique").bytes(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        key.lasting = false;
        key.finish()
    }

    /// All of it as a number, for files.
    #[cfg(any(feature = "cache", feature = "checkpoint"))]
    pub(super) fn from_bits(bits: u128) -> Key {
        Key(bits)
    }

    #[cfg(any(feature = "cache", feature = "checkpoint", feature = "formats"))]
    pub(crate) fn bits(self) -> u128 {
        self.0
    }

    /// Whether the key means the same in every process that this program runs in. It does unless
    /// [`unique`](Key::unique) had a part in it; only then can a [`Codec`](super::Codec) keep the
    /// task's value for another process.
    pub fn is_lasting(self) -> bool {
        self.0 & LASTING != 0
    }
}

/// The bit that tells lasting keys from others.
const LASTING: u128 = 1;

/// Adds parts to a [`Key`]; their order counts.
#[derive(Clone)]
#[must_use = "a key builder does nothing until finish() is called"]
pub struct KeyBuilder {
    hash: Xxh3,
    lasting: bool,
}

impl KeyBuilder {
    /// Adds the key of an input. If it is not lasting, the result is not either.
    pub fn input(mut self, key: Key) -> Self {
        self.lasting &= key.is_lasting();
        self.bytes(&key.0.to_le_bytes())
    }

    /// Adds parameters by their type and serialized content.
    ///
    /// What does not serialize (a map of unknown length, say) gets an identity of its own: it is
    /// then shared with nothing, which is slow but never wrong; and it is not lasting.
    pub fn params<P: Serialize + ?Sized>(self, params: &P) -> Self {
        match postcard::to_stdvec(params) {
            Ok(content) => self.bytes(std::any::type_name::<P>().as_bytes()).bytes(&content),
            Err(_) => self.input(Key::unique()),
        }
    }

    /// Adds raw bytes.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        self.hash.update(&(bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
        self
    }

    /// The key of all parts.
    pub fn finish(self) -> Key {
        Key(self.hash.digest128() & !LASTING | if self.lasting { LASTING } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_part_and_their_order_count() {
        let keys = [
            Key::of("a").finish(),
            Key::of("b").finish(),
            Key::of("a").params(&1u32).finish(),
            Key::of("a").params(&1u64).finish(),
            Key::of("a").params(&f64::NAN).finish(),
            Key::of("a").params(&f64::INFINITY).finish(),
            Key::of("a").bytes(b"x").bytes(b"yz").finish(),
            Key::of("a").bytes(b"xy").bytes(b"z").finish(),
            Key::of("a").input(Key::of("b").finish()).finish(),
            Key::unique(),
            Key::unique(),
        ];
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
        assert_eq!(Key::of("a").params(&("p", 0.5)).finish(), Key::of("a").params(&("p", 0.5)).finish());
    }

    #[test]
    fn what_has_a_part_that_does_not_last_does_not_last() {
        struct Never;
        impl Serialize for Never {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("never"))
            }
        }
        let lasting = Key::of("a").params(&1).bytes(b"x").input(Key::of("b").finish());
        assert!(lasting.clone().finish().is_lasting());
        let ended = [Key::unique(), lasting.clone().input(Key::unique()).finish(), lasting.params(&Never).finish()];
        assert!(ended.iter().all(|key| !key.is_lasting()));
        assert!(!Key::of("c").input(ended[1]).bytes(b"x").finish().is_lasting());
    }
}
