//! What the subcommands do.

pub mod eof;
pub mod fit;
pub mod input;
pub mod logger;
pub mod predict;
