//! Clusters, step by step from one machine: when it pays, how it is done, what it costs, and where it ends.
//!
//! [`Averaged`](crate::combine::Averaged) fits every chunk on its own and merges. Nothing of that asks for one machine. The
//! crate `chunkfit-ballista`, in the folder `ballista` of the repository, runs it as an aggregate function of Apache
//! DataFusion: in one process, or on a cluster of its distributed form, Ballista. The model is the same to the last bit.
//! This crate knows nothing of it, but for the states that it merges: [`distributed`](crate::distributed).
//!
//! # Does it pay?
//!
//! - **More rows than memory** is no reason. That is what chunks are for: one machine reads as much as its disks hold.
//! - **More rows than hours** is one. A pass is divided by the number of slots, as long as there are several partitions
//!   a slot.
//! - **Data that lies in a cluster already**, or a table that is not made of files of text: DataFusion reads it.
//! - **Many models**, one a customer: `GROUP BY` deals them out.
//! - **Chains do not go there.** [`Chained`](crate::combine::Chained) hands one model from chunk to chunk; a cluster
//!   would run it on one slot. Use `Averaged`, with [rounds](crate::combine::Averaged::rounds) if its average is not
//!   good enough: each pass of a round is a query.
//!
//! # Step by step
//!
//! 1. **Cut the data into files.** A file is a partition, and a partition is a chunk. What [the
//!    guide](super) says of chunks holds: rows enough to tell the classes apart. Have some times as many files as slots, so that
//!    the last slot does not wait alone; and not many more, for each sends a state: see below.
//! 2. **Put them where every node finds them**, under one path: a shared file system, or copies. Models that queries refer
//!    to have to be there as well.
//! 3. **Write the recipe**: vectorizer, learner, weighting. `Recipe::new(text, logistic).to_json()` makes the file from the
//!    very parameters that this crate takes.
//! 4. **Try it in one process**: `chunkfit-ballista fit` without `--scheduler`. The bits are those of the cluster, so whatever is
//!    wrong with data or recipe shows here.
//! 5. **Start a scheduler and executors** on a private network, and give their address to the same command. Nothing
//!    else changes.
//!
//! ```sh
//! chunkfit-ballista scheduler --host 10.0.0.1
//! chunkfit-ballista executor --scheduler df://10.0.0.1:50050 --host 10.0.0.2      # on every node
//! chunkfit-ballista fit --scheduler df://10.0.0.1:50050 --input '/data/*.parquet' --text text --label label \
//!     --recipe recipe.json --model model.safetensors
//! ```
//!
//! The README of `chunkfit-ballista` has all settings, and what is to be done about security: nothing asks who connects.
//!
//! # Why the bits are the same
//!
//! - A partition is a file, whatever the number of slots. Work stealing between streams of files, scans of parts of files and
//!   round-robin repartitioning are off: each of them would make other chunks.
//! - Partial results arrive in any order. They carry the number of their chunk, and are merged as a fixed tree over these
//!   numbers, the one that `Averaged` has. Until its neighbour is there a state waits.
//! - Every state counts its chunks and rows. If some are missing or come twice, which a retry or memory that runs out can bring
//!   about, the query fails: there is no model then.
//!
//! # When something fails
//!
//! Tasks are pure, so they are done again. A dead executor is noticed after 30 s without a heartbeat; its tasks and its
//! finished parts are made again by others. Errors that would come again (a file that does not parse, a column that is
//! not there, codecs of another version) end the job at once and say what they are. The scheduler keeps its jobs in memory:
//! when it dies, the client waits for another one at the same address and submits the query again. Every command ends
//! by its `--timeout`.
//!
//! What that takes (`ballista/benches/faults`): 32 files of 20,000 documents, two executors of a slot each, timeouts as the binary has
//! them. A fit takes 4.1 s if nothing fails.
//!
//! | what happens in a fit | outcome | seconds |
//! |---|---|---|
//! | `kill -9` of one executor | the same bits | 30.8 |
//! | `kill -9` of both, one is started again | the same bits | 31.1 |
//! | `kill -9` of both, none is started again | an error that says so | 60.0 |
//! | SIGTERM to one executor | the same bits | 8.0 |
//! | a third executor joins | the same bits | 4.5 |
//! | `kill -9` of the scheduler, which is started again | the same bits | 9.6 |
//! | a column that is not there, a file that was cut, 4 KB of damage | an error that names it | 0.1 |
//!
//! # The merge tree, and where it breaks
//!
//! A fit is two stages. In the first, as many tasks as partitions each read, vectorize, fit, and leave one state. In
//! the second, a single task fetches all states and merges them. So
//!
//! > time ≈ rows ÷ slots × cost a row  +  partitions × (cost of a state to fetch and to merge)
//!
//! The first term falls with the cluster, the second grows with the partitions. A state holds a coefficient and its
//! curvature for every column that the chunk has seen, so it grows with the vocabulary of the chunk, not with its rows, and never
//! beyond the number of columns. The merge holds what waits for a neighbour: at worst half of all states.
//!
//! Measured (`ballista/benches/scale`, figures in `benches/results/cluster.json`): 256,000 made-up documents of 60 words in
//! Parquet, hashed to 2^18 columns, a binary logistic regression; a scheduler and two executors as processes on one machine
//! with two cores. Slots beyond these gain nothing there, and cost nothing either.
//!
#![doc = include_str!("cluster.svg")]
//!
//! - **A row** costs 11 µs on one slot, hashing and fitting it.
//! - **A partition** more of the same rows costs 4.4 ms: a task to plan, send and answer, a state of 255 to 1155 KB to
//!   write, fetch and merge. With 8 to 64 partitions the cluster takes 3 to 14 % longer than one process on the same cores,
//!   with 256 of 1,000 rows each 64 %.
//! - **The model** is 2.1 MB whatever the number of partitions. All states together were 0.5 MB from one partition, 14 MB from 16,
//!   and 65 MB from 256.
//! - DataFusion in one process, without a cluster, takes as long as the local engine: 1.01 times as long on 1.6 million
//!   rows of ten words in 16 files, the same bits (`ballista/benches/in_process.rs`, median of five pairs, 0.97 to 1.11).
//!
//! What a thousand nodes would take is reckoned from these two costs, for nodes of eight slots and four partitions a slot. All of
//! a partition's cost counts as the merging task's, which is more than it is; what a network takes is left out: for a state of
//! a MB as long again, if it is one of 2 Gbit/s.
//!
//! | nodes | partitions | states | 10^8 rows | 10^9 rows | 10^10 rows |
//! |---|---|---|---|---|---|
//! | 1 | 32 | 37 MB | 138 s | 1384 s | 13835 s |
//! | 10 | 320 | 0.37 GB | 15 s | 140 s | 1385 s |
//! | 100 | 3200 | 3.7 GB | 15 s | 28 s | 152 s |
//! | 1000 | 32000 | 37 GB | 140 s | 142 s | 154 s |
//!
//! So a fit takes less time with every node up to 31 nodes for 10^8 rows, 99 for 10^9 and 314 for 10^10; beyond, more again.
//! The way out is fewer and larger partitions: with one a slot the cluster may have twice as many nodes. A merge
//! by stages (√partitions tasks merge √partitions states each) would take the second term from 140 s to 1.6 s at a thousand
//! nodes; it is not built, for it makes a plan that Ballista's two-stage aggregates do not have.
//!
//! What ends first as a cluster grows:
//!
//! - **The merging task.** With a thousand partitions or more it is what everybody waits for. Make files larger before
//!   you add slots: one chunk a slot is the least.
//! - **Its memory**, for many classes: a state has all of them. And for `GROUP BY`: a task holds a state for every group
//!   that it meets, so groups × states have to fit. Sort or partition the files by the group.
//! - **The messages**: a plan names every file in every task. Limits are at 1 GiB, also for a model on its way to the client.
//!   Models that queries use travel by reference, so they are not in the plans.
//! - **The scheduler**, which is one process, and not redundant.
