//! Finding the files of a source in an object store.

use std::io;
use std::sync::Arc;

use futures_util::TryStreamExt;
use glob::{MatchOptions, Pattern};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt};

use super::file::StoredFile;
use super::runtime::wait;
use crate::error::{Error, Result};
use crate::sources::files::{Files, is_data, no_files};
use crate::sources::source_file::SourceFile;

impl Files {
    /// The objects of a store that `wanted` names, as [`Files::find`] finds files on the disk: an object, a
    /// folder (objects in folders within are left out, and so are names that begin with `.` or `_`; the
    /// empty name is the store's root), or a pattern such as `logs/2024-*/*.jsonl`. Sorted by name.
    ///
    /// Any store of the crate `object_store` serves, with the features of that crate for S3, Google Cloud
    /// Storage, Azure and HTTP. Sources read what they need by ranges of bytes, wherever they would read a
    /// file. An object that changes between now and then is refused. Chunks last from process to
    /// process, as those of files do: they go by what the store calls itself, the object's name, size, tag, version and
    /// time of change. Some stores call themselves alike wherever they are (all of HTTP, buckets of one name at two
    /// providers): name those by [`in_store_named`](Files::in_store_named).
    ///
    /// ```
    /// use std::sync::Arc;
    /// use chunkfit::sources::{Files, JsonLines};
    /// use object_store::{ObjectStoreExt, memory::InMemory};
    ///
    /// # fn put(store: &InMemory) {
    /// #     let name = "papers/2024.jsonl".into();
    /// #     let put = store.put(&name, "{\"title\": \"On gold\"}".into());
    /// #     tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(put).unwrap();
    /// # }
    /// let store = Arc::new(InMemory::new()); // or AmazonS3, GoogleCloudStorage, MicrosoftAzure, HttpStore
    /// # put(&store);
    /// let papers = JsonLines::over(Files::in_store(store, "papers/*.jsonl")?);
    /// let titles = papers.text("title")?.chunks();
    /// # assert_eq!(chunkfit::Runtime::new().compute(titles)?[0].get(0), "On gold");
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NoFiles`](crate::ErrorKind::NoFiles) when there is none;
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for what cannot be a name or a pattern;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the store fails.
    pub fn in_store(store: Arc<dyn ObjectStore>, wanted: &str) -> Result<Self> {
        let name = store.to_string();
        Files::in_store_named(store, &name, wanted)
    }

    /// The same for a store that is called `store_name` in errors and wherever chunks are known again, such as its address:
    /// two stores that call themselves alike are then told apart, and one that moved can keep its name.
    ///
    /// # Errors
    /// As [`in_store`](Files::in_store).
    pub fn in_store_named(store: Arc<dyn ObjectStore>, store_name: &str, wanted: &str) -> Result<Self> {
        let name = Path::parse(wanted)
            .map_err(|error| Error::parameter("wanted", wanted, format!("the name of an object: {error}")))?;
        let pattern = Pattern::new(wanted)
            .map_err(|error| Error::parameter("pattern", wanted, format!("a pattern: {}", error.msg)))?;
        let asked = store.clone();
        let found = wait(async move { find(&*asked, name, &pattern).await.map_err(io::Error::from) });
        let mut found = found.map_err(|error| Error::io("list", format!("{store_name}/{wanted}"), error))?;
        if found.is_empty() {
            return Err(no_files(format!("object {wanted} in {store_name}")));
        }
        found.sort_by(|a, b| a.location.cmp(&b.location));
        let stored = |object| SourceFile::new(StoredFile::new(store.clone(), store_name, object));
        Ok(Files(found.into_iter().map(stored).collect()))
    }
}

/// What exists by this very name is meant, whatever signs the name has.
async fn find(store: &dyn ObjectStore, name: Path, pattern: &Pattern) -> Result<Vec<ObjectMeta>, StoreError> {
    if !name.as_ref().is_empty() {
        match store.head(&name).await {
            Err(StoreError::NotFound { .. }) => {}
            object => return Ok(vec![object?]),
        }
    }
    let Some(sign) = pattern.as_str().find(['*', '?', '[']) else {
        let mut objects = store.list_with_delimiter(Some(&name)).await?.objects;
        objects.retain(|object| object.location.filename().is_some_and(|name| is_data(name.as_bytes())));
        return Ok(objects);
    };
    // What all that matches begins with, up to a border of folders.
    let folder = pattern.as_str()[..sign].rsplit_once('/').map(|(folder, _)| Path::parse(folder));
    let mut objects: Vec<_> = store.list(folder.transpose()?.as_ref()).try_collect().await?;
    let rules = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    objects.retain(|object| pattern.matches_with(object.location.as_ref(), rules));
    Ok(objects)
}
