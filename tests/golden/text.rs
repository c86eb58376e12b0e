//! Golden values of the text features.
