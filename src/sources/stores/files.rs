//! Finding the files of a source in an object store.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, future, stream};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt};

use super::file::StoredFile;
use super::runtime::wait;
use crate::error::{Error, Result};
use crate::sources::files::path_pattern::{PathPattern, is_data};
use crate::sources::files::{Files, no_files};
use crate::sources::partitions::partition;
use crate::sources::source_file::SourceFile;

/// The most objects that are looked at at once.
const AT_ONCE: usize = 32;

impl Files {
    /// The objects of a store that `wanted` names, as [`Files::find`] finds files on the disk: an object, a folder
    /// (with its partitions, without hidden names; the empty name is the store's root), or a pattern such as
    /// `logs/2024-*/*.jsonl`. Sorted by name. Objects of no bytes that stand for folders (`csv/`, `csv_$folder$`) are no
    /// files. A store that holds names with an empty component, such as `a//b`, cannot be listed above these.
    ///
    /// Any store of the crate `object_store` serves, with the features of that crate for S3, Google Cloud
    /// Storage, Azure and HTTP. An object that changes or goes away between now and its reading is an error. Chunks last
    /// from process to process, as those of files do: they go by what the store calls itself, the object's name, size,
    /// tag, version and time of change. Some stores call themselves alike wherever they are (all of HTTP, buckets of one
    /// name at two providers): name those by [`in_store_named`](Files::in_store_named).
    ///
    /// # Requests
    ///
    /// Finding takes one request for a name, one or two for a folder, and one for each page of a list (1,000 names, as a
    /// rule) for a pattern. Sources then read objects of up to 256 KiB by one request each, larger ones by ranges of up to
    /// 4 MiB. At most 32 requests are under way at once, whatever the threads of the run: when several chunks were read
    /// that follow each other, up to 32 further ones are asked for before they are needed. These take at most 16 MiB,
    /// and each chunk that is being read 16 MiB more; what is asked for ahead and not read within 256 chunks is
    /// dropped when others need the room. A store that shall have fewer requests at once is put into
    /// [`LimitStore`](object_store::limit::LimitStore).
    ///
    /// Requests that fail are repeated as the store is set (by default ten times, in the case of S3, Google Cloud Storage,
    /// Azure and HTTP, for up to three minutes); answers that end too early are asked for again, and are an error at last.
    /// A server without ranges serves objects of up to 4 MiB.
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
        let pattern = PathPattern::of_name(wanted)?;
        let asked = store.clone();
        let found = wait(async move { find(&*asked, name, pattern.as_ref()).await.map_err(io::Error::from) });
        let mut found = found.map_err(|error| Error::io("list", format!("{store_name}/{wanted}"), error))?;
        if found.is_empty() {
            return Err(no_files(format!("object {wanted} in {store_name}")));
        }
        found.sort_by(|a, b| a.location.cmp(&b.location));
        let stored = |object| SourceFile::new(StoredFile::new(store.clone(), store_name, object));
        Ok(Files(found.into_iter().map(stored).collect()))
    }
}

/// The objects that a name or pattern means.
async fn find(
    store: &dyn ObjectStore,
    name: Path,
    pattern: Option<&PathPattern>,
) -> Result<Vec<ObjectMeta>, StoreError> {
    let Some(pattern) = pattern else {
        if name.as_ref().is_empty() {
            return in_folder(store, &name).await;
        }
        return match store.head(&name).await {
            // Where folders are objects of no bytes, theirs have the very name.
            Ok(object) if object.size == 0 => {
                let below = in_folder(store, &name).await.unwrap_or_default();
                Ok(if below.is_empty() { vec![object] } else { below })
            }
            Err(StoreError::NotFound { .. }) => in_folder(store, &name).await,
            object => Ok(vec![object?]),
        };
    };
    let folder = Path::parse(pattern.folder().join("/"))?;
    let mut objects: Vec<_> = match store.list(Some(&folder)).try_collect().await {
        Ok(objects) => objects,
        // Not all can list that can give.
        Err(error) => return store.head(&name).await.map(|object| vec![object]).map_err(|_| error),
    };
    if let Some(exact) = objects.iter().position(|object| object.location == name) {
        return Ok(vec![objects.swap_remove(exact)]);
    }
    remove_markers(&mut objects, &folder);
    objects.retain(|object| pattern.matches(&names(&object.location).collect::<Vec<_>>()));
    without_lone_markers(store, objects).await
}

/// The objects in a folder and in its partitions.
async fn in_folder(store: &dyn ObjectStore, folder: &Path) -> Result<Vec<ObjectMeta>, StoreError> {
    let found = store.list_with_delimiter(Some(folder)).await?;
    let depth = names(folder).count();
    let is_partition = |name: &str| is_data(name.as_ref()) && partition(name).is_some();
    let mut objects = found.objects;
    if found.common_prefixes.iter().any(|folder| folder.filename().is_some_and(is_partition)) {
        objects = store.list(Some(folder)).try_collect().await?;
    }
    remove_markers(&mut objects, folder);
    objects.retain(|object| {
        let names: Vec<_> = names(&object.location).skip(depth).collect();
        let is_folder = |marker: &Path| object.size == 0 && *marker == object.location;
        names
            .split_last()
            .is_some_and(|(name, folders)| is_data(name.as_ref()) && folders.iter().all(|folder| is_partition(folder)))
            && !found.common_prefixes.iter().any(is_folder)
    });
    Ok(objects)
}

/// The names of the folders that an object lies in, and its own.
fn names(location: &Path) -> impl Iterator<Item = &str> {
    location.as_ref().split('/').filter(|name| !name.is_empty())
}

/// Removes the objects of no bytes by which consoles and Hadoop make folders, as far as names show them: `csv/` (which the
/// crate `object_store` gives as `csv`) beside or in a folder of that name, and `csv_$folder$`.
fn remove_markers(objects: &mut Vec<ObjectMeta>, folder: &Path) {
    let mut folders = HashSet::from([folder.clone()]);
    for object in &*objects {
        let name = object.location.as_ref();
        folders.extend(name.match_indices('/').filter_map(|(border, _)| Path::parse(&name[..border]).ok()));
    }
    objects.retain(|object| {
        let is_marker = object.location.as_ref().ends_with("_$folder$") || folders.contains(&object.location);
        object.size > 0 || !is_marker
    });
}

/// The objects but for the markers of folders that hold nothing: there is no object without the slash.
async fn without_lone_markers(
    store: &dyn ObjectStore,
    objects: Vec<ObjectMeta>,
) -> Result<Vec<ObjectMeta>, StoreError> {
    let exists = |object: ObjectMeta| async move {
        if object.size > 0 {
            return Ok(Some(object));
        }
        match store.head(&object.location).await {
            Err(StoreError::NotFound { .. }) => Ok(None),
            found => found.map(|_| Some(object)),
        }
    };
    let found = stream::iter(objects.into_iter().map(exists)).buffered(AT_ONCE);
    found.try_filter_map(|object| future::ready(Ok(object))).try_collect().await
}
