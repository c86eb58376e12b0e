//! Arrays in memory, to what a chunk holds and back, where they lie.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float32Array, Float64Array, Int64Array, LargeStringArray, ListArray, RecordBatch,
    StringArray, StringViewArray,
};
use chunkfit::data::arrow::{
    dense, dense_array, keyed_text_and_label, numbers, rows_and_labels, sparse, sparse_arrays, sparse_rows_and_labels,
    text, text_and_label, text_array, values,
};
use chunkfit::data::{Csr, Rows, Text, TextBuilder};
use ndarray::{Array2, ArrayView2, Axis, array};
use proptest::prelude::*;

fn documents() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-zé魚 ]{0,20}", 0..9)
}

fn matrix() -> impl Strategy<Value = Array2<f64>> {
    (0usize..6, 0usize..5).prop_flat_map(|(rows, columns)| {
        let value = prop_oneof![Just(0.0), -9.0..9.0];
        proptest::collection::vec(value, rows * columns)
            .prop_map(move |values| Array2::from_shape_vec((rows, columns), values).unwrap())
    })
}

fn from_row(rows: &Array2<f64>, first: usize) -> ArrayView2<'_, f64> {
    rows.slice_axis(Axis(0), (first..).into())
}

proptest! {
    #[test]
    fn documents_come_back_from_arrays_of_all_kinds(documents in documents(), first in 0usize..9) {
        let expected: Text = documents.iter().collect();
        let strings: Vec<&str> = documents.iter().map(String::as_str).collect();
        let codes: DictionaryArray<Int32Type> = strings.iter().copied().collect();
        let arrays: [ArrayRef; 5] = [
            Arc::new(StringArray::from(strings.clone())),
            Arc::new(LargeStringArray::from(strings.clone())),
            Arc::new(StringViewArray::from(strings.clone())),
            Arc::new(codes),
            Arc::new(text_array(expected.clone()).unwrap()),
        ];
        let first = first.min(documents.len());
        for array in arrays {
            prop_assert_eq!(&values::<String>(&array).unwrap(), &documents);
            let some = text(array.slice(first, documents.len() - first)).unwrap();
            prop_assert!(some.iter().eq(&documents[first..]));
            prop_assert_eq!(&text(array).unwrap(), &expected);
        }
        let rows: Vec<usize> = (0..documents.len()).rev().collect();
        let turned = text_array(expected.select_rows(&rows)).unwrap();
        prop_assert!(turned.iter().flatten().eq(documents.iter().rev()));
    }

    #[test]
    fn dense_rows_come_back(rows in matrix(), first in 0usize..6) {
        let lists: ArrayRef = Arc::new(dense_array(rows.clone()).unwrap());
        let first = first.min(rows.nrows());
        let some = dense::<f64>(lists.slice(first, rows.nrows() - first)).unwrap();
        prop_assert_eq!(some, from_row(&rows, first));
        prop_assert_eq!(dense::<f32>(lists.clone()).unwrap(), rows.mapv(|x| x as f32));
        prop_assert_eq!(dense::<f64>(lists).unwrap(), rows.clone());
        // Rows that lie side by side, and rows cut from others.
        let turned = Arc::new(dense_array(rows.clone().reversed_axes()).unwrap());
        prop_assert_eq!(dense::<f64>(turned).unwrap(), rows.t());
        let mut cut = rows.clone();
        cut.slice_axis_inplace(Axis(0), (first..).into());
        prop_assert_eq!(dense::<f64>(Arc::new(dense_array(cut).unwrap())).unwrap(), from_row(&rows, first));
    }

    #[test]
    fn sparse_rows_come_back(rows in matrix(), first in 0usize..6) {
        let expected = Csr::from_dense(&rows).unwrap();
        let (columns, stored) = sparse_arrays(expected.clone()).unwrap();
        let (columns, stored): (ArrayRef, ArrayRef) = (Arc::new(columns), Arc::new(stored));
        let first = first.min(rows.nrows());
        let rest = |array: &ArrayRef| array.slice(first, rows.nrows() - first);
        let some = sparse::<f64>(rest(&columns), rest(&stored), rows.ncols()).unwrap();
        prop_assert_eq!(some.to_dense(), from_row(&rows, first));
        prop_assert_eq!(sparse::<f64>(columns, stored, rows.ncols()).unwrap(), expected);
    }
}

