//! Compact form of containers, whose bytes are those of their elements one after the other.

use std::slice;

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array, Array1, Dimension, ShapeBuilder};

use super::Compact;
use super::bytes::{read_length, read_number, take, write_number};
use crate::data::{Footprint, Keyed, RowSet, WithColumn, WithColumns};

pub(crate) const STRING: Option<Compact<String>> = Some(Compact {
    write: |text, out| {
        write_number(text.len() as u64, out);
        out.extend_from_slice(text.as_bytes());
    },
    read: |bytes| {
        let length = read_length(bytes, 1)?;
        Some(std::str::from_utf8(take(bytes, length)?).ok()?.to_owned())
    },
});

pub(crate) const fn option<T: Footprint>() -> Option<Compact<Option<T>>> {
    if T::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |value, out| {
            out.push(u8::from(value.is_some()));
            value.iter().for_each(|value| write(value, out));
        },
        read: |bytes| match take(bytes, 1)? {
            [0] => Some(None),
            [1] => Some(Some(read(bytes)?)),
            _ => None,
        },
    })
}

pub(crate) const fn pair<A: Footprint, B: Footprint>() -> Option<Compact<(A, B)>> {
    if A::COMPACT.is_none() || B::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |(a, b), out| {
            write(a, out);
            write(b, out);
        },
        read: |bytes| Some((read(bytes)?, read(bytes)?)),
    })
}

pub(crate) const fn vec<T: Footprint>() -> Option<Compact<Vec<T>>> {
    if T::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |values, out| {
            write_number(values.len() as u64, out);
            write_many(values, out);
        },
        read: |bytes| {
            let length = usize::try_from(read_number(bytes)?).ok()?;
            read_many(length, bytes)
        },
    })
}

/// Elements in the order in which they lie in memory, for algorithms may follow it.
pub(crate) const fn array<T: Footprint, D: Dimension>() -> Option<Compact<Array<T, D>>> {
    if T::COMPACT.is_none() || D::NDIM.is_none() {
        return None;
    }
    Some(Compact {
        write: |array, out| {
            let by_rows = array.as_slice();
            let by_columns = if by_rows.is_none() { array.t().to_slice() } else { None };
            write_shape(by_columns.is_some(), array.shape(), out);
            match by_rows.or(by_columns) {
                Some(values) => write_many(values, out),
                None => array.iter().for_each(|value| write_many(slice::from_ref(value), out)),
            }
        },
        read: |bytes| {
            let mut shape = D::zeros(D::NDIM?);
            let (by_columns, size) = read_shape(bytes, shape.slice_mut())?;
            Array::from_shape_vec(shape.set_f(by_columns), read_many(size, bytes)?).ok()
        },
    })
}

fn write_shape(by_columns: bool, shape: &[usize], out: &mut Vec<u8>) {
    out.push(u8::from(by_columns));
    shape.iter().for_each(|&length| write_number(length as u64, out));
}

/// True if the elements are in the order of columns, and their number.
fn read_shape(bytes: &mut &[u8], shape: &mut [usize]) -> Option<(bool, usize)> {
    let by_columns = match take(bytes, 1)? {
        [0] => false,
        [1] => true,
        _ => return None,
    };
    let mut size = 1usize;
    for length in shape {
        *length = usize::try_from(read_number(bytes)?).ok()?;
        size = size.checked_mul(*length)?;
    }
    Some((by_columns, size))
}

/// The weights of rows, which every data set has.
fn write_weights(weights: &Array1<f32>, out: &mut Vec<u8>) {
    write(weights, out);
}

fn read_weights(bytes: &mut &[u8]) -> Option<Array1<f32>> {
    read(bytes)
}

/// Records, targets and weights; the names of features and targets, which tasks do not use, are left out.
pub(crate) const fn data_set<R: Records + Footprint, T: Footprint>() -> Option<Compact<DatasetBase<R, T>>> {
    if R::COMPACT.is_none() || T::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |rows, out| {
            write(&rows.records, out);
            write(&rows.targets, out);
            write_weights(&rows.weights, out);
        },
        read: |bytes| {
            let (records, targets): (R, T) = (read(bytes)?, read(bytes)?);
            Some(DatasetBase::new(records, targets).with_weights(read_weights(bytes)?))
        },
    })
}

