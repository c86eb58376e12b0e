//! Lists of chunks that are cut anew keep all rows in their order, whatever chunks hold and wherever they end.

mod containers;
mod first_rows;
mod order;
mod real_data;
mod rechunk;
mod reductions;
mod repartition;
mod row_counts;
