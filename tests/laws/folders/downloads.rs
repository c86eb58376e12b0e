//! An archive that is downloaded into a folder, from a small server on the loopback interface.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use chunkfit::Result;
use chunkfit::datasets::reuters::Archive;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::users::Ground;

pub fn download(_: &Ground, folder: &Path) -> Result<()> {
    let files = [("one.sgm", &b"the first file"[..]), ("two.sgm", b"the second file")];
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content).unwrap();
    }
    let packed = tar.into_inner().unwrap().finish().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/archive.tar.gz", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = BufReader::new(stream.try_clone().unwrap()).lines();
        request.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", packed.len());
        // The client may not want all of it.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&packed));
    });
    let hash = |content: &[u8]| Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let archive = Archive::new(url, files.map(|(name, content)| (name, hash(content))));
    let fetched = archive.fetch(folder);
    server.join().unwrap();
    fetched?;
    assert!(archive.is_whole(folder));
    Ok(())
}
