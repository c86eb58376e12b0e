//! Reading what the page says.

use std::thread;

use chunkfit::Runtime;

use super::graphs::{Gate, waiting};
use super::http::Follower;

/// The state of the run that is shown.
pub fn state(page: &Follower) -> &'static str {
    let html = page.html();
    ["running", "failed", "cancelled", "done"].into_iter().find(|state| html.contains(state)).unwrap_or("none")
}

/// The number of tasks that are done.
pub fn tasks_done(page: &Follower) -> usize {
    let html = page.html();
    let before = html.split(" tasks").next().unwrap();
    let digits: String = before.chars().rev().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
    digits.chars().rev().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
}

/// The token of the form that cancels, which is on the page while a run goes on.
pub fn token(page: &mut Follower, runtime: &Runtime) -> String {
    let (gate, runtime) = (Gate::default(), runtime.clone());
    let tasks = waiting(("wait", 1), 1, &gate);
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    let html = page.until(|page| page.html().contains("name=\"token\"")).html();
    gate.open();
    run.join().unwrap();
    let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
