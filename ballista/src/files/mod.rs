//! Results as files, one for every partition.
//!
//! [`write_files`] makes of a `DataFrame` another one, whose rows are the files that were written. Each task writes
//! the file of
//! its partition, under a name that tells its number; so this scales as the query does, and a task that is tried again
//! replaces its file by the same. (`COPY` runs as one task on a cluster, and may leave the files of a try that failed.)

mod encoder;
mod part;
mod write_file;
mod write_files;

pub(crate) use write_file::WriteFile;
pub use write_files::{WrittenFiles, write_files};
