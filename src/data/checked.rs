//! Validation of values when they are deserialized, by a check of the type's own.

/// A count of rows that no real data reaches: sums of counts up to it are exact as floats, and do not overflow.
pub(crate) const MOST_ROWS: u64 = 1 << 53;

/// True if the sum of these counts is one that data can have.
pub(crate) fn is_count(counts: impl IntoIterator<Item = u64>) -> bool {
    let sum = counts.into_iter().try_fold(0_u64, u64::checked_add);
    sum.is_some_and(|sum| sum <= MOST_ROWS)
}

/// True if this is a sum of weights of rows.
pub(crate) fn is_weight(weight: f64) -> bool {
    weight >= 0.0 && weight.is_finite()
}

/// True if this is one more than a number of steps of learning.
pub(crate) fn is_steps(t: f64) -> bool {
    t >= 1.0 && t.is_finite()
}

/// The error of a value whose parts do not fit each other.
pub(crate) fn contradiction(problem: impl Into<String>) -> crate::Error {
    crate::Error::new(crate::ErrorKind::Malformed { format: "value", problem: problem.into() })
}

/// Implements `Serialize` and `Deserialize` by the fields, for a type that derives both with `#[serde(remote = "Self")]`;
/// what is read goes through the type's method `check_read` before anybody sees it.
macro_rules! checked_when_read {
    ($type:ty, serialize: [$($serialize:tt)*], deserialize: [$($deserialize:tt)*]) => {
        impl<$($serialize)*> serde::Serialize for $type {
            fn serialize<To: serde::Serializer>(&self, to: To) -> std::result::Result<To::Ok, To::Error> {
                <$type>::serialize(self, to)
            }
        }

        impl<'de, $($deserialize)*> serde::Deserialize<'de> for $type {
            fn deserialize<From: serde::Deserializer<'de>>(from: From) -> std::result::Result<Self, From::Error> {
                let read = <$type>::deserialize(from)?;
                match read.check_read() {
                    Ok(()) => Ok(read),
                    Err(error) => Err(serde::de::Error::custom(error.full_message())),
                }
            }
        }
    };
}

pub(crate) use checked_when_read;
