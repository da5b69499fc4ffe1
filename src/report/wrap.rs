//! Lines of at most 80 columns.

/// The widest line.
const WIDTH: usize = 80;

/// Text under construction.
#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    /// A line that begins with `head`; what does not fit goes on below, indented by `hang`.
    pub(super) fn line(&mut self, head: &str, text: &str, hang: usize) {
        let mut line = head.to_owned();
        let mut width = line.chars().count();
        let mut fresh = true;
        for word in text.split(' ') {
            let more = word.chars().count();
            if !fresh && width + 1 + more > WIDTH && !word.is_empty() {
                self.0.push_str(line.trim_end());
                self.0.push('\n');
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
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.0.push('\n');
    }
}
