//! Files in folders that may be the user's: how they are created, locked, replaced, swept and named. Nothing else in the
//! library creates, replaces or removes a file.
//!
//! - [`Part`]: a file that is written aside and renamed when it is whole; what it replaces stays as private.
//! - [`Spill`]: bytes that are too many for memory, in a private file that goes when nobody reads it any more.
//! - [`Lock`]: a locked file, which is opened without changing what lies there.
//! - [`sweep`]: removes the parts that killed processes have left, and nothing else.
//! - [`Entry`]: what lies at a path, links not followed; [`open_regular`] and [`remove_own`] touch regular files only.
//! - [`State`]: what tells one state of a file from another: size, times, inode.
//!
//! Names of our own begin with `.chunkfit-`. Such a name is ours only as a whole (a random or hashed number of a fixed
//! length follows), and only for a regular file: a folder, a link, a pipe or a device that bears it is left alone.
//!
//! What remains possible: the standard library opens by path, so that between the look at a name and the opening of it
//! somebody may put something else there. What was opened is therefore compared with what was looked at (on Unix, by
//! device and inode), and nothing is truncated when it is opened: a link that is put there in that moment is followed once,
//! and then refused unchanged. A rename replaces what bears the name in that very moment.

mod entry;
mod lock;
mod mode;
mod names;
mod part;
mod spill;
mod state;
mod sweep;
mod temporary;

pub(crate) use entry::{Entry, open_regular, remove_own};
pub(crate) use lock::Lock;
pub(crate) use names::{is_part_name, key_in_name, name_of_key};
pub(crate) use part::{Durability, Name, Part, replace};
pub(crate) use spill::Spill;
pub(crate) use state::State;
pub(crate) use sweep::{ABANDONED, sweep};
