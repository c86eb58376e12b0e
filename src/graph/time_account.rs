//! Time accounts: the time of several tasks, summed up over a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of a [`TimeAccount`], which no other of this process has.
pub(super) type AccountId = u64;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// An account on which tasks book the time they take, such as that of one candidate's fit on one fold.
///
/// Its tasks are shown under its display name. Two accounts are two even where these names are equal; a clone is the
/// same account. [`Summary::busy_on`](super::Summary::busy_on) tells what was booked in a run.
///
/// ```
/// use chunkfit::Runtime;
/// use chunkfit::graph::{Key, Lazy, Task, TimeAccount};
///
/// let (first, second) = (TimeAccount::new("fit"), TimeAccount::new("fit"));
/// let slow = || Ok(std::thread::sleep(std::time::Duration::from_millis(1)));
/// let value = Lazy::source(Task::new("wait", Key::unique()).account(&first), slow);
/// let run = Runtime::new().run(value)?;
/// assert!(!run.summary.busy_on(&first).is_zero() && run.summary.busy_on(&second).is_zero());
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TimeAccount {
    display_name: Arc<str>,
    id: AccountId,
}

impl TimeAccount {
    /// A new account, whose tasks are shown under this name.
    pub fn new(display_name: &str) -> Self {
        TimeAccount { display_name: display_name.into(), id: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// The name that its tasks are shown under.
    pub fn display_name(&self) -> &Arc<str> {
        &self.display_name
    }

    pub(super) fn id(&self) -> AccountId {
        self.id
    }
}
