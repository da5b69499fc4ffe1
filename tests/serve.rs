//! The responder, called over the loopback by those it is made for and by others.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use reachability::probe::socket::serve::{Call, Responder, Served};
use reachability::probe::{Over, Proxied};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

const QUESTION: &[u8] = b"reachability seen 1\n";

/// A responder on a thread of its own, ended with the test.
struct Fake {
    at: SocketAddr,
    calls: Receiver<Call>,
    _stop: oneshot::Sender<()>,
}

impl Fake {
    fn at(address: &str) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (ready, bound) = channel();
        let (tell, calls) = channel();
        let address = address.parse().unwrap();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let responder = Responder::bind(address).await.unwrap();
                ready.send(responder.at()).unwrap();
                let on = |served| match served {
                    Served::Called(call) => tell.send(call).unwrap_or_default(),
                    Served::Listening(_) => {}
                    Served::Trouble(why) => panic!("{why}"),
                };
                tokio::select! { () = responder.run(on) => {}, _ = stopped => {} }
            });
        });
        Self {
            at: bound.recv().unwrap(),
            calls,
            _stop: stop,
        }
    }

    fn call(&self) -> Call {
        self.calls.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.at).unwrap();
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).unwrap();
        stream
    }

    /// Says something, and reads until the far side hangs up.
    fn say(&self, words: &[u8]) -> (SocketAddr, String) {
        let mut stream = self.connect();
        stream.write_all(words).unwrap();
        (stream.local_addr().unwrap(), rest(stream))
    }
}

fn rest(mut stream: TcpStream) -> String {
    let mut heard = String::new();
    stream.read_to_string(&mut heard).unwrap();
    heard
}

fn line(source: SocketAddr, at: SocketAddr) -> Value {
    json!({"version": 1, "source": source.to_string(), "at": at.to_string()})
}

fn read(text: &str) -> Value {
    assert!(text.ends_with("}\n"), "{text:?}");
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_question_is_answered_at_once() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let fake = Fake::at(address);
        let began = Instant::now();
        let (source, heard) = fake.say(QUESTION);
        assert!(began.elapsed() < Duration::from_millis(900), "{began:?}");
        assert_eq!(read(&heard), line(source, fake.at));
        let call = fake.call();
        assert_eq!((call.source, call.at), (source, fake.at));
        let log = call.to_string();
        let (when, who) = log.split_once(' ').unwrap();
        assert_eq!(who, format!("{source} -> {} tcp", fake.at));
        assert!(when.len() == 20 && when.ends_with('Z'), "{when}");
    }
}

#[test]
fn curl_is_answered() {
    let fake = Fake::at("127.0.0.1:0");
    let request = " /any HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
    for method in ["GET", "HEAD"] {
        let (source, heard) = fake.say(format!("{method}{request}").as_bytes());
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        let answer = format!("{}\n", line(source, fake.at));
        let length = format!("Content-Length: {}", answer.len());
        assert!(head.lines().any(|l| l == length), "{head}\n{answer}");
        assert_eq!(body, if method == "GET" { &answer } else { "" });
    }
}

#[test]
fn who_says_something_else_is_answered_too() {
    let fake = Fake::at("127.0.0.1:0");
    for words in [
        &b"anything\n"[..],
        b"POST / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PROXY \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        &[b'x'; 512],
        &[0; 32 * 1024],
    ] {
        let (source, heard) = fake.say(words);
        assert_eq!(read(&heard), line(source, fake.at), "{words:?}");
    }
}

