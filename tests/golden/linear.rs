//! Golden values of the linear learners.
