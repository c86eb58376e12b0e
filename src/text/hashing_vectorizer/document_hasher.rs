//! Documents hashed to rows: the code behind `HashingVectorizer`, compiled once for each type of float.

use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use super::params::Settings;
use crate::data::{Csr, CsrBuilder, Float, RawText, Shared, Text, float_computation};
use crate::error::Result;
use crate::text::analyzer::{Analyzer, DocumentAnalyzer, Scratch, Units};
use crate::text::decode::decode;
use crate::text::row_hasher::{Columns, RowHasher};
use crate::text::stop_words::StopWordSet;
use crate::text::token_pattern::TokenPattern;
use crate::text::word_mask::Case;

/// Hashing of documents: a vectorizer's settings as an analyzer, ready to use, and the columns.
#[derive(Debug)]
pub(super) struct DocumentHasher {
    analyzer: DocumentAnalyzer,
    columns: Columns,
}

/// A [`DocumentHasher`] behind a pointer without its type: code that drops a vectorizer would else compile how regular
/// expressions are dropped.
pub(super) trait SharedHasher: Debug + Shared + UnwindSafe + RefUnwindSafe {
    fn hasher(&self) -> &DocumentHasher;
}

impl SharedHasher for DocumentHasher {
    fn hasher(&self) -> &DocumentHasher {
        self
    }
}

/// The documents of a chunk.
#[derive(Clone, Copy)]
pub(super) enum Documents<'a> {
    Text(&'a Text),
    Raw(&'a RawText),
}

impl Documents<'_> {
    fn len(self) -> usize {
        match self {
            Documents::Text(text) => text.len(),
            Documents::Raw(text) => text.len(),
        }
    }
}

float_computation!(
    /// The rows of documents.
    pub(super) HashDocuments<'a>((&'a Settings, &'a DocumentHasher, Documents<'a>)) -> Result<Csr<F>> = hash_documents
);

impl DocumentHasher {
    pub(super) fn shared(settings: &Settings) -> Result<Arc<dyn SharedHasher>> {
        settings.ngram_range.check()?;
        let units = match settings.analyzer {
            Analyzer::Word => Units::Words {
                pattern: TokenPattern::new(&settings.token_pattern)?,
                stop_words: StopWordSet::new(&settings.stop_words),
            },
            Analyzer::Char => Units::Chars,
            Analyzer::CharWb => Units::CharsOfWords,
        };
        Ok(Arc::new(DocumentHasher {
            analyzer: DocumentAnalyzer {
                case: if settings.lowercase { Case::Lower } else { Case::Keep },
                strip_accents: settings.strip_accents,
                units,
                ngrams: settings.ngram_range,
            },
            columns: Columns::new(settings.n_features, settings.alternate_sign)?,
        }))
    }

    /// Counts the names of a document.
    fn count(&self, document: &str, scratch: &mut Scratch, names: &mut RowHasher) -> Result<()> {
        self.analyzer.for_each(document, scratch, |text, name| names.add(text, name))
    }
}

fn hash_documents<F: Float>(
    (settings, hasher, documents): (&Settings, &DocumentHasher, Documents<'_>),
) -> Result<Csr<F>> {
    let mut rows = CsrBuilder::with_capacity(hasher.columns.count(), documents.len(), 0)?;
    let mut names = RowHasher::new(hasher.columns);
    let (mut scratch, mut decoded) = (Scratch::default(), String::new());
    for row in 0..documents.len() {
        let document = match documents {
            Documents::Text(text) => Ok(text.get(row)),
            Documents::Raw(text) => decode(text.get(row), settings.encoding, settings.decode_error, &mut decoded),
        };
        document
            .and_then(|document| hasher.count(document, &mut scratch, &mut names))
            .map_err(|error| error.at_row(row))?;
        names.end_row(&mut rows);
        if settings.binary {
            rows.row_values_mut().fill(F::one());
        }
        if let Some(norm) = settings.norm {
            norm.scale(rows.row_values_mut());
        }
        rows.end_row()?;
    }
    Ok(rows.finish())
}
