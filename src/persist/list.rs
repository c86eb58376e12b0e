//! `persist!`: a list of transformers and clusterers that can be saved, one line each. `compiled_parts!`: saving and loading
//! that is compiled once.

/// A kind, its types in brackets; the type once more if it is generic over its type of floats `F` alone; then, as far as it
/// knows, how many rows it has learned from, how many columns it takes and how many it gives. All are checked as they are read.
macro_rules! persist {
    ($(
        [$($generics:tt)*] $model:ty, $kind:literal
        $(, of_floats $of_floats:ty)?
        $(, rows |$rows_of:ident| $rows:expr)?
        $(, takes |$in_of:ident| $in:expr)?
        $(, gives |$out_of:ident| $out:expr)?;
    )*) => {
        $(impl<$($generics)*> $crate::persist::Persist for $model {
            fn kind() -> String {
                $kind.into()
            }

            $crate::persist::compiled_parts! { $($of_floats)? }

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

/// The parts of a model, in the `impl` of [`Persist`](super::Persist): of a model whose type is not generic, or generic over
/// its type of floats `F` alone, which is then named.
macro_rules! compiled_parts {
    ($model:ty) => {
        fn write_parts(&self, writer: &mut $crate::persist::Writer) -> std::result::Result<(), $crate::persist::Problem> {
            $crate::data::float_computation!(
                Write<'a>((&'a $model, &'a mut $crate::persist::Writer)) -> std::result::Result<(), $crate::persist::Problem> = write
            );

            fn write<M: serde::Serialize>(
                (model, writer): (&M, &mut $crate::persist::Writer),
            ) -> std::result::Result<(), $crate::persist::Problem> {
                model.serialize(writer)
            }

            F::run::<Write<'_>>((self, writer))
        }

        fn read_parts(reader: $crate::persist::Reader<'_>) -> std::result::Result<Self, $crate::persist::Problem> {
            $crate::data::float_computation!(
                Read<'a>($crate::persist::Reader<'a>) -> std::result::Result<$model, $crate::persist::Problem> = read
            );

            fn read<M: serde::de::DeserializeOwned>(
                reader: $crate::persist::Reader<'_>,
            ) -> std::result::Result<M, $crate::persist::Problem> {
                M::deserialize(reader)
            }

            F::run::<Read<'_>>(reader)
        }
    };
    () => {
        fn write_parts(&self, writer: &mut $crate::persist::Writer) -> std::result::Result<(), $crate::persist::Problem> {
            serde::Serialize::serialize(self, writer)
        }

        fn read_parts(reader: $crate::persist::Reader<'_>) -> std::result::Result<Self, $crate::persist::Problem> {
            serde::Deserialize::deserialize(reader)
        }
    };
}

pub(crate) use compiled_parts;
pub(crate) use persist;
