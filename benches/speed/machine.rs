//! What this process has used.

use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// A line of `/proc/self/status`, in MiB, where the system has one.
fn status(key: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(key))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// The most memory it has had, in MiB.
pub fn peak() -> f64 {
    status("VmHWM:").unwrap_or(f64::NAN)
}

/// The memory it has, in MiB.
pub fn resident() -> f64 {
    status("VmRSS:").unwrap_or(f64::NAN)
}

/// The seconds that a processor has worked for this thread, which other work on the machine hardly
/// changes.
pub fn worked() -> f64 {
    let spent = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    spent.map_or(f64::NAN, |spent| Duration::from(spent).as_secs_f64())
}
