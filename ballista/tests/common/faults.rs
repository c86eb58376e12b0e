//! What happens to fits and predictions when parts of a cluster fail.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chunkfit::linear::LogisticRegression;
use chunkfit::text::HashingVectorizer;
use chunkfit_ballista::cluster::{Client, ClientOptions};
use chunkfit_ballista::table::{Format, register_files};
use chunkfit_ballista::{Columns, Recipe, session};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

use super::processes::Cluster;
use super::{corpus, tables};

/// How soon losses are noticed, and how long anything may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    pub heartbeat: u64,
    pub executor_timeout: u64,
    pub check: u64,
    pub at_most: u64,
}

impl Timing {
    /// As the binary has it.
    pub const DEFAULT: Timing = Timing { heartbeat: 5, executor_timeout: 30, check: 5, at_most: 300 };
    /// For tests.
    pub const QUICK: Timing = Timing { heartbeat: 1, executor_timeout: 4, check: 1, at_most: 120 };

    /// A cluster that notices losses so soon.
    pub fn cluster(&self, executors: usize, slots: usize) -> Cluster {
        let [heartbeat, timeout, check] =
            [self.heartbeat, self.executor_timeout, self.check].map(|seconds| seconds.to_string());
        let scheduler = ["--executor-timeout", &timeout, "--check-interval", &check];
        Cluster::with(executors, slots, &scheduler, &["--heartbeat", &heartbeat])
    }
}

/// Rows in files, and what a fit and predictions of them give when nothing fails.
pub struct Ground {
    pub timing: Timing,
    pub input: PathBuf,
    pub folder: tempfile::TempDir,
    pub recipe: Recipe,
    pub model: Vec<u8>,
    pub predicted: String,
    reference: String,
}

/// What a client got, and when.
pub struct Outcome {
    pub result: Result<Vec<u8>>,
    pub seconds: f64,
}

/// A client at work.
pub struct Running(JoinHandle<Outcome>);

impl Running {
    /// Whether it already has its result.
    pub fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    pub fn outcome(self) -> Outcome {
        self.0.join().unwrap()
    }
}

impl Ground {
    /// So many files of so many rows.
    pub fn new(timing: Timing, files: usize, rows: usize) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let input = tables::write(&corpus::parts(files, rows, 60), tables::Format::Parquet, folder.path());
        let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
        let recipe = Recipe::new(text, LogisticRegression::<f64, bool>::params().alpha(1e-5)).unwrap();
        let mut ground = Ground {
            timing,
            input,
            folder,
            recipe,
            model: Vec::new(),
            predicted: String::new(),
            reference: String::new(),
        };
        let (model, reference, predicted) = run(async {
            let context = SessionContext::new_with_config(session::config());
            session::register(&context);
            let frame = register_files(&context, "rows", &folder_of(&ground.input), Format::Parquet).await.unwrap();
            let fitted = ground.recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
            let models = format!("file://{}/models", ground.folder.path().display());
            let reference = fitted.put(&session::stores(&context.state()), &models).await.unwrap().to_string();
            (fitted.bytes().to_vec(), reference.clone(), predictions(&context, &reference).await.unwrap())
        });
        ground.model = model;
        ground.reference = reference;
        ground.predicted = predicted;
        ground
    }

    fn client(&self, url: String, resubmit: u32) -> Client {
        Client::new(ClientOptions { scheduler: Some(url), timeout: self.timing.at_most, resubmit }).unwrap()
    }

    /// Fits these files on a cluster, in a thread of its own.
    pub fn fit_of(&self, input: &Path, columns: Columns, url: String, resubmit: u32) -> Running {
        self.fit_recipe(&self.recipe, input, columns, url, resubmit)
    }

    fn fit_recipe(&self, recipe: &Recipe, input: &Path, columns: Columns, url: String, resubmit: u32) -> Running {
        let (client, recipe, input) = (self.client(url, resubmit), recipe.clone(), folder_of(input));
        running(move || {
            run(async {
                let fitted = client.run("a fit", async |context| {
                    let frame = register_files(&context, "rows", &input, Format::Parquet).await?;
                    recipe.fit_frame(&frame, &columns).await
                });
                Ok(fitted.await?.bytes().to_vec())
            })
        })
    }

    /// Fits its own files.
    pub fn fit(&self, cluster: &Cluster) -> Running {
        self.fit_of(&self.input, Columns::new("text", "label"), cluster.url(), 3)
    }

    /// Predicts its own files.
    pub fn predict(&self, cluster: &Cluster) -> Running {
        self.predict_with(cluster, &self.reference)
    }

    /// The same by another model.
    pub fn predict_with(&self, cluster: &Cluster, reference: &str) -> Running {
        let (client, input) = (self.client(cluster.url(), 3), folder_of(&self.input));
        let reference = reference.to_owned();
        running(move || {
            run(async {
                let found = client.run("predictions", async |context| {
                    register_files(&context, "rows", &input, Format::Parquet).await?;
                    predictions(&context, &reference).await
                });
                Ok(found.await?.into_bytes())
            })
        })
    }
}

