//! A listing of interfaces that is too long to be held, read row by row.

use super::json::Json;
use super::row::{self, Row};
use std::io::{self, Read};

/// What such a file lists.
pub(super) const KEY: &str = "NetworkInterfaces";

/// A long file, to be opened when its turn comes.
pub struct Bulk {
    /// Its relative path, as given.
    pub path: String,
    /// Its bytes from the first.
    pub open: Box<dyn Fn() -> io::Result<Box<dyn Read>>>,
}

/// A long file that is not one plain list of interfaces: all of it must be read at once for what it
/// is, or for what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPlain;

impl From<io::Error> for NotPlain {
    /// Whoever reads it again meets the same error, and can say it.
    fn from(_: io::Error) -> Self {
        NotPlain
    }
}

/// Whether a file that begins so may be such a list.
#[must_use]
pub fn begins_plainly(start: &[u8]) -> bool {
    let mut window = Window::new(start);
    window.head().is_ok()
}

/// One of its rows.
pub(super) enum Found<'r> {
    /// As AWS shapes it.
    Row(&'r Row<'r>),
    /// Any other.
    Json(&'r Json<'r>),
}

impl Bulk {
    /// Every row, with its place in the list.
    pub(super) fn each(&self, mut row: impl FnMut(u32, Found<'_>)) -> Result<(), NotPlain> {
        let mut window = Window::new((self.open)()?);
        window.head()?;
        if window.next_is(b']')? {
            return window.tail();
        }
        for place in 0.. {
            window.value(|found| row(place, found))?;
            if window.next_is(b']')? {
                return window.tail();
            }
            window.expect(",")?;
        }
        Ok(())
    }
}

/// So much is read at once.
const CHUNK: usize = 1 << 20;

/// The part of a file that is in memory.
struct Window<R> {
    from: R,
    /// Its text: what is looked at once here need not be looked at in every word.
    text: String,
    /// How much of it has been dealt with.
    done: usize,
    /// What follows it: a letter of which the end has not been read.
    part: Vec<u8>,
}

impl<R: Read> Window<R> {
    fn new(from: R) -> Self {
        Self {
            from,
            text: String::new(),
            done: 0,
            part: Vec::new(),
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.done..).unwrap_or_default()
    }

    /// Reads on.
    fn more(&mut self) -> Result<(), NotPlain> {
        self.text.drain(..self.done);
        self.done = 0;
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.append(&mut self.part);
        let mut chunk = self.from.by_ref().take(CHUNK as u64);
        if chunk.read_to_end(&mut bytes)? == 0 {
            return Err(NotPlain);
        }
        self.text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(cut) if cut.utf8_error().error_len().is_none() => {
                let whole = cut.utf8_error().valid_up_to();
                let mut bytes = cut.into_bytes();
                self.part = bytes.split_off(whole);
                String::from_utf8(bytes).map_err(|_| NotPlain)?
            }
            Err(_) => return Err(NotPlain),
        };
        Ok(())
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Result<u8, NotPlain> {
        loop {
            let mut rest = self.rest().bytes();
            match rest.position(|byte| !b" \t\r\n".contains(&byte)) {
                Some(spaces) => {
                    self.done += spaces;
                    return self.rest().bytes().next().ok_or(NotPlain);
                }
                None => {
                    self.done = self.text.len();
                    self.more()?;
                }
            }
        }
    }

    fn next_is(&mut self, byte: u8) -> Result<bool, NotPlain> {
        Ok(self.next()? == byte)
    }

    /// These bytes, after spaces.
    fn expect(&mut self, word: &str) -> Result<(), NotPlain> {
        self.next()?;
        while self.rest().len() < word.len() {
            self.more()?;
        }
        match self.rest().starts_with(word) {
            true => {
                self.done += word.len();
                Ok(())
            }
            false => Err(NotPlain),
        }
    }

    fn head(&mut self) -> Result<(), NotPlain> {
        const MARK: &str = "\u{feff}";
        if MARK.as_bytes().starts_with(&[self.next()?]) {
            self.expect(MARK)?;
        }
        self.expect("{")?;
        self.expect(&format!("\"{KEY}\""))?;
        self.expect(":")?;
        self.expect("[")
    }

    /// The list ends, and the file with it.
    fn tail(&mut self) -> Result<(), NotPlain> {
        self.expect("]")?;
        self.expect("}")?;
        // There is nothing more.
        self.next().map_or(Ok(()), |_| Err(NotPlain))
    }

