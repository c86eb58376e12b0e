//! Fetching an archive, from a small server on the loopback interface.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use chunkfit::datasets::reuters::Archive;
use chunkfit::{Error, ErrorKind};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// How the server answers.
#[derive(Clone)]
struct Answer {
    status: &'static str,
    content_type: &'static str,
    /// What the header says; the body may be shorter.
    length: usize,
    body: Vec<u8>,
}

impl Answer {
    fn ok(body: Vec<u8>) -> Self {
        Answer { status: "200 OK", content_type: "application/x-gzip", length: body.len(), body }
    }
}

/// Answers that many requests the same way, then stops listening. Returns the archive's address.
fn serve(answer: Answer, requests: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().take(requests) {
            let answer = answer.clone();
            thread::spawn(move || respond(&stream.unwrap(), &answer));
        }
    });
    format!("http://{address}/archive.tar.gz")
}

fn respond(mut stream: &TcpStream, answer: &Answer) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    for line in BufReader::new(stream).lines().take(100) {
        if line.unwrap().is_empty() {
            break;
        }
    }
    let Answer { status, content_type, length, body } = answer;
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    // The client may have gone: some tests want it to.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// Small files that gzip can do little about, so that a cut or a changed byte falls into them.
fn files() -> Vec<(String, Vec<u8>)> {
    let noise = |seed: u8| (0..5000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 ^ seed).collect();
    (0..3).map(|i| (format!("reut2-00{i}.sgm"), noise(i))).collect()
}

fn wanted(url: &str) -> Archive {
    let hash = |content: &[u8]| Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Archive::new(url, files().iter().map(|(name, content)| (name.clone(), hash(content))))
}

/// A `tar.gz` of these files; the names are written into the headers as they are.
fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, content.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// A folder that is not there yet, as the cache is before the first download.
fn cache() -> (TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("chunkfit").join("reuters21578");
    (root, folder)
}

/// All that lies in a folder, however deep.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn assert_whole(archive: &Archive, folder: &Path) {
    assert!(archive.is_whole(folder));
    for ((_, content), path) in files().iter().zip(archive.paths(folder)) {
        assert!(fs::read(path).unwrap() == *content);
    }
}

/// Fetches into an empty cache, which must still be empty afterwards.
fn failure(answer: Answer) -> Error {
    let (root, folder) = cache();
    let url = serve(answer, 1);
    let archive = wanted(&url);
    let error = archive.fetch(&folder).unwrap_err();
    assert_eq!(all_files(root.path()), Vec::<PathBuf>::new());
    assert!(!archive.is_whole(&folder));
    let ErrorKind::Download { url: told, problem } = error.kind() else { panic!("{error}") };
    assert_eq!(*told, url);
    assert!(problem.contains("CHUNKFIT_DATA"), "the remedy: {problem}");
    assert!(error.place().file.is_some());
    error
}

/// Answers one request with the head of an answer, then with a byte of it now and then, for as long as anybody listens.
fn drip(answer: Answer, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let body = answer.body.clone();
        respond(&stream, &Answer { body: vec![], ..answer });
        for byte in body {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(pause);
        }
    });
    format!("http://{address}/archive.tar.gz")
}

/// What it gives, if it comes to an end in time.
fn in_time<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(limit).expect("it ends in time")
}

#[test]
fn a_server_that_sends_a_byte_now_and_then_does_not_hold_anybody_for_ever() {
    let (root, folder) = cache();
    let archive = wanted(&drip(Answer::ok(pack(&files())), Duration::from_millis(50)));
    let archive = archive.time_limit(Duration::from_millis(700));
    let into = folder.clone();
    let error = in_time(Duration::from_secs(20), move || archive.fetch(&into)).unwrap_err();
    let ErrorKind::Download { problem, .. } = error.kind() else { panic!("{error}") };
    assert!(problem.contains("too slow") && problem.contains("700ms"), "{problem}");
    assert_eq!(all_files(root.path()), Vec::<PathBuf>::new());
    // One that says nothing at all.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let archive = wanted(&format!("http://{}/a.tar.gz", silent.local_addr().unwrap()));
    let archive = archive.time_limit(Duration::from_millis(300));
    let error = in_time(Duration::from_secs(20), move || archive.fetch(&folder)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Download { .. }), "{error}");
}

