//! A network that was loaded and compiled, as bytes: to be asked again without its listings.
//!
//! The bytes are a head and its parts, each with a checksum in the head:
//!
//! | bytes | |
//! |---|---|
//! | 16 | that it is a snapshot |
//! | 8 | of which program: the hash of its sources, for another may compile otherwise |
//! | 16 a part | its length and its checksum |
//! | 8 | the checksum of all that |
//!
//! A snapshot is believed once it is whole and of this very program: checksums find damage, not malice.

use crate::aws::Compiled;
use crate::diagnostic::Diagnostic;
use crate::import::LeftOut;
use crate::model::{Draft, Files, Network};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};
use xxhash_rust::xxh3::xxh3_64;

/// What is kept.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The network.
    pub network: Network,
    /// What it compiles to.
    pub compiled: Compiled,
    /// What building it found.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that origins point into.
    pub files: Files,
    /// What an import left out.
    pub left_out: Vec<LeftOut>,
    /// What it was made of, as whoever made it named it.
    pub source: String,
}

/// Why bytes are not taken for a snapshot.
#[derive(Debug)]
pub enum Refused {
    /// They cannot be read.
    Unreadable(io::Error),
    /// Another program wrote them.
    Foreign,
    /// Some are missing, or are not as they were written.
    Damaged,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Refused::Unreadable(error) => return write!(f, "cannot be read: {error}"),
            Refused::Foreign => "is a snapshot of another version of this program",
            Refused::Damaged => "is a snapshot that is damaged or cut short",
        };
        let help = "make it anew with `reachability import INPUT --snapshot FILE`";
        write!(f, "{why}: {help}")
    }
}

impl std::error::Error for Refused {}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Refused::Damaged,
            _ => Refused::Unreadable(error),
        }
    }
}

/// Every snapshot begins with it, and no text does.
const MARK: &[u8; 16] = b"\x89reachability\r\n\x1a";

/// The network with what it compiles to, and the draft that it was built of.
const PARTS: usize = 2;

/// The bytes of the head.
const HEAD: usize = MARK.len() + 8 + 16 * PARTS + 8;

/// This program.
fn program() -> u64 {
    // A number, for build.rs says so.
    env!("SOURCES").parse().unwrap_or_default()
}

/// Whether bytes that begin so are a snapshot, of whatever program.
#[must_use]
pub fn begins(start: &[u8]) -> bool {
    start.starts_with(MARK)
}

impl Snapshot {
    /// Writes it, and the draft that the network was built of, for edits to be made in that.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write(&self, draft: &Draft, to: &mut impl Write) -> io::Result<()> {
        let Self {
            network,
            compiled,
            diagnostics,
            files,
            left_out,
            source,
        } = self;
        let parts = [
            bytes(&(network, compiled, diagnostics, files, left_out, source))?,
            bytes(draft)?,
        ];
        let mut head = MARK.to_vec();
        head.extend(program().to_le_bytes());
        for part in &parts {
            head.extend((part.len() as u64).to_le_bytes());
            head.extend(xxh3_64(part).to_le_bytes());
        }
        head.extend(xxh3_64(&head).to_le_bytes());
        to.write_all(&head)?;
        parts.iter().try_for_each(|part| to.write_all(part))
    }
}

fn bytes(value: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(io::Error::other)
}

/// A snapshot whose head was read.
#[derive(Debug)]
pub struct Opened<R> {
    from: R,
    /// Where each part begins, its length and its checksum.
    parts: [(u64, u64, u64); PARTS],
}

impl<R: Read + Seek> Opened<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// Why they are refused.
    pub fn new(mut from: R) -> Result<Self, Refused> {
        let mut head = [0; HEAD];
        from.read_exact(&mut head)?;
        let (sum, mut numbers) = (HEAD - 8, head.chunks_exact(8).skip(MARK.len() / 8));
        let mut next = || {
            let bytes = numbers.next().and_then(|b| b.try_into().ok());
            bytes.map_or(0, u64::from_le_bytes)
        };
        if next() != program() {
            return Err(Refused::Foreign);
        }
        let mut end = HEAD as u64;
        let mut parts = [(0, 0, 0); PARTS];
        for part in &mut parts {
            *part = (end, next(), next());
            end = end.saturating_add(part.1);
        }
        let whole = head.get(..sum).map(xxh3_64) == Some(next());
        match whole && begins(&head) && from.seek(SeekFrom::End(0))? == end {
            true => Ok(Self { from, parts }),
            false => Err(Refused::Damaged),
        }
    }

    /// What was kept.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn snapshot(&mut self) -> Result<Snapshot, Refused> {
        let (network, compiled, diagnostics, files, left_out, source): (
            Network,
            Compiled,
            _,
            _,
            _,
            _,
        ) = self.part(0)?;
        Ok(Snapshot {
            compiled: compiled.completed(&network),
            network,
            diagnostics,
            files,
            left_out,
            source,
        })
    }

    /// The draft that its network was built of.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn draft(&mut self) -> Result<Draft, Refused> {
        self.part(1)
    }

    fn part<T: DeserializeOwned>(&mut self, number: usize) -> Result<T, Refused> {
        let part = self.parts.get(number).copied();
        let (first, length, sum) = part.ok_or(Refused::Damaged)?;
        self.from.seek(SeekFrom::Start(first))?;
        // No longer than the file, which the head was held against.
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        self.from.by_ref().take(length).read_to_end(&mut bytes)?;
        if xxh3_64(&bytes) != sum {
            return Err(Refused::Damaged);
        }
        match postcard::take_from_bytes(&bytes) {
            Ok((value, [])) => Ok(value),
            Ok(_) | Err(_) => Err(Refused::Damaged),
        }
    }
}
