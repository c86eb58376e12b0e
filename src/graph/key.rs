//! Keys: the identity of tasks.

use std::any::{TypeId, type_name};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use super::panics;
use crate::data::{Identified, claim, short_name};
use crate::error::Result;

/// The identity of a task: its operation, its parameters and the keys of its inputs, hashed to
/// 127 bits. Tasks with equal keys are one task.
///
/// The remaining bit says whether the key means the same in every process: see
/// [`is_lasting`](Key::is_lasting).
///
/// # Types
/// What a type is has a part in every key, in one of three ways:
/// - The parameters of estimators and transformers are known by the name and version that their type states
///   ([`Identified`], [`KeyBuilder::identified`]). Two types that state one name are an error.
/// - Values, and parameters that are [plain values](KeyBuilder::params), have no stated name. They are known by Rust's
///   name of the type without its modules (`Vec<Option<String>>`), so that a type may move to another module.
/// - Within a process, keys of different types are different keys, whatever the types are called: the types themselves
///   are compared beside the hash.
///
/// So two types of values that have one name in two modules, or in two blocks of one function, are two in a process, and
/// in a folder would be one entry. Of those that come up in a process only the first uses a checkpoint or a chunk cache; a
/// [warning](super::Summary::warnings) names the others. Do not give a folder to two programs whose types of values differ
/// but have one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    bits: u128,
    /// The types of values and estimators in it, hashed; of no meaning to another process.
    types: u64,
}

/// Equal keys have equal bits, and hardly any others do.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}

/// The type of a value.
#[derive(Clone, Copy)]
pub(super) struct ValueType {
    id: TypeId,
    name: &'static str,
}

impl ValueType {
    pub(super) fn of<T: 'static>() -> Self {
        ValueType { id: TypeId::of::<T>(), name: type_name::<T>() }
    }
}

impl Key {
    /// Begins the key of an operation of this name.
    pub fn of(operation: &str) -> KeyBuilder {
        let mut hash = Xxh3::new();
        hash.update(&(operation.len() as u64).to_le_bytes());
        hash.update(operation.as_bytes());
        KeyBuilder { hash, types: 0, lasting: true }
    }

    /// An identity of its own: for what has no content to hash, such as a closure. It is not
    /// lasting.
    pub fn unique() -> Key {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut key = Key::of("unique").bytes(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        key.lasting = false;
        key.finish()
    }

    /// The key of a number that stands in a file, where types are known by their names only.
    pub(super) fn from_bits(bits: u128) -> Key {
        Key { bits, types: 0 }
    }

    /// The key as files know it: types by their names only.
    pub(super) fn in_files(self) -> Key {
        Key { types: 0, ..self }
    }

    /// The types in it, as a number that holds for this process.
    pub(super) fn types(self) -> u64 {
        self.types
    }

    /// The same with this type, which is told apart from all others within this process. Files see no difference.
    pub(crate) fn of_type<T: 'static>(self) -> Key {
        self.of_type_id(TypeId::of::<T>())
    }

    fn of_type_id(self, id: TypeId) -> Key {
        Key { types: mixed(self.types, number(id)), ..self }
    }

    /// The same for a value of this type: one key, one type, so that a mix-up of keys can never be a mix-up of types.
    pub(super) fn of_value(self, value: ValueType) -> Key {
        thread_local! {
            /// The hashed short names, so that each is made once.
            static NAMES: RefCell<HashMap<TypeId, u128, BuildHasherDefault<Number>>> = RefCell::default();
        }
        let hashed = || xxh3_128(short_name(value.name).as_bytes());
        let name = NAMES.with_borrow_mut(|names| *names.entry(value.id).or_insert_with(hashed));
        let mut both = [0; 32];
        both[..16].copy_from_slice(&self.bits.to_le_bytes());
        both[16..].copy_from_slice(&name.to_le_bytes());
        let bits = xxh3_128(&both) & !LASTING | self.bits & LASTING;
        Key { bits, ..self }.of_type_id(value.id)
    }

    pub(crate) fn bits(self) -> u128 {
        self.bits
    }

    /// True if the key means the same in every process that this program runs in. It does unless
    /// [`unique`](Key::unique) had a part in it; only then can a [`Codec`](crate::data::Codec) keep the
    /// task's value for another process.
    pub fn is_lasting(self) -> bool {
        self.bits & LASTING != 0
    }
}

/// A hash map by key that takes a key's bits for its hash: they are one already.
pub(super) type KeyMap<V> = HashMap<Key, V, BuildHasherDefault<KeyHasher>>;

/// A hasher that keeps the upper half of a [`Key`]'s bits.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write_u128(&mut self, bits: u128) {
        self.0 = (bits >> 64) as u64;
    }

    /// Keys do not come here.
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The bit that tells lasting keys from others.
const LASTING: u128 = 1;

/// Something of any type that serializes.
trait Content {
    fn serialized(&self) -> postcard::Result<Vec<u8>>;
}

struct Serialized<'a, P: ?Sized>(&'a P);

impl<P: Serialize + ?Sized> Content for Serialized<'_, P> {
    fn serialized(&self) -> postcard::Result<Vec<u8>> {
        postcard::to_stdvec(self.0)
    }
}

/// Adds parts to a [`Key`]; their order counts.
#[derive(Clone)]
#[must_use = "a key builder does nothing until finish() is called"]
pub struct KeyBuilder {
    hash: Xxh3,
    types: u64,
    lasting: bool,
}

impl KeyBuilder {
    /// Adds the key of an input. If it is not lasting, the result is not either.
    pub fn input(mut self, key: Key) -> Self {
        self.lasting &= key.is_lasting();
        self.types = mixed(self.types, key.types);
        self.bytes(&key.bits.to_le_bytes())
    }

