//! A browser that is driven by WebDriver: ChromeDriver speaks JSON over HTTP.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{PATIENCE, request};

/// One browser at a time: each takes a core.
static ALONE: Mutex<()> = Mutex::new(());

/// A browser of its own, with an empty profile. It is closed when this is dropped.
pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    _profile: TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let ended = std::panic::catch_unwind(|| request(self.address, "DELETE", &self.path(""), "", ""));
        // A browser that is gone already has left nothing to end.
        drop((ended, self.driver.kill(), self.driver.wait()));
    }
}

/// Without these, headless browsers of some systems do not start, or ask for what is not there.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
];

impl Browser {
    /// Starts the program that `CHROMEDRIVER` names, `chromedriver` if it names none, and the browser.
    pub fn start() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut command = Command::new(&program);
        let mut driver =
            command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
                panic!("cannot start {program}: {error}; install ChromeDriver, or name it in CHROMEDRIVER")
            });
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let started = lines.by_ref().map(Result::unwrap).find(|line| line.contains("started successfully on port "));
        let port = started.and_then(|line| line.trim_end_matches('.').rsplit(' ').next()?.parse::<u16>().ok());
        thread::spawn(move || lines.for_each(drop));
        let address = SocketAddr::from(([127, 0, 0, 1], port.expect("ChromeDriver tells its port")));
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let mut browser = Browser { driver, address, session: String::new(), _profile: profile, _alone: alone };
        let answer = browser.send("POST", "/session", &capabilities);
        browser.session = answer["sessionId"].as_str().unwrap().to_owned();
        browser
    }

    fn path(&self, path: &str) -> String {
        format!("/session/{}{path}", self.session)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let answer = request(self.address, method, path, "", &body);
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{method} {path}: {value}");
        value["value"].clone()
    }

    pub fn open(&self, url: &str) {
        self.send("POST", &self.path("/url"), &json!({ "url": url }));
    }

    /// The result of a script's `return`.
    pub fn run(&self, script: &str) -> Value {
        self.send("POST", &self.path("/execute/sync"), &json!({ "script": script, "args": [] }))
    }

    /// The text of an element as it is seen; nothing if there is none.
    pub fn text(&self, selector: &str) -> String {
        let script = format!("return document.querySelector({})?.innerText ?? ''", json!(selector));
        self.run(&script).as_str().unwrap().to_owned()
    }

    pub fn count(&self, selector: &str) -> u64 {
        self.run(&format!("return document.querySelectorAll({}).length", json!(selector))).as_u64().unwrap()
    }

    /// Waits until a script returns `true`.
    pub fn until(&self, condition: &str) {
        let started = Instant::now();
        while self.run(&format!("return Boolean({condition})")) != Value::Bool(true) {
            let page = || self.text("body");
            assert!(started.elapsed() < PATIENCE, "this never came to be: {condition}\n{}", page());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until an element's text has these words.
    pub fn until_text(&self, selector: &str, words: &str) {
        self.until(&format!("document.querySelector({})?.innerText.includes({})", json!(selector), json!(words)));
    }

    pub fn click(&self, selector: &str) {
        let element = json!({ "using": "css selector", "value": selector });
        let found = self.send("POST", &self.path("/element"), &element);
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        self.send("POST", &self.path(&format!("/element/{id}/click")), &json!({}));
    }

    /// Presses keys, as a keyboard would.
    pub fn press(&self, keys: &str) {
        let key = |key: char| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        let keys: Vec<Value> = keys.chars().flat_map(key).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.send("POST", &self.path("/actions"), &actions);
    }

    /// Opens a further tab, which comes to the front.
    pub fn new_tab(&self) -> Tab {
        let tab = self.send("POST", &self.path("/window/new"), &json!({ "type": "tab" }));
        let tab = Tab(tab["handle"].as_str().unwrap().to_owned());
        self.show(&tab);
        tab
    }

    /// Brings a tab to the front.
    pub fn show(&self, tab: &Tab) {
        self.send("POST", &self.path("/window"), &json!({ "handle": tab.0 }));
    }

    /// What the console has complained of: errors of scripts and of loading, and what the content policy forbids.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.send("POST", &self.path("/se/log"), &json!({ "type": "browser" }));
        let bad = |entry: &&Value| {
            entry["level"] == "SEVERE" || entry["message"].as_str().unwrap().contains("Content Security Policy")
        };
        log.as_array().unwrap().iter().filter(bad).map(Value::to_string).collect()
    }

    /// The addresses that pages have asked for.
    pub fn requested(&self) -> Vec<String> {
        let log = self.send("POST", &self.path("/se/log"), &json!({ "type": "performance" }));
        let request = |entry: &Value| {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &message["message"];
            (event["method"] == "Network.requestWillBeSent")
                .then(|| event["params"]["request"]["url"].as_str().unwrap().to_owned())
        };
        log.as_array().unwrap().iter().filter_map(request).collect()
    }
}

/// A tab of a browser.
pub struct Tab(String);
