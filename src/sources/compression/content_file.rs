//! The content of a compressed file, read by ranges like a file: from a file of our own, or from the frame before the bytes
//! that are wanted.

use std::io::{self, BufReader, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::decoder::decoder;
use super::frames::Frames;
use super::guard::{Guard, Limits};
use crate::error::Result;
use crate::files::Spill;
use crate::graph::KeyBuilder;
use crate::sources::read_some::read_some;
use crate::sources::source_file::{FileAccess, SourceFile};

/// Bytes of a file that its decoder is given at once: 64 KiB.
const PIECE: usize = 64 << 10;

/// The content of a file, as a file. It is called as the file that it was made of and known by it, in every process.
#[derive(Clone, Debug)]
pub(in crate::sources) struct ContentFile {
    pub file: SourceFile,
    pub place: Place,
}

/// The place where a content is read.
#[derive(Clone, Debug)]
pub(in crate::sources) enum Place {
    /// A file of our own, of so many bytes; it goes when nobody has this value any more.
    Spill(Arc<Spill>, u64),
    /// The file itself.
    Frames(Arc<Frames>),
}

impl FileAccess for ContentFile {
    fn path(&self) -> &Arc<Path> {
        self.file.path()
    }

    fn location(&self) -> &Path {
        self.file.location()
    }

    fn bytes(&self) -> u64 {
        match &self.place {
            Place::Spill(_, bytes) => *bytes,
            Place::Frames(frames) => frames.content_bytes,
        }
    }

    fn identify(&self, key: KeyBuilder) -> KeyBuilder {
        self.file.identify(key)
    }

    fn check(&self) -> Result<()> {
        self.file.check()
    }

    fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>> {
        match &self.place {
            Place::Spill(spill, _) => Ok(Box::new(SpillReader { spill: spill.clone(), at: range.start })),
            Place::Frames(frames) => read_frames(&self.file, frames, range),
        }
    }

    fn spilled_bytes(&self) -> u64 {
        match &self.place {
            Place::Spill(_, bytes) => *bytes,
            Place::Frames(_) => 0,
        }
    }
}

fn read_frames(file: &SourceFile, frames: &Frames, range: Range<u64>) -> io::Result<Box<dyn Read>> {
    let starts = &frames.starts;
    let first = starts.partition_point(|&(_, content)| content <= range.start).saturating_sub(1);
    let behind = starts.partition_point(|&(_, content)| content < range.end);
    let (start, content) = starts[first];
    let end = starts.get(behind).map_or(file.bytes(), |&(start, _)| start);
    let input = BufReader::with_capacity(PIECE, file.reader(start..end.max(start))?);
    // The whole was held to the limits when the index was made.
    let mut reader = Guard::new(decoder(frames.kind, input)?, file.bytes(), Limits::NONE);
    io::copy(&mut reader.by_ref().take(range.start - content), &mut io::sink())?;
    Ok(Box::new(Filled(reader)))
}

/// Fills every buffer as far as there is something, as a file does: frames end anywhere, even behind a byte order mark,
/// which parsers look for in what they are given first.
struct Filled<R>(R);

impl<R: Read> Read for Filled<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match read_some(&mut self.0, &mut buffer[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        Ok(filled)
    }
}

struct SpillReader {
    spill: Arc<Spill>,
    at: u64,
}

impl Read for SpillReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.spill.read_at(buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}
