//! The jobs, one a file, and what they share.

pub mod corpus;
pub mod grid_search;
pub mod lines;
pub mod partial_fit;
pub mod passes;
pub mod predict;
pub mod reading;
pub mod reuters;
pub mod row_by_row;
pub mod scheduler;
pub mod vectorize;
