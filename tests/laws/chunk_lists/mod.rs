//! Lists of chunks that are cut anew keep all rows in their order, whatever chunks hold and wherever they end.

mod containers;
mod order;
mod rechunk;
mod row_counts;
