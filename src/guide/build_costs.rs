//! Compile times of programs that use this crate: what costs what, and which profile to take.
//!
//! # What an edit costs
//!
//! Estimators, combinators and chunks are generic: over the type of chunk, of float and of label. In the profile `dev`, rustc
//! takes what this crate has compiled for the same types already, and compiles the rest incrementally. In `release` it shares
//! nothing generic between crates: what a program uses is compiled with it, after every edit. So that little is left to compile
//! there, the numeric code is not generic where it is long: it is compiled once, with this crate, for `f32` and `f64`, for sparse
//! and dense rows, for numbers of classes in place of labels, and for tasks of any type of value.
//!
//! One program with more or less in it (`benches/dependent/src/bin/parts.rs`); each line after the second adds one part to what
//! the second has. Labels are `String`:
#![doc = ""]
#![doc = include_str!("build_costs.md")]
//!
//! The number of different types decides, not of lines: a second search over the same pipeline costs little, a second
//! pipeline, another type of label (`bool` beside `String`) or of float (`f32` beside `f64`) is compiled like the first. Keep to
//! one type of label and one of float where it does not matter.
//!
//! # Which profile to take
//!
//! - While you write: `cargo check`, which compiles no machine code.
//! - To try it on a sample: `cargo run`, the profile `dev`. This crate is slow in it; have it and all other dependencies
//!   optimised, and your own code not:
//!
//!   ```toml
//!   [profile.dev.package."*"]
//!   opt-level = 3
//!   ```
//!
//!   The numeric code, which is compiled with this crate, is then as fast as in `release`.
//! - On all data: `cargo run --release`. With `incremental = true` under `[profile.release]` an edit compiles only what it
//!   changed, at some cost in speed of what is compiled with your program.
//! - What is built by others once and run for long: `lto = "fat"` and `codegen-units = 1` under `[profile.release]`.
//!
//! # What the first build costs
//!
//! The README has a table of cold builds, and of the number of crates. Features that are not in the default bring crates of
//! their own: see [the list](crate#features). `default-features = false` leaves out reading and writing of files in text formats
//! (`formats`), models on disk (`persist`) and the progress bar (`progress`).
//!
//! `python3 benches/dependent/measure.py --cold all` and `--parts` measure all of this on your machine.
