//! A client of HTTP/1.1 that speaks byte by byte, so that tests can misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The time that anything may take before a test fails, on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Sends these bytes and reads all that is answered, or as much as its length says.
pub fn raw(address: SocketAddr, request: &[u8]) -> Response {
    let mut stream = connect(address);
    stream.write_all(request).unwrap();
    let mut reader = BufReader::new(stream);
    let (status, headers) = head(&mut reader);
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(u64::MAX);
    let mut body = String::new();
    // Of what has no body the length may be told all the same.
    let length = if request.starts_with(b"HEAD") { 0 } else { length };
    reader.take(length).read_to_string(&mut body).unwrap();
    Response { status, headers, body }
}

/// A request with these further lines in its head.
pub fn request(address: SocketAddr, method: &str, path: &str, lines: &str, body: &str) -> Response {
    let host =
        if lines.to_ascii_lowercase().contains("host:") { String::new() } else { format!("Host: {address}\r\n") };
    let length = body.len();
    raw(address, format!("{method} {path} HTTP/1.1\r\n{host}{lines}Content-Length: {length}\r\n\r\n{body}").as_bytes())
}

pub fn get(address: SocketAddr, path: &str) -> Response {
    request(address, "GET", path, "", "")
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A client that never reads: it has asked for events.
pub fn hang(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    write!(stream, "GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    stream
}

fn head(reader: &mut impl BufRead) -> (u16, BTreeMap<String, String>) {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        assert!(reader.read_line(&mut line).unwrap() > 0, "the connection was closed");
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
    let header =
        |line: &String| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    (status, lines[1..].iter().filter_map(header).collect())
}

/// A client that follows the events, and has the page as a browser would.
pub struct Follower {
    reader: BufReader<TcpStream>,
    buffer: String,
    /// The run that the page is of.
    pub run: u64,
    /// The HTML of each section.
    pub sections: BTreeMap<String, String>,
    /// The events that came, of which some replace others.
    pub events: usize,
    pub retry: bool,
    /// The runs to choose from, and their states.
    pub runs: Vec<(u64, String)>,
    /// The server has said that it ends.
    pub ended: bool,
}

impl Follower {
    pub fn new(address: SocketAddr, path: &str) -> Self {
        let mut stream = connect(address);
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n").unwrap();
        let mut reader = BufReader::new(stream);
        let (status, headers) = head(&mut reader);
        assert_eq!(status, 200);
        assert!(headers["content-type"].starts_with("text/event-stream"));
        Follower {
            reader,
            buffer: String::new(),
            run: 0,
            sections: BTreeMap::new(),
            events: 0,
            retry: false,
            runs: vec![],
            ended: false,
        }
    }

    /// The whole page.
    pub fn html(&self) -> String {
        self.sections.values().cloned().collect()
    }

    /// Reads events until the page is as wanted.
    pub fn until(&mut self, wanted: impl Fn(&Self) -> bool) -> &mut Self {
        let started = Instant::now();
        while !wanted(self) {
            let late = started.elapsed() > PATIENCE;
            assert!(!late && self.read(), "the page never came to be as wanted: run {} {}", self.run, self.html());
        }
        self
    }

    /// Reads until the server ends the stream.
    pub fn read_to_end(&mut self) -> &mut Self {
        while self.read() {}
        self
    }

    /// Reads a chunk of the transfer. False at the end.
    fn read(&mut self) -> bool {
        let mut size = String::new();
        if self.reader.read_line(&mut size).unwrap() == 0 {
            return false;
        }
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).unwrap();
        self.buffer += std::str::from_utf8(&chunk[..size]).unwrap();
        while let Some((event, rest)) = self.buffer.split_once("\n\n") {
            let (event, rest) = (event.to_owned(), rest.to_owned());
            self.buffer = rest;
            self.take(&event);
        }
        size > 0
    }

    fn take(&mut self, event: &str) {
        let mut kind = "";
        for line in event.lines() {
            match line.split_once(": ") {
                Some(("event", name)) => kind = name,
                Some(("retry", _)) => self.retry = true,
                Some(("data", data)) if kind == "section" => self.replace(data),
                Some(("data", data)) if kind == "runs" => self.list(data),
                Some(("data", "{}")) if kind == "end" => self.ended = true,
                Some(("", _)) => {}
                _ => panic!("no line of an event: {line}"),
            }
        }
    }

    fn replace(&mut self, data: &str) {
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        let run = data["run"].as_u64().unwrap();
        if run != self.run {
            self.sections.clear();
            self.run = run;
        }
        self.events += 1;
        self.sections.insert(data["id"].as_str().unwrap().to_owned(), data["html"].as_str().unwrap().to_owned());
    }

    fn list(&mut self, data: &str) {
        let list: Vec<serde_json::Value> = serde_json::from_str(data).unwrap();
        let run = |run: &serde_json::Value| (run["id"].as_u64().unwrap(), run["state"].as_str().unwrap().to_owned());
        self.runs = list.iter().map(run).collect();
    }
}
