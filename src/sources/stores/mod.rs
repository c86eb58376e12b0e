//! Files in object stores: how they are found, and read by ranges of bytes.

mod file;
mod files;
mod runtime;
