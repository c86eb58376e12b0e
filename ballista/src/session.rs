//! Sessions that give the local engine's bits.

use std::sync::Arc;

use ballista_core::extension::SessionConfigExt;
use datafusion::execution::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::codec::{LogicalCodec, PhysicalCodec};
use crate::functions::{PredictWhat, predict_udf, score_udaf};
use crate::model::Stores;

/// The most bytes of a gRPC message between client, scheduler and executor: 1 GiB, where Ballista's default is 16 MiB. A
/// fitted model comes to the client in one message. The states of a fit pass from executor to executor in blocks of
/// their files.
pub const MOST_MESSAGE_BYTES: usize = 1 << 30;

/// A session's settings, as [`configure`] changes the defaults.
pub fn config() -> SessionConfig {
    configure(SessionConfig::new())
}

/// Sets what the same bits need, Ballista's own settings, and its codecs.
///
/// | setting | why |
/// |---|---|
/// | `enable_round_robin_repartition = false`, `repartition_file_scans = false`, `enable_file_stream_work_stealing = false` | the rows of a chunk stay together, and in order |
/// | `skip_partial_aggregation_probe_ratio_threshold` above 1 | partial aggregation of many groups is not given up half-way: every row would be a fit of its own |
/// | what `SessionConfigExt::upgrade_for_ballista` sets | a plan is the same in this process and on a cluster; no string views, which grow when Arrow's IPC writes parts of them |
/// | Ballista's messages up to [`MOST_MESSAGE_BYTES`], [`LogicalCodec`], [`PhysicalCodec`] | plans with recipes and small models in them arrive |
///
/// It changes nothing else, `target_partitions` neither: the result does not depend on it. Give the result to
/// `SessionContext::new_with_config`, or to a `SessionStateBuilder` for `SessionContext::remote_with_state`.
pub fn configure(config: SessionConfig) -> SessionConfig {
    config
        .upgrade_for_ballista()
        .with_round_robin_repartition(false)
        .with_repartition_file_scans(false)
        .set_bool("datafusion.execution.enable_file_stream_work_stealing", false)
        .set_str("datafusion.execution.skip_partial_aggregation_probe_ratio_threshold", "2.0")
        .with_ballista_grpc_client_max_message_size(MOST_MESSAGE_BYTES)
        .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()))
        .with_ballista_physical_extension_codec(Arc::new(PhysicalCodec::default()))
}

/// Registers `predict`, `decision_function`, `predict_proba` and `score`; models are looked up in the session's
/// object stores.
///
/// Register after `SessionContext::remote_with_state`, which replaces the functions of the state that it is
/// given. `fit` needs a recipe: `context.register_udaf(fit_udaf("fit", recipe))`.
///
/// ```
/// use chunkfit_ballista::session;
/// use datafusion::prelude::SessionContext;
/// let context = SessionContext::new_with_config(session::config());
/// session::register(&context);
/// assert!(context.udf("predict").is_ok() && context.udaf("score").is_ok());
/// # use datafusion::execution::FunctionRegistry;
/// ```
pub fn register(context: &SessionContext) {
    let stores = stores(&context.state());
    for what in PredictWhat::ALL {
        context.register_udf(predict_udf(what, stores.clone()));
    }
    context.register_udaf(score_udaf(stores));
}

/// The object stores of a session.
pub fn stores(state: &SessionState) -> Stores {
    Stores::new(state.runtime_env().object_store_registry.clone())
}
