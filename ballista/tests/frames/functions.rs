//! `predict`, `decision_function`, `predict_proba`, `score` give what the local engine gives.

use chunkfit::combine::{Fitted, FittedPipeline, IntoFit, Pipeline};
use chunkfit::linear::LogisticRegression;
use chunkfit::text::HashingVectorizer;
use chunkfit::{Lazy, Runtime};
use chunkfit_ballista::{Columns, FrameModel, Recipe, session};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::prelude::SessionContext;

use super::local::{averaged, chunks};
use super::setting::{context, files, logistic, stories, text};

async fn fitted(context: &SessionContext) -> FrameModel {
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    recipe.fit_frame(&stories(context).await, &Columns::new("text", "label")).await.unwrap()
}

/// The model as constant of a query: a reference, and bytes.
async fn constants(context: &SessionContext, model: &FrameModel, folder: &std::path::Path) -> [String; 2] {
    let stores = session::stores(&context.state());
    let reference = model.put(&stores, &format!("file://{}", folder.display())).await.unwrap();
    let bytes: String = model.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    [format!("'{reference}'"), format!("arrow_cast(X'{bytes}', 'LargeBinary')")]
}

#[tokio::test]
async fn over_all_rows() {
    let context = context(3);
    let model = fitted(&context).await;
    let local = chunks(&files().parts, |part, row| Some(part.label[row]));
    let fit = Pipeline::new(text(), averaged(logistic())).fit(&local);
    let all = (fit.predict(&local), fit.decision_function(&local), fit.predict_proba(&local), fit.score(&local));
    let (labels, margins, proba, score) = Runtime::new().threads(2).compute(all).unwrap();
    let labels: Vec<bool> = labels.into_iter().flatten().collect();
    let margins: Vec<f64> = margins.into_iter().flatten().collect();
    let proba: Vec<f64> = proba.into_iter().flatten().collect();

    let folder = tempfile::tempdir().unwrap();
    let constants = constants(&context, &model, folder.path()).await;
    for (constant, label) in constants.iter().zip([DataType::Boolean, DataType::Utf8]) {
        let frame = context.sql(&format!("SELECT predict({constant}, text) FROM stories")).await.unwrap();
        assert_eq!(frame.schema().field(0).data_type(), &label, "a reference tells the type of its labels");
        // Chunk by chunk: which comes first is not settled.
        let (mut found, mut found_margins, mut found_proba) = (Vec::new(), Vec::new(), Vec::new());
        // Bytes make a long query: of one chunk.
        let n = if label == DataType::Boolean { files().parts.len() } else { 1 };
        for chunk in 0..n {
            let query = format!(
                "SELECT CAST(predict({constant}, text) AS BOOLEAN), decision_function({constant}, text), predict_proba({constant}, text)
                FROM stories WHERE chunk = {chunk}"
            );
            for batch in context.sql(&query).await.unwrap().collect().await.unwrap() {
                found.extend(batch.column(0).as_boolean().iter().map(Option::unwrap));
                let numbers = |i: usize| {
                    batch.column(i).as_list::<i32>().values().as_primitive::<Float64Type>().values().to_vec()
                };
                found_margins.extend(numbers(1));
                found_proba.extend(numbers(2));
            }
        }
        let rows = files().parts[..n].iter().map(|part| part.text.len()).sum::<usize>();
        assert!(found == labels[..rows] && found_margins == margins[..rows], "{label}");
        assert!(found_proba == proba[..2 * rows], "{label}");
        let query = format!("SELECT score({constant}, text, label) FROM stories");
        let batches = context.sql(&query).await.unwrap().collect().await.unwrap();
        assert_eq!(batches[0].column(0).as_primitive::<Float64Type>().value(0).to_bits(), score.to_bits());
    }
}

#[tokio::test]
async fn of_a_model_in_a_column_and_of_nulls() {
    let context = context(1);
    let model = fitted(&context).await;
    let folder = tempfile::tempdir().unwrap();
    let [reference, bytes] = constants(&context, &model, folder.path()).await;
    let query = format!(
        "SELECT predict(m, t), decision_function(m, t) FROM (VALUES ({reference}, 'oil'), (NULL, 'oil'), ({reference}, NULL))
        AS v(m, t)"
    );
    let batches = context.sql(&query).await.unwrap().collect().await.unwrap();
    let (labels, margins) = (batches[0].column(0).as_string::<i32>(), batches[0].column(1));
    assert_eq!(labels.iter().collect::<Vec<_>>(), [Some("false"), None, None]);
    assert_eq!((0..3).map(|row| margins.is_null(row)).collect::<Vec<_>>(), [false, true, true]);
    let query = format!("SELECT predict({bytes}, t) FROM (VALUES ('oil'), (NULL)) AS v(t)");
    let batches = context.sql(&query).await.unwrap().collect().await.unwrap();
    assert_eq!(batches[0].column(0).as_string::<i32>().iter().collect::<Vec<_>>(), [Some("false"), None]);
    let query = format!("SELECT score({reference}, text, label) FROM stories WHERE false");
    let batches = context.sql(&query).await.unwrap().collect().await.unwrap();
    assert!(batches[0].column(0).is_null(0), "the score of no rows");
}

#[tokio::test]
async fn of_a_file_that_the_local_engine_reads() {
    let context = context(2);
    let model = fitted(&context).await;
    let pipeline: FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>> = model.load().unwrap();
    let local = chunks(&files().parts[..2], |part, row| Some(part.label[row]));
    let score: Lazy<f64> = pipeline.into_fit().score(&local);
    assert!(Runtime::new().threads(2).compute(score).unwrap() > 0.9);
}
