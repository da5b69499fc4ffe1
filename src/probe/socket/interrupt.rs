//! Ctrl-C: the first ends what runs and leaves what is known, the second ends the program.

use std::sync::{OnceLock, mpsc};
use std::time::Duration;
use tokio::sync::watch;

/// Waits for the first Ctrl-C, and hears it from now on. If the system does not let us hear it, it ends
/// the program as usual.
pub(super) fn interrupted() -> impl Future<Output = ()> {
    let mut pressed = presses().clone();
    async move {
        if pressed.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Waits so long; says whether nobody pressed Ctrl-C meanwhile.
#[must_use]
pub fn pause(time: Duration) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let Ok(runtime) = runtime else {
        std::thread::sleep(time);
        return true;
    };
    runtime.block_on(async { tokio::time::timeout(time, interrupted()).await.is_err() })
}

/// Heard by a thread of its own: no work can be so busy that the second one is missed.
fn presses() -> &'static watch::Receiver<bool> {
    static HEARD: OnceLock<watch::Receiver<bool>> = OnceLock::new();
    HEARD.get_or_init(|| {
        let (pressed, heard) = watch::channel(false);
        let (listens, listening) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let first = async {
                    if tokio::signal::ctrl_c().await.is_ok() {
                        pressed.send_replace(true);
                    }
                };
                let told = async {
                    let _ = listens.send(());
                };
                // In this order: what is waited for is heard from when it is first asked for.
                tokio::join!(biased; first, told);
                if tokio::signal::ctrl_c().await.is_ok() {
                    // What a shell says of a program that SIGINT ended.
                    std::process::exit(128 + 2);
                }
            });
        });
        // Until then the system ends the program. Without a runtime nobody tells, and it goes on doing so.
        let _ = listening.recv();
        heard
    })
}
