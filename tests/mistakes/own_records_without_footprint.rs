//! Records of an own type do not say how much memory they hold.
//!
//! E0277
//! - TODO

use chunkfit::prelude::*;

#[derive(Clone)]
struct Person {
    age: f64,
}

#[cfg(not(mistake))]
impl chunkfit::data::Footprint for Person {}


#[cfg(mistake)]
fn main() -> Result<(), Error> {
    let chunks = Chunks::from_memory([vec![Person { age: 37.0 }]]);
    let ages = chunks.map("ages", |people| Ok(people.iter().map(|person| person.age).collect::<Vec<f64>>()));
    Runtime::new().compute(ages.iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}

#[cfg(not(mistake))]
fn main() -> Result<(), Error> {
    let chunks = Chunks::from_memory([vec![Person { age: 37.0 }]]);
    let ages = chunks.map("ages", |people| Ok(people.iter().map(|person| person.age).collect::<Vec<f64>>()));
    Runtime::new().compute(ages.iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}
