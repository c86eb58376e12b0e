//! Thread pool of a session: its workers, and a thread more for what tasks give to rayon.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rayon::ThreadPool;

use super::engine::Engine;
use super::panics;
#[cfg(test)]
use super::sync::simulation;
use crate::error::{Error, ErrorKind, Result};

/// The threads of a session. Dropping it waits until they have ended, which they do when the engine is closed.
pub(super) struct Pool {
    pool: Option<ThreadPool>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
    #[cfg(test)]
    simulated: Vec<simulation::JoinHandle<()>>,
}

impl Pool {
    /// Starts so many workers, and a thread more that does nothing but what tasks give to rayon.
    ///
    /// # Errors
    /// [`ErrorKind::Io`]: the system has no thread to give.
    pub(super) fn start(engine: &Arc<Engine>, workers: usize) -> Result<Pool> {
        #[cfg(test)]
        if simulation::is_simulated() {
            return Ok(Pool::simulated(engine, workers));
        }
        let threads = Arc::new(Mutex::new(Vec::new()));
        let (started, watched) = (threads.clone(), engine.clone());
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(workers + 1)
            .thread_name(|i| format!("chunkfit-{i}"))
            .panic_handler(move |payload| watched.note_spawned_panic(panics::message(payload)))
            .spawn_handler(move |thread| {
                let mut builder = thread::Builder::new();
                if let Some(name) = thread.name() {
                    builder = builder.name(name.to_owned());
                }
                let handle = builder.spawn(|| thread.run())?;
                started.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
                Ok(())
            })
            .build()
            .map_err(|error| Error::new(ErrorKind::Io { action: "start threads" }).caused_by(error))?;
        let working = engine.clone();
        pool.spawn_broadcast(move |thread| {
            if thread.index() < workers {
                working.work(thread.index());
            }
        });
        Ok(Pool {
            pool: Some(pool),
            threads,
            #[cfg(test)]
            simulated: Vec::new(),
        })
    }

    /// The workers are threads of the simulation that the calling thread belongs to.
    #[cfg(test)]
    fn simulated(engine: &Arc<Engine>, workers: usize) -> Pool {
        let start = |worker| {
            let engine = engine.clone();
            simulation::spawn_worker(move || engine.work(worker))
        };
        Pool { pool: None, threads: Arc::default(), simulated: (0..workers).map(start).collect() }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        drop(self.pool.take());
        #[cfg(test)]
        self.simulated.drain(..).filter(|thread| !thread.is_own()).for_each(|thread| drop(thread.join()));
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in threads {
            // A task may hold the last handle on its own session: its thread ends by itself.
            if handle.thread().id() != thread::current().id() {
                // Panics on it were caught.
                drop(handle.join());
            }
        }
    }
}
