//! Deserializing a scalar with serde, as the type that is asked for.

use serde::de::value::{Error, StrDeserializer};
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::Scalar;
use crate::error::shown;

impl Scalar<'_> {
    /// The error that it is none of what was asked for.
    fn unfit(self, wanted: &str) -> Error {
        match self {
            Scalar::Null => {
                Error::custom(format_args!("it is null, where {wanted} is wanted: an `Option` takes nulls"))
            }
            Scalar::Empty | Scalar::Str("") => {
                Error::custom(format_args!("it is empty, where {wanted} is wanted: an `Option` takes empty fields"))
            }
            Scalar::Str(text) => Error::custom(format_args!("`{}` is not {wanted}", shown::value(text))),
            Scalar::Bytes(_) => Error::custom(format_args!("it is bytes that are not UTF-8, where {wanted} is wanted")),
            Scalar::Bool(value) => Error::invalid_type(Unexpected::Bool(value), &wanted),
            Scalar::Int(value) => Error::invalid_value(Unexpected::Signed(value), &wanted),
            Scalar::Uint(value) => Error::invalid_value(Unexpected::Unsigned(value), &wanted),
            Scalar::Float(value) => Error::invalid_value(Unexpected::Float(value), &wanted),
        }
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let integer = self.as_integer().ok_or_else(|| self.unfit("an integer"))?;
        match (i64::try_from(integer), u64::try_from(integer)) {
            (Ok(integer), _) => visitor.visit_i64(integer),
            (_, Ok(integer)) => visitor.visit_u64(integer),
            _ => visitor.visit_i128(integer),
        }
    }

    fn float<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.as_float().ok_or_else(|| self.unfit("a number"))?)
    }

    fn string<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Scalar::Null | Scalar::Bytes(_) => Err(self.unfit("a text")),
            Scalar::Bool(value) => visitor.visit_str(if value { "true" } else { "false" }),
            Scalar::Int(value) => visitor.visit_string(value.to_string()),
            Scalar::Uint(value) => visitor.visit_string(value.to_string()),
            // The shortest text that is read as this number; of a whole one with `.0`, as all that write them have it.
            Scalar::Float(value) => visitor.visit_string(format!("{value:?}")),
            Scalar::Empty => visitor.visit_str(""),
            Scalar::Str(text) => visitor.visit_str(text),
        }
    }
}

macro_rules! as_one {
    ($read:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$read(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Scalar<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Scalar::Null => visitor.visit_unit(),
            Scalar::Empty => visitor.visit_str(""),
            Scalar::Bool(value) => visitor.visit_bool(value),
            Scalar::Int(value) => visitor.visit_i64(value),
            Scalar::Uint(value) => visitor.visit_u64(value),
            Scalar::Float(value) => visitor.visit_f64(value),
            Scalar::Str(value) => visitor.visit_str(value),
            Scalar::Bytes(value) => visitor.visit_bytes(value),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.as_bool().ok_or_else(|| self.unfit("a boolean"))?)
    }

    as_one!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    as_one!(float: deserialize_f32 deserialize_f64);
    as_one!(string: deserialize_char deserialize_str deserialize_string deserialize_identifier);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Scalar::Null | Scalar::Empty => visitor.visit_none(),
            scalar => visitor.visit_some(scalar),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Scalar::Str(variant) => StrDeserializer::new(variant).deserialize_enum(name, variants, visitor),
            scalar => Err(scalar.unfit("the name of a variant")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    fn read<T: for<'de> Deserialize<'de>>(scalar: Scalar<'_>) -> Result<T, String> {
        T::deserialize(scalar).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_read_as_the_type_that_is_asked_for() {
        use Scalar::*;
        for one in
            [Bool(true), Int(1), Uint(1), Float(1.0), Str("1"), Str("1.0"), Str("true"), Str("True"), Str("TRUE")]
        {
            assert_eq!(read(one), Ok(true), "{one:?}");
            assert!(read(one) == Ok(1u8) && read(one) == Ok(1.0f64), "{one:?}");
        }
        assert_eq!(read(Str("-1e3")), Ok(-1000i64));
        assert_eq!(read(Uint(u64::MAX)), Ok(u64::MAX));
        assert_eq!(read(Str("18446744073709551615")), Ok(u64::MAX));
        assert!(read::<f32>(Str("NaN")).unwrap().is_nan() && read::<f64>(Str("nan")).unwrap().is_nan());
        assert_eq!(read(Str("-Infinity")), Ok(f64::NEG_INFINITY));
        for (scalar, text) in [(Int(7), "7"), (Float(7.0), "7.0"), (Bool(false), "false"), (Str("x"), "x")] {
            assert_eq!(read::<String>(scalar).as_deref(), Ok(text));
        }
        assert_eq!((read::<Option<u8>>(Null), read::<Option<u8>>(Empty)), (Ok(None), Ok(None)));
        assert_eq!(
            (read::<String>(Empty), read::<Option<String>>(Str(""))),
            (Ok(String::new()), Ok(Some(String::new())))
        );
        assert_eq!(read::<Option<u8>>(Str("3.0")), Ok(Some(3)));
    }

    #[test]
    fn nothing_is_rounded_cut_or_guessed() {
        use Scalar::*;
        for scalar in
            [Float(1.5), Str("1.5"), Int(-1), Int(256), Str(""), Str("x"), Null, Float(f64::NAN), Float(1e300)]
        {
            assert!(read::<u8>(scalar).is_err(), "{scalar:?}");
        }
        for scalar in [Int(2), Str("yes"), Str(""), Null, Float(0.5)] {
            assert!(read::<bool>(scalar).is_err(), "{scalar:?}");
        }
        assert_eq!(read::<u8>(Str("1.5")), Err("`1.5` is not an integer".into()));
        assert_eq!(read::<f64>(Null), Err("it is null, where a number is wanted: an `Option` takes nulls".into()));
        assert!(read::<f64>(Str("")).unwrap_err().contains("an `Option` takes empty fields"));
        assert!(read::<u8>(Int(300)).unwrap_err().contains("300"));
    }
}
