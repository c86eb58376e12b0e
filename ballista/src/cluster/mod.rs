//! The processes of a cluster, and how a client uses them: what they are told, and what they tell.
//!
//! - [`scheduler`] and [`executor`] start the two kinds of processes, with codecs, limits and timeouts that fit
//!   together. The binary's subcommands of these names do nothing else.
//! - [`client`] is the other side: a session on a scheduler, with a timeout, and with queries that are sent again when the
//!   scheduler went away.
//!
//! None of it is authenticated, and any client may run code of its choice as a query: bind to loopback, which is the
//! default, or to a private network.

pub mod address;
pub mod client;
pub mod executor;
pub mod limits;
pub mod ready;
pub mod scheduler;

pub use client::{Client, ClientOptions};
pub use executor::{Executor, ExecutorOptions};
pub use scheduler::{Scheduler, SchedulerOptions};
