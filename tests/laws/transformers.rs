//! Transformers, clusterings and decompositions heed or refuse weights, and refuse or report what overflows.
