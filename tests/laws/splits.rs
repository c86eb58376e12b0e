//! Every split holds out its share over all rows, and no candidate of a search wins without a score.
