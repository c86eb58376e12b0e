//! The time of what is too short to be measured once.

use std::time::Instant;

use chunkfit::Error;

/// How long the same work is done again and again, in seconds.
const LEAST: f64 = 0.5;

/// The seconds of one pass, the mean of as many as take half a second, and what the last one gave.
pub fn per_pass<T>(mut work: impl FnMut() -> Result<T, Error>) -> Result<(f64, T), Error> {
    let started = Instant::now();
    let mut passes = 0;
    loop {
        let result = work()?;
        passes += 1;
        let seconds = started.elapsed().as_secs_f64();
        if seconds >= LEAST {
            return Ok((seconds / f64::from(passes), result));
        }
    }
}
