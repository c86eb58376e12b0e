//! The formats of tables, as users see them.

use linfa::DatasetBase;
use ndarray::{Array1, Array2};

use super::ipc_file::IpcFile;
use super::rows::{batches, dense_rows, records, rows, sparse_rows, vector_rows};
use super::table_reading::BATCH_ROWS;
use super::table_rows::TableRows;
use super::wanted::{Kind, check_once, columns_of, wanted};
use crate::data::arrow::{ArrowFloat, ColumnNames};
use crate::data::{Csr, CsrBuilder, Keyed, Shared, Text};
use crate::error::{Error, Result};
use crate::sources::columns::{Columns, Field, column_methods, unlabelled_weight};
use crate::sources::fields::{Fields, Role};
use crate::sources::files::Files;
use crate::sources::reading::Reading;
use crate::sources::source::{Source, source_settings};
use crate::sources::text_fields::TextFields;

/// A format of tables, with all that it can do.
macro_rules! table_format {
    ($(#[$doc:meta])* $format:ident, $file:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $format {
            source: Source,
            weight: Option<String>,
        }

        column_methods!($format);

        source_settings!(
            $format,
            "The number of bytes of a chunk's values, about, at least 1; 4 MiB unless it is set. Small parts of
a file (Parquet's row groups, Arrow's record batches) are put together up to this size, larger ones are cut by rows into
pieces of about the same number of rows.

The size of a row group is that of its values in the wanted columns: numbers by their width, texts as the file says
(`unencoded_byte_array_data_bytes`), else by their encoded pages or the mean length in their dictionary, whichever gives
more. Rows before a piece are skipped page by page without decompressing them. In an object store, files with an index of
pages (pyarrow's `write_page_index=True`) have only the pages of a piece fetched; without it the columns of its row group
are fetched for each piece.

The size of a record batch is that in the file. It is read whole for each of its pieces, which are at most 8; so a batch
that does not fit into the memory limit is an error: write batches of a few MiB.",
            "What is done with rows of which a wanted value is null, or not of the type that is asked for. By
default the first one fails its chunk. Only an `Option` takes a null, as `None`."
        );

        impl $format {
            /// These files.
            pub fn over(files: Files) -> Self {
                $format { source: Source::new(files), weight: None }
            }

            /// Every row as a `T`, whose fields serde finds by the names of the columns. Partitions in the names of a
            /// file's folders (`year=2024/label=spam/`) are columns of texts behind those of the file. Only those that `T` names
            /// are read; all of them where it takes whatever comes, as a map does. Lists are read as vectors, structs as structs,
            /// decimals, dates and times like their texts.
            ///
            /// For an estimator go on with [`examples`](Reading::examples), a function that gives features and label of a
            /// record. As rows to split, filter, group and write take the [`chunks`](Reading::chunks) of a `Record<T>`
            /// ([`Record`](crate::data::Record)), which asks for nothing but serde's two traits, or of a `T` with a
            /// [`Footprint`](crate::data::Footprint) of its own.
            ///
            /// ```no_run
            #[doc = concat!("use chunkfit::sources::", stringify!($format), ";")]
            /// #[derive(serde::Deserialize)]
            /// struct Customer {
            ///     age: f64,
            ///     fee: Option<f64>,
            ///     left: bool,
            /// }
            #[doc = concat!("let customers = ", stringify!($format), "::open(\"customers/\")?.records::<Customer>()?;")]
            /// let columns = |c: Customer| ([c.age, c.fee.unwrap_or(0.0)], c.left);
            /// let examples = customers.examples("columns", columns).chunks();
            /// # Ok::<(), chunkfit::Error>(())
            /// ```
            ///
            /// # Errors
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for settings out of their
            /// range; [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be read;
            /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for one that is not in the format, and for
            /// columns that are not there, there twice, or of a type that does not fit.
            pub fn records<T: serde::de::DeserializeOwned + Shared>(&self) -> Result<Reading<Vec<T>>> {
                let mut names = ColumnNames::default();
                // It has nothing to read from: the fields that it asks for are the answer.
                let _ = T::deserialize(&mut names);
                let of_file = |schema: &arrow_schema::Schema| {
                    let found = schema.fields().iter().map(|field| field.name().as_str());
                    let read = found.filter(|name| names.of_struct.is_none_or(|fields| fields.contains(name)));
                    Ok(wanted(read, Kind::Values))
                };
                Reading::of_tables::<$file>(&self.source, of_file, &names.of_struct, BATCH_ROWS, records)
            }

            /// The rows made of some columns.
            fn rows<const N: usize, L: Field, K: Field, D: crate::data::Chunk>(
                &self,
                text: TextFields,
                others: [(&str, Role); N],
                make: fn(Columns<L, K>) -> Result<D>,
            ) -> Result<Reading<D>> {
                let fields = self.fields(Some(text), others)?;
                let columns = columns_of(&fields);
                Reading::of_tables::<$file>(
                    &self.source,
                    |_| Ok(columns.clone()),
                    &fields.clone(),
                    BATCH_ROWS,
                    move |table| make(rows(&fields, table)?),
                )
            }

            /// These columns as record batches, one a chunk, in this order, nulls and all.
            ///
            /// # Errors
            /// As [`records`](Self::records).
            pub fn batches(&self, columns: &[&str]) -> Result<Reading<arrow_array::RecordBatch>> {
                let columns = wanted(columns, Kind::Anything);
                check_once(&columns)?;
                let of_file = |_: &arrow_schema::Schema| Ok(columns.clone());
                Reading::of_tables::<$file>(&self.source, of_file, &("batches", &columns), usize::MAX, batches)
            }

            /// All columns as record batches, one a chunk.
            ///
            /// # Errors
            /// As [`records`](Self::records).
            pub fn whole_batches(&self) -> Result<Reading<arrow_array::RecordBatch>> {
                let of_file = |schema: &arrow_schema::Schema| {
                    Ok(wanted(schema.fields().iter().map(|field| field.name()), Kind::Anything))
                };
                Reading::of_tables::<$file>(&self.source, of_file, &"whole batches", usize::MAX, batches)
            }

            /// Dense rows, shape (rows, `features`), of one column a feature, in this order, and their labels:
            /// floats, integers, decimals or booleans as `F`, and labels of any type that is read from the values.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when no feature is named, or a
            /// column twice.
            pub fn rows_and_labels<F: ArrowFloat, L: Field>(
                &self,
                features: &[&str],
                label: &str,
            ) -> Result<Reading<DatasetBase<Array2<F>, Array1<L>>>> {
                if features.is_empty() {
                    return Err(Error::parameter("features", features, "at least one column"));
                }
                let fields = self.fields(None, [(label, Role::Label)])?;
                let mut columns = wanted(features, Kind::Numbers);
                columns.extend(columns_of(&fields));
                check_once(&columns)?;
                let n_features = features.len();
                Reading::of_tables::<$file>(
                    &self.source,
                    |_| Ok(columns.clone()),
                    &("dense", &columns),
                    BATCH_ROWS,
                    move |table| dense_rows(n_features, &fields, table),
                )
            }

            /// Dense rows, shape (rows, `n_features`), of one column that holds a list of numbers for each row, such as
            /// an embedding, and their labels. A list of another length is a bad record.
            ///
            /// ```no_run
            #[doc = concat!("use chunkfit::sources::", stringify!($format), ";")]
            #[doc = concat!("let reviews = ", stringify!($format), "::open(\"embedded/\")?;")]
            /// let chunks = reviews.vectors_and_labels::<f32, bool>("embedding", 384, "positive")?.chunks();
            /// # Ok::<(), chunkfit::Error>(())
            /// ```
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when a column is named twice.
            pub fn vectors_and_labels<F: ArrowFloat, L: Field>(
                &self,
                vectors: &str,
                n_features: usize,
                label: &str,
            ) -> Result<Reading<DatasetBase<Array2<F>, Array1<L>>>> {
                self.lists([(vectors, Kind::ListsOfNumbers)], n_features, label, vector_rows)
            }

            /// Sparse rows, shape (rows, `n_features`), and their labels. The column `indices` holds a list of
            /// column numbers for each row (integers, from 0 on, ascending), `values` as many numbers.
            ///
            /// # Errors
            /// As [`records`](Self::records), and
            /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for more than 2^32 - 1 columns,
            /// or when a column is named twice.
            pub fn sparse_rows_and_labels<F: ArrowFloat, L: Field>(
                &self,
                indices: &str,
                values: &str,
                n_features: usize,
                label: &str,
            ) -> Result<Reading<DatasetBase<Csr<F>, Array1<L>>>> {
                CsrBuilder::<F>::new(n_features)?;
                let lists = [(indices, Kind::ListsOfColumns), (values, Kind::ListsOfNumbers)];
                self.lists(lists, n_features, label, sparse_rows)
            }

            /// The rows made of columns of lists, and their labels.
            fn lists<const N: usize, D: crate::data::Chunk>(
                &self,
                lists: [(&str, Kind); N],
                n_features: usize,
                label: &str,
                make: fn(usize, &Fields, &mut TableRows) -> Result<D>,
            ) -> Result<Reading<D>> {
                let fields = self.fields(None, [(label, Role::Label)])?;
                let mut columns: Vec<_> = lists.into_iter().flat_map(|(name, kind)| wanted([name], kind)).collect();
                columns.extend(columns_of(&fields));
                check_once(&columns)?;
                Reading::of_tables::<$file>(
                    &self.source,
                    |_| Ok(columns.clone()),
                    &(n_features, &columns),
                    BATCH_ROWS,
                    move |table| make(n_features, &fields, table),
                )
            }
        }
    };
}

table_format! {
    /// Files of Arrow's record batches (the IPC file format, Feather of version 2, and the streaming format), plain or
    /// compressed with LZ4 or Zstandard. Of a stream, which has no footer, the headers of all batches are read when it is
    /// opened.
    ///
    /// ```no_run
    /// use chunkfit::sources::ArrowIpc;
    /// let reviews = ArrowIpc::open("reviews/*.arrow")?.weight("votes").text_and_label::<bool>("review", "positive")?;
    /// let chunks = reviews.chunks();
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// A chunk is some record batches of a file, one after the other. They are read whole, and only the columns
    /// that are named are decoded. Types and names of columns are checked when the files are opened.
    ArrowIpc, IpcFile
}

#[cfg(feature = "parquet")]
table_format! {
    /// Parquet files, plain or compressed with Snappy, gzip, Zstandard, LZ4 or Brotli.
    ///
    /// ```no_run
    /// use chunkfit::sources::Parquet;
    /// let sensors = Parquet::open("measured/**/*.parquet")?;
    /// let chunks = sensors.rows_and_labels::<f32, u8>(&["pressure", "heat"], "failed")?.chunks();
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// A chunk is some row groups of a file, one after the other. Of the file, its footer is read when it is opened,
    /// and then the columns that are named. Types and names of columns are checked when the files are opened.
    Parquet, super::parquet_file::ParquetFile
}
