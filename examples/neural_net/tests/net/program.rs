//! The program, with a small network.

use std::process::Command;

#[test]
fn the_program_learns_saves_scores_and_draws() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chunkfit-neural-net"));
        command.args(["--rows", "7000", "--chunk-rows", "500", "--epochs", "2", "--units", "3,2", "--json"]).args(more);
        let output = command.output().unwrap();
        let (text, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{errors}");
        let json = text.lines().last().unwrap();
        (serde_json::from_str::<serde_json::Value>(json).unwrap(), text)
    };
    let (svg, scores, model) = (place("loss.svg"), place("scores"), place("model.safetensors"));
    let (report, text) = run(&["--mode", "both", "--svg", &svg, "--scores", &scores, "--model", &model]);
    assert!(text.contains("it predicts the same"), "{text}");
    for mode in ["chained", "averaged"] {
        let losses: Vec<f64> = serde_json::from_value(report["losses"][mode].clone()).unwrap();
        assert!(losses.len() == 2 && losses[1] < losses[0], "{mode}: {losses:?}");
    }
    assert!(std::fs::read_to_string(svg).unwrap().contains("averaged"));
    let files = std::fs::read_dir(scores).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "csv")).collect();
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert!(texts.iter().all(|text| text.starts_with("row,label,predicted\n0,1.0,")), "{texts:?}");
    assert_eq!(texts.iter().map(|text| text.lines().count() - 1).sum::<usize>(), 200);

    // Neither the threads nor the memory limit matter.
    let (other, _) = run(&["--threads", "1", "--memory-limit", "16"]);
    let (same, _) = run(&["--threads", "3"]);
    assert_eq!(other["digest"], same["digest"]);
}
