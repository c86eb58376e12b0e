//! Cache of what was read by reference, for the next batch and the next task.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use datafusion::error::Result;

use super::reference::{ModelRef, sha256};
use super::stores::Stores;
use crate::error::refused;

/// About the most bytes of files whose content is kept; the one asked for last is kept whatever its size.
const MOST_BYTES: usize = 256 << 20;

/// What was used last, by the hash of the files, once for the whole process: all tasks of an executor share
/// it. It is a memory and no more: what fell out is read again.
#[derive(Default)]
struct Cache {
    kept: HashMap<[u8; 32], Kept>,
    clock: u64,
}

/// Whoever comes first reads; others wait for it at the slot, not at the cache.
type Slot = Arc<Mutex<Option<Arc<dyn Any + Send + Sync>>>>;

struct Kept {
    slot: Slot,
    used: u64,
    bytes: usize,
}

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

impl Cache {
    fn slot(&mut self, hash: [u8; 32]) -> Slot {
        self.clock += 1;
        let kept = self.kept.entry(hash).or_insert_with(|| Kept { slot: Slot::default(), used: 0, bytes: 0 });
        kept.used = self.clock;
        kept.slot.clone()
    }

    /// Notes how large a file is, and lets go of those that were not used for longest.
    fn weigh(&mut self, hash: [u8; 32], bytes: usize, most: usize) {
        if let Some(kept) = self.kept.get_mut(&hash) {
            kept.bytes = bytes;
        }
        while self.kept.values().map(|kept| kept.bytes).sum::<usize>() > most {
            let oldest = self.kept.iter().filter(|(other, _)| **other != hash).min_by_key(|(_, kept)| kept.used);
            let Some(oldest) = oldest.map(|(hash, _)| *hash) else { break };
            self.kept.remove(&oldest);
        }
    }
}

fn cache() -> MutexGuard<'static, Cache> {
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `read` makes of the content that a reference names, from the cache if it is there.
pub(crate) fn cached<T: Any + Send + Sync>(
    stores: &Stores,
    reference: &ModelRef,
    read: impl FnOnce(&Bytes) -> Result<T>,
) -> Result<Arc<T>> {
    let hash = match reference {
        ModelRef::Embedded(bytes) => sha256(bytes),
        ModelRef::Stored { sha256, .. } => *sha256,
    };
    let slot = cache().slot(hash);
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let other = || refused(format!("{reference} was read as something else before"));
    if let Some(value) = &*slot {
        return value.clone().downcast().map_err(|_| other());
    }
    let bytes = stores.get_blocking(reference)?;
    let value = Arc::new(read(&bytes)?);
    *slot = Some(value.clone());
    drop(slot);
    cache().weigh(hash, bytes.len(), MOST_BYTES);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut cache = Cache::default();
        for name in [1, 2, 3] {
            cache.slot([name; 32]);
            cache.weigh([name; 32], 10, 30);
        }
        cache.slot([1; 32]);
        cache.slot([4; 32]);
        cache.weigh([4; 32], 10, 30);
        let mut left: Vec<u8> = cache.kept.keys().map(|hash| hash[0]).collect();
        left.sort_unstable();
        assert_eq!(left, [1, 3, 4]);
        cache.slot([5; 32]);
        cache.weigh([5; 32], 1000, 30);
        assert_eq!(cache.kept.len(), 1, "the one asked for last stays, however large");
    }
}
