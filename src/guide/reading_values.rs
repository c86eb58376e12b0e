//! Reading values: what pandas, Polars, DuckDB, Spark and Python write, and what it is read as.
//!
//! A value is read as the type that is asked for, if it stands for one of that type's values; nothing is rounded, cut or
//! guessed. The rule is one for CSV, JSON lines, Parquet and Arrow, for labels, weights, keys and the fields of records.
//! Values that are not asked for never matter, whatever they are.
//!
//! | in the file | written by | `bool` | `u8`, `i64`, … | `f32`, `f64` | `String` |
//! |---|---|---|---|---|---|
//! | `true`, `false` | JSON, DuckDB, Polars, Spark | yes | 1, 0 | 1.0, 0.0 | `true`, `false` |
//! | `True`, `False`, `TRUE`, `FALSE`; `"True"` | pandas in CSV | yes | 1, 0 | 1.0, 0.0 | as it is |
//! | `1`, `0`; `"1"` | numpy, databases | yes | yes | yes | `1`, `0` |
//! | `1.0`, `0.0`; `"1.0"` | pandas, where a column of integers has missing values | yes | 1, 0 | yes | as it is; of Arrow and Parquet `1.0` |
//! | `7`, `-3`; `"7"` | all | error | if the type holds it, else an error | yes | `7`, `-3` |
//! | `7.0`, `7e0` | pandas | error | 7 | yes | as for 1.0 |
//! | `1.5` | all | error | error | yes | as it is |
//! | `NaN`, `Infinity`, `-Infinity` (bare in JSON), `inf` | Python's `json`, pandas | error | error | yes | in CSV as it is; of JSON the word |
//! | `null`; an empty field of CSV | all | error; `None` of an `Option` | likewise | likewise | null: an error, `None` of an `Option`; an empty field: the empty text |
//! | a text | all | error | error | error | yes; or the variant of an enum of this name |
//! | a category, a dictionary's value | pandas, Polars | as its value | as its value | as its value | as its value |
//! | a decimal, `1.50` | DuckDB, Spark, databases in Parquet and Arrow | where it is 0 or 1 | where it is whole | yes | with all its digits |
//! | a date, a time, a timestamp | Parquet and Arrow | error | error | error | in ISO 8601: `2024-02-29`, `12:30:00`, `2024-02-29T12:30:00.5`, with a time zone in UTC with a `Z` |
//! | bytes | Parquet and Arrow; Spark's and Impala's old texts | as their text, if they are UTF-8; else an error | likewise | likewise | likewise |
//! | a list, a struct | Parquet, Arrow, JSON | error | error | error | error; a `Vec`, an array, a struct take it |
//!
//! In Parquet and Arrow, a field of a struct is a column of its own by its name with dots: `user.name`, if no column is called
//! that. It is null where a struct around it is. Columns of numbers as features
//! ([`rows_and_labels`](crate::sources::ArrowIpc::rows_and_labels)) may be decimals and dictionaries of numbers, too; a column
//! of lists of one length, such as embeddings, is read by
//! [`vectors_and_labels`](crate::sources::ArrowIpc::vectors_and_labels).
//!
//! Partitions in the names of folders (`label=7/part-0.csv`) are texts, read by the same rule; the name
//! `__HIVE_DEFAULT_PARTITION__` is null.
//!
//! Words for missing values (`NA`, `null` as a text) are texts. A missing value where the type has none is an error that
//! names file, line or row and column; ask for an `Option`, or have such records
//! [left out](crate::sources::BadRecords). Documents are texts alone, or bytes
//! that are UTF-8: a number is none.
//!
//! ```
//! # #[cfg(feature = "formats")] {
//! use chunkfit::prelude::*;
//! use chunkfit::sources::{Csv, JsonLines};
//!
//! # let folder = tempfile::tempdir()?;
//! # let (csv, json) = (folder.path().join("a.csv"), folder.path().join("a.jsonl"));
//! std::fs::write(&csv, "text,label\nfine,True\nbad,0\n")?; // pandas, numpy
//! std::fs::write(&json, "{\"text\": \"fine\", \"label\": 1.0, \"score\": NaN}\n")?; // Python
//! let csv = Csv::open(&csv)?.text_and_label::<bool>("text", "label")?.chunks();
//! let json = JsonLines::open(&json)?.text_and_label::<bool>("text", "label")?.chunks();
//! let (csv, json) = Runtime::new().compute((csv, json))?;
//! assert_eq!((csv[0].targets.to_vec(), json[0].targets.to_vec()), (vec![true, false], vec![true]));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
