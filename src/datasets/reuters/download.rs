//! Fetching the collection from its public address.

use std::collections::BTreeSet;
use std::env;
use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::bufread::GzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::files::{ABANDONED, Durability, Name, Part, sweep};

/// The environment variable that names another address of the archive.
const URL_VARIABLE: &str = "CHUNKFIT_REUTERS_URL";

/// The archive at the UCI Machine Learning Repository: 8 MB.
const URL: &str = "https://archive.ics.uci.edu/ml/machine-learning-databases/reuters21578-mld/reuters21578.tar.gz";

/// The bytes that any gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// No larger archive, unpacked archive, or file in it is read: several times what is needed, so
/// that no server can fill the disk.
const MAX_ARCHIVE: u64 = 32 << 20;
const MAX_UNPACKED: u64 = 96 << 20;
const MAX_FILE: u64 = 8 << 20;

const CONNECT: Duration = Duration::from_secs(15);
/// For the answer to begin, and for each piece of it.
const ANSWER: Duration = Duration::from_secs(30);
/// For all of it, unless it is set: 8 MB take no longer at 14 kB a second.
const TOTAL: Duration = Duration::from_secs(600);

/// Fewer bytes a second than that, after a while, is a server that nobody waits for.
const SLOWEST: u64 = 1 << 10;

const REMEDY: &str = "get the files by other means and name their directory (CHUNKFIT_DATA, or --data)";

/// A `tar.gz` at some address, and the files wanted of it with their SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    url: String,
    files: Vec<(String, String)>,
    time_limit: Duration,
}

impl Archive {
    /// The archive at `url`, of which the files of these names and SHA-256 (hexadecimal) are wanted.
    pub fn new<N: Into<String>, H: Into<String>>(
        url: impl Into<String>,
        files: impl IntoIterator<Item = (N, H)>,
    ) -> Self {
        let files = files.into_iter().map(|(name, hash)| (name.into(), hash.into())).collect();
        Archive { url: url.into(), files, time_limit: TOTAL }
    }

