//! Where a value stands in its file: written out only for whoever asks.

use smol_str::SmolStr;
use std::fmt::Write;
use std::rc::Rc;

/// The way from the root of a file to a value (RFC 6901).
#[derive(Clone, Debug, Default)]
pub(super) struct Pointer<'a>(Option<Rc<(Pointer<'a>, Step<'a>)>>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// One of a list.
    At(u32),
}

impl<'a> Pointer<'a> {
    /// One step further.
    pub(super) fn to(&self, step: Step<'a>) -> Self {
        Self(Some(Rc::new((self.clone(), step))))
    }

    /// As text.
    pub(super) fn text(&self) -> SmolStr {
        let mut out = String::new();
        self.write(&mut out);
        out.into()
    }

    fn write(&self, out: &mut String) {
        let Some((before, step)) = self.0.as_deref() else {
            return;
        };
        before.write(out);
        out.push('/');
        match step {
            Step::Key(key) if key.contains(['~', '/']) => {
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Step::Key(key) => out.push_str(key),
            Step::At(place) => {
                // Writing to a string does not fail.
                let _ = write!(out, "{place}");
            }
        }
    }
}