pub(crate) const fn keyed<R: Footprint, K: Footprint>() -> Option<Compact<Keyed<R, K>>> {
    if R::COMPACT.is_none() || K::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |rows, out| {
            write(rows.rows(), out);
            write_number(rows.keys().len() as u64, out);
            write_many(rows.keys(), out);
        },
        read: |bytes| {
            let rows: R = read(bytes)?;
            let keys: Vec<K> = read(bytes)?;
            (rows.row_count() == keys.len()).then(|| Keyed::from_parts(rows, keys))
        },
    })
}

pub(crate) const fn with_column<D: Footprint, U: Footprint>() -> Option<Compact<WithColumn<D, U>>> {
    if D::COMPACT.is_none() || U::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |rows, out| {
            write(rows.rows(), out);
            write(&rows.name().to_owned(), out);
            write_number(rows.values().len() as u64, out);
            write_many(rows.values(), out);
        },
        read: |bytes| {
            let (rows, name): (D, String) = (read(bytes)?, read(bytes)?);
            let values: Vec<U> = read(bytes)?;
            (rows.row_count() == values.len()).then(|| WithColumn::from_parts(rows, name, values))
        },
    })
}

pub(crate) const fn with_columns<D: Footprint, U: Footprint>() -> Option<Compact<WithColumns<D, U>>> {
    if D::COMPACT.is_none() || U::COMPACT.is_none() {
        return None;
    }
    Some(Compact {
        write: |rows, out| {
            write(rows.rows(), out);
            write(&rows.names().to_vec(), out);
            write_number(rows.values().len() as u64, out);
            write_many(rows.values(), out);
        },
        read: |bytes| {
            let (rows, names): (D, Vec<String>) = (read(bytes)?, read(bytes)?);
            let values: Vec<U> = read(bytes)?;
            let fits = rows.row_count().checked_mul(names.len()) == Some(values.len());
            fits.then(|| WithColumns::from_parts(rows, names.into(), values))
        },
    })
}

/// The gaps between row numbers.
pub(crate) const ROW_SET: Option<Compact<RowSet>> = Some(Compact {
    write: |rows, out| {
        write_number(rows.len() as u64, out);
        let mut next = 0;
        for &row in rows.as_slice() {
            write_number((row - next) as u64, out);
            next = row + 1;
        }
    },
    read: |bytes| {
        let length = read_length(bytes, 1)?;
        let (mut rows, mut next) = (Vec::with_capacity(length), 0usize);
        for _ in 0..length {
            let row = next.checked_add(usize::try_from(read_number(bytes)?).ok()?)?;
            next = row.checked_add(1)?;
            rows.push(row);
        }
        Some(RowSet::from_ascending(rows))
    },
});

/// Only reached where the form was found to be there.
fn write<T: Footprint>(value: &T, out: &mut Vec<u8>) {
    if let Some(form) = T::COMPACT {
        (form.write)(value, out);
    }
}

fn read<T: Footprint>(bytes: &mut &[u8]) -> Option<T> {
    (T::COMPACT?.read)(bytes)
}

/// Values one after the other, a byte or more each: those that hold nothing take one, so that no length can be read that
/// the bytes do not bear out.
fn write_many<T: Footprint>(values: &[T], out: &mut Vec<u8>) {
    for value in values {
        if size_of::<T>() == 0 {
            out.push(0);
        }
        write(value, out);
    }
}

/// So many values, if there are.
fn read_many<T: Footprint>(n: usize, bytes: &mut &[u8]) -> Option<Vec<T>> {
    if n > bytes.len() {
        return None;
    }
    // No more room than the bytes take, whatever they say.
    let mut values = Vec::with_capacity(n.min(bytes.len() / size_of::<T>().max(1)));
    for _ in 0..n {
        if size_of::<T>() == 0 {
            take(bytes, 1)?;
        }
        values.push(read(bytes)?);
    }
    Some(values)
}
