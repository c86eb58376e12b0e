//! Error messages are escaped and cut; the cause of an error is its source and is printed once.
