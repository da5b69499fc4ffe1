//! How time and memory grow, as a picture: both axes by powers of ten, so that a straight line is a
//! power of the size, and its slope the exponent, which is written beside it.

use super::measured::Measured;
use super::row::Row;
use super::table::{seconds, thousands};
use std::fmt::Write;
use std::path::Path;

const WIDE: f64 = 420.0;
const HIGH: f64 = 320.0;
const LEFT: f64 = 80.0;
const TOP: f64 = 60.0;
const COLOURS: [&str; 6] = [
    "#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#d08c1d", "#5d6d7e",
];

/// Points of the rows that are measured at several sizes.
#[derive(Default)]
pub struct Growth {
    lines: Vec<Line>,
}

struct Line {
    name: String,
    /// Size, seconds, MiB.
    points: Vec<(f64, f64, f64)>,
}

impl Growth {
    pub fn add(&mut self, row: &Row, kind: &str, size: usize, measured: &Measured) {
        if row.at.iter().filter(|at| at.kind == kind).count() < 3 {
            return;
        }
        let name = format!("{}, {kind}", row.what);
        let point = (size as f64, measured.seconds, measured.peak);
        match self.lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push(point),
            None => self.lines.push(Line {
                name,
                points: vec![point],
            }),
        }
    }

    /// Writes the picture, if there is anything in it.
    pub fn write(mut self, path: &Path) {
        self.lines.retain(|line| line.points.len() > 1);
        if self.lines.is_empty() {
            return;
        }
        let time = self.plot(0.0, "seconds of processor", |p| p.1, seconds);
        let memory = self.plot(
            WIDE + LEFT * 2.0,
            "MiB at most",
            |p| p.2,
            |v| format!("{v}"),
        );
        let (wide, high) = (
            2.0 * (WIDE + LEFT * 2.0),
            HIGH + TOP * 2.0 + 18.0 * self.lines.len() as f64,
        );
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {high}' font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' fill='white'/>\n{time}{memory}</svg>\n"
        );
        std::fs::write(path, svg).unwrap();
        println!("\ngrowth: {}", path.display());
        for line in &self.lines {
            let (time, memory) = (line.exponent(|p| p.1), line.exponent(|p| p.2));
            println!("  {}: time n^{time:.2}, memory n^{memory:.2}", line.name);
        }
    }

    fn plot(
        &self,
        x: f64,
        title: &str,
        of: fn(&(f64, f64, f64)) -> f64,
        words: fn(f64) -> String,
    ) -> String {
        let all = || self.lines.iter().flat_map(|line| &line.points);
        let across = Axis::over(all().map(|p| p.0), WIDE);
        let up = Axis::over(all().map(of), HIGH);
        let (x, bottom) = (x + LEFT, TOP + HIGH);
        let mut out = String::new();
        let mut text = |x: f64, y: f64, anchor: &str, fill: &str, words: &str| {
            let _ = writeln!(
                out,
                "<text x='{x:.0}' y='{y:.0}' text-anchor='{anchor}' fill='{fill}'>{words}</text>"
            );
        };
        text(x, TOP - 20.0, "start", "black", title);
        for power in up.powers() {
            let y = bottom - up.at(power);
            text(x - 6.0, y + 4.0, "end", "#555", &words(power));
        }
        for power in across.powers() {
            let words = thousands(power as usize);
            text(
                x + across.at(power),
                bottom + 18.0,
                "middle",
                "#555",
                &words,
            );
        }
        for (number, line) in self.lines.iter().enumerate() {
            let words = format!("{}: n^{:.2}", line.name, line.exponent(of));
            let y = bottom + 44.0 + 18.0 * number as f64;
            text(x, y, "start", COLOURS[number % COLOURS.len()], &words);
        }
        for power in up.powers() {
            let y = bottom - up.at(power);
            let _ = writeln!(out, "<path d='M{x:.0} {y:.1}h{WIDE}' stroke='#ddd'/>");
        }
        for power in across.powers() {
            let x = x + across.at(power);
            let _ = writeln!(out, "<path d='M{x:.1} {TOP}v{HIGH}' stroke='#ddd'/>");
        }
        for (number, line) in self.lines.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            let points = line.points.iter().map(|p| {
                let (x, y) = (x + across.at(p.0), bottom - up.at(of(p)));
                format!("{x:.1},{y:.1}")
            });
            let points = points.collect::<Vec<_>>();
            let _ = writeln!(
                out,
                "<polyline points='{}' fill='none' stroke='{colour}' stroke-width='2'/>",
                points.join(" ")
            );
            for point in points {
                let (x, y) = point.split_once(',').unwrap_or_default();
                let _ = writeln!(out, "<circle cx='{x}' cy='{y}' r='3' fill='{colour}'/>");
            }
        }
        out
    }
}

impl Line {
    /// The slope between the last two points: what matters where it is large.
    fn exponent(&self, of: fn(&(f64, f64, f64)) -> f64) -> f64 {
        let [.., a, b] = self.points.as_slice() else {
            return f64::NAN;
        };
        (of(b) / of(a)).ln() / (b.0 / a.0).ln()
    }
}

/// Powers of ten over a length.
struct Axis {
    first: i32,
    last: i32,
    long: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, long: f64) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|v| *v > 0.0) {
            (low, high) = (low.min(value.log10()), high.max(value.log10()));
        }
        let first = low.floor() as i32;
        let last = (high.ceil() as i32).max(first + 1);
        Self { first, last, long }
    }

    fn at(&self, value: f64) -> f64 {
        let wide = f64::from(self.last - self.first);
        (value.log10() - f64::from(self.first)) / wide * self.long
    }

    fn powers(&self) -> impl Iterator<Item = f64> {
        (self.first..=self.last).map(|power| 10f64.powi(power))
    }
}
