//! Tests of compact forms: all bits are read back, and nothing that is read panics.

use linfa::DatasetBase;
use ndarray::{Array1, Array2, Array3, ShapeBuilder, array};
use proptest::prelude::*;

use crate::data::{Csr, CsrBuilder, Footprint, Keyed, RawText, RowSet, Rows, Text};

fn round_trip<T: Footprint>(value: &T) -> T {
    let form = T::COMPACT.expect("the type has a form");
    let bytes = form.to_bytes(value);
    let stride = 1 + bytes.len() / 100;
    for end in (0..bytes.len()).step_by(stride) {
        assert!(form.from_bytes(&bytes[..end]).is_none(), "{end} of {} bytes are a value", bytes.len());
    }
    assert!(form.from_bytes(&[&bytes[..], &[0]].concat()).is_none(), "a byte too many");
    form.from_bytes(&bytes).expect("the bytes of a value are a value")
}

/// Rows of any columns, of few magnitudes, some or many; zeros of both signs and NaN among them.
fn sparse() -> impl Strategy<Value = Csr<f32>> {
    let row = (prop_oneof![Just(3u32), Just(100), Just(u32::MAX)]).prop_flat_map(|magnitudes| {
        let value = (0..magnitudes, any::<bool>()).prop_map(move |(bits, negative)| {
            let bits = if magnitudes < u32::MAX { (bits as f32 / 7.0).to_bits() } else { bits };
            f32::from_bits(bits | if negative { 1 << 31 } else { 0 })
        });
        let column = prop_oneof![0u32..300, 0u32..70_000, 0u32..u32::MAX, Just(u32::MAX - 1)];
        proptest::collection::btree_map(column, value, 0..200)
    });
    proptest::collection::vec(row, 0..8).prop_map(|rows| {
        let mut csr = CsrBuilder::new(u32::MAX as usize).unwrap();
        for row in rows {
            row.into_iter().for_each(|(column, value)| csr.push(column, value));
            csr.end_row().unwrap();
        }
        csr.finish()
    })
}

type Row = (Vec<u32>, Vec<u32>);

fn bits_of(rows: &Csr<f32>) -> (usize, Vec<Row>) {
    let row = |(columns, values): (&[u32], &[f32])| (columns.to_vec(), values.iter().map(|x| x.to_bits()).collect());
    (rows.n_features(), rows.view().iter().map(row).collect())
}

proptest! {
    #[test]
    fn sparse_rows_come_back_with_all_their_bits(rows in sparse()) {
        prop_assert_eq!(bits_of(&round_trip(&rows)), bits_of(&rows));
    }

    #[test]
    fn damaged_bytes_give_nothing_or_rows_that_are_whole(rows in sparse(), at in any::<prop::sample::Index>(), byte: u8) {
        let form = Csr::<f32>::COMPACT.unwrap();
        let mut bytes = form.to_bytes(&rows);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Some(rows) = form.from_bytes(&bytes) {
            let (indptr, indices, values) = rows.as_sprs().to_owned().into_raw_storage();
            prop_assert!(Csr::new(rows.n_features(), indptr, indices, values).is_ok());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        Csr::<f64>::COMPACT.unwrap().from_bytes(&bytes);
        Text::COMPACT.unwrap().from_bytes(&bytes);
        RawText::COMPACT.unwrap().from_bytes(&bytes);
        RowSet::COMPACT.unwrap().from_bytes(&bytes);
        Array2::<f64>::COMPACT.unwrap().from_bytes(&bytes);
        <Vec<Option<(char, bool)>>>::COMPACT.unwrap().from_bytes(&bytes);
        <DatasetBase<Keyed<Text, String>, Array1<usize>>>::COMPACT.unwrap().from_bytes(&bytes);
    }

    #[test]
    fn numbers_of_any_size_come_back(numbers: Vec<(usize, (isize, (f64, char)))>) {
        let back = round_trip(&numbers);
        let bits = |(a, (b, (c, d))): &(usize, (isize, (f64, char)))| (*a, *b, c.to_bits(), *d);
        prop_assert_eq!(back.iter().map(bits).collect::<Vec<_>>(), numbers.iter().map(bits).collect::<Vec<_>>());
    }
}

#[test]
fn documents_come_back_and_those_that_were_left_out_stay_out() {
    let text: Text = ["zero", "", "zwei\nnée", "three"].into_iter().collect();
    let picked = text.select_rows(&[3, 2, 1]);
    assert_eq!(round_trip(&picked), picked);
    let raw: RawText = [b"caf\xe9".as_slice(), b""].into_iter().collect();
    assert_eq!(round_trip(&raw), raw);
}

#[test]
fn examples_come_back_with_labels_and_weights() {
    let text: Text = ["a", "b"].into_iter().collect();
    let labels = array![Some("x".to_owned()), None];
    let rows = DatasetBase::new(Keyed::new(text, vec![true, false]).unwrap(), labels).with_weights(array![1.0, 0.5]);
    let back = round_trip(&rows);
    assert_eq!((back.records, back.targets, back.weights), (rows.records, rows.targets, rows.weights));
    assert_eq!(round_trip(&array![[1i8, 2], [3, 4]]), array![[1i8, 2], [3, 4]]);
    assert_eq!(round_trip(&RowSet::of(9, |i| i % 3 != 1)), RowSet::of(9, |i| i % 3 != 1));
}

#[test]
fn arrays_lie_in_memory_as_they_did() {
    let by_rows = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (i * 100 + j * 10 + k) as f64);
    let by_columns = {
        let mut array = Array3::zeros((2, 3, 4).f());
        array.assign(&by_rows);
        array
    };
    for array in [&by_rows, &by_columns] {
        let back = round_trip(array);
        assert_eq!((&back, back.strides()), (array, array.strides()));
    }
    assert_eq!(round_trip(&Array2::<u16>::zeros((0, 3))).dim(), (0, 3));
}

/// Values that hold nothing have their number all the same, and no more of them are read than were written.
#[test]
fn lengths_of_what_holds_nothing_are_borne_out_by_bytes() {
    assert_eq!(round_trip(&vec![(); 5]).len(), 5);
    assert_eq!(round_trip(&Array2::from_elem((2, 3), ())).dim(), (2, 3));
    assert_eq!(round_trip(&vec![vec![((), ()); 3]; 2]), vec![vec![((), ()); 3]; 2]);
    // 2^32 - 1, then zeros.
    let many = [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0; 40]].concat();
    assert!(<Vec<()>>::COMPACT.unwrap().from_bytes(&many).is_none());
    assert!(<Vec<((), ())>>::COMPACT.unwrap().from_bytes(&many).is_none());
    assert!(Array2::<()>::COMPACT.unwrap().from_bytes(&[&[0][..], &many[..5], &many].concat()).is_none());
    assert!(<Vec<Vec<()>>>::COMPACT.unwrap().from_bytes(&[&[30][..], &many.repeat(8)].concat()).is_none());
}

/// A label of somebody else's, of which nothing is known.
#[test]
fn what_holds_a_value_without_a_form_has_none() {
    #[derive(Clone)]
    struct Odd;
    impl Footprint for Odd {}
    assert!(<Vec<Odd>>::COMPACT.is_none());
    assert!(<DatasetBase<Text, Array1<Odd>>>::COMPACT.is_none());
    assert!(<Option<(Odd, u8)>>::COMPACT.is_none());
    assert!(ndarray::ArrayD::<f64>::COMPACT.is_none());
}