#[test]
fn a_damaged_file_is_downloaded_anew() {
    let (_root, folder) = cache();
    let archive = wanted(&serve(Answer::ok(pack(&files())), 2));
    archive.fetch(&folder).unwrap();
    let file = folder.join("reut2-001.sgm");
    let mut content = fs::read(&file).unwrap();
    content[7] ^= 1;
    fs::write(&file, content).unwrap();
    assert!(!archive.is_whole(&folder));
    archive.fetch(&folder).unwrap();
    assert_whole(&archive, &folder);
}

#[test]
fn a_whole_archive_is_unpacked_and_only_what_is_wanted() {
    let mut packed = files();
    packed.insert(0, ("README.txt".into(), b"read me".to_vec()));
    packed[2].0.insert_str(0, "./");
    let (root, folder) = cache();
    let archive = wanted(&serve(Answer::ok(pack(&packed)), 1));
    assert!(!archive.is_whole(&folder));
    archive.fetch(&folder).unwrap();
    assert_whole(&archive, &folder);
    assert_eq!(all_files(root.path()), archive.paths(&folder).collect::<Vec<_>>());
}

#[test]
fn a_file_that_is_missing_from_the_cache_is_put_back() {
    let (_root, folder) = cache();
    let archive = wanted(&serve(Answer::ok(pack(&files())), 2));
    archive.fetch(&folder).unwrap();
    fs::remove_file(folder.join("reut2-001.sgm")).unwrap();
    assert!(!archive.is_whole(&folder));
    archive.fetch(&folder).unwrap();
    assert_whole(&archive, &folder);
}

#[test]
fn many_at_once_do_no_harm() {
    let (root, folder) = cache();
    let archive = wanted(&serve(Answer::ok(pack(&files())), 6));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                archive.fetch(&folder).unwrap();
                assert_whole(&archive, &folder);
            });
        }
    });
    assert_eq!(all_files(root.path()).len(), files().len());
}

#[test]
fn an_answer_that_breaks_off_is_an_error() {
    let whole = pack(&files());
    for sent in [0, 1, 2, 10, 600, whole.len() / 2, whole.len() * 9 / 10] {
        let mut answer = Answer::ok(whole.clone());
        answer.body.truncate(sent);
        failure(answer.clone());
        // A server that knows no better: the length is right, the archive is cut.
        answer.length = sent;
        failure(answer);
    }
}

#[test]
fn a_damaged_archive_is_an_error() {
    let whole = pack(&files());
    for at in (0..whole.len() * 9 / 10).step_by(whole.len() / 12) {
        let mut body = whole.clone();
        body[at] ^= 0x55;
        failure(Answer::ok(body));
    }
    let mut other = files();
    other[1].1[0] ^= 1;
    let error = failure(Answer::ok(pack(&other))).full_message();
    assert!(error.contains("reut2-001.sgm has SHA-256"), "{error}");
}

#[test]
fn an_archive_that_lacks_a_file_is_an_error() {
    let error = failure(Answer::ok(pack(&files()[..2]))).full_message();
    assert!(error.contains("lacks 1 files, the first is reut2-002.sgm"), "{error}");
}

#[test]
fn names_that_lead_elsewhere_are_not_followed() {
    for name in ["../reut2-002.sgm", "/reut2-002.sgm", "a/reut2-002.sgm", "../../../../../tmp/reut2-002.sgm"] {
        let mut packed = files();
        packed[2].0 = name.into();
        let error = failure(Answer::ok(pack(&packed))).full_message();
        assert!(error.contains("lacks 1 files"), "{error}");
    }
    let (root, folder) = cache();
    for name in ["../a.sgm", "/a.sgm", "a/b.sgm", "..", ""] {
        let error = Archive::new("http://127.0.0.1:0/", [(name, "00")]).fetch(&folder).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "files", .. }), "{error}");
    }
    assert!(all_files(root.path()).is_empty());
}

#[test]
fn other_answers_are_errors() {
    let absent = Answer { status: "404 Not Found", content_type: "text/html", ..Answer::ok(b"gone".to_vec()) };
    assert!(failure(absent).full_message().contains("404"));
    let refused = Answer { status: "503 Service Unavailable", ..Answer::ok(pack(&files())) };
    assert!(failure(refused).full_message().contains("503"));
    let page = Answer { content_type: "text/html", ..Answer::ok(b"<html>Please log in.</html>".to_vec()) };
    assert!(failure(page).full_message().contains("not a gzip archive (its content type: text/html)"));

    let (_root, folder) = cache();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = wanted(&format!("http://{nobody}/a.tar.gz")).fetch(&folder).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Download { .. }), "{error}");
}
