//! `assume`: only switches that there are, in one of two positions.

use super::Lower;
use crate::diagnostic::{Diagnostic, near};
use crate::model::{SWITCHES, switch};

impl Lower<'_> {
    pub(super) fn switches(&mut self) {
        let root = self.root;
        for (name, value) in root.under("assume") {
            if switch(&name.text).is_none() {
                let names = || SWITCHES.iter().map(|s| s.name);
                let help = match near(&name.text, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("switches: {}", names().collect::<Vec<_>>().join(", ")),
                };
                let message = format!("there is no switch `{}`", name.text);
                let d = Diagnostic::error("unknown-switch", "", &name.span.origin(), message);
                self.out.push(d.help(help));
            } else if !matches!(value.text(), Some("true" | "false")) {
                let message = format!("`{}` is `true` or `false`", name.text);
                let d = Diagnostic::error("wrong-value", "", &value.origin(), message);
                self.out.push(d);
            }
        }
    }
}
