//! Contents of files: decompressed and decoded before they are cut, or when they are read.
//!
//! A file whose content fits into a chunk is one block and is decoded when that is read. A larger one is cut: by its
//! frames, where their headers say where they begin; else it is decoded once, into a file of our own.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use super::compression::{
    ContentFile, Frames, Guard, HEAD, Kind, Limits, Place, Walked, decoder, decoder_bytes, has_compression_ending,
};
use super::encoding;
use super::look_ahead::LookAhead;
use super::read_some::read_some;
use super::source_file::SourceFile;
use crate::error::{Error, Result};
use crate::files::{ABANDONED, Spill, sweep};
use crate::graph::Key;

/// A compressed file that does not say how large its content is stays one block if it has at most this share of a chunk's
/// bytes: contents are seldom more than 16 times as large.
const SHARE: u64 = 16;

/// A character of another encoding becomes at most so many times as many bytes in UTF-8.
const GROWTH: u64 = 3;

/// The most that is decompressed into one chunk, if chunks are smaller: 64 MiB.
const LEAST_BOUND: u64 = 64 << 20;

/// Bytes that are read and written at once: 256 KiB.
const PIECE: usize = 256 << 10;

/// Decoders that take more memory than that, 16 MiB, work one at a time.
const LIGHT_BYTES: u64 = 16 << 20;

/// Files on a disk that are looked at, or decoded, at a time.
const AT_ONCE: usize = 4;

/// Files in stores that are looked at at a time: each waits for an answer.
const LOOKS_AT_ONCE: usize = 32;

/// The settings by which contents are made of files.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    pub encoding: Option<String>,
    pub max_content_bytes: Option<u64>,
    pub max_compression_ratio: u64,
    pub spill_folder: Option<PathBuf>,
    /// Files of our own that somebody reads from, and their sizes.
    spilled: Arc<Mutex<Spilled>>,
}

/// Files of our own and their sizes, by keys of the files that they were made of.
type Spilled = HashMap<u128, (Weak<Spill>, u64)>;

/// A file and how its content is read.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// If the content lies in it as it is, cut it anywhere.
    pub file: SourceFile,
    /// Of a file that is decompressed and decoded when it is read, as one block: the content's size, about.
    pub content_bytes: Option<u64>,
    /// Memory that a decoder takes whenever it is read.
    pub decoder_bytes: u64,
}

/// The knowledge of a file after a look at it.
enum Look {
    Opened(Opened),
    Spill { decoder_bytes: u64 },
}

impl Opened {
    pub(super) fn plain(file: SourceFile) -> Self {
        Opened { file, content_bytes: None, decoder_bytes: 0 }
    }
}

impl Default for Contents {
    fn default() -> Self {
        Contents {
            encoding: None,
            max_content_bytes: None,
            // Above gzip's own limit of 1032.
            max_compression_ratio: 1200,
            spill_folder: None,
            spilled: Arc::default(),
        }
    }
}

