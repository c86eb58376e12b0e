//! Labels whose type is known at run time.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A label of a type that is known at run time: a text, a truth value or an integer. It serializes as that value alone.
///
/// ```
/// use chunkfit::predictor::AnyLabel;
///
/// let spam = AnyLabel::from("spam");
/// assert_eq!((spam.to_string(), spam.as_text()), ("spam".to_owned(), Some("spam")));
/// assert_eq!(AnyLabel::from(3_usize), AnyLabel::Integer(3));
/// assert_eq!(serde_json::to_string(&[AnyLabel::from(true), spam])?, r#"[true,"spam"]"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyLabel {
    /// A truth value.
    Bool(bool),
    /// An integer, signed or not.
    Integer(i128),
    /// A text, or the name of a variant of an enumeration.
    Text(String),
}

impl AnyLabel {
    /// The text; `None` for a label of another type.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            AnyLabel::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value; `None` for a label of another type.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            AnyLabel::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer; `None` for a label of another type, and for one beyond an `i64`.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            AnyLabel::Integer(number) => (*number).try_into().ok(),
            _ => None,
        }
    }
}

/// As it is: `spam`, `true`, `3`.
impl fmt::Display for AnyLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnyLabel::Bool(value) => value.fmt(f),
            AnyLabel::Integer(number) => number.fmt(f),
            AnyLabel::Text(text) => text.fmt(f),
        }
    }
}

impl From<&str> for AnyLabel {
    fn from(text: &str) -> Self {
        AnyLabel::Text(text.to_owned())
    }
}

impl From<String> for AnyLabel {
    fn from(text: String) -> Self {
        AnyLabel::Text(text)
    }
}

impl From<bool> for AnyLabel {
    fn from(value: bool) -> Self {
        AnyLabel::Bool(value)
    }
}

impl From<usize> for AnyLabel {
    fn from(number: usize) -> Self {
        AnyLabel::Integer(number as i128)
    }
}

impl From<isize> for AnyLabel {
    fn from(number: isize) -> Self {
        AnyLabel::Integer(number as i128)
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {
        $(impl From<$integer> for AnyLabel {
            fn from(number: $integer) -> Self {
                AnyLabel::Integer(number.into())
            }
        })*
    };
}

from_integers!(u8, u16, u32, u64, i8, i16, i32, i64);

impl Serialize for AnyLabel {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            AnyLabel::Bool(value) => to.serialize_bool(*value),
            AnyLabel::Text(text) => to.serialize_str(text),
            AnyLabel::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => to.serialize_i64(number),
                (_, Ok(number)) => to.serialize_u64(number),
                _ => to.serialize_i128(*number),
            },
        }
    }
}

impl<'de> Deserialize<'de> for AnyLabel {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl Visitor<'_> for LabelVisitor {
    type Value = AnyLabel;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a label that is a text, a truth value or an integer")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<AnyLabel, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<AnyLabel, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<AnyLabel, E> {
        Ok(number.into())
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<AnyLabel, E> {
        Ok(AnyLabel::Integer(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AnyLabel, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_and_read_as_they_are() {
        let labels: Vec<AnyLabel> = vec![false.into(), (-3_i64).into(), u64::MAX.into(), "3".into()];
        let written = serde_json::to_string(&labels).unwrap();
        assert_eq!(written, r#"[false,-3,18446744073709551615,"3"]"#);
        assert_eq!(serde_json::from_str::<Vec<AnyLabel>>(&written).unwrap(), labels);
        assert!(labels.is_sorted());
        assert_eq!(
            labels.iter().map(AnyLabel::to_string).collect::<Vec<_>>(),
            ["false", "-3", "18446744073709551615", "3"]
        );
        assert_eq!(
            (labels[0].as_bool(), labels[1].as_integer(), labels[2].as_integer()),
            (Some(false), Some(-3), None)
        );
        assert!(serde_json::from_str::<AnyLabel>("0.5").unwrap_err().to_string().contains("an integer"));
    }
}
