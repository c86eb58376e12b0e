//! In which order columns come.

/// The setting of generators that have `shuffle_columns`.
macro_rules! column_order {
    ($generator:ident) => {
        impl $generator {
            /// Whether columns come in a random order, the same in all chunks. Default false, unlike there
            /// (scikit-learn's `shuffle`, which shuffles rows as well; here they are drawn independently).
            pub fn shuffle_columns(mut self, shuffle: bool) -> Self {
                self.shuffle_columns = shuffle;
                self
            }
        }
    };
}

pub(super) use column_order;
