//! A run in the Trace Event format, which Perfetto and Chrome open.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use super::file::write_whole;
use crate::error::Result;
use crate::graph::{Profile, Sample, TaskRecord};

/// There is one process, and the format wants a number for it.
const PROCESS: u32 = 1;

/// The whole file.
#[derive(Serialize)]
struct Trace {
    #[serde(rename = "displayTimeUnit")]
    unit: &'static str,
    #[serde(rename = "traceEvents")]
    events: Vec<Event>,
}

/// What the format calls an event. Times are in microseconds.
#[derive(Serialize)]
struct Event {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    ph: &'static str,
    pid: u32,
    tid: usize,
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    args: Map<String, Value>,
}

impl Profile {
    /// The run as JSON in the [Trace Event format], to be opened in <https://ui.perfetto.dev>: a
    /// row a thread, a block a task, and CPU, memory and bytes read as counters.
    ///
    /// [Trace Event format]: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
    pub fn chrome_trace(&self) -> String {
        let threads = self.records.iter().map(|record| record.thread + 1).max().unwrap_or(0);
        let mut events = vec![metadata("process_name", 0, "chunkfit".to_owned())];
        events.extend((0..threads).map(|thread| metadata("thread_name", thread, format!("chunkfit-{thread}"))));
        events.extend(self.records.iter().map(task));
        events.extend(self.samples.iter().flat_map(counters));
        let trace = Trace { unit: "ms", events };
        serde_json::to_string(&trace).expect("the keys are strings, and writing to memory cannot fail")
    }

    /// Writes [`chrome_trace`](Self::chrome_trace) to a file, as a whole or not at all.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, where it cannot be written.
    pub fn write_chrome_trace(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), self.chrome_trace().as_bytes())
    }
}

fn metadata(kind: &str, thread: usize, name: String) -> Event {
    let args = Map::from_iter([("name".to_owned(), Value::from(name))]);
    Event { name: kind.to_owned(), cat: None, ph: "M", pid: PROCESS, tid: thread, ts: 0.0, dur: None, args }
}

fn task(record: &TaskRecord) -> Event {
    let facts = [
        ("display_name", record.display_name.as_deref().map(Value::from)),
        ("chunk", record.chunk.map(Value::from)),
        ("file", record.file.as_ref().map(|file| file.to_string_lossy().into())),
        ("bytes", record.bytes.map(Value::from)),
        ("again", record.again.then_some(Value::Bool(true))),
        ("restored", record.restored.then_some(Value::Bool(true))),
        ("loaded", record.loaded.then_some(Value::Bool(true))),
    ];
    let known = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Event {
        name: record.name.to_string(),
        cat: Some("task"),
        ph: "X",
        pid: PROCESS,
        tid: record.thread,
        ts: microseconds(record.start),
        dur: Some(microseconds(record.end - record.start)),
        args: known.collect(),
    }
}

fn counters(sample: &Sample) -> [Event; 3] {
    let counter = |name: &str, unit: &str, value: Value| Event {
        name: name.to_owned(),
        cat: None,
        ph: "C",
        pid: PROCESS,
        tid: 0,
        ts: microseconds(sample.at),
        dur: None,
        args: Map::from_iter([(unit.to_owned(), value)]),
    };
    [
        counter("CPU", "percent", sample.cpu_percent.into()),
        counter("resident memory", "bytes", sample.resident_bytes.into()),
        counter("read from disk", "bytes", sample.read_bytes.into()),
    ]
}

fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1000.0
}
