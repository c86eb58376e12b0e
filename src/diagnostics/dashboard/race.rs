//! Waiting for the first of two futures.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// The output of the future that was ready first.
pub(super) enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for the first of two futures; the other one is dropped. If both are ready, the first counts.
pub(super) async fn race<A: Future, B: Future>(a: A, b: B) -> Either<A::Output, B::Output> {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(|context| {
        if let Poll::Ready(output) = a.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        b.as_mut().poll(context).map(Either::Second)
    })
    .await
}
