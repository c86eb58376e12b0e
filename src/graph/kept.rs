//! Values that a checkpoint or a chunk cache keeps: how they become bytes, and values again.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::key::Key;
use super::node::Value;
use crate::data::codec::{Decode, Encode};
use crate::data::{Codec, Shared};

/// A codec, whatever its type.
#[derive(Clone)]
pub(super) struct AnyCodec {
    pub(super) encode: Arc<Encode<dyn Any + Send + Sync>>,
    pub(super) decode: Arc<Decode<Value>>,
}

/// A slot and the codec of what goes there.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) slot: Key,
    pub(super) codec: AnyCodec,
}

impl AnyCodec {
    pub(super) fn new<T: Shared>(codec: Codec<T>) -> Self {
        let (encode, decode) = codec.into_parts();
        let encode = move |value: &(dyn Any + Send + Sync)| {
            encode(value.downcast_ref().expect("a handle's codec has the type of its value"))
        };
        AnyCodec { encode: Arc::new(encode), decode: Arc::new(move |bytes| Ok(Arc::new(decode(bytes)?))) }
    }
}

impl fmt::Debug for AnyCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyCodec")
    }
}
