//! The index of a compressed file of many small frames, made of their headers: block gzip (bgzip) and Zstandard.
//!
//! Block gzip: the extra field `BC` of a member's header says how long the member is (SAM/BAM specification, 4.1).
//! Zstandard: a frame's header may say how long its content is, and each of its blocks says how long it is (RFC 8878, 3.1).

use std::io::{self, BufRead, BufReader, Read};

use super::kind::Kind;

/// The content between two entries of an index, at least, so that indices stay small: 256 KiB.
const STEP: u64 = 256 << 10;

/// The content of a block of Zstandard, at most: 128 KiB.
const MOST_BLOCK_BYTES: u64 = 128 << 10;

/// The beginnings of frames.
#[derive(Debug)]
pub(in crate::sources) struct Frames {
    pub kind: Kind,
    /// Offsets of frames in the file and of their contents in the whole content, in order. Never empty.
    pub starts: Vec<(u64, u64)>,
    /// The size of the whole content.
    pub content_bytes: u64,
}

/// The knowledge that headers give of a file.
pub(in crate::sources) enum Walked {
    /// All frames are small and say how large they are.
    Frames(Frames),
    /// The content is at most as large as that.
    AtMost(u64),
    /// It may be large.
    Unknown,
}

impl Frames {
    /// Walks from header to header. Frames with more than `most` bytes of content are not small. What is odd or damaged is
    /// left to the decoder to find.
    pub(in crate::sources) fn walk(kind: Kind, file: Box<dyn Read>, most: u64) -> Walked {
        let frames = Frames { kind, starts: vec![(0, 0)], content_bytes: 0 };
        let walker = Walker { input: BufReader::with_capacity(256 << 10, file), at: 0 };
        let walked = match kind {
            Kind::Gzip => walk_gzip(walker, frames, most),
            Kind::Zstandard => walk_zstandard(walker, frames, most),
            _ => Ok(Walked::Unknown),
        };
        walked.unwrap_or(Walked::Unknown)
    }

    fn add(&mut self, start: u64, content_bytes: u64, most: u64) {
        let (_, last) = self.starts[self.starts.len() - 1];
        if self.content_bytes - last >= STEP.min(most) {
            self.starts.push((start, self.content_bytes));
        }
        self.content_bytes += content_bytes;
    }
}

fn walk_gzip(mut walker: Walker, mut frames: Frames, most: u64) -> io::Result<Walked> {
    while !walker.is_at_end()? {
        let start = walker.at;
        let [0x1f, 0x8b, 8, 4, _, _, _, _, _, _, low, high] = walker.take()? else { return Ok(Walked::Unknown) };
        let mut extra = u64::from(u16::from_le_bytes([low, high]));
        let mut member_bytes = None;
        while extra > 0 {
            let [first, second, low, high] = walker.take()?;
            let field_bytes = u64::from(u16::from_le_bytes([low, high]));
            let Some(rest) = extra.checked_sub(4 + field_bytes) else { return Ok(Walked::Unknown) };
            extra = rest;
            if (first, second, field_bytes) == (b'B', b'C', 2) {
                member_bytes = Some(u64::from(u16::from_le_bytes(walker.take()?)) + 1);
            } else {
                walker.skip(field_bytes)?;
            }
        }
        let Some(end) = member_bytes.map(|bytes| start + bytes) else { return Ok(Walked::Unknown) };
        let Some(rest) = end.checked_sub(walker.at + 4) else { return Ok(Walked::Unknown) };
        walker.skip(rest)?;
        let content_bytes = u64::from(u32::from_le_bytes(walker.take()?));
        if content_bytes > most {
            return Ok(Walked::Unknown);
        }
        frames.add(start, content_bytes, most);
    }
    Ok(Walked::Frames(frames))
}