#[test]
fn who_says_nothing_is_answered_after_a_second() {
    let fake = Fake::at("127.0.0.1:0");
    let began = Instant::now();
    let silent = fake.connect();
    let mut slow = fake.connect();
    let source = slow.local_addr().unwrap();
    for _ in 0..20 {
        let _ = slow.write_all(b"x");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(read(&rest(slow)), line(source, fake.at));
    let source = silent.local_addr().unwrap();
    assert_eq!(read(&rest(silent)), line(source, fake.at));
    let took = began.elapsed();
    assert!(took > Duration::from_millis(990) && took < Duration::from_secs(4));
    // Who hangs up without a word is not waited for.
    let gone = fake.connect();
    gone.shutdown(Shutdown::Write).unwrap();
    let began = Instant::now();
    assert_eq!(read(&rest(gone))["version"], 1);
    assert!(began.elapsed() < Duration::from_millis(900));
}

#[test]
fn many_callers_are_bounded_and_all_answered() {
    let fake = Fake::at("127.0.0.1:0");
    let began = Instant::now();
    let silent: Vec<TcpStream> = (0..200).map(|_| fake.connect()).collect();
    for (number, stream) in silent.into_iter().enumerate() {
        if number % 10 == 0 {
            // Some go away in the rudest way.
            let socket = socket2::Socket::from(stream);
            socket.set_linger(Some(Duration::ZERO)).unwrap();
        } else {
            let source = stream.local_addr().unwrap();
            assert_eq!(read(&rest(stream)), line(source, fake.at));
        }
    }
    // 200 that say nothing, 64 at a time, a second each: 4 rounds, of which the last 3 are waited for.
    let took = began.elapsed();
    assert!(took > Duration::from_millis(2990), "not bounded: {took:?}");
    assert!(took < Duration::from_secs(15), "{took:?}");
    let (source, heard) = fake.say(QUESTION);
    assert_eq!(read(&heard), line(source, fake.at));
}

#[test]
fn what_a_proxy_says_is_told() {
    let fake = Fake::at("127.0.0.1:0");
    let v1 = b"PROXY TCP4 10.0.0.9 10.1.0.5 4000 443\r\n".to_vec();
    let v2 = [
        &b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x26"[..],
        &[10, 0, 0, 9, 10, 1, 0, 5, 0x0f, 0xa0, 0x01, 0xbb],
        &[0xea, 0, 23, 1],
        b"vpce-0123456789abcdef0",
    ]
    .concat();
    let id = "vpce-0123456789abcdef0";
    for (header, proxy, log) in [
        (&v1, json!({"source": "10.0.0.9:4000"}), ""),
        (
            &v2,
            json!({"source": "10.0.0.9:4000", "vpce": id}),
            " by vpce-0123456789abcdef0",
        ),
    ] {
        for words in [QUESTION, b"GET / HTTP/1.1\r\n\r\n"] {
            let (source, heard) = fake.say(&[header, words].concat());
            let body = heard.split("\r\n\r\n").last().unwrap();
            let mut expected = line(source, fake.at);
            expected["proxy"] = proxy.clone();
            assert_eq!(read(body), expected);
            let call = fake.call();
            let told: Proxied = serde_json::from_value(proxy.clone()).unwrap();
            assert_eq!(call.proxy, Some(told));
            let end = format!(" tcp, a proxy says from 10.0.0.9:4000{log}");
            assert!(call.to_string().ends_with(&end), "{call}");
        }
    }
}

#[test]
fn datagrams_are_answered_and_never_by_more() {
    let padded = |length: usize| {
        let mut bytes = QUESTION.to_vec();
        bytes.resize(length, b' ');
        bytes
    };
    for (listens, calls) in [
        ("127.0.0.1:0", "127.0.0.1"),
        ("[::1]:0", "::1"),
        ("0.0.0.0:0", "127.0.0.1"),
        // The answer has to come from the address called, or a connected socket does not take it.
        ("0.0.0.0:0", "127.0.0.5"),
        ("[::]:0", "127.0.0.5"),
    ] {
        let fake = Fake::at(listens);
        let to = SocketAddr::new(calls.parse().unwrap(), fake.at.port());
        let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let client = UdpSocket::bind(any).unwrap();
        client.connect(to).unwrap();
        let source = client.local_addr().unwrap();
        let hear = |question: &[u8], patience| {
            client.set_read_timeout(Some(patience)).unwrap();
            client.send(question).unwrap();
            let mut buffer = [0; 2048];
            let length = client.recv(&mut buffer).ok()?;
            let call = fake.call();
            assert_eq!((call.over, call.source, call.at), (Over::Udp, source, to));
            Some(String::from_utf8(buffer[..length].to_vec()).unwrap())
        };
        let long = Duration::from_secs(5);
        let heard = hear(&padded(512), long).unwrap();
        assert_eq!(read(&heard), line(source, to), "{listens} {calls}");
        let again = hear(&padded(heard.len()), long).unwrap();
        assert_eq!(again, heard);
        let short = Duration::from_millis(150);
        for other in [
            padded(heard.len() - 1),
            QUESTION.to_vec(),
            Vec::new(),
            heard.into_bytes(),
            vec![b'x'; 1400],
        ] {
            assert_eq!(hear(&other, short), None, "{other:?}");
            let call = fake.call();
            assert!(!call.answered, "{call}");
            let end = format!("{source} -> {to} udp, not answered");
            assert!(call.to_string().ends_with(&end), "{call}");
        }
    }
}

#[test]
fn a_burst_of_datagrams_is_answered_one_by_one() {
    let fake = Fake::at("127.0.0.1:0");
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(fake.at).unwrap();
    let patience = Some(Duration::from_secs(5));
    client.set_read_timeout(patience).unwrap();
    let mut question = QUESTION.to_vec();
    question.resize(512, b' ');
    for _ in 0..50 {
        client.send(&question).unwrap();
    }
    let mut buffer = [0; 2048];
    for _ in 0..50 {
        let length = client.recv(&mut buffer).unwrap();
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        assert_eq!(read(text), line(client.local_addr().unwrap(), fake.at));
    }
}

#[test]
fn an_address_that_cannot_be_had_says_why() {
    let fake = Fake::at("127.0.0.1:0");
    let free = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let udp = UdpSocket::bind(free).unwrap();
    let refused = |at: SocketAddr| {
        let bind = async { Responder::bind(at).await.map(|_| ()).unwrap_err() };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(bind)
    };
    for (at, says) in [
        (fake.at, "cannot listen on TCP"),
        (fake.at, "another program has port"),
        (free, "cannot listen on UDP"),
        (
            "192.0.2.1:7411".parse().unwrap(),
            "no address of this machine",
        ),
    ] {
        let error = refused(at);
        assert!(error.contains(says), "{at}: {error}");
    }
    drop(udp);
}

fn program(at: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_reachability"));
    program.args(["probe", "--serve", at]);
    program
}

#[test]
fn the_program_logs_each_call_until_ctrl_c() {
    let mut program = program("127.0.0.1:0");
    let mut running = program.stdout(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(running.stdout.take().unwrap()).lines();
    let first = log.next().unwrap().unwrap();
    let at = first.split([' ', ',']).find_map(|w| w.parse().ok());
    let at: SocketAddr = at.unwrap();
    assert!(at.ip().is_loopback() && at.port() > 0, "{first}");
    let mut stream = TcpStream::connect(at).unwrap();
    let source = stream.local_addr().unwrap();
    stream.write_all(QUESTION).unwrap();
    assert_eq!(read(&rest(stream)), line(source, at));
    let told = log.next().unwrap().unwrap();
    assert!(told.ends_with(&format!("Z {source} -> {at} tcp")), "{told}");
    // Somebody who still says nothing does not hold it back.
    let silent = TcpStream::connect(at).unwrap();
    let id = running.id().to_string();
    let begun = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(running.wait().unwrap().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_millis(900));
    drop(silent);
    assert!(log.all(|l| l.is_ok()));
}

#[test]
fn the_program_says_why_it_cannot_listen() {
    let fake = Fake::at("127.0.0.1:0");
    for (at, code, says) in [
        (fake.at.to_string().as_str(), 4, "another program has port"),
        (
            "192.0.2.1:7411",
            4,
            "192.0.2.1 is no address of this machine",
        ),
        ("127.0.0.1", 2, "127.0.0.1:7411"),
        ("localhost:7411", 2, "127.0.0.1:7411"),
        ("127.0.0.1:99999", 2, "127.0.0.1:7411"),
    ] {
        let done = program(at).output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(code), "{at}: {error}");
        let words = error.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(says), "{at}: {error}");
        assert!(done.stdout.is_empty());
    }
}