    /// Reuters-21578 at its public address, or at the one in the environment variable
    /// `CHUNKFIT_REUTERS_URL`.
    pub fn reuters() -> Self {
        let url = env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty());
        Archive::new(url.as_deref().unwrap_or(URL), SHA256)
    }

    /// The same files from another address.
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// How long [`fetch`](Archive::fetch) may take altogether, however the server sends: 10 minutes unless it is set. A
    /// server that sends less than a kilobyte a second is given up after half a minute.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Where the wanted files are once they are in `folder`.
    pub fn paths(&self, folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
        let names: Vec<_> = self.files.iter().map(|(name, _)| folder.join(name)).collect();
        names.into_iter()
    }

    /// Whether all wanted files are in `folder`, with the right hashes: reads all of them.
    pub fn is_whole(&self, folder: &Path) -> bool {
        self.files.iter().all(|(name, hash)| has_hash(&folder.join(name), hash).is_ok_and(|right| right))
    }

    /// The first of the wanted files in `folder` that is there and has another hash.
    pub(super) fn damaged(&self, folder: &Path) -> Option<PathBuf> {
        let damaged = |(name, hash): &(String, String)| {
            let path = folder.join(name);
            has_hash(&path, hash).is_ok_and(|right| !right).then_some(path)
        };
        self.files.iter().find_map(damaged)
    }

    /// Downloads the archive and puts the wanted files into `folder`, which is made if need be.
    ///
    /// Nothing is put there before every file was unpacked under a hidden name and its hash was right; then the
    /// files are renamed into place one by one. So two processes may fetch at once: both put the same
    /// bytes there. Nothing else of the archive is written, whatever its names are. Shows a
    /// progress bar when stderr is a terminal.
    ///
    /// # Errors
    /// [`ErrorKind::Download`], with the address, when the server cannot be reached or answers with
    /// an error, when all of it takes longer than the [time limit](Archive::time_limit), when what it sends is not a gzip
    /// archive, is cut short, damaged or too large, or when
    /// a file is missing or has another hash; [`ErrorKind::Io`] when the folder cannot be written;
    /// [`ErrorKind::InvalidParameter`] when a wanted file's name is not a plain one.
    pub fn fetch(&self, folder: &Path) -> Result<()> {
        if let Some((odd, _)) = self.files.iter().find(|(name, _)| !is_plain(name)) {
            return Err(Error::parameter("files", odd, "names without directories"));
        }
        fs::create_dir_all(folder).map_err(|error| Error::io("make directory", folder, error))?;
        sweep(folder, ABANDONED);
        let parts = self.unpack(folder).map_err(|error| error.in_file(folder))?;
        for (name, hash, part) in parts {
            let to = folder.join(name);
            // Where a file that is being read cannot be replaced, the one that is there is as good.
            if let Err(error) = part.commit(Durability::Disk)
                && !has_hash(&to, hash).is_ok_and(|right| right)
            {
                return Err(Error::io("write", to, error));
            }
        }
        Ok(())
    }

    /// Downloads the wanted files and checks them. They are written aside in the folder; those that are not committed go.
    fn unpack(&self, folder: &Path) -> Result<Vec<(&str, &str, Part)>> {
        let mut tar = tar::Archive::new(self.open()?.take(MAX_UNPACKED));
        let broken = |error: io::Error| self.failed(self.problem(&error)).caused_by(error);
        let mut missing: BTreeSet<&str> = self.files.iter().map(|(name, _)| name.as_str()).collect();
        let mut parts = Vec::new();
        for entry in tar.entries().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            let Some((name, hash)) = self.wanted(&entry.path_bytes()) else { continue };
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let mut content = Vec::new();
            entry.take(MAX_FILE).read_to_end(&mut content).map_err(|error| broken(error).in_file(folder.join(name)))?;
            let found = hex(&Sha256::digest(&content));
            if !found.eq_ignore_ascii_case(hash) {
                return Err(self.failed(format!("{name} has SHA-256 {found} instead of {hash}")));
            }
            if missing.remove(name) {
                let path = folder.join(name);
                let part = write_aside(&path, &content).map_err(|error| Error::io("write", &path, error))?;
                parts.push((name, hash, part));
            }
            if missing.is_empty() {
                return Ok(parts);
            }
        }
        match missing.first() {
            Some(name) => Err(self.failed(format!("the archive lacks {} files, the first is {name}", missing.len()))),
            None => Ok(parts),
        }
    }

    /// What is wrong with an archive that cannot be read on.
    fn problem(&self, error: &io::Error) -> String {
        if timed_out(error) {
            let limit = self.time_limit;
            return format!(
                "the server is too slow: it has at most {limit:?} for all of it and {ANSWER:?} for each piece, and sends \
                 {SLOWEST} bytes a second at least"
            );
        }
        "the archive is cut short or damaged".into()
    }

    /// The wanted file of this name in the archive; anything but a plain name is none.
    fn wanted(&self, name: &[u8]) -> Option<(&str, &str)> {
        let plain = name.strip_prefix(b"./").unwrap_or(name);
        let found = self.files.iter().find(|(wanted, _)| wanted.as_bytes() == plain);
        found.map(|(name, hash)| (name.as_str(), hash.as_str()))
    }

    /// The unpacked bytes of the archive, as they come.
    fn open(&self) -> Result<impl Read + use<>> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(self.time_limit))
            .timeout_connect(Some(CONNECT.min(self.time_limit)))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(ANSWER))
            // Else a server may pack the archive again, and its length is no measure of progress.
            .accept_encoding("identity")
            .build()
            .into();
        let answer = agent.get(&self.url).call();
        let body = answer.map_err(|error| self.failed("no answer that could be used").caused_by(error))?.into_body();
        let content_type = body.mime_type().unwrap_or("none").to_owned();
        let bar = progress_bar(body.content_length());
        let reader = Paced::new(body.into_with_config().limit(MAX_ARCHIVE).reader());
        let mut reader = BufReader::with_capacity(1 << 16, bar.wrap_read(reader));
        let mut head = Vec::new();
        reader.by_ref().take(GZIP.len() as u64).read_to_end(&mut head).map_err(|error| {
            let problem = if timed_out(&error) { self.problem(&error) } else { "the answer broke off".into() };
            self.failed(problem).caused_by(error)
        })?;
        if !head.starts_with(&GZIP) {
            let problem = format!("the answer is not a gzip archive (its content type: {content_type})");
            return Err(self.failed(problem));
        }
        Ok(GzDecoder::new(io::Cursor::new(head).chain(reader)))
    }

    fn failed(&self, problem: impl AsRef<str>) -> Error {
        let problem = format!("{}; try again, or {REMEDY}", problem.as_ref());
        Error::new(ErrorKind::Download { url: self.url.clone(), problem })
    }
}

/// Whether a name is that of a file in its folder, not a way to somewhere else.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name)
}

/// Whether a time limit is behind an error, however it is wrapped.
fn timed_out(error: &(dyn StdError + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    if matches!(error.downcast_ref(), Some(ureq::Error::Timeout(_)))
        || io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    {
        return true;
    }
    let inside = io.and_then(io::Error::get_ref).map(|inside| inside as &dyn StdError);
    inside.or_else(|| error.source()).is_some_and(timed_out)
}

/// Bytes that come no slower than [`SLOWEST`] on the whole.
struct Paced<R> {
    from: R,
    bytes: u64,
    started: Instant,
}

impl<R> Paced<R> {
    fn new(from: R) -> Self {
        Paced { from, bytes: 0, started: Instant::now() }
    }
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.bytes += read as u64;
        let elapsed = self.started.elapsed();
        if elapsed > ANSWER && self.bytes < elapsed.as_secs() * SLOWEST {
            let problem = format!("{} bytes in {} seconds", self.bytes, elapsed.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, problem));
        }
        Ok(read)
    }
}

