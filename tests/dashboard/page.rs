//! Reading what the page says.

use std::net::SocketAddr;

use super::http::{Follower, get};

/// The state of the run that is shown.
pub fn state(page: &Follower) -> &'static str {
    let html = page.sections.get("state").map_or("", String::as_str);
    let states = [("Running", "running"), ("Failed", "failed"), ("Cancelled", "cancelled"), ("Done", "done")];
    states.into_iter().find(|(word, _)| html.contains(word)).map_or("none", |(_, state)| state)
}

/// The number of tasks that are done.
pub fn tasks_done(page: &Follower) -> usize {
    let headline = page.sections.get("headline").map_or("", String::as_str);
    let after = |name: &str| headline.split_once(&format!("<dt>{name}</dt>")).map(|(_, after)| after);
    let Some(after) = after("tasks done").or_else(|| after("tasks")) else { return 0 };
    let digits = after.chars().take_while(|c| *c != '/').filter(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

/// The token of the form that cancels.
pub fn token(address: SocketAddr) -> String {
    let html = get(address, "/").body;
    let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
