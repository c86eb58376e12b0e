//! Answers to requests.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc;

use super::events::{self, Connection};
use super::guard::secret;
use super::hub::{Choice, Hub};
use super::page;

/// The most clients that may follow runs at a time.
const MOST_CLIENTS: usize = 64;

/// The longest body of a request.
const MOST_BODY: usize = 1024;

/// The body of a response: all at once, or event by event.
pub(super) enum Content {
    Whole(Option<Bytes>),
    Events(mpsc::Receiver<Bytes>),
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = match self.get_mut() {
            Content::Whole(content) => content.take(),
            Content::Events(events) => ready!(events.poll_recv(context)),
        };
        Poll::Ready(next.map(|content| Ok(Frame::data(content))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Content::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Content::Whole(content) => SizeHint::with_exact(content.as_ref().map_or(0, |content| content.len() as u64)),
            Content::Events(_) => SizeHint::default(),
        }
    }
}

/// Answers one request.
pub(super) async fn respond(
    request: Request<Incoming>,
    hub: Arc<Hub>,
    connection: Arc<Connection>,
) -> Result<Response<Content>, Infallible> {
    let mut response = answer(request, &hub, &connection).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        // Not `no-referrer`: by that, browsers do not say from which page a form comes either.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    Ok(response)
}

async fn answer(request: Request<Incoming>, hub: &Arc<Hub>, connection: &Arc<Connection>) -> Response<Content> {
    if !hub.guard.knows_host(request.headers()) || request.uri().authority().is_some() {
        let text = "This server is not known by that name. The options of the dashboard allow further ones.\n";
        return plain(StatusCode::MISDIRECTED_REQUEST, text);
    }
    let (is_read, path) = (matches!(*request.method(), Method::GET | Method::HEAD), request.uri().path());
    match path {
        "/cancel" if request.method() == Method::POST => cancel(request, hub).await,
        "/cancel" => only("POST"),
        "/" | "/events" | "/favicon.ico" if !is_read => only("GET, HEAD"),
        "/" => whole_page(hub),
        "/events" if request.method() == Method::HEAD => stream(Content::Whole(None)),
        "/events" => follow(hub, choice(request.uri().query()), connection),
        "/favicon.ico" => plain(StatusCode::NO_CONTENT, ""),
        _ => plain(StatusCode::NOT_FOUND, "There is no such page.\n"),
    }
}

/// The run that a query such as `run=3` asks for.
fn choice(query: Option<&str>) -> Choice {
    let number = query.into_iter().flat_map(|query| query.split('&')).find_map(|pair| pair.strip_prefix("run="));
    number.and_then(|number| number.parse().ok()).map_or(Choice::Latest, Choice::Run)
}

fn whole_page(hub: &Hub) -> Response<Content> {
    let nonce = secret();
    let mut response = Response::new(Content::Whole(Some(page::shell(&nonce, &hub.guard).into())));
    let policy = page::policy(&nonce);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn follow(hub: &Arc<Hub>, choice: Choice, connection: &Arc<Connection>) -> Response<Content> {
    let Some(looking) = hub.look(choice, MOST_CLIENTS) else {
        let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "Too many clients follow already.\n");
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
        return response;
    };
    connection.is_stream_now();
    let (out, stream_of_events) = mpsc::channel(1);
    tokio::spawn(events::pump((hub.clone(), choice), looking, out, connection.clone(), events::PATIENCE));
    stream(Content::Events(stream_of_events))
}

fn stream(content: Content) -> Response<Content> {
    let mut response = Response::new(content);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    response
}

/// Cancels the run that a form names.
async fn cancel(request: Request<Incoming>, hub: &Hub) -> Response<Content> {
    if hub.guard.token().is_none() {
        return plain(StatusCode::FORBIDDEN, "Runs cannot be cancelled here: it is not switched on.\n");
    }
    if !hub.guard.is_from_own_page(request.headers()) {
        return plain(StatusCode::FORBIDDEN, "This did not come from the dashboard's own page.\n");
    }
    let Some(body) = small_body(request.into_body()).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large.\n");
    };
    let form = String::from_utf8_lossy(&body);
    let field = |name: &str| form.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default();
    if !hub.guard.allows(field("token=")) {
        return plain(StatusCode::FORBIDDEN, "The form has not the right token: reload the page.\n");
    }
    match field("run=").parse::<u64>() {
        Ok(number) if hub.feed.cancel(number) => {
            let mut response = plain(StatusCode::SEE_OTHER, "");
            if let Ok(location) = HeaderValue::try_from(format!("/?run={number}")) {
                response.headers_mut().insert(LOCATION, location);
            }
            response
        }
        _ => plain(StatusCode::NOT_FOUND, "There is no such run that goes on.\n"),
    }
}

/// The body of a request, unless it is too long or breaks off.
async fn small_body(mut body: Incoming) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        whole.extend_from_slice(frame.ok()?.data_ref()?);
        if whole.len() > MOST_BODY {
            return None;
        }
    }
    Some(whole)
}

fn only(methods: &'static str) -> Response<Content> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "That cannot be done here.\n");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Content> {
    let content = (!text.is_empty()).then(|| Bytes::from_static(text.as_bytes()));
    let mut response = Response::new(Content::Whole(content));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
