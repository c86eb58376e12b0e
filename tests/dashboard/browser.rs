//! The dashboard in a headless browser.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use chunkfit::diagnostics::Dashboard;
use chunkfit::graph::{Key, Lazy, Task};
use chunkfit::{Error, ErrorKind, Runtime};

use super::graphs::{Gate, busy, waiting};
use super::http::hang;
use super::open;
use super::webdriver::{Browser, Tab};

const STATE: &str = "#state";

/// Nothing has gone wrong in the browser, and it has asked nobody else for anything.
fn assert_clean(browser: &Browser, dashboard: &Dashboard) {
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let urls = [dashboard.url(), dashboard.url().replace("127.0.0.1", "localhost")];
    let requested = browser.requested();
    assert!(requested.contains(&urls[0]), "{requested:?}");
    let own = |address: &String| urls.iter().any(|url| address.starts_with(url));
    // The browser's own pages have addresses of other kinds.
    let foreign: Vec<_> = requested.iter().filter(|address| !own(address) && address.starts_with("http")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn a_run_is_seen_from_start_to_end() {
    let (dashboard, runtime, _) = open();
    let browser = Browser::start();
    browser.open(&dashboard.url());
    browser.until_text("#connection", "connected");
    browser.until_text(STATE, "No run has begun yet");
    let (gate, last) = (Gate::default(), Gate::default());
    let tasks = (waiting(("first", 0), 4, &gate), waiting(("second", 1), 4, &last));
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    browser.until_text(STATE, "Running");
    browser.until_text("#progress", "first");
    browser.until("document.querySelectorAll('#stream .growing').length === 2");
    gate.open();
    browser.until_text("#headline", "of 8");
    browser.until("document.querySelector('#headline').innerText.match(/tasks done\\s+4\\s/i)");
    last.open();
    run.join().unwrap();
    browser.until_text(STATE, "Done");
    browser.until("!document.querySelector('#stream .growing')");
    assert!(browser.count("#stream .lane path") >= 4);
    assert!(browser.text("#progress").contains("second"));
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn a_hundred_thousand_tasks_are_shown_while_they_run_and_the_page_stays_small() {
    let (dashboard, runtime, _) = open();
    let browser = Browser::start();
    browser.open(&dashboard.url());
    let gate = Gate::default();
    let tasks = (busy(100_000, Duration::from_micros(10)), waiting(("last", 1), 1, &gate));
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    browser.until_text(STATE, "Running");
    browser.until_text("#headline", "100,000");
    gate.open();
    run.join().unwrap();
    browser.until_text(STATE, "Done");
    browser.until_text("#headline", "100,001");
    assert!(browser.count("*") < 3000, "{} elements", browser.count("*"));
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn ten_tabs_follow_while_one_client_hangs_and_one_comes_late() {
    let (dashboard, runtime, address) = open();
    let hanging: Vec<_> = (0..3).map(|_| hang(address)).collect();
    let browser = Browser::start();
    // Browsers have six connections to one host, and in headless ones all tabs are seen at a time.
    let tab = |i| {
        let tab = browser.new_tab();
        browser.open(&if i < 5 { dashboard.url() } else { dashboard.url().replace("127.0.0.1", "localhost") });
        browser.until_text("#connection", "connected");
        tab
    };
    let mut tabs: Vec<Tab> = (0..9).map(tab).collect();
    let gate = Gate::default();
    let tasks = (busy(1000, Duration::from_micros(10)), waiting(("last", 1), 2, &gate));
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    for tab in &tabs {
        browser.show(tab);
        browser.until_text(STATE, "Running");
    }
    // The one that comes late.
    tabs.push(tab(9));
    browser.until_text("#headline", "1,000");
    browser.until_text(STATE, "Running");
    gate.open();
    run.join().unwrap();
    for tab in &tabs {
        browser.show(tab);
        browser.until_text(STATE, "Done");
    }
    assert_clean(&browser, &dashboard);
    drop(hanging);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn a_failing_run_shows_its_error_with_the_chunk_and_takes_no_name_for_html() {
    let (dashboard, runtime, _) = open();
    let browser = Browser::start();
    browser.open(&dashboard.url());
    let task = Task::new("parse", Key::unique()).chunk(3);
    let name = "</script><img src=x onerror=\"document.title='taken over'\">";
    let problem = || Err::<(), _>(Error::new(ErrorKind::Malformed { format: "CSV", problem: name.to_owned() }));
    assert!(runtime.compute(Lazy::source(task.display_name(Some(name.into())), problem)).is_err());
    browser.until_text(STATE, "Failed");
    browser.until_text(STATE, "chunk 3");
    browser.until_text(STATE, name);
    let title = browser.run("return document.title");
    assert!(title.as_str().is_some_and(|title| title.ends_with(" · chunkfit")), "{title}");
    assert_eq!(browser.count("img"), 0);
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn a_run_is_cancelled_by_its_button_after_a_confirmation() {
    let dashboard = Dashboard::options().allow_cancel(true).serve("127.0.0.1:0").unwrap();
    let runtime = Runtime::new().threads(2).watched_by(&dashboard);
    let browser = Browser::start();
    browser.open(&dashboard.url());
    browser.until_text("#connection", "connected");
    assert!(!browser.text("header").contains("Cancel"), "there is nothing to cancel yet");
    let gate = Gate::default();
    let tasks = waiting(("wait", 0), 8, &gate);
    let run = thread::spawn(move || runtime.compute(tasks).map(|values| values.len()));
    browser.until_text("header", "Cancel…");
    assert!(!browser.text("header").contains("Cancel this run"));
    browser.click("#cancel summary");
    browser.click("#cancel form button");
    browser.until("location.search === '?run=1'");
    gate.open();
    assert_eq!(*run.join().unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    browser.until_text(STATE, "Cancelled");
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn past_runs_are_to_choose_from() {
    let (dashboard, runtime, _) = open();
    let browser = Browser::start();
    runtime.compute(busy(7, Duration::ZERO)).unwrap();
    runtime.compute(busy(11, Duration::ZERO)).unwrap();
    browser.open(&dashboard.url());
    browser.until_text("#headline", "11");
    browser.until("document.querySelectorAll('#runs option').length === 2");
    browser.run("document.querySelector('#runs').value = '1'");
    browser.click("#choose button");
    browser.until("document.querySelector('#headline')?.innerText.match(/tasks\\s+7\\s/i)");
    assert!(browser.run("return location.search").as_str().unwrap().contains("run=1"));
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn the_keyboards_focus_and_open_parts_stay_where_they_are_when_the_page_changes() {
    let (dashboard, runtime, _) = open();
    let browser = Browser::start();
    browser.open(&dashboard.url());
    let (first, last) = (Gate::default(), Gate::default());
    let tasks = (waiting(("first", 0), 4, &first), waiting(("second", 1), 4, &last));
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    browser.until_text(STATE, "Running");
    browser.until("document.querySelector('#kinds')");
    // Until the table is reached by the key for the next element.
    let started = Instant::now();
    while browser.run("return document.activeElement.id") != "kinds" {
        assert!(started.elapsed() < Duration::from_secs(30), "the table cannot be reached by keyboard");
        browser.press("\u{e004}");
    }
    browser.run("document.querySelector('#kinds').dataset.old = 'yes'");
    first.open();
    browser.until("document.querySelector('#kinds') && !document.querySelector('#kinds').dataset.old");
    assert_eq!(browser.run("return document.activeElement.id"), "kinds");
    last.open();
    run.join().unwrap();
    browser.until_text(STATE, "Done");
    assert_eq!(browser.run("return document.activeElement.id"), "kinds");
    assert_clean(&browser, &dashboard);
}

#[test]
#[ignore = "needs Chromium and ChromeDriver"]
fn a_lost_connection_is_told_in_words_and_made_again_and_so_is_the_end() {
    let (dashboard, runtime, address) = open();
    let wire = Wire::to(address);
    let browser = Browser::start();
    browser.open(&format!("http://{}/", wire.address));
    browser.until_text("#connection", "connected");
    wire.cut();
    browser.until_text("#connection", "reconnecting");
    runtime.compute(busy(5, Duration::ZERO)).unwrap();
    wire.mend();
    browser.until_text("#connection", "connected");
    browser.until_text(STATE, "Done");
    drop(dashboard);
    browser.until_text("#connection", "ended");
    assert!(browser.text(STATE).contains("Done"));
}

/// A connection between browser and server that can be cut.
struct Wire {
    address: SocketAddr,
    state: Arc<Mutex<WireState>>,
}

#[derive(Default)]
struct WireState {
    is_cut: bool,
    streams: Vec<TcpStream>,
}

impl Wire {
    fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::<Mutex<WireState>>::default());
        let wire = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().map(Result::unwrap) {
                let mut state = wire.lock().unwrap();
                let Some(server) = (!state.is_cut).then(|| TcpStream::connect(server).ok()).flatten() else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    thread::spawn(move || {
                        drop(io::copy(&mut from, &mut to));
                        drop(to.shutdown(Shutdown::Both));
                    });
                }
                state.streams.extend([client, server]);
            }
        });
        Wire { address, state }
    }

    fn cut(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_cut = true;
        for stream in state.streams.drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    fn mend(&self) {
        self.state.lock().unwrap().is_cut = false;
    }
}