fn walk_zstandard(mut walker: Walker, mut frames: Frames, most: u64) -> io::Result<Walked> {
    // Where a frame does not say how large it is, the blocks still bound the whole.
    let (mut all_stated, mut bound) = (true, 0);
    while !walker.is_at_end()? {
        let start = walker.at;
        let magic: [u8; 4] = walker.take()?;
        if let [0x50..=0x5f, 0x2a, 0x4d, 0x18] = magic {
            let bytes = u32::from_le_bytes(walker.take()?);
            walker.skip(bytes.into())?;
            continue;
        }
        if magic != [0x28, 0xb5, 0x2f, 0xfd] {
            return Ok(Walked::Unknown);
        }
        let header = ZstandardHeader::read(&mut walker)?;
        if header.content_bytes.is_some_and(|content_bytes| content_bytes > most) {
            return Ok(Walked::Unknown);
        }
        let before = bound;
        loop {
            let [a, b, c] = walker.take()?;
            let block = u32::from_le_bytes([a, b, c, 0]);
            let (is_last, kind, bytes) = (block & 1 == 1, block >> 1 & 3, u64::from(block >> 3));
            let (lies, holds) = match kind {
                0 => (bytes, bytes),
                1 => (1, bytes),
                2 => (bytes, MOST_BLOCK_BYTES.min(header.window_bytes)),
                _ => return Ok(Walked::Unknown),
            };
            walker.skip(lies)?;
            bound += holds;
            if is_last {
                break;
            }
            if bound > most && header.content_bytes.is_none() {
                return Ok(Walked::Unknown);
            }
        }
        if header.has_checksum {
            walker.skip(4)?;
        }
        match header.content_bytes {
            Some(content_bytes) => {
                frames.add(start, content_bytes, most);
                bound = before + content_bytes;
            }
            None => all_stated = false,
        }
        if !all_stated && bound > most {
            return Ok(Walked::Unknown);
        }
    }
    Ok(if all_stated { Walked::Frames(frames) } else { Walked::AtMost(bound) })
}

/// The window of the first frame of a file that begins so.
pub(super) fn zstandard_window(head: &[u8]) -> Option<u64> {
    let head = head.strip_prefix(b"\x28\xb5\x2f\xfd")?.to_vec();
    let mut walker = Walker { input: BufReader::new(Box::new(io::Cursor::new(head))), at: 0 };
    ZstandardHeader::read(&mut walker).ok().map(|header| header.window_bytes)
}

struct ZstandardHeader {
    content_bytes: Option<u64>,
    window_bytes: u64,
    has_checksum: bool,
}

impl ZstandardHeader {
    /// Reads what follows the magic number.
    fn read(walker: &mut Walker) -> io::Result<Self> {
        let [descriptor] = walker.take()?;
        let is_single_segment = descriptor & 0x20 != 0;
        let window_bytes = match is_single_segment {
            true => None,
            false => {
                let [window] = walker.take()?;
                let base = 1u64 << (10 + (window >> 3));
                Some(base + base / 8 * u64::from(window & 7))
            }
        };
        walker.skip([0, 1, 2, 4][usize::from(descriptor & 3)])?;
        let content_bytes = match descriptor >> 6 {
            0 if is_single_segment => Some(u64::from(u8::from_le_bytes(walker.take()?))),
            0 => None,
            1 => Some(u64::from(u16::from_le_bytes(walker.take()?)) + 256),
            2 => Some(u32::from_le_bytes(walker.take()?).into()),
            _ => Some(u64::from_le_bytes(walker.take()?)),
        };
        let window_bytes = window_bytes.or(content_bytes).unwrap_or(0);
        Ok(ZstandardHeader { content_bytes, window_bytes, has_checksum: descriptor & 4 != 0 })
    }
}

/// Reads some bytes and passes over others.
struct Walker {
    input: BufReader<Box<dyn Read>>,
    at: u64,
}

impl Walker {
    fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        self.at += bytes;
        while bytes > 0 {
            let known = self.input.fill_buf()?.len();
            if known == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let passed = known.min(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.input.consume(passed);
            bytes -= passed as u64;
        }
        Ok(())
    }
}
