//! Lists of an Arrow array, each a range of all items.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, GenericListArray, OffsetSizeTrait};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::unfit;
use crate::error::Result;

/// The lists of an array: where each begins, and the items of all.
pub(super) struct Lists<I> {
    pub starts: Vec<usize>,
    pub items: I,
    nulls: Option<NullBuffer>,
    item_nulls: Option<NullBuffer>,
}

impl<I> Lists<I> {
    /// The items are those of the lists alone, converted: of an array that only shows a part of its items, not the others.
    pub(super) fn of(array: ArrayRef, convert: impl FnOnce(ArrayRef) -> Result<I>) -> Result<Self> {
        let (starts, items) = match array.data_type() {
            DataType::List(_) => starts_and_items(array.as_list::<i32>()),
            DataType::LargeList(_) => starts_and_items(array.as_list::<i64>()),
            DataType::FixedSizeList(_, length) => {
                let length = usize::try_from(*length).unwrap_or(0);
                ((0..=array.len()).map(|i| i * length).collect(), array.as_fixed_size_list().values().clone())
            }
            other => return Err(unfit(format!("values of type {other}, where lists are wanted"))),
        };
        let (nulls, item_nulls) = (array.nulls().cloned(), items.logical_nulls());
        // Items that nobody else holds can be moved.
        drop(array);
        Ok(Lists { starts, items: convert(items)?, nulls, item_nulls })
    }

    /// The number of lists.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The places of the items of list `i`.
    pub(super) fn span(&self, i: usize) -> Range<usize> {
        self.starts[i]..self.starts[i + 1]
    }
}

impl<T> Lists<Vec<T>> {
    /// The items of list `i`, or the word for what is null.
    pub(super) fn get(&self, i: usize) -> Result<&[T], &'static str> {
        let span = self.span(i);
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(i)) {
            return Err("is null");
        }
        if self.item_nulls.as_ref().is_some_and(|nulls| span.clone().any(|item| nulls.is_null(item))) {
            return Err("holds a null");
        }
        Ok(&self.items[span])
    }
}

/// Without the items that lie before and behind those of the lists.
fn starts_and_items<O: OffsetSizeTrait>(lists: &GenericListArray<O>) -> (Vec<usize>, ArrayRef) {
    let starts: Vec<usize> = lists.offsets().iter().map(|start| start.as_usize()).collect();
    let (first, last) = (starts[0], starts[starts.len() - 1]);
    let items = lists.values().slice(first, last - first);
    (starts.into_iter().map(|start| start - first).collect(), items)
}
