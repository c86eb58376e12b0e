//! chunkfit's `Averaged` as an aggregate function of Apache DataFusion, in process and on a Ballista cluster.

pub mod cluster;
pub mod codec;
mod error;
pub mod frame;
pub mod functions;
mod label;
mod learn;
pub mod model;
mod recipe;
mod runtime;
pub mod session;
pub mod table;

pub use frame::{Columns, FrameFit, FrameModel};
pub use functions::fit_udaf;
pub use label::{AnyLabel, Int, LabelKind};
pub use learn::Step;
pub use recipe::{IntoLearner, Learner, Recipe};
