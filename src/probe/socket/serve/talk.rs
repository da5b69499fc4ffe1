//! One connection: hear, answer, hang up. Bounded in bytes and in time, whatever the far side does.

use super::super::seen;
use super::Call;
use super::words::{self, MOST, Wish, Words};
use crate::probe::Over;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

/// Who has said nothing that can be answered by then is answered all the same.
const HEARING: Duration = Duration::from_secs(1);

/// So long an answer may take to be sent, and as long the far side to hang up.
const LEAVING: Duration = Duration::from_secs(1);

/// Of what comes after the answer so much is read, so that the answer is not lost: a socket that is
/// closed with bytes unread resets its connection.
const DRAINED: usize = 64 * 1024;

/// Talks with a caller, and tells of it once it is answered.
pub(super) async fn talk(mut stream: TcpStream, source: SocketAddr, told: mpsc::Sender<Call>) {
    let Ok(at) = stream.local_addr() else {
        return;
    };
    let Words { proxy, wish } = hear(&mut stream).await;
    let line = seen::answer(source, at, proxy.as_ref());
    let text = match wish {
        Wish::Http { head } => http(&line, head),
        _ => line,
    };
    let sent = timeout(LEAVING, async {
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await
    });
    let answered = matches!(sent.await, Ok(Ok(())));
    let call = Call::new(Over::Tcp, source, at, proxy, answered);
    if told.send(call).await.is_ok() && answered {
        let _ = timeout(LEAVING, drain(&mut stream)).await;
    }
}

/// Reads until it is known what the far side wants, or for long enough.
async fn hear(stream: &mut TcpStream) -> Words {
    let until = Instant::now() + HEARING;
    let (mut buffer, mut filled) = ([0; 2 * MOST], 0);
    loop {
        let heard = words::read(buffer.get(..filled).unwrap_or_default());
        let room = buffer.get_mut(filled..).unwrap_or_default();
        if heard.wish != Wish::More || room.is_empty() {
            return heard;
        }
        match timeout_at(until, stream.read(room)).await {
            Ok(Ok(more)) if more > 0 => filled += more,
            _ => return heard,
        }
    }
}

async fn drain(stream: &mut TcpStream) {
    let (mut buffer, mut left) = ([0; 4096], DRAINED);
    while left > 0 {
        match stream.read(&mut buffer).await {
            Ok(more) if more > 0 => left = left.saturating_sub(more),
            _ => return,
        }
    }
}

fn http(line: &str, head: bool) -> String {
    let body = if head { "" } else { line };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        line.len()
    )
}
