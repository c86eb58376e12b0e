//! The end of whoever started this process.

use std::io::Read;

/// Until stdin is closed. What is written to it is not looked at.
pub async fn of_stdin() {
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: tokio's would keep the process from ending while it reads.
    std::thread::spawn(move || {
        let mut buffer = [0; 64];
        while std::io::stdin().read(&mut buffer).is_ok_and(|n| n > 0) {}
        drop(sender);
    });
    // Dropped, never sent.
    let _ = receiver.await;
}