/// Not a byte of them is copied: the same address before and after.
#[test]
fn values_stay_where_they_are() {
    let rows = Array2::from_shape_fn((100, 3), |(i, j)| (i * 3 + j) as f64);
    let address = rows.as_ptr();
    let lists = dense_array(rows).unwrap();
    assert_eq!(lists.values().as_primitive::<Float64Type>().values().as_ptr(), address);
    assert_eq!(dense::<f64>(Arc::new(lists)).unwrap().as_ptr(), address);

    let column = vec![1.5; 100];
    let address = column.as_ptr();
    let column = numbers::<f64>(Arc::new(Float64Array::from(column))).unwrap();
    assert_eq!(column.as_ptr(), address);

    let mut builder = TextBuilder::with_capacity(2, 100);
    ["first story", "second story"].iter().for_each(|story| {
        builder.push_str(story);
        builder.end_document();
    });
    let story = builder.finish();
    let address = story.get(0).as_ptr();
    let strings = text_array(story).unwrap();
    assert_eq!(strings.values().as_ptr(), address);
    assert_eq!(text(Arc::new(strings)).unwrap().get(0).as_ptr(), address);

    let matrix = Csr::from_dense(&array![[1.0, 0.0], [0.0, 2.0]]).unwrap();
    let address = (matrix.view().row(0).0.as_ptr(), matrix.view().row(0).1.as_ptr());
    let (columns, stored) = sparse_arrays(matrix).unwrap();
    assert_eq!(columns.values().as_primitive::<UInt32Type>().values().as_ptr(), address.0);
    let back = sparse::<f64>(Arc::new(columns), Arc::new(stored), 2).unwrap();
    assert_eq!((back.view().row(0).0.as_ptr(), back.view().row(0).1.as_ptr()), address);
}

fn batch() -> RecordBatch {
    let lists = |values: [&[Option<i32>]; 3]| {
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(values.map(|row| Some(row.to_vec())))) as ArrayRef
    };
    RecordBatch::try_from_iter([
        ("text", Arc::new(StringArray::from(vec!["one", "two", "three"])) as ArrayRef),
        ("gap", Arc::new(StringArray::from(vec![Some("one"), None, Some("three")]))),
        ("heat", Arc::new(Float32Array::from(vec![0.5, 1.5, 2.5]))),
        ("id", Arc::new(Int64Array::from(vec![7, 8, 9]))),
        ("columns", lists([&[Some(0), Some(2)], &[], &[Some(1)]])),
        ("falling", lists([&[Some(0), Some(2)], &[], &[Some(-1)]])),
        ("holes", lists([&[Some(3), None], &[], &[Some(1)]])),
    ])
    .unwrap()
}

#[test]
fn batches_become_examples_by_the_names_of_their_columns() {
    let chunk = keyed_text_and_label::<String, u8>(batch(), "text", "text", "id").unwrap();
    assert_eq!(
        (chunk.records.keys()[2].as_str(), chunk.records.rows().get(2), chunk.targets[2]),
        ("three", "three", 9)
    );
    let chunk = rows_and_labels::<f64, String>(&batch(), &["id", "heat"], "text").unwrap();
    assert_eq!((chunk.records, chunk.targets[0].as_str()), (array![[7.0, 0.5], [8.0, 1.5], [9.0, 2.5]], "one"));
    let chunk = sparse_rows_and_labels::<f32, Option<String>>(batch(), "columns", "columns", 3, "gap").unwrap();
    assert_eq!(chunk.records.to_dense(), array![[0.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    assert_eq!(chunk.targets.to_vec(), [Some("one".to_owned()), None, Some("three".to_owned())]);
}

#[test]
fn what_a_batch_lacks_is_told_by_column_and_row() {
    let told = |error: Option<chunkfit::Error>, problem: &str, row: Option<usize>| {
        let error = error.unwrap();
        assert!(error.to_string().contains(problem), "{error}");
        assert_eq!(error.place().row, row, "{error}");
    };
    told(text_and_label::<u8>(batch(), "body", "id").err(), "no column `body` among `text`", None);
    told(text_and_label::<u8>(batch(), "gap", "id").err(), "column `gap`: the text is null", Some(1));
    told(text_and_label::<String>(batch(), "text", "gap").err(), "column `gap`: it is null", Some(1));
    told(text_and_label::<bool>(batch(), "text", "id").err(), "column `id`: invalid value: integer `7`", Some(0));
    told(text_and_label::<bool>(batch(), "heat", "heat").err(), "column `heat`: invalid value: floating", Some(0));
    told(text_and_label::<f32>(batch(), "heat", "heat").err(), "type Float32, where strings are wanted", None);
    told(rows_and_labels::<f32, u8>(&batch(), &["text"], "id").err(), "column `text`: values of type Utf8", None);
    told(rows_and_labels::<f32, u8>(&batch(), &[], "id").err(), "at least one column", None);
    let sparse = |columns, values, n| sparse_rows_and_labels::<f32, u8>(batch(), columns, values, n, "id").err();
    told(sparse("columns", "columns", 2), "column 2, where there are 2 columns from 0 on", Some(0));
    told(sparse("falling", "columns", 3), "a column number that is negative", Some(2));
    told(sparse("columns", "holes", 3), "the list of values holds a null", Some(0));
    told(sparse("columns", "id", 3), "type Int64, where lists are wanted", None);
}
