//! Subcommands of the command line.

pub mod eof;
pub mod fit;
pub mod input;
pub mod logger;
pub mod predict;