    /// Adds a plain value (a number, a text, a tuple of such) by the name of its type, without modules, and its serialized
    /// content. The parameters of an estimator go in by [`identified`](Self::identified).
    ///
    /// What does not serialize (a map of unknown length, say; or a `Serialize` that panics) gets an identity of its
    /// own: it is then shared with nothing, which costs time only; and it is not lasting.
    pub fn params<P: Serialize + ?Sized>(self, params: &P) -> Self {
        self.content(type_name::<P>(), &Serialized(params))
    }

    fn content(mut self, type_name: &str, content: &dyn Content) -> Self {
        match panics::catch(|| content.serialized()) {
            Ok(Ok(content)) => {
                self.types = mixed(self.types, xxh3_64(type_name.as_bytes()));
                self.bytes(short_name(type_name).as_bytes()).bytes(&content)
            }
            Ok(Err(_)) | Err(_) => self.input(Key::unique()),
        }
    }

    /// Adds the parameters of an estimator, a transformer or a split by the name, version and generic arguments that their
    /// type states, and their serialized content. What does not serialize is taken as in [`params`](Self::params).
    ///
    /// ```
    /// use chunkfit::graph::Key;
    /// use chunkfit::prelude::*;
    ///
    /// let sgd = SgdClassifier::<f64, bool>::params();
    /// let key = Key::of("estimator").identified(&sgd)?.finish();
    /// assert_ne!(key, Key::of("estimator").identified(&sgd.alpha(0.1))?.finish());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::SameName`](crate::ErrorKind::SameName): another type of this process has stated the name and version.
    pub fn identified<P: Identified + Serialize>(self, params: &P) -> Result<Self> {
        claim::<P>()?;
        Ok(self.named(P::NAME, P::VERSION, TypeId::of::<P>(), &P::arguments, &Serialized(params)))
    }

    fn named(
        self,
        name: &str,
        version: u32,
        id: TypeId,
        arguments: &dyn Fn() -> String,
        content: &dyn Content,
    ) -> Self {
        let parts = panics::catch(|| Some((arguments(), content.serialized().ok()?)));
        let Ok(Some((arguments, content))) = parts else { return self.input(Key::unique()) };
        let mut named = self.bytes(name.as_bytes()).bytes(&version.to_le_bytes()).bytes(arguments.as_bytes());
        named.types = mixed(named.types, number(id));
        named.bytes(&content)
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
        let bits = self.hash.digest128() & !LASTING | if self.lasting { LASTING } else { 0 };
        Key { bits, types: self.types }
    }
}

/// Two numbers as one; their order counts, and zeros stay zero.
fn mixed(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A type as a number.
fn number(id: TypeId) -> u64 {
    let mut number = Number::default();
    id.hash(&mut number);
    number.0
}

/// Hashes a [`TypeId`], which is a hash already.
struct Number(u64);

impl Default for Number {
    fn default() -> Self {
        Number(1)
    }
}

impl Hasher for Number {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = mixed(self.0, u64::from(byte) + 1));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mixed(self.0, number);
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
    fn modules_have_no_part_in_what_files_know() {
        mod elsewhere {
            #[derive(serde::Serialize)]
            pub(super) struct Plain(pub u8);
            pub(super) struct Moved;
        }
        #[derive(Serialize)]
        struct Plain(u8);
        #[derive(Serialize)]
        struct Moved(u8);
        impl Identified for Moved {
            const NAME: &'static str = "moved";
        }
        let plain = [Key::of("a").params(&Plain(1)).finish(), Key::of("a").params(&elsewhere::Plain(1)).finish()];
        assert!(plain[0] != plain[1] && plain[0].in_files() == plain[1].in_files());
        let key = Key::of("a").finish();
        let value = [key.of_value(ValueType::of::<Moved>()), key.of_value(ValueType::of::<elsewhere::Moved>())];
        assert!(value[0] != value[1] && value[0].in_files() == value[1].in_files());
        assert_ne!(value[0].in_files(), key.of_value(ValueType::of::<Plain>()).in_files());
        // In a process in which the type lies elsewhere, no more than these parts come together.
        let by_hand = |version: u32, content: u8| {
            Key::of("a").bytes(b"moved").bytes(&version.to_le_bytes()).bytes(b"").bytes(&[content]).finish()
        };
        let moved = Key::of("a").identified(&Moved(7)).unwrap().finish();
        assert_eq!(moved.in_files(), by_hand(1, 7));
        assert_ne!(moved.in_files(), by_hand(2, 7));
        assert_ne!(moved.in_files(), by_hand(1, 8));
    }

    #[test]
    fn types_of_one_name_are_two_keys_but_one_in_files() {
        let key = Key::of("a").params(&1).finish();
        let (one, other) = (key.of_type::<u32>(), key.of_type::<i32>());
        assert!(one != other && one != key && one == key.of_type::<u32>());
        assert_eq!(one.in_files(), other.in_files());
        let further = |key| Key::of("b").input(key).finish();
        assert!(further(one) != further(other) && further(one).in_files() == further(other).in_files());
        let both = |a, b| Key::of("b").input(a).input(b).finish();
        assert_ne!(both(one, other), both(other, one));
    }

    #[test]
    fn what_panics_while_it_serializes_has_an_identity_of_its_own() {
        struct Panics;
        impl Serialize for Panics {
            fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                panic!("on purpose")
            }
        }
        let key = || Key::of("a").params(&Panics).finish();
        assert!(key() != key() && !key().is_lasting());
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