fn write_aside(path: &Path, content: &[u8]) -> io::Result<Part> {
    let part = Part::beside(path, Name::Given)?;
    part.file().write_all(content)?;
    Ok(part)
}

/// Whether a file has this SHA-256. No larger file is read than there may be.
fn has_hash(path: &Path, hash: &str) -> io::Result<bool> {
    if !path.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut content)?;
    Ok(hex(&Sha256::digest(&content)).eq_ignore_ascii_case(hash))
}

/// On stderr; silent when that is not a terminal.
fn progress_bar(length: Option<u64>) -> ProgressBar {
    let template = "Reuters-21578 {bar:30} {bytes}/{total_bytes} {bytes_per_sec}";
    match (length, ProgressStyle::with_template(template)) {
        (Some(length), Ok(style)) => ProgressBar::new(length).with_style(style),
        _ => ProgressBar::new_spinner(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 22 files and their SHA-256.
const SHA256: [(&str, &str); 22] = [
    ("reut2-000.sgm", "9ff9bb40624ef992a03f62aace12e697dca1087abfd9b4d06aa787a6ad3e0687"),
    ("reut2-001.sgm", "1528e7e82d110d88d0234eb9619eadb7f9fd805711971df05975b92277dfdf4d"),
    ("reut2-002.sgm", "99f18068d0518952987dedd78c622e5c2a584e357d264d3754696c815f3e6628"),
    ("reut2-003.sgm", "78a3a8d7e04bc9d42c4614d5d5c60a4293dbe3f708df6fb5a71d9ef31f4b3fa3"),
    ("reut2-004.sgm", "726342c19a65873330b412378cd6a3f0d512035f5223146ddd60930c62eb6ff0"),
    ("reut2-005.sgm", "d09de619b6dd2d047d5124681f6df90550abaf592020d1c1ce338ae9b91522e7"),
    ("reut2-006.sgm", "b5535c0d66b01f4976f84621a4a795afbc00d2c4bd0a1b7ae426df6630fb361d"),
    ("reut2-007.sgm", "aa706007ec84a03537a3921ca976d60e11b3f99e4b9e9b2d5c81dd384d2c2062"),
    ("reut2-008.sgm", "a3994583694a00b7c744097c1d7eabfcf90f2e6650cc21663e46828035a336cb"),
    ("reut2-009.sgm", "29995f606dd1a9bdf907eacc9d879846c716860d9d9141676979474aaea39c7d"),
    ("reut2-010.sgm", "996df6008089bd09fa5b28a4d2eb0ee5f7b9d4601cde566fed3926ac82960fa3"),
    ("reut2-011.sgm", "d3a2782015247d9c2bffb8926267827fdd449c70d619435ef01a25a1c56a53ca"),
    ("reut2-012.sgm", "da31035d483851f2aebce5b66d779e5e2c0ac9dcfe098596c6d544e81c5604ab"),
    ("reut2-013.sgm", "8f7700bc0455fac3fcc12377ced4807b7df8aba1f21ecad059b9cc2b1cf0b8be"),
    ("reut2-014.sgm", "ef936bd3e0f36cf722afa9a6957563549775af32e9e28b4f539c8737ceda83ab"),
    ("reut2-015.sgm", "6d3bcec73eff871b8a5403588af814c4e50a0de6bc25707480522ab836f74026"),
    ("reut2-016.sgm", "be2f03a185fff70131f3b4fdbd6229b7ee2be077eba9691eaa597c8cfbda8812"),
    ("reut2-017.sgm", "f370e610b4b1342e41a98e0c426a08541044bd1d7e539674f32372a6060b73b5"),
    ("reut2-018.sgm", "a5f971bf25448e915781962309e669359a35fbcaf3017a806eca0590897f209a"),
    ("reut2-019.sgm", "d3b07097fba2633d130b4914aceba671645985248943ce9e39c289315339dffb"),
    ("reut2-020.sgm", "f6ad1b724125c202566c63b35ea0b5ee23881f8b7ed47a32829d5af05d8e860d"),
    ("reut2-021.sgm", "3f5196d32869723c9042aa5756805b4e90360f1f45ea17f4594fa0e2b3630b18"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_sends_too_little_is_given_up_and_no_other() {
        let ago =
            |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).expect("the machine runs that long");
        let read = |bytes: usize, seconds| {
            let content = vec![0u8; bytes];
            let mut paced = Paced { started: ago(seconds), ..Paced::new(content.as_slice()) };
            io::copy(&mut paced, &mut io::sink()).map_err(|error| timed_out(&error))
        };
        assert_eq!((read(3, 5), read(3, 31)), (Ok(3), Err(true)));
        // What is copied comes in pieces of some kilobytes, the first of which has to be enough.
        assert_eq!((read(4000, 4), read(100, 100)), (Ok(4000), Err(true)));
        assert!(timed_out(&io::Error::other(io::Error::new(io::ErrorKind::TimedOut, "inside"))));
        assert!(!timed_out(&io::Error::other("something else")));
    }
}
