//! Lines of at most 80 columns.

use std::borrow::Cow;

/// The widest line.
const WIDTH: usize = 80;

/// A line that begins with `head`, wrapped; what does not fit is indented by `hang`.
#[must_use]
pub fn wrapped(head: &str, text: &str, hang: usize) -> String {
    let mut page = Page::default();
    page.line(head, text, hang);
    page.0
}

/// Text without what a terminal would obey: what others sent is shown, not done.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| {
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns
    };
    match text.contains(obeyed) {
        true => Cow::Owned(text.replace(obeyed, "·")),
        false => Cow::Borrowed(text),
    }
}

/// The words of a text; what stands between backquotes is to be copied, and is one word if a line has
/// room for it.
fn words(text: &str, room: usize) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let mut quoted = false;
        let end = rest.find(|c: char| {
            quoted ^= c == '`';
            c == ' ' && !quoted
        });
        let whole = end.unwrap_or(rest.len());
        let end = match rest[..whole].chars().count() > room {
            true => rest.find(' '),
            false => end,
        };
        let Some(end) = end else {
            out.push(rest);
            return out;
        };
        out.push(&rest[..end]);
        rest = &rest[end + 1..];
    }
}

/// Text under construction.
#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    /// A line that begins with `head`; what does not fit goes on below, indented by `hang`.
    pub(super) fn line(&mut self, head: &str, text: &str, hang: usize) {
        let text = plain(text);
        let mut line = head.to_owned();
        let mut width = line.chars().count();
        let mut fresh = true;
        for word in words(&text, WIDTH.saturating_sub(hang)) {
            let more = word.chars().count();
            if !fresh && width + 1 + more > WIDTH && !word.is_empty() {
                self.push(&line);
                line = " ".repeat(hang);
                width = hang;
                fresh = true;
            }
            if !fresh {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += more;
            fresh = false;
        }
        self.push(&line);
    }

    /// A line with something at its right edge, on a line of its own if there is no room.
    pub(super) fn entry(&mut self, head: &str, text: &str, right: &str, hang: usize) {
        let (text, right) = (plain(text), plain(right));
        let left = head.chars().count() + text.chars().count();
        let more = right.chars().count();
        if right.is_empty() || left + 2 + more > WIDTH {
            self.line(head, &text, hang);
            let last = self
                .0
                .trim_end()
                .rsplit('\n')
                .next()
                .map_or(0, |l| l.chars().count());
            if !right.is_empty() && last + 2 + more <= WIDTH {
                self.0.truncate(self.0.trim_end().len());
                self.push(&format!("{}{right}", " ".repeat(WIDTH - last - more)));
            } else if !right.is_empty() {
                let pad = WIDTH.saturating_sub(more).max(hang.min(4));
                self.push(&format!("{}{right}", " ".repeat(pad)));
            }
            return;
        }
        let pad = WIDTH - left - more;
        self.push(&format!("{head}{text}{}{right}", " ".repeat(pad)));
    }

    /// A line as it is, however long.
    pub(super) fn verbatim(&mut self, line: &str) {
        self.push(line);
    }

    /// An empty line, never a second one.
    pub(super) fn gap(&mut self) {
        if !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    fn push(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }
}
