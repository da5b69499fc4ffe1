//! One measurement: a process of its own, so that its memory is its own and it can be stopped.

use super::machine::{peak, worked};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What came of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Of processor, for one of what is measured.
    pub seconds: f64,
    /// A count or a verdict: everybody must come to the same.
    pub answer: String,
    /// What else there is to say.
    #[serde(default)]
    pub says: String,
    /// The most memory the process had, in MiB, and what it had before it began.
    #[serde(default)]
    pub peak: f64,
    #[serde(default)]
    pub before: f64,
}

impl Measured {
    pub fn new(seconds: f64, answer: impl Into<String>) -> Self {
        Self {
            seconds,
            answer: answer.into(),
            ..Self::default()
        }
    }

    pub fn saying(self, says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            ..self
        }
    }
}

/// The least of several times that something takes; what takes long is done once.
pub fn time<T>(mut what: impl FnMut() -> T) -> (f64, T) {
    let mut once = || {
        let start = worked();
        let out = what();
        (worked() - start, out)
    };
    let began = Instant::now();
    let (mut least, mut out) = once();
    for _ in 0..9 {
        if began.elapsed() > Duration::from_secs(2) {
            break;
        }
        let (seconds, last) = once();
        least = least.min(seconds);
        out = last;
    }
    (least, out)
}

/// Of a program that prints a measurement as its last line.
///
/// # Errors
/// Why there is none: it did not finish, or failed.
pub fn run(command: &mut Command, limit: Duration) -> Result<Measured, String> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::read_to_string(&mut out));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(format!("not within {} s", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let text = reader.join().unwrap().unwrap();
    let last = text.lines().last().unwrap_or_default();
    if !status.success() {
        return Err(format!("failed: {status}"));
    }
    serde_json::from_str(last).map_err(|e| format!("{e}: {last}"))
}

/// Prints one, for the process that waits for it.
pub fn tell(measured: Measured) {
    let measured = Measured {
        peak: peak(),
        ..measured
    };
    println!("{}", serde_json::to_string(&measured).unwrap());
}

/// A Python that has what peers need, if it was installed; else any.
pub fn python(installed: bool) -> Option<Command> {
    let own = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let own = own.parent()?.join("peers/bin/python");
    match (own.exists(), installed) {
        (true, _) => Some(Command::new(own)),
        (false, true) => None,
        (false, false) => Some(Command::new("python3")),
    }
}
