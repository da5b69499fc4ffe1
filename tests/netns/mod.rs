//! Network namespaces for tests. What a test sends stays in those it made, and they are gone with
//! the last process in them, however the test ends: their names are in a `/run` of its own.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stdout,
    reason = "several tests use it, each its part"
)]

use std::io::Write as _;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Set in the namespace: which test runs there.
const INSIDE: &str = "REACHABILITY_TEST_INSIDE";

/// Whether links wait until nobody else has their IPv6 addresses: here nobody has.
const UNWATCHED: &str = "ipv6/conf/default/accept_dad";

/// Runs `body` in a network namespace of its own, with the loopback up and nothing else. `test` is
/// the name of the test that calls: this binary is run again for it alone, in there.
///
/// Where that cannot be done the test is skipped aloud, or fails if `CI` is `true`.
pub fn alone(test: &str, body: impl FnOnce()) {
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        return body();
    }
    let Some(mut command) = inside() else {
        return skipped(test, "neither root nor a user namespace (`unshare`, `ip`)");
    };
    let own = std::env::current_exe().expect("this binary");
    let run = command.arg(own).args([test, "--exact", "--nocapture"]);
    let done = run.env(INSIDE, test).output().expect("unshare runs");
    let said = text(&done);
    // Captured with the test's own words, and shown if it fails.
    print!("{said}");
    assert!(done.status.success(), "{test} failed in its namespace");
    assert!(said.contains("1 passed"), "no test is named {test}");
}

/// Says that a test is not run, also to who does not want to see what tests print.
pub fn skipped(test: &str, why: &str) {
    static SO_FAR: AtomicUsize = AtomicUsize::new(0);
    let number = SO_FAR.fetch_add(1, Ordering::Relaxed) + 1;
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci, "{test} must run here: {why}");
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: {test}: {why} ({number} so far)"
    );
}

/// A command that runs what follows in new namespaces: as root, or as somebody who may be root there.
fn inside() -> Option<Command> {
    let ways = [
        &["--net", "--mount"][..],
        &["--user", "--map-root-user", "--net", "--mount"],
    ];
    let ready = format!(
        "mount -t tmpfs none /run && ip link set lo up && \
         (echo 0 > /proc/sys/net/{UNWATCHED} || true) && exec \"$0\" \"$@\""
    );
    ways.into_iter().find_map(|way| {
        let command = || {
            let mut command = Command::new("unshare");
            command.args(way).args(["--", "sh", "-c", &ready]);
            command
        };
        let tried = command().args(["ip", "netns", "add", "tried"]).output();
        tried.is_ok_and(|o| o.status.success()).then(command)
    })
}

fn text(done: &Output) -> String {
    let both = [&done.stdout[..], &done.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// A namespace beside the test's own.
pub struct Place(&'static str);

impl Place {
    /// A new one. Its routers forward at once, answer every packet, and its addresses are usable
    /// without waiting.
    pub fn new(name: &'static str) -> Self {
        run(Command::new("ip").args(["netns", "add", name]));
        let place = Self(name);
        place.ip("link set lo up");
        for (key, value) in [
            ("ipv4/ip_forward", "1"),
            ("ipv4/icmp_ratelimit", "0"),
            ("ipv6/conf/all/forwarding", "1"),
            ("ipv6/icmp/ratelimit", "0"),
            (UNWATCHED, "0"),
        ] {
            place.set(key, value);
        }
        place
    }

    /// Runs `ip …` there.
    pub fn ip(&self, words: &str) {
        run(self.command("ip").args(words.split(' ')));
    }

    /// Sets a key of `/proc/sys/net` there.
    pub fn set(&self, key: &str, value: &str) {
        let script = format!("echo {value} > /proc/sys/net/{key}");
        run(self.command("sh").args(["-c", &script]));
    }

    /// A program to be run there.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", self.0, program]);
        command
    }

    /// Moves a link of the test's own namespace here, and gives it addresses.
    pub fn takes(&self, link: &str, addresses: &[&str]) {
        ip(&format!("link set {link} netns {}", self.0));
        for address in addresses {
            self.ip(&addressed(link, address));
        }
        self.ip(&format!("link set {link} up"));
    }
}

/// Runs `ip …` in the test's own namespace.
pub fn ip(words: &str) {
    run(Command::new("ip").args(words.split(' ')));
}

/// The words that give a link an address. An IPv6 address is usable at once: nobody else has it.
pub fn addressed(link: &str, address: &str) -> String {
    let nodad = if address.contains(':') { " nodad" } else { "" };
    format!("address add {address} dev {link}{nodad}")
}

fn run(command: &mut Command) {
    let done = command.output().expect("a program that is there");
    assert!(done.status.success(), "{command:?}: {}", text(&done));
}
