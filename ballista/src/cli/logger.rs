//! Logger: messages of Ballista and DataFusion on stderr.

use std::io::Write;
use std::sync::LazyLock;
use std::time::Instant;

use log::{LevelFilter, Log, Metadata, Record};

/// Seconds since the start, level, module, text.
struct Logger;

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A level by its name.
pub fn level(name: &str) -> Result<LevelFilter, String> {
    name.parse().map_err(|_| "off, error, warn, info, debug or trace".to_owned())
}

/// Logs from this level on.
pub fn start(level: LevelFilter) {
    LazyLock::force(&STARTED);
    // Only a second call fails, and it changes nothing.
    if log::set_logger(&Logger).is_ok() {
        log::set_max_level(level);
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            let seconds = STARTED.elapsed().as_secs_f64();
            // Nobody reads: then nobody misses it.
            let _ = writeln!(
                std::io::stderr(),
                "{seconds:9.3} {:5} {}: {}",
                record.level(),
                record.target(),
                record.args()
            );
        }
    }

    fn flush(&self) {}
}
