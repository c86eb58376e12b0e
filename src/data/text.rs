//! Documents: many texts in one buffer.

use std::ops::Range;
use std::sync::Arc;

use linfa::dataset::Records;

use super::compact::{Compact, documents};
use super::{Footprint, Rows};
use crate::error::{Error, Result};

/// Documents as UTF-8.
///
/// All documents of a chunk lie in one shared buffer, so that selecting rows (a split, a filter)
/// copies no text. Collect one from an iterator of strings, or use a [`TextBuilder`].
///
/// ```
/// use chunkfit::data::Text;
/// let text: Text = ["first story", "second story"].into_iter().collect();
/// assert_eq!(text.get(1), "second story");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub(super) buffer: Arc<String>,
    /// The documents' places in it.
    pub(super) spans: Vec<Range<usize>>,
}

/// Documents as bytes, still to be decoded (see the vectorizer's `encoding`).
#[derive(Clone, Debug, Default)]
pub struct RawText {
    buffer: Arc<Vec<u8>>,
    spans: Vec<Range<usize>>,
}

/// Writes documents piece by piece into one buffer.
#[derive(Clone, Debug, Default)]
pub struct TextBuilder {
    buffer: String,
    spans: Vec<Range<usize>>,
    start: usize,
}

impl TextBuilder {
    /// A builder with room for `documents` documents of `bytes` bytes in all.
    pub fn with_capacity(documents: usize, bytes: usize) -> Self {
        TextBuilder { buffer: String::with_capacity(bytes), spans: Vec::with_capacity(documents), start: 0 }
    }

    /// Adds a piece to the document being written.
    pub fn push_str(&mut self, piece: &str) {
        self.buffer.push_str(piece);
    }

    /// Ends the document being written; the next piece begins a new one.
    pub fn end_document(&mut self) {
        self.spans.push(self.start..self.buffer.len());
        self.start = self.buffer.len();
    }

    /// Drops the pieces of the document being written, of which something turned out to be wrong.
    pub fn discard_document(&mut self) {
        self.buffer.truncate(self.start);
    }

    /// The documents written; a piece after the last [`end_document`](Self::end_document) belongs to none.
    pub fn finish(self) -> Text {
        Text { buffer: Arc::new(self.buffer), spans: self.spans }
    }
}

impl Text {
    /// The documents at these byte ranges of a buffer. Nothing is copied; ranges may overlap and
    /// leave gaps.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when a range is not
    /// inside the buffer or cuts a character.
    pub fn from_buffer(buffer: Arc<String>, spans: Vec<Range<usize>>) -> Result<Self> {
        match spans.iter().find(|span| buffer.get((*span).clone()).is_none()) {
            Some(odd) => {
                Err(Error::parameter("spans", odd, format!("ranges of whole characters within {} bytes", buffer.len())))
            }
            None => Ok(Text { buffer, spans }),
        }
    }
}

/// What is the same for both kinds of documents.
macro_rules! documents {
    ($name:ident, $slab:ty, $slice:ty, $compact:expr) => {
        impl $name {
            /// The number of documents.
            pub fn len(&self) -> usize {
                self.spans.len()
            }

            /// True if there is no document.
            pub fn is_empty(&self) -> bool {
                self.spans.is_empty()
            }

            /// Document `i`.
            ///
            /// # Panics
            /// When there are not more than `i` documents.
            pub fn get(&self, i: usize) -> &$slice {
                &self.buffer[self.spans[i].clone()]
            }

            /// All documents in order.
            pub fn iter(&self) -> impl ExactSizeIterator<Item = &$slice> + Clone {
                self.spans.iter().map(|span| &self.buffer[span.clone()])
            }
        }

        impl<S: AsRef<$slice>> FromIterator<S> for $name {
            fn from_iter<I: IntoIterator<Item = S>>(documents: I) -> Self {
                let mut buffer = <$slab>::new();
                let spans = documents
                    .into_iter()
                    .map(|document| {
                        let start = buffer.len();
                        buffer.extend_from(document.as_ref());
                        start..buffer.len()
                    })
                    .collect();
                $name { buffer: Arc::new(buffer), spans }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.iter().eq(other.iter())
            }
        }

        /// `nfeatures` is 1: a document is one value.
        impl Records for $name {
            type Elem = $slab;

            fn nsamples(&self) -> usize {
                self.len()
            }

            fn nfeatures(&self) -> usize {
                1
            }
        }

        impl Rows for $name {
            type Row<'a> = &'a $slice;

            fn n_rows(&self) -> usize {
                self.len()
            }

            fn row(&self, i: usize) -> &$slice {
                self.get(i)
            }

            fn select_rows(&self, rows: &[usize]) -> Self {
                $name { buffer: self.buffer.clone(), spans: rows.iter().map(|&i| self.spans[i].clone()).collect() }
            }

            fn concat_rows(parts: &[&Self]) -> Result<Self> {
                Ok(parts.iter().flat_map(|part| part.iter()).collect())
            }
        }

        /// Counts the documents' own bytes only: those who share a buffer share its cost.
        impl Footprint for $name {
            const COMPACT: Option<Compact<Self>> = $compact;

            fn heap_bytes(&self) -> usize {
                self.spans.iter().map(|span| span.len() + size_of::<Range<usize>>()).sum()
            }

            fn row_count(&self) -> usize {
                self.spans.len()
            }
        }
    };
}

/// Appending a borrowed slice to its owned form, by one name for `String` and `Vec<u8>`.
trait ExtendFrom<S: ?Sized> {
    fn extend_from(&mut self, piece: &S);
}

impl ExtendFrom<str> for String {
    fn extend_from(&mut self, piece: &str) {
        self.push_str(piece);
    }
}

impl ExtendFrom<[u8]> for Vec<u8> {
    fn extend_from(&mut self, piece: &[u8]) {
        self.extend_from_slice(piece);
    }
}

documents!(Text, String, str, documents::TEXT);
documents!(RawText, Vec<u8>, [u8], documents::RAW_TEXT);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_documents() {
        let mut builder = TextBuilder::with_capacity(2, 16);
        builder.push_str("a ");
        builder.push_str("b");
        builder.end_document();
        builder.end_document();
        let text = builder.finish();
        assert_eq!(text.iter().collect::<Vec<_>>(), ["a b", ""]);
    }

    #[test]
    fn selected_rows_share_the_buffer() {
        let text: Text = ["zero", "one", "two"].into_iter().collect();
        let picked = text.select_rows(&[2, 0]);
        assert_eq!(picked.iter().collect::<Vec<_>>(), ["two", "zero"]);
        assert!(Arc::ptr_eq(&text.buffer, &picked.buffer));
        assert_eq!(Text::concat_rows(&[&picked, &text]).unwrap().len(), 5);
    }

    #[test]
    fn a_shared_buffer_is_checked() {
        let buffer = Arc::new("née".to_owned());
        let text = Text::from_buffer(buffer.clone(), vec![3..4, 0..3]).unwrap();
        assert_eq!(text.iter().collect::<Vec<_>>(), ["e", "né"]);
        assert!(Arc::ptr_eq(&text.buffer, &buffer));
        #[expect(clippy::reversed_empty_ranges)]
        for odd in [0..2, 0..5, 3..1] {
            assert!(Text::from_buffer(buffer.clone(), vec![0..1, odd]).is_err());
        }
    }

    #[test]
    fn raw_text_keeps_any_bytes() {
        let raw: RawText = [b"caf\xe9".as_slice(), b""].into_iter().collect();
        assert_eq!((raw.nsamples(), raw.get(0)), (2, b"caf\xe9".as_slice()));
    }
}
