//! Files in object stores: how they are found, and read by ranges of bytes.
//!
//! - `files`: names, folders and patterns to objects.
//! - `object`: requests for ranges of an object, checked.
//! - `kept`: pieces that were fetched before they are read.
//! - `file`: reading, by pieces that come from either.
//! - `runtime`: the thread for all that is asynchronous.

mod file;
mod files;
mod kept;
mod object;
mod runtime;
