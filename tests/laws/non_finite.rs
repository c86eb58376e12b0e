//! NaN and infinite values, unknown labels and other numbers of columns are refused by every model and every way to use it.
