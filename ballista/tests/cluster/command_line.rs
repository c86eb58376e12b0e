//! The binary does from a shell what the library does.

use std::process::{Command, Output};

use chunkfit_ballista::table::Format;
use chunkfit_ballista::{Columns, Recipe};
use datafusion::prelude::SessionContext;

use super::setting::{context, files, logistic, stories, text};
use super::shared::{cluster, run};

fn binary(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chunkfit-ballista")).args(arguments).output().unwrap()
}

async fn model(context: &SessionContext, recipe: &Recipe) -> Vec<u8> {
    let fitted = recipe.fit_frame(&stories(context).await, &Columns::new("text", "label")).await.unwrap();
    fitted.bytes().to_vec()
}

#[test]
fn fits_in_process_and_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    std::fs::write(path("recipe.json"), recipe.to_json()).unwrap();
    let input = format!("{}/", files().folder(Format::Csv));
    let (recipe_file, near, far) = (path("recipe.json"), path("near"), path("far"));
    let base = ["fit", "--input", &input, "--format", "csv", "--text", "text", "--label", "label"];
    let expected = run(model(&context(2), &recipe));
    for (model, scheduler) in [(&near, None), (&far, Some(cluster().url()))] {
        let mut arguments = base.to_vec();
        arguments.extend(["--recipe", &recipe_file, "--model", model, "--timeout", "150"]);
        arguments.extend(scheduler.iter().flat_map(|url| ["--scheduler", url]));
        let output = binary(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["partitions"], files().parts.len());
        assert!(std::fs::read(model).unwrap() == expected, "{arguments:?}");
    }
}

#[test]
fn predicts_in_process_and_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let recipe = Recipe::new(text(), logistic::<bool>()).unwrap();
    std::fs::write(path("model"), run(model(&context(2), &recipe))).unwrap();
    let (input, model) = (format!("{}/", files().folder(Format::Parquet)), path("model"));
    let (near, far) = (path("near"), path("far"));
    for (output, scheduler) in [(&near, None), (&far, Some(cluster().url()))] {
        let mut arguments = vec!["predict", "--model", &model, "--input", &input, "--format", "parquet"];
        arguments.extend(["--text", "text", "--output", output, "--output-format", "json"]);
        arguments.extend(["--keep", "label", "--decision-function", "--timeout", "150"]);
        arguments.extend(scheduler.iter().flat_map(|url| ["--scheduler", url]));
        let output = binary(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows: usize = files().parts.iter().map(|part| part.text.len()).sum();
        assert_eq!((&said["files"], &said["rows"]), (&files().parts.len().into(), &rows.into()));
    }
    for i in 0..files().parts.len() {
        let read = |folder: &str| std::fs::read_to_string(format!("{folder}/part-{i:05}.jsonl")).unwrap();
        assert!(read(&near) == read(&far), "the predictions for file {i} differ");
    }
    let first = std::fs::read_to_string(format!("{far}/part-00000.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert!(row["label"].is_boolean() && row["predicted"].is_boolean(), "{row}");
    assert_eq!(row["decision_function"][0].as_f64().map(|margin| margin > 0.0), row["predicted"].as_bool(), "{row}");
}

#[test]
fn says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = folder.path().join("recipe.json");
    std::fs::write(&recipe, Recipe::new(text(), logistic::<bool>()).unwrap().to_json()).unwrap();
    let (recipe, model) = (recipe.to_str().unwrap().to_owned(), folder.path().join("model"));
    let input = format!("{}/", files().folder(Format::Parquet));
    let fit = |input: &str, text: &str, recipe: &str| {
        let model = model.to_str().unwrap();
        let arguments = ["fit", "--input", input, "--format", "parquet", "--text", text, "--label", "label"];
        let output = binary(&[&arguments[..], &["--recipe", recipe, "--model", model]].concat());
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(fit(&input, "body", &recipe).contains("no column `body`"));
    assert!(fit("/nowhere/*.parquet", "text", &recipe).contains("/nowhere/"));
    assert!(fit(&input, "text", "/nowhere/recipe.json").contains("/nowhere/recipe.json"));
    assert!(!model.exists());
}
