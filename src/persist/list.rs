//! `persist!`: a list of transformers and clusterers that can be saved, one line each.

/// A kind, its types in brackets; then, as far as it knows, how many rows it has learned from, how many columns it takes
/// and how many it gives. All are checked as they are read.
macro_rules! persist {
    ($(
        [$($generics:tt)*] $model:ty, $kind:literal
        $(, rows |$rows_of:ident| $rows:expr)?
        $(, takes |$in_of:ident| $in:expr)?
        $(, gives |$out_of:ident| $out:expr)?;
    )*) => {
        $(impl<$($generics)*> $crate::persist::Persist for $model {
            fn kind() -> String {
                $kind.into()
            }

            $(fn training(&self) -> $crate::persist::Training {
                let $rows_of = self;
                $crate::persist::Training::of_rows($rows)
            })?

            $(fn columns_in(&self) -> Option<usize> {
                let $in_of = self;
                Some($in)
            })?

            $(fn columns_out(&self) -> Option<usize> {
                let $out_of = self;
                Some($out)
            })?
        })*
    };
}

pub(crate) use persist;
