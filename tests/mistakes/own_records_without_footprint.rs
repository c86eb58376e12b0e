//! Records of an own type do not say how much memory they hold.
//!
//! E0277
//! - the memory that a value of type `Person` holds is not known
//! - chunkfit::data::Record
//! - impl chunkfit::data::Footprint for

use chunkfit::prelude::*;

#[derive(Clone)]
struct Person {
    age: f64,
}

#[cfg(not(mistake))]
impl chunkfit::data::Footprint for Person {}

fn main() -> Result<(), Error> {
    let ages = Chunks::from_memory([vec![37.0, 41.0]]);
    let people = ages.map("people", |ages: &Vec<f64>| ages.iter().map(|&age| Person { age }).collect::<Vec<_>>());
    let years = people.map("years", |people: &Vec<Person>| people.iter().map(|person| person.age).sum::<f64>());
    Runtime::new().compute(years.iter().cloned().collect::<Vec<_>>())?;
    Ok(())
}