impl Contents {
    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in
            [("max_compression_ratio", Some(self.max_compression_ratio)), ("max_content_bytes", self.max_content_bytes)]
        {
            if let Some(0) = value {
                return Err(Error::parameter(name, 0, "at least 1"));
            }
        }
        encoding::check(self.encoding.as_deref())
    }

    fn limits(&self) -> Limits {
        Limits {
            max_content_bytes: self.max_content_bytes,
            max_compression_ratio: self.max_compression_ratio,
            max_chunk_bytes: None,
        }
    }

    /// The content of a file that was not decompressed or decoded before; so many bytes of the file will be read in any
    /// case. It is an error if it is much larger than a chunk.
    pub(super) fn reader(&self, file: &SourceFile, wanted: u64, chunk_bytes: u64) -> Result<Box<dyn Read>> {
        let most = chunk_bytes.saturating_mul(SHARE).max(LEAST_BOUND);
        self.decode(file, wanted, Limits { max_chunk_bytes: Some(most), ..self.limits() })
            .map_err(|error| file.failed(error))
    }

    fn decode(&self, file: &SourceFile, wanted: u64, limits: Limits) -> io::Result<Box<dyn Read>> {
        let (mut head, mut content) = with_head(file.reader(0..wanted.min(file.bytes()))?)?;
        let kind = Kind::of(&head)?;
        if !kind.is_plain() {
            let input = BufReader::with_capacity(PIECE, content);
            (head, content) = with_head(Box::new(Guard::new(decoder(kind, input)?, file.bytes(), limits)))?;
            if !Kind::of(&head)?.is_plain() {
                return Err(io::Error::other("its content is compressed once more: decompress it once before"));
            }
        }
        encoding::decode(self.encoding.as_deref(), &head, content)
    }

    /// Opens files whose contents are cut into chunks of so many bytes. Those that are larger, and compressed or in another
    /// encoding, are decoded, several at a time.
    pub(super) fn open(&self, files: &[SourceFile], chunk_bytes: u64) -> Result<Vec<Opened>> {
        let is_remote = files.iter().any(|file| file.is_remote());
        let at_once = if is_remote { LOOKS_AT_ONCE } else { AT_ONCE };
        let ahead = LookAhead::to_open(files, |file| match is_clear(file, chunk_bytes) {
            true => 0..0,
            false => 0..HEAD.min(file.bytes()),
        });
        let look = |i: usize| ahead.opening(i, || self.look(&files[i], chunk_bytes));
        let looks: Vec<Look> = all(files.len(), at_once, look)?;
        let large: Vec<usize> = (0..files.len()).filter(|&i| matches!(looks[i], Look::Spill { .. })).collect();
        if !large.is_empty() {
            sweep(&self.folder(), ABANDONED);
        }
        let turn = Mutex::new(());
        let spill = |i: usize| {
            // Those that take much memory are decoded one at a time.
            let is_heavy = matches!(looks[large[i]], Look::Spill { decoder_bytes } if decoder_bytes > LIGHT_BYTES);
            let _turn = is_heavy.then(|| turn.lock());
            self.spill(&files[large[i]])
        };
        let mut spilled = all(large.len(), AT_ONCE, spill)?.into_iter();
        let opened = looks.into_iter().filter_map(|look| match look {
            Look::Opened(opened) => Some(opened),
            Look::Spill { .. } => spilled.next().map(Opened::plain),
        });
        Ok(opened.collect())
    }

    /// Looks at the first bytes of a file, or at all of its headers.
    fn look(&self, file: &SourceFile, chunk_bytes: u64) -> Result<Look> {
        let when_read = |content_bytes, decoder_bytes| {
            Ok(Look::Opened(Opened { file: file.clone(), content_bytes: Some(content_bytes), decoder_bytes }))
        };
        if is_clear(file, chunk_bytes) {
            return when_read(file.bytes(), 0);
        }
        let failed = |error| file.failed(error);
        let head = file.range(0..HEAD.min(file.bytes()))?;
        let encoding = self.encoding.as_deref();
        let kind = Kind::of(&head).map_err(failed)?;
        let decoder_bytes = decoder_bytes(kind, &head);
        let is_small = file.bytes() <= chunk_bytes / SHARE;
        let likely = file.bytes().saturating_mul(SHARE);
        // The content's size, if it may fit into a chunk.
        let content_bytes = match kind {
            Kind::Plain if encoding::is_foreign(encoding, &head).map_err(failed)? => {
                Some(file.bytes().saturating_mul(GROWTH))
            }
            Kind::Plain => return Ok(Look::Opened(Opened::plain(file.clone()))),
            _ if !cfg!(feature = "compression") => return when_read(file.bytes(), 0),
            Kind::Gzip if !is_block_gzip(&head) => {
                let trailer = file.range(file.bytes().saturating_sub(4)..file.bytes())?;
                let stated = trailer.try_into().map_or(0, u32::from_le_bytes);
                // Of several members it is the size of the last.
                is_small.then(|| u64::from(stated).max(likely / 4))
            }
            Kind::Bzip2 | Kind::Xz => is_small.then_some(likely),
            Kind::Gzip | Kind::Zstandard => {
                let all = file.reader(0..file.bytes()).map_err(failed)?;
                match Frames::walk(kind, all, chunk_bytes) {
                    Walked::Frames(frames) => {
                        self.limits().check(frames.content_bytes, file.bytes()).map_err(failed)?;
                        if frames.content_bytes > chunk_bytes {
                            return self.framed(file, frames, decoder_bytes);
                        }
                        Some(frames.content_bytes)
                    }
                    Walked::AtMost(content_bytes) => Some(content_bytes),
                    Walked::Unknown => None,
                }
            }
        };
        match content_bytes.filter(|&content_bytes| content_bytes <= chunk_bytes) {
            Some(content_bytes) => when_read(content_bytes, decoder_bytes),
            None => Ok(Look::Spill { decoder_bytes }),
        }
    }

    /// A file that is read by its frames, unless its content has to be decoded once more.
    fn framed(&self, file: &SourceFile, frames: Frames, decoder_bytes: u64) -> Result<Look> {
        let failed = |error| file.failed(error);
        let content = ContentFile { file: file.clone(), place: Place::Frames(Arc::new(frames)) };
        let content = SourceFile::new(content);
        let head = content.range(0..HEAD.min(content.bytes()));
        // Before anything is made of it: a file that changed since it was found has another.
        file.check()?;
        let head = head?;
        let is_text = Kind::of(&head).map_err(failed)?.is_plain();
        if !is_text || encoding::is_foreign(self.encoding.as_deref(), &head).map_err(failed)? {
            return Ok(Look::Spill { decoder_bytes });
        }
        Ok(Look::Opened(Opened { decoder_bytes, ..Opened::plain(content) }))
    }

    fn folder(&self) -> PathBuf {
        self.spill_folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// Decodes a file into one of our own, unless that is there.
    fn spill(&self, file: &SourceFile) -> Result<SourceFile> {
        let key = file.identify(Key::of("spilled")).params(&self.encoding).finish().bits();
        let known = || self.spilled.lock().unwrap_or_else(PoisonError::into_inner);
        let content =
            |spill, bytes| SourceFile::new(ContentFile { file: file.clone(), place: Place::Spill(spill, bytes) });
        let there = known().get(&key).and_then(|(spill, bytes)| Some((spill.upgrade()?, *bytes)));
        if let Some((spill, bytes)) = there {
            file.check()?;
            // Of a copy of this source with other limits, maybe.
            self.limits().check(bytes, file.bytes()).map_err(|error| file.failed(error))?;
            return Ok(content(spill, bytes));
        }
        let written = self.write(file);
        // Looked at last: what was read while somebody wrote does not count, whether it could be read or not.
        file.check()?;
        let (spill, bytes) = written?;
        let spill = Arc::new(spill);
        let mut known = known();
        known.retain(|_, (spill, _)| spill.strong_count() > 0);
        known.insert(key, (Arc::downgrade(&spill), bytes));
        Ok(content(spill, bytes))
    }

    fn write(&self, file: &SourceFile) -> Result<(Spill, u64)> {
        let folder = self.folder();
        let mut bytes = 0;
        let unwritable = |error: io::Error, bytes: u64| {
            let problem = format!(
                "{error}: its content is decoded into the folder {}, {bytes} bytes so far; `spill_folder` of the source takes \
                 another folder",
                folder.display()
            );
            Error::io("unpack", file.path(), io::Error::new(error.kind(), problem))
        };
        if self.spill_folder.is_some() {
            fs::create_dir_all(&folder).map_err(|error| unwritable(error, 0))?;
        }
        let mut content = self.decode(file, file.bytes(), self.limits()).map_err(|error| file.failed(error))?;
        let mut spill = Spill::create(&folder).map_err(|error| unwritable(error, 0))?;
        let mut buffer = vec![0; PIECE];
        loop {
            let n = read_some(&mut content, &mut buffer).map_err(|error| file.failed(error))?;
            if n == 0 {
                return Ok((spill, bytes));
            }
            spill.write_all(&buffer[..n]).map_err(|error| unwritable(error, bytes))?;
            bytes += n as u64;
        }
    }
}

