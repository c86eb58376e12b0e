//! Labels, keys and numbers of any type as columns.

use std::any::Any;

use ndarray::{Array1, ArrayView1};
use serde::Serialize;
use serde_json::Value;

use super::table::{Cell, Column};
use crate::data::Float;
use crate::error::{Error, ErrorKind, Result};

/// Labels as a column, if they are any: `()` stands for none.
pub(super) fn labels<L: Serialize + 'static>(labels: &Array1<L>) -> Result<Option<Column>> {
    let any: &dyn Any = labels;
    if any.is::<Array1<()>>() {
        return Ok(None);
    }
    // serde_json would widen the ones, and take the others' NaN for nothing.
    if let Some(numbers) = any.downcast_ref::<Array1<f32>>() {
        return Ok(Some(Column::Float32(numbers.to_vec())));
    }
    if let Some(numbers) = any.downcast_ref::<Array1<f64>>() {
        return Ok(Some(Column::Float64(numbers.to_vec())));
    }
    scalars(labels).map(Some)
}

/// Values of a type that serializes as one boolean, number or string (also an enum without fields) as a column.
pub(super) fn scalars<'a, S: Serialize + 'a>(values: impl IntoIterator<Item = &'a S>) -> Result<Column> {
    let plain = |(row, value)| {
        let unwritable = |problem: String| {
            let problem = format!("{problem}, where a label or key is a boolean, a number or a text");
            Error::new(ErrorKind::Unwritable { format: "a column", problem }).at_row(row)
        };
        match serde_json::to_value(value) {
            Ok(value @ (Value::Bool(_) | Value::Number(_) | Value::String(_))) => Ok(value),
            Ok(other) => Err(unwritable(format!("{other}"))),
            Err(error) => Err(unwritable(error.to_string())),
        }
    };
    let values: Vec<Value> = values.into_iter().enumerate().map(plain).collect::<Result<_>>()?;
    let bools = || values.iter().map(Value::as_bool).collect::<Option<Vec<_>>>().map(Column::Bool);
    let ints = || values.iter().map(Value::as_i64).collect::<Option<Vec<_>>>().map(Column::Int);
    let uints = || values.iter().map(Value::as_u64).collect::<Option<Vec<_>>>().map(Column::UInt);
    let floats = || values.iter().map(Value::as_f64).collect::<Option<Vec<_>>>().map(Column::Float64);
    // Of no values the type is open; texts are as good as any.
    let texts = || values.iter().map(Value::as_str).collect::<Option<_>>().map(Column::Text);
    texts().or_else(bools).or_else(ints).or_else(uints).or_else(floats).ok_or_else(|| {
        let problem = "its values are of several kinds".into();
        Error::new(ErrorKind::Unwritable { format: "a column", problem })
    })
}

/// What a class is called in the name of a column.
pub(super) fn name<S: Serialize>(class: &S) -> Result<String> {
    let column = scalars([class])?;
    Ok(match column.cell(0) {
        Cell::Text(text) => text.to_owned(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::UInt(value) => value.to_string(),
        Cell::Float32(value) => value.to_string(),
        Cell::Float64(value) => value.to_string(),
        Cell::Null => String::new(),
    })
}

/// Numbers as wide as they are.
pub(super) fn floats<F: Float>(numbers: ArrayView1<'_, F>) -> Column {
    if size_of::<F>() == size_of::<f32>() {
        Column::Float32(numbers.iter().map(|x| x.to_f32().unwrap_or(f32::NAN)).collect())
    } else {
        Column::Float64(numbers.iter().map(|x| x.to_f64().unwrap_or(f64::NAN)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Blue,
    }

    fn cells<L: Serialize + 'static>(of: Array1<L>) -> String {
        let column = labels(&of).unwrap().unwrap();
        (0..column.len()).map(|i| format!("{:?} ", column.cell(i))).collect()
    }

    #[test]
    fn labels_of_all_types_are_columns_of_their_kind() {
        assert_eq!(cells(array![true, false]), "Bool(true) Bool(false) ");
        assert_eq!(cells(array![3u8, 0]), "Int(3) Int(0) ");
        assert_eq!(cells(array![-1i64, i64::MAX]), format!("Int(-1) Int({}) ", i64::MAX));
        assert_eq!(cells(array![1u64, u64::MAX]), format!("UInt(1) UInt({}) ", u64::MAX));
        assert_eq!(cells(array![0.1f32, f32::NAN]), "Float32(0.1) Float32(NaN) ");
        assert_eq!(cells(array![0.1, -0.0]), "Float64(0.1) Float64(-0.0) ");
        assert_eq!(cells(array!["a".to_owned(), String::new()]), "Text(\"a\") Text(\"\") ");
        assert_eq!(cells(array![Colour::Red, Colour::Blue]), "Text(\"red\") Text(\"blue\") ");
        assert!(labels(&array![(), ()]).unwrap().is_none());
        assert_eq!(labels(&Array1::<u8>::from(vec![])).unwrap().unwrap().len(), 0);
        assert_eq!(scalars(&[1u8]).unwrap().cell(0), Cell::Int(1));
        assert_eq!(
            (name(&Colour::Red).unwrap(), name(&true).unwrap(), name(&-3).unwrap()),
            ("red".into(), "true".into(), "-3".into())
        );
    }

    #[test]
    fn what_is_no_scalar_is_refused_with_its_row() {
        let error = labels(&array![Some(1), None]).unwrap_err();
        assert_eq!(error.place().row, Some(1));
        assert!(error.to_string().contains("null, where a label or key is a boolean"), "{error}");
        assert!(labels(&array![(1, 2)]).is_err());
    }
}
