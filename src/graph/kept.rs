//! Codecs of kept values: bytes in a checkpoint or a chunk cache, and values again.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::key::Key;
use super::node::Value;
use crate::data::{Codec, Shared};
use crate::error::Result;

/// A codec, whatever its type.
#[derive(Clone)]
pub(crate) struct AnyCodec(Arc<dyn Convert>);

/// Values to bytes and back.
trait Convert: Send + Sync {
    fn encode(&self, value: &(dyn Any + Send + Sync)) -> Result<Option<Vec<u8>>>;
    fn decode(&self, bytes: &[u8]) -> Result<Value>;
}

impl<T: Shared> Convert for Codec<T> {
    fn encode(&self, value: &(dyn Any + Send + Sync)) -> Result<Option<Vec<u8>>> {
        self.encode(value.downcast_ref().expect("a handle's codec has the type of its value"))
    }

    fn decode(&self, bytes: &[u8]) -> Result<Value> {
        match self.decode(bytes) {
            Ok(value) => Ok(Arc::new(value)),
            Err(error) => Err(error),
        }
    }
}

/// A slot and the codec of what goes there.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) slot: Key,
    pub(super) codec: AnyCodec,
}

impl AnyCodec {
    pub(crate) fn new<T: Shared>(codec: Codec<T>) -> Self {
        AnyCodec(Arc::new(codec))
    }

    pub(super) fn encode(&self, value: &Value) -> Result<Option<Vec<u8>>> {
        self.0.encode(&**value)
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Value> {
        self.0.decode(bytes)
    }
}

impl fmt::Debug for AnyCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyCodec")
    }
}
