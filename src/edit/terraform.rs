//! HCL, laid out as `terraform fmt` lays it out.

use std::fmt::Write as _;

/// A resource; values are as [`quoted`] or as they are.
pub(super) fn resource(kind: &str, name: &str, values: &[(&str, String)]) -> String {
    let mut out = format!("resource \"{kind}\" \"{}\" {{\n", word(name));
    out.push_str(&arguments(values));
    out.push_str("}\n");
    out
}

/// Arguments of a resource that is there already.
pub(super) fn inside(kind: &str, id: &str, values: &[(&str, String)]) -> String {
    format!(
        "# in the {kind} of {id}\n{}",
        arguments(values)
            .lines()
            .map(|l| format!("{}\n", l.trim_start()))
            .collect::<String>()
    )
}

/// Arguments, their signs of equality below each other.
fn arguments(values: &[(&str, String)]) -> String {
    let width = values.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (key, value) in values {
        let _ = writeln!(out, "  {key:<width$} = {value}");
    }
    out
}

/// A string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A list of strings.
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let all: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", all.join(", "))
}

/// A name that Terraform takes.
pub(super) fn word(name: &str) -> String {
    let fit = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.to_ascii_lowercase().chars().map(fit).collect();
    let mut out = String::new();
    for part in name.split('_').filter(|p| !p.is_empty()) {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(part);
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}