/// True for a file that is one block as far as its name and size say, where a look at it would be a request by itself.
fn is_clear(file: &SourceFile, chunk_bytes: u64) -> bool {
    file.is_remote() && file.bytes() <= chunk_bytes && !has_compression_ending(file.path())
}

/// True if the first member of a gzip file has extra fields, as members of block gzip have.
fn is_block_gzip(head: &[u8]) -> bool {
    matches!(head, [_, _, _, flags, ..] if flags & 4 != 0)
}

/// The first bytes of a stream, and all of it.
fn with_head(mut stream: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut head = Vec::with_capacity(HEAD as usize);
    stream.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(stream))))
}

/// The results of a function for all numbers below `n`, made on up to `at_once` threads, or the error of the lowest number
/// that has one.
fn all<T: Send>(n: usize, at_once: usize, make: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    if n <= 1 {
        return (0..n).map(make).collect();
    }
    let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(n)));
    thread::scope(|scope| {
        for _ in 0..at_once.min(n) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        return;
                    }
                    let result = make(i);
                    if result.is_err() {
                        // What comes after it is not needed.
                        next.fetch_add(n, Ordering::Relaxed);
                    }
                    made.lock().unwrap_or_else(PoisonError::into_inner).push((i, result));
                }
            });
        }
    });
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_by_key(|&(i, _)| i);
    made.into_iter().map(|(_, result)| result).collect()
}
