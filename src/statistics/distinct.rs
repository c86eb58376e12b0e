//! The number of distinct values, estimated by HyperLogLog where there are too many to count.

use std::fmt;
use std::hash::{Hash, Hasher};

use datasketches::hll::{Coupon, HllSketch, HllType, HllUnion};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 2^14 registers of one byte: the standard error is 0.8 %.
const LG_REGISTERS: u8 = 14;

/// The number of distinct values of a column.
///
/// Shown, an estimate has `~` before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distinct {
    /// The number of distinct values, missing ones left out.
    pub count: u64,
    /// True if they were counted; false if their number is an estimate by HyperLogLog, whose standard error is 0.8 %.
    pub is_exact: bool,
}

impl fmt::Display for Distinct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_exact { "" } else { "~" }, self.count)
    }
}

/// An estimate of the number of distinct values, which depends on the set of values alone.
#[derive(Clone)]
pub(super) struct DistinctSketch(HllSketch);

/// By the estimates: what else a sketch holds depends on the order of the values.
impl PartialEq for DistinctSketch {
    fn eq(&self, other: &Self) -> bool {
        self.0.composite_estimate() == other.0.composite_estimate()
    }
}

impl fmt::Debug for DistinctSketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinctSketch(~{})", self.estimate())
    }
}

/// Hashed by its bytes, the same on every machine.
struct Number(u64);

impl Hash for Number {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.0.to_le_bytes());
    }
}

/// Hashed by its bytes, the same on every machine.
struct Bytes<'a>(&'a [u8]);

impl Hash for Bytes<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.0);
    }
}

impl DistinctSketch {
    pub(super) fn new() -> Self {
        let sketch = HllSketch::new(LG_REGISTERS, HllType::Hll8);
        DistinctSketch(sketch.expect("so many registers are within the range"))
    }

    /// Adds values by their whole numbers.
    pub(super) fn add_numbers(&mut self, values: impl IntoIterator<Item = u64>) {
        for value in values {
            self.0.update_with_coupon(Coupon::from_value(Number(value)));
        }
    }

    /// Adds a value by its bytes.
    pub(super) fn add_bytes(&mut self, value: &[u8]) {
        self.0.update_with_coupon(Coupon::from_value(Bytes(value)));
    }

    /// Adds the values of another.
    pub(super) fn merge(&mut self, other: &Self) {
        let mut union = HllUnion::new(LG_REGISTERS).expect("so many registers are within the range");
        union.update(&self.0);
        union.update(&other.0);
        self.0 = union.to_sketch(HllType::Hll8);
    }

    /// The estimate, which the order of the values does not change.
    fn estimate(&self) -> u64 {
        self.0.composite_estimate().round() as u64
    }

    /// The estimate for values of which there are more than `counted` distinct ones, and `most` in all.
    pub(super) fn distinct(&self, counted: usize, most: u64) -> Distinct {
        let least = (counted as u64 + 1).min(most);
        Distinct { count: self.estimate().clamp(least, most), is_exact: false }
    }
}

impl Serialize for DistinctSketch {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize().serialize(to)
    }
}

impl<'de> Deserialize<'de> for DistinctSketch {
    fn deserialize<F: Deserializer<'de>>(from: F) -> Result<Self, F::Error> {
        let bytes = Vec::<u8>::deserialize(from)?;
        let sketch = HllSketch::deserialize(&bytes).map_err(serde::de::Error::custom)?;
        match (sketch.lg_config_k(), sketch.target_type()) {
            (LG_REGISTERS, HllType::Hll8) => Ok(DistinctSketch(sketch)),
            _ => Err(serde::de::Error::custom("a sketch of other registers")),
        }
    }
}
