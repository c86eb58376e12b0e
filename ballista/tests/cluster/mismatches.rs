//! Processes whose codecs do not match give an error that says so, and no model.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use chunkfit_ballista::cluster::address;
use chunkfit_ballista::codec::LogicalCodec;
use chunkfit_ballista::{Columns, Recipe, session};
use datafusion::error::Result;
use datafusion::execution::{SessionStateBuilder, TaskContext};
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan};
use datafusion::prelude::SessionContext;
use datafusion_proto::logical_plan::LogicalExtensionCodec;

use super::processes::Cluster;
use super::setting::{logistic, stories, text};
use super::shared::{cluster, run};

/// What a client of a later version would send.
#[derive(Debug, Default)]
struct Later(LogicalCodec);

impl LogicalExtensionCodec for Later {
    fn try_decode(&self, buf: &[u8], inputs: &[LogicalPlan], ctx: &TaskContext) -> Result<Extension> {
        self.0.try_decode(buf, inputs, ctx)
    }

    fn try_encode(&self, node: &Extension, buf: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, buf)
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        table_ref: &datafusion::common::TableReference,
        schema: datafusion::arrow::datatypes::SchemaRef,
        ctx: &TaskContext,
    ) -> Result<Arc<dyn datafusion::catalog::TableProvider>> {
        self.0.try_decode_table_provider(buf, table_ref, schema, ctx)
    }

    fn try_encode_table_provider(
        &self,
        table_ref: &datafusion::common::TableReference,
        node: Arc<dyn datafusion::catalog::TableProvider>,
        buf: &mut Vec<u8>,
    ) -> Result<()> {
        self.0.try_encode_table_provider(table_ref, node, buf)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, buf: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode_udaf(node, buf)?;
        // Behind the eight letters of the magic stands the version, its length first.
        if let Some(version) = buf.get_mut(9) {
            *version += 1;
        }
        Ok(())
    }
}

/// The error of a fit on a session of a cluster, within a minute.
async fn refused(context: SessionContext) -> String {
    session::register(&context);
    let frame = stories(&context).await;
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    let started = Instant::now();
    let fitted = tokio::time::timeout(Duration::from_secs(60), async {
        recipe.fit_frame(&frame, &Columns::new("text", "label")).await
    });
    let error = fitted.await.expect("an answer within a minute").expect_err("no model").to_string();
    println!("after {:.1} s: {error}", started.elapsed().as_secs_f64());
    error
}

#[test]
fn a_client_of_another_version_is_refused_by_the_scheduler() {
    let error = run(async {
        let config = session::config().with_ballista_logical_extension_codec(Arc::new(Later::default()));
        let state = SessionStateBuilder::new_with_default_features().with_config(config).build();
        refused(SessionContext::remote_with_state(&cluster().url(), state).await.unwrap()).await
    });
    assert!(error.contains("the same version of chunkfit everywhere"), "{error}");
}

#[test]
fn an_executor_without_the_codecs_fails_the_job() {
    let cluster = Cluster::start(0, 1);
    let error = run(async {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (name, port) = address::parse(&cluster.url()).unwrap();
        let work_dir = tempfile::tempdir().unwrap();
        // Ballista's own, which knows nothing of fits.
        let config = ExecutorProcessConfig {
            scheduler_host: name,
            scheduler_port: port,
            port: address::free_port(host).unwrap(),
            grpc_port: address::free_port(host).unwrap(),
            work_dir: Some(work_dir.path().display().to_string()),
            ..ExecutorProcessConfig::default()
        };
        let health = config.health.clone();
        let stock = tokio::spawn(start_executor_process(Arc::new(config)));
        while !health.is_ready() {
            assert!(!stock.is_finished(), "{}", cluster.logged());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let state = SessionStateBuilder::new_with_default_features().with_config(session::config()).build();
        let error = refused(SessionContext::remote_with_state(&cluster.url(), state).await.unwrap()).await;
        stock.abort();
        error
    });
    assert!(error.contains("failed"), "{error}\n{}", cluster.logged());
}
