//! What is read from files is checked: model files, sealed states, results of searches, patterns.
