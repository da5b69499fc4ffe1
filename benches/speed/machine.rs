//! What this process has used.

/// A line of `/proc/self/status`, in MB, where the system has one.
fn status(key: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(key))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// The most memory it has had, in MB.
pub fn peak() -> f64 {
    status("VmHWM:").unwrap_or(f64::NAN)
}

/// The memory it has, in MB.
pub fn resident() -> f64 {
    status("VmRSS:").unwrap_or(f64::NAN)
}

/// The seconds that processors have worked for it, of a hundredth each.
pub fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}
