//! Plain text, one document a line.

use std::sync::Arc;

use super::bad_records::{RecordPlace, RecordTally};
use super::block::Content;
use super::files::Files;
use super::lines::line_ranges;
use super::reading::Reading;
use super::source::{Source, source_settings, text_settings};
use crate::data::{Text, TextBuilder};
use crate::error::Result;

/// Files of UTF-8 in which every line is a document, empty lines too. Lines end with `\n` or `\r\n`.
///
/// ```no_run
/// use chunkfit::sources::TextLines;
/// let documents = TextLines::open("corpus/*.txt")?.documents()?.chunks();
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TextLines {
    source: Source,
}

source_settings!(TextLines);

impl TextLines {
    /// These files.
    pub fn over(files: Files) -> Self {
        TextLines { source: Source::new(files) }
    }

    /// Every line as a document.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for settings out of their
    /// range; [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be opened.
    pub fn documents(&self) -> Result<Reading<Text>> {
        let blocks = self.source.line_blocks()?;
        Ok(Reading::of_blocks("text", &(), blocks, self.source.bad_records.clone(), |_, content, tally| {
            read_documents(content, tally)
        }))
    }
}

fn read_documents(content: Content, tally: &mut RecordTally) -> Result<Text> {
    match String::from_utf8(content.bytes) {
        // The lines stay where they are.
        Ok(text) => {
            let spans: Vec<_> = line_ranges(text.as_bytes()).collect();
            spans.iter().for_each(|_| tally.good());
            Text::from_buffer(Arc::new(text), spans)
        }
        Err(error) => read_valid_lines(error.as_bytes(), tally),
    }
}

fn read_valid_lines(bytes: &[u8], tally: &mut RecordTally) -> Result<Text> {
    let mut documents = TextBuilder::with_capacity(0, bytes.len());
    for (i, line) in line_ranges(bytes).enumerate() {
        match std::str::from_utf8(&bytes[line.clone()]) {
            Ok(text) => {
                documents.push_str(text);
                documents.end_document();
                tally.good();
            }
            Err(error) => {
                let place = RecordPlace { offset: line.start, line: i as u64 + 1 };
                tally.bad(place, &bytes[line], format!("the line is not UTF-8: {error}"))?;
            }
        }
    }
    Ok(documents.finish())
}
