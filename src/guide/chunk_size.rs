//! Choosing the size of chunks, and the memory limit.
//!
//! A chunk is what is read, transformed and learned from at once, so its size decides how much memory a run takes, how
//! many threads have work, and how much of the time goes into anything but the rows. All figures on this page are
//! of `benches/out_of_core` on two cores: made-up documents of about 720 bytes as JSON lines, parsed, hashed to 2^20
//! columns, learned from by a chained `SgdClassifier`. `cargo bench --bench out_of_core` makes the pictures anew.
//!
//! # How large is a chunk?
//!
//! Sources of lines and of CSV cut files every 4 MiB unless [`chunk_bytes`](crate::sources::TextLines::chunk_bytes)
//! says otherwise; Parquet's row groups and Arrow's record batches are cut by rows. Smaller chunks take less memory: from
//! a quarter of a MiB to 32 MiB one pass runs at the same speed, but for noise, and in 30 to 208 MB. A few MiB are a good
//! choice.
//!
#![doc = include_str!("chunk_size.svg")]
//!
//! - **Memory**: a thread holds the bytes of a chunk as they were read, its documents, and the rows made of
//!   them: about three times the chunk's bytes for text. Multiply by the number of threads and add one chunk that
//!   waits for its turn.
//! - **Time**: what a task costs, some microseconds and the opening of a file, does not show. Models that are
//!   merged do: [`Averaged`](crate::combine::Averaged) makes one for every chunk.
//! - **Threads**: a run has no more to do at once than there are chunks. Have some times as many as threads.
//! - **Quality**: [`Chained`](crate::combine::Chained) does not mind, but for the order of rows, which is shuffled within
//!   a chunk; `Averaged` does: a chunk needs rows enough to tell the classes apart. If files are sorted by
//!   class, neither is served by chunks of one class.
//! - **Files**: a compressed file larger than a chunk is cut like any other, but most are decompressed once before the
//!   first chunk is read, into a [spill file](crate::sources#compressed-files). Block gzip and Zstandard in
//!   frames are not.
//!
//! # How much memory?
//!
//! [`Runtime::memory_limit`](crate::Runtime::memory_limit) bounds the process: what it had before the run, models and results
//! come off it, and the rest is for chunks (those being made, those that wait, and those that are needed again in a later epoch)
//! and for what readers take while they work. By default it is half of what the process may have.
//! [`Runtime::explain`](crate::Runtime::explain) states the parts. Chunks beyond the limit are dropped and made again when they
//! are needed: read and hashed once more, or read from a [chunk cache](crate::Runtime::chunk_cache).
//!
#![doc = include_str!("memory_limit.svg")]
//!
//! Peaks by format, limit and threads are in `benches/results/memory.md` (512 MB of text, `cargo bench --bench memory`): at
//! most 16 MiB above the limit, but for four threads under 64 MiB (up to 28 MiB above), and record batches of Arrow that are
//! large for the limit. A batch is read whole: one of 128 MB takes 264 MiB, and is refused before it is read where it does not
//! fit. 20 GB of Parquet took 116 MiB, 20 GB of gzip 184 MiB, both on two threads under 300 MiB (`memory_large.md`).
//!
//! - **One pass** needs what the threads hold, and no more: see above. More does not make it faster.
//! - **Several epochs** are fastest if all transformed chunks fit into the limit: three took 2.7 s, of which the
//!   first 1.8 s. Where nothing fits, every epoch parses and hashes again: 5.4 s. With a chunk cache the limit does not
//!   matter: 2.9 s at 48 MiB.
//! - **A chunk that does not fit** into the limit together with what it is made from is an error, which names both. Make
//!   chunks smaller, or the limit larger.
//! - A limit just above what one chunk takes works, but leaves the other threads without any: scarce memory means fewer
//!   tasks at a time, never another result.
//!
//! # How much disk?
//!
//! A [`ChunkCache`](crate::graph::ChunkCache) takes about three bytes for each stored value of hashed text: for documents of
//! this kind, half of what the files take. It keeps what it has when it is full, so that half of the chunks in it save
//! half of the work. A [`Checkpoint`](crate::graph::Checkpoint) takes one model for each chain; writing it after every
//! chunk costs 2 to 3 ms a MB, so have it written [every](crate::graph::Checkpoint::every) few seconds.
