//! Learning over chunks: the graph, fits, searches and models, one law a file. One program for all of them, for each
//! would compile the same learners anew.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod bayes;
mod calibration;
mod checkpoint;
mod checkpoint_search;
mod chunk_cache;
mod chunks;
mod clusterings;
mod combine;
mod evaluation;
mod figures;
mod graph;
mod groups;
mod labels;
mod merge_laws;
mod model_selection;
mod online;
mod own_scorers;
mod passes;
mod persist;
mod pipelines;
mod preprocessing;
mod reuters_models;
mod running_search;
mod saved_params;
mod sessions;
mod shuffled;
mod synthetic;
mod unsupervised;
