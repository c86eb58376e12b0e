//! A description of records of one's own, which have no columns.
//!
//! E0277
//! - values of type `Order` cannot be described
//! - make one of every row first

use chunkfit::data::Footprint;
use chunkfit::prelude::*;

#[derive(Clone)]
struct Order {
    amount: f64,
}

impl Footprint for Order {}

fn orders() -> Chunks<Vec<Order>> {
    Chunks::from_memory([vec![Order { amount: 2.5 }]])
}

#[cfg(mistake)]
fn main() -> Result<(), Error> {
    println!("{}", Runtime::new().compute(orders().describe())?);
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let amounts = orders().map_rows("amount", |order| order.amount);
    println!("{}", Runtime::new().compute(amounts.describe())?);
    Ok(())
}