/// A model that does not go into a plan.
pub struct LargeModel {
    pub model: Vec<u8>,
    pub reference: String,
    pub predicted: String,
}

impl Ground {
    fn large_recipe() -> Recipe {
        let text = HashingVectorizer::params().n_features(1 << 23).alternate_sign(false);
        Recipe::new(text, LogisticRegression::<f64, bool>::params().alpha(1e-5)).unwrap()
    }

    fn first_file(&self) -> PathBuf {
        self.input.join("part-0000.parquet")
    }

    /// Fits the large model on a cluster.
    pub fn fit_large(&self, cluster: &Cluster) -> Running {
        self.fit_recipe(&Self::large_recipe(), &self.first_file(), Columns::new("text", "label"), cluster.url(), 3)
    }

    /// Of the first file, over 2^23 columns.
    pub fn large_model(&self) -> LargeModel {
        let recipe = Self::large_recipe();
        let (first, all) = (folder_of(&self.first_file()), folder_of(&self.input));
        run(async {
            let context = SessionContext::new_with_config(session::config());
            session::register(&context);
            let frame = register_files(&context, "first", &first, Format::Parquet).await.unwrap();
            let fitted = recipe.fit_frame(&frame, &Columns::new("text", "label")).await.unwrap();
            let models = format!("file://{}/models", self.folder.path().display());
            let reference = fitted.put(&session::stores(&context.state()), &models).await.unwrap().to_string();
            register_files(&context, "rows", &all, Format::Parquet).await.unwrap();
            let predicted = predictions(&context, &reference).await.unwrap();
            LargeModel { model: fitted.bytes().to_vec(), reference, predicted }
        })
    }
}

/// How many rows of each file are predicted to be of which class, as a table.
async fn predictions(context: &SessionContext, reference: &str) -> Result<String> {
    if !context.table_exist("rows")? {
        return Ok(String::new());
    }
    let query = format!(
        "SELECT chunk, predicted, count(*) FROM (SELECT chunk, predict('{reference}', text) AS predicted FROM rows)
        GROUP BY chunk, predicted ORDER BY chunk, predicted"
    );
    Ok(pretty_format_batches(&context.sql(&query).await?.collect().await?)?.to_string())
}

fn folder_of(path: &Path) -> String {
    if path.is_dir() { format!("{}/", path.display()) } else { path.display().to_string() }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work)
}

fn running(work: impl FnOnce() -> Result<Vec<u8>> + Send + 'static) -> Running {
    Running(std::thread::spawn(move || {
        let started = Instant::now();
        let result = work();
        Outcome { result, seconds: started.elapsed().as_secs_f64() }
    }))
}

/// Waits until an executor of the cluster has begun: there is something in its work folder.
pub fn wait_until_busy(cluster: &Cluster, running: &Running) {
    let until = Instant::now() + Duration::from_secs(60);
    let is_busy = |folder: &PathBuf| std::fs::read_dir(folder).is_ok_and(|mut jobs| jobs.next().is_some());
    while !cluster.work_folders().iter().any(is_busy) && !running.is_done() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}
