//! Scalars of files: one rule by which a value that a file holds is read as the type that is asked for.
//!
//! CSV has texts alone, JSON has no integers of its own, pandas writes `True` and makes floats of integers beside a missing
//! value: what is meant is the same. So a value is read as the type that is asked for if it stands for one of its values,
//! and is an error otherwise; nothing is rounded, cut or guessed. The table is in
//! [`guide::reading_values`](crate::guide::reading_values).

mod deserialize;
mod named_values;
mod nested;

pub(crate) use named_values::NamedValues;
pub(crate) use nested::{Nested, NestedValue};

/// One value of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    /// An empty field of CSV: null, or the empty text where a text is asked for.
    #[cfg_attr(not(feature = "formats"), allow(dead_code))]
    Empty,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'a str),
    /// Bytes that are not UTF-8.
    #[cfg_attr(not(feature = "arrow"), allow(dead_code))]
    Bytes(&'a [u8]),
}

/// The largest whole number up to which `f64` holds every one.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(feature = "arrow")]
impl<'a> Scalar<'a> {
    /// The text that the bytes are, if they are UTF-8.
    pub(crate) fn of_bytes(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes).map_or(Scalar::Bytes(bytes), Scalar::Str)
    }
}

impl Scalar<'_> {
    /// The truth value that it stands for: `true` and `false` in any case, 1 and 0.
    fn as_bool(self) -> Option<bool> {
        match self {
            Scalar::Bool(value) => Some(value),
            other => match other.as_integer()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
        }
    }

    /// The integer that it stands for: `7`, `7.0`, `"7"`, `"7e0"`; 1 and 0 for `true` and `false` in any case.
    fn as_integer(self) -> Option<i128> {
        match self {
            Scalar::Bool(value) => Some(value.into()),
            Scalar::Int(value) => Some(value.into()),
            Scalar::Uint(value) => Some(value.into()),
            Scalar::Float(value) => (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i128),
            Scalar::Str(text) => {
                let whole = || Scalar::Float(text.parse().ok()?).as_integer();
                text.parse().ok().or_else(whole).or_else(|| truth(text).map(i128::from))
            }
            Scalar::Null | Scalar::Empty | Scalar::Bytes(_) => None,
        }
    }

    /// The number that it stands for; `NaN`, `inf` and `Infinity` are numbers, too.
    fn as_float(self) -> Option<f64> {
        match self {
            Scalar::Bool(value) => Some(f64::from(u8::from(value))),
            Scalar::Int(value) => Some(value as f64),
            Scalar::Uint(value) => Some(value as f64),
            Scalar::Float(value) => Some(value),
            Scalar::Str(text) => text.parse().ok().or_else(|| truth(text).map(f64::from)),
            Scalar::Null | Scalar::Empty | Scalar::Bytes(_) => None,
        }
    }
}

/// 1 for `true`, 0 for `false`, in any case.
fn truth(text: &str) -> Option<u8> {
    let is = |word| text.eq_ignore_ascii_case(word);
    if is("true") { Some(1) } else { is("false").then_some(0) }
}
