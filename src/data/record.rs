//! `Record`: a struct of a user's own as a row of chunks, by serde alone.

use std::ops::{Deref, DerefMut};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::compact::Compact;
use super::heap_bytes::heap_bytes;
use super::{Footprint, Shared};

/// A struct of your own as a row of chunks, without any impl: whatever serde reads and writes.
///
/// Chunks of own records are `Vec<Record<T>>`, which every source of records reads, or data sets with
/// `ndarray::Array1<Record<T>>` for records, which go before a transformer of your own. Both are split, grouped, cached,
/// searched over and written by sinks like any other rows. It reads and serializes as `T` does, and fields and methods of
/// `T` are there as they are.
///
/// ```
/// use chunkfit::data::Record;
/// use chunkfit::prelude::*;
/// # #[cfg(feature = "formats")] {
/// use chunkfit::sources::Csv;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Serialize, Deserialize)]
/// struct Customer {
///     age: f64,
///     city: String,
///     left: bool,
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("customers.csv");
/// # std::fs::write(&file, "age,city,left\n34,Rome,true\n51,Oslo,false\n29,Rome,true\n62,Oslo,false\n")?;
/// let customers = Csv::open(&file)?.records::<Record<Customer>>()?.chunks();
/// let (train, test) = train_test_split(&customers, 0.25, 42);
/// let of_rome = train.filter("rome", |customer| customer.city == "Rome");
/// let examples = customers.examples("columns", |customer| ([customer.age], customer.left));
/// let fit = Pipeline::new(StandardScaler::params(), Chained::new(SgdClassifier::params()).epochs(5)).fit(&examples);
/// let (score, ..) = Runtime::new().compute((fit.score(&examples), of_rome, test))?;
/// assert_eq!(score, 1.0);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Its size is that of what it serializes: the text of its strings, the elements of its vectors and maps, not what serde is
/// told to skip. A [chunk cache](crate::Runtime::chunk_cache) holds it in the postcard format. A record that does not come
/// back from there as it was (because it reads in another form than it is written in, or asks a format what is next, as
/// `#[serde(untagged)]` and `#[serde(flatten)]` do) is not held there, and its chunk is made anew.
///
/// A type with a [`Footprint`] of its own needs no `Record` around it. Where features and label are all that is wanted of a
/// record, `T` needs `Deserialize` only: [`Reading::examples`](crate::sources::Reading::examples).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record<T>(
    /// The struct.
    pub T,
);

impl<T> Record<T> {
    /// The struct itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Record<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Record<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Record<T> {
    fn from(record: T) -> Self {
        Record(record)
    }
}

impl<T: Serialize + DeserializeOwned + Shared> Footprint for Record<T> {
    const COMPACT: Option<Compact<Self>> = Some(Compact { write: write::<T>, read: read::<T> });

    fn heap_bytes(&self) -> usize {
        heap_bytes(&self.0)
    }
}

/// One more than the number of its bytes, then these; of a record that would not come back as it was a 0.
fn write<T: Serialize + DeserializeOwned>(record: &Record<T>, out: &mut Vec<u8>) {
    let comes_back = |bytes: &Vec<u8>| decoded::<T>(bytes).and_then(|again| encoded(&again)).as_ref() == Some(bytes);
    let bytes = encoded(&record.0).filter(comes_back);
    super::compact::write_bytes(bytes.as_deref(), out);
}

fn read<T: DeserializeOwned>(bytes: &mut &[u8]) -> Option<Record<T>> {
    decoded(super::compact::read_bytes(bytes)?).map(Record)
}

fn encoded<T: Serialize>(record: &T) -> Option<Vec<u8>> {
    postcard::to_stdvec(record).ok()
}

/// The record that these are the bytes of, all of them.
fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::take_from_bytes(bytes).ok().filter(|(_, rest)| rest.is_empty()).map(|(record, _)| record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Visit {
        page: String,
        seconds: f64,
        tags: Vec<String>,
        counts: BTreeMap<u32, u64>,
        referrer: Option<String>,
    }

    fn visit(page: &str) -> Record<Visit> {
        let counts = [(1, 2), (3, 4)].into();
        let (page, tags) = (page.to_owned(), vec!["a".to_owned(), "bc".to_owned()]);
        Record(Visit { page, seconds: 0.1 + 0.2, tags, counts, referrer: Some("xyz".into()) })
    }

    #[test]
    fn a_record_holds_what_its_strings_vectors_and_maps_hold() {
        #[derive(Serialize, Deserialize)]
        struct Plain {
            a: f64,
            b: Option<u8>,
            c: (i32, char),
        }
        assert_eq!(Record(Plain { a: 1.0, b: Some(2), c: (3, 'd') }).heap_bytes(), 0);
        let string = size_of::<String>();
        assert_eq!(visit("page").heap_bytes(), 4 + (2 * string + 3) + 2 * (4 + 8) + 3);
        assert_eq!(Record(vec![1.5f64; 10]).heap_bytes(), 80);
        assert_eq!(Record(vec![vec![1u16; 3]; 2]).heap_bytes(), 2 * (string + 6));
    }

    #[test]
    fn a_chunk_of_records_comes_back_from_its_compact_form() {
        let chunk = vec![visit("one"), visit(""), visit("three")];
        let form = Vec::<Record<Visit>>::COMPACT.unwrap();
        let bytes = form.to_bytes(&chunk);
        assert_eq!(form.from_bytes(&bytes).unwrap(), chunk);
        assert!((0..bytes.len()).all(|end| form.from_bytes(&bytes[..end]).is_none()));
        let nothing = vec![Record(()); 3];
        let form = Vec::<Record<()>>::COMPACT.unwrap();
        assert_eq!(form.from_bytes(&form.to_bytes(&nothing)), Some(nothing));
    }

    #[test]
    fn records_that_read_in_another_form_than_they_are_written_in_are_not_held() {
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        struct Sparse {
            #[serde(skip_serializing_if = "Option::is_none")]
            a: Option<u8>,
            b: Option<u8>,
        }
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(untagged)]
        enum Any {
            Number(f64),
            Text(String),
        }
        let sparse = Vec::<Record<Sparse>>::COMPACT.unwrap();
        let whole = vec![Record(Sparse { a: Some(1), b: None })];
        assert_eq!(sparse.from_bytes(&sparse.to_bytes(&whole)), Some(whole));
        for b in [None, Some(0), Some(1)] {
            let chunk = vec![Record(Sparse { a: None, b }); 4];
            assert_eq!(sparse.from_bytes(&sparse.to_bytes(&chunk)), None);
        }
        let any = Vec::<Record<Any>>::COMPACT.unwrap();
        assert_eq!(any.from_bytes(&any.to_bytes(&vec![Record(Any::Number(1.0)), Record(Any::Text("t".into()))])), None);
    }
}
