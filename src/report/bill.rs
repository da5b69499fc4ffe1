//! What a way costs, as lines and as JSON.

use super::wrap::Page;
use crate::analysis::cost::{Line, Per, Prices, Tier};
use serde_json::{Value, json};

/// What each way of an answer costs.
#[derive(Clone, Debug)]
pub struct Bill {
    /// By which table.
    pub prices: Prices,
    /// The charges of each alternative, in the answer's order.
    pub ways: Vec<Vec<Line>>,
}

impl Bill {
    /// The charges of a way.
    fn way(&self, number: usize) -> &[Line] {
        self.ways.get(number).map_or(&[], Vec::as_slice)
    }
}

/// The charges of a way, one component a line.
pub(super) fn print(page: &mut Page, bill: &Bill, number: usize) {
    let mut head = "COST  ";
    let lines = bill.way(number);
    for group in lines.chunk_by(|a, b| a.at == b.at && a.charge.words() == b.charge.words()) {
        let Some(first) = group.first() else { continue };
        let mut amounts: Vec<String> = group.iter().map(|l| amount(l, &bill.prices)).collect();
        amounts.dedup();
        let text = format!(
            "{} {}   {}",
            first.charge.words(),
            first.at,
            amounts.join(", ")
        );
        page.line(head, &text, 8);
        head = "      ";
    }
    if lines.iter().any(|l| l.price != Some(0.0)) {
        let Prices { date, region, .. } = &bill.prices;
        let text = format!("prices of {date}, {region}, first tier; see --prices");
        page.line("        ", &text, 8);
    }
}

fn amount(line: &Line, prices: &Prices) -> String {
    let per = match line.charge.per() {
        Per::Hour => "/h",
        Per::Gb => "/GB",
        Per::Other => "",
    };
    let times = match line.times {
        1 => String::new(),
        n => format!(" × {n} {}", line.charge.each()),
    };
    match line.price {
        Some(0.0) => "free".to_owned(),
        Some(price) => {
            let tiers = prices.beyond(line.charge).iter();
            let tiers: Vec<String> = tiers.map(tier).collect();
            let beyond = match tiers.is_empty() {
                true => String::new(),
                false => format!(" ({})", tiers.join(", ")),
            };
            format!("{price} {}{per}{times}{beyond}", prices.currency)
        }
        None => "price not known".to_owned(),
    }
}

fn tier(tier: &Tier) -> String {
    let above = &tier.above;
    match tier.price {
        Some(price) => format!("above {above} a month {price}"),
        None => format!("above {above} a month not known"),
    }
}

/// The charges of a way as JSON.
pub(super) fn json(bill: Option<&Bill>, number: usize) -> Value {
    let Some(bill) = bill else { return Value::Null };
    let line = |l: &Line| {
        json!({
            "charge": l.charge.key(),
            "at": l.at,
            "times": l.times,
            "price": l.price,
            "tiers": bill.prices.beyond(l.charge).iter().filter(|_| l.price.is_some())
                .map(|t| json!({ "above": t.above, "price": t.price })).collect::<Vec<_>>(),
        })
    };
    json!({
        "date": bill.prices.date,
        "region": bill.prices.region,
        "currency": bill.prices.currency,
        "lines": bill.way(number).iter().map(line).collect::<Vec<_>>(),
    })
}