    /// The next value, of which the window must hold all.
    fn value(&mut self, mut each: impl FnMut(Found<'_>)) -> Result<(), NotPlain> {
        loop {
            if let Some((row, used)) = row::next(self.rest()) {
                each(Found::Row(&row));
                self.done += used;
                return Ok(());
            }
            let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter();
            match values.next() {
                Some(Ok(value)) => {
                    let used = values.byte_offset();
                    each(Found::Json(&value));
                    self.done += used;
                    return Ok(());
                }
                Some(Err(error)) if error.is_eof() => self.more()?,
                Some(Err(_)) => return Err(NotPlain),
                None => self.more()?,
            }
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may stop at a mistake"
)]
mod tests {
    use super::*;

    /// Gives few bytes at a time.
    struct Drops(Vec<u8>, usize);

    impl Read for Drops {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let rest = self.0.get(self.1..).unwrap_or_default();
            let some = rest.len().min(7).min(out.len());
            out.get_mut(..some).unwrap().copy_from_slice(&rest[..some]);
            self.1 += some;
            Ok(some)
        }
    }

    fn rows(text: &str) -> Result<Vec<String>, NotPlain> {
        let bytes = text.as_bytes().to_vec();
        let open = Box::new(move || Ok(Box::new(Drops(bytes.clone(), 0)) as Box<dyn Read>));
        let path = String::new();
        let mut out = Vec::new();
        Bulk { path, open }.each(|place, found| {
            out.push(match found {
                Found::Row(row) => format!("{place} {}", row.network_interface_id),
                Found::Json(value) => {
                    let own = value.get("A").and_then(Json::text);
                    format!("{place} {}, of JSON", own.unwrap())
                }
            });
        })?;
        Ok(out)
    }

    #[test]
    fn rows_are_read_one_by_one() {
        let key = "\u{feff} { \"NetworkInterfaces\" :";
        assert_eq!(rows(&format!("{key} [ ] }} ")), Ok(vec![]));
        let two = format!("{key} [ {{\"A\": \"a]\"}} ,\n {{\"A\": \"\\u00e9\"}} ] }}\n");
        let read = ["0 a], of JSON", "1 é, of JSON"];
        assert_eq!(rows(&two), Ok(read.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_is_not_shaped_as_aws_shapes_it_is_read_as_json() {
        let own = r#""NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1""#;
        let plain = [
            "",
            r#""Attachment": {"InstanceId": "i-1", "DeviceIndex": 0}, "Groups": []"#,
            r#""Association": null, "Operator": {"Managed": false, "More": [1.5, "x"]}"#,
        ];
        let others = [
            r#""NetworkInterfaceId": "eni-2""#,
            r#""Attachment": ["i-1", 0]"#,
            r#""Attachment": {"InstanceId": 1}"#,
            r#""Groups": null"#,
            r#""Groups": [{}]"#,
            r#""TagSet": [["key", "value"]]"#,
            r#""PrivateIpAddress": "10.0.0""#,
            r#""SourceDestCheck": "true""#,
            r#""Operator": "\u00e9""#,
        ];
        let plain = plain.iter().map(|more| (more, false));
        let others = others.iter().map(|more| (more, true));
        for (more, json) in plain.chain(others) {
            let comma = if more.is_empty() { "" } else { "," };
            let row = format!(r#"{{"A": "json", {own}{comma} {more}}}"#);
            let read = rows(&format!(r#"{{"NetworkInterfaces": [{row}]}}"#));
            let expected = if json { "0 json, of JSON" } else { "0 eni-1" };
            assert_eq!(read, Ok(vec![expected.to_owned()]), "{row}");
        }
    }

    #[test]
    fn what_is_more_or_less_than_a_list_is_not_plain() {
        for text in [
            "",
            "{}",
            r#"{"Vpcs": []}"#,
            r#"{"NetworkInterfaces": null}"#,
            r#"{"NetworkInterfaces": [{"A": "a"}"#,
            r#"{"NetworkInterfaces": [{"A": "a"},]}"#,
            r#"{"NetworkInterfaces": [{"A": "a"} {"A": "b"}]}"#,
            r#"{"NetworkInterfaces": [{"A": "a}]}"#,
            r#"{"NetworkInterfaces": [], "NextToken": "x"}"#,
            r#"{"NetworkInterfaces": []} {}"#,
        ] {
            assert_eq!(rows(text), Err(NotPlain), "{text}");
        }
    }
}
