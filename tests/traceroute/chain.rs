//! The chain `client - r1 - r2 - r3 - server`, of which the test is the client.

use crate::netns::{Place, addressed, ip};
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Stdio};

/// The chain: private addresses up to the link between r1 and r2, public ones from there.
pub(crate) struct Chain {
    pub(crate) r2: Place,
    pub(crate) r3: Place,
    pub(crate) server: Place,
    _r1: Place,
}

impl Chain {
    pub(crate) fn new() -> Self {
        let [r1, r2, r3, server] = ["r1", "r2", "r3", "server"].map(Place::new);
        let link = |one: &str, other: &str| {
            ip(&format!("link add name {one} type veth peer name {other}"));
        };
        link("c-r1", "r1-c");
        for address in ["10.0.0.10/24", "fd00:0:0:1::10/64"] {
            ip(&addressed("c-r1", address));
        }
        ip("link set c-r1 up");
        r1.takes("r1-c", &["10.0.0.1/24", "fd00:0:0:1::1/64"]);
        link("r1-r2", "r2-r1");
        r1.takes("r1-r2", &["10.0.1.1/24", "fd00:0:0:2::1/64"]);
        r2.takes("r2-r1", &["10.0.1.2/24", "fd00:0:0:2::2/64"]);
        link("r2-r3", "r3-r2");
        r2.takes("r2-r3", &["52.95.0.1/24", "2600:1f00:0:1::1/64"]);
        r3.takes("r3-r2", &["52.95.0.2/24", "2600:1f00:0:1::2/64"]);
        link("r3-s", "s-r3");
        r3.takes("r3-s", &["52.95.1.1/24", "2600:1f00:0:2::1/64"]);
        server.takes("s-r3", &["52.95.1.80/24", "2600:1f00:0:2::80/64"]);
        ip("route add default via 10.0.0.1");
        ip("route add default via fd00:0:0:1::1");
        r1.ip("route add default via 10.0.1.2");
        r1.ip("route add default via fd00:0:0:2::2");
        r2.ip("route add default via 52.95.0.2");
        r2.ip("route add default via 2600:1f00:0:1::2");
        r2.ip("route add 10.0.0.0/24 via 10.0.1.1");
        r2.ip("route add fd00:0:0:1::/64 via fd00:0:0:2::1");
        r3.ip("route add default via 52.95.0.1");
        r3.ip("route add default via 2600:1f00:0:1::1");
        server.ip("route add default via 52.95.1.1");
        server.ip("route add default via 2600:1f00:0:2::1");
        Self {
            r2,
            r3,
            server,
            _r1: r1,
        }
    }

    /// Lets the server listen, until the listener is dropped or this process is gone.
    pub(crate) fn listens(&self) -> Listener {
        let own = std::env::current_exe().unwrap();
        let mut child = self.server.command(own.to_str().unwrap());
        let child = child.args(["chain::the_server", "--exact", "--ignored", "--nocapture"]);
        let child = child.env(AT, "443");
        let piped = child.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut said = String::new();
        let mut byte = [0];
        while !said.contains(READY) {
            assert_eq!(out.read(&mut byte).unwrap(), 1, "{said}");
            said.push(char::from(byte[0]));
        }
        Listener(child)
    }
}

pub(crate) struct Listener(Child);

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

const AT: &str = "REACHABILITY_TEST_LISTENS_AT";
const READY: &str = "<listens>";

#[test]
#[ignore = "what the server of a chain runs, until its standard input ends"]
fn the_server() {
    let Ok(port) = std::env::var(AT) else { return };
    let all: SocketAddr = format!("[::]:{port}").parse().unwrap();
    let listener = TcpListener::bind(all).unwrap();
    println!("{READY}");
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
