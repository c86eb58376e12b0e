//! The disk is full.
