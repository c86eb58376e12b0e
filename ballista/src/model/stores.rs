//! Object stores that hold models.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::error::Result;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

use super::reference::{ModelRef, hex, sha256};
use crate::error::{from_store, refused};
use crate::label::LabelKind;
use crate::runtime::runtime;

/// The object stores of a session, in which the addresses of models are looked up.
///
/// Functions are made by the codecs on executors, where no session is at hand; so the codecs have their own
/// `Stores`: [`PhysicalCodec::with_stores`](crate::codec::PhysicalCodec::with_stores). By default it is a
/// registry that knows the local file system alone.
#[derive(Clone)]
pub struct Stores(Arc<dyn ObjectStoreRegistry>);

impl Default for Stores {
    fn default() -> Self {
        Stores(Arc::new(DefaultObjectStoreRegistry::new()))
    }
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stores")
    }
}

/// Functions are equal whatever stores they look into.
impl PartialEq for Stores {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Stores {}

impl std::hash::Hash for Stores {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl Stores {
    /// The stores of this registry: that of a `RuntimeEnv`, say.
    pub fn new(registry: Arc<dyn ObjectStoreRegistry>) -> Self {
        Stores(registry)
    }

    pub(crate) fn open(&self, url: &str) -> Result<(Arc<dyn ObjectStore>, Path)> {
        let url = Url::parse(url).map_err(|error| refused(format!("`{url}` is no address: {error}")))?;
        let path = Path::from_url_path(url.path())
            .map_err(|error| refused(format!("`{url}` is no address in an object store: {error}")))?;
        Ok((self.0.get_store(&url)?, path))
    }

    /// Puts bytes into `folder` under their hash: `folder/<sha256>.<extension>`. What is there already is left,
    /// for it is the same. `label` goes into the reference.
    ///
    /// # Errors
    /// A folder that is no address, or in a store that is not registered; what the store refuses.
    pub async fn put(&self, folder: &str, extension: &str, bytes: Bytes, label: LabelKind) -> Result<ModelRef> {
        let hash = sha256(&bytes);
        let url = format!("{}/{}.{extension}", folder.trim_end_matches('/'), hex(&hash));
        let (store, path) = self.open(&url)?;
        let doing = || format!("writing {url}");
        let there = match store.head(&path).await {
            Ok(meta) => meta.size == bytes.len() as u64,
            Err(object_store::Error::NotFound { .. }) => false,
            Err(error) => return Err(from_store(doing())(error)),
        };
        if !there {
            store.put(&path, bytes.into()).await.map_err(from_store(doing()))?;
        }
        Ok(ModelRef::Stored { url, sha256: hash, label })
    }

    /// The content that a reference names, checked against its hash.
    ///
    /// # Errors
    /// As an I/O error what may pass; else what the store refuses, and content of another hash.
    pub async fn get(&self, reference: &ModelRef) -> Result<Bytes> {
        let (url, expected) = match reference {
            ModelRef::Embedded(bytes) => return Ok(bytes.clone()),
            ModelRef::Stored { url, sha256, .. } => (url, sha256),
        };
        let (store, path) = self.open(url)?;
        let doing = || format!("reading the model {url}");
        let found = store.get(&path).await.map_err(from_store(doing()))?;
        let bytes = found.bytes().await.map_err(from_store(doing()))?;
        let found = sha256(&bytes);
        if found != *expected {
            return Err(refused(format!(
                "the content of {url} has the hash {}, and {} was referred to: put the model there again, or refer \
                 to what is there now",
                hex(&found),
                hex(expected)
            )));
        }
        Ok(bytes)
    }

    /// Removes what a reference names, if it is there: what was put for a query that is over.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn remove(&self, reference: &ModelRef) -> Result<()> {
        let ModelRef::Stored { url, .. } = reference else { return Ok(()) };
        let (store, path) = self.open(url)?;
        match store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(from_store(format!("removing {url}"))(error)),
        }
    }

    /// [`get`](Self::get) for code that cannot wait: functions are called by threads of the executor.
    pub(crate) fn get_blocking(&self, reference: &ModelRef) -> Result<Bytes> {
        if let ModelRef::Embedded(bytes) = reference {
            return Ok(bytes.clone());
        }
        let (stores, reference) = (self.clone(), reference.clone());
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        runtime()?.spawn(async move {
            // Who asked waits below, unless it was stopped.
            let _ = sender.send(stores.get(&reference).await);
        });
        receiver.recv().map_err(|_| refused("reading a model ended without an answer"))?
    }
}
