//! `--prices FILE`: a price table of the user's own.

use super::Failure;
use crate::analysis::cost::{Charge, Prices, Tier};
use crate::diagnostic::near;
use crate::model::is_region;
use serde_json::{Map, Value};

/// The table of a file, or the one that is built in.
pub(super) fn table(path: Option<&str>) -> Result<Prices, Failure> {
    let Some(path) = path else {
        return Ok(Prices::default());
    };
    let text = super::files::read(std::path::Path::new(path))?;
    parse(&text).map_err(|wrong| {
        let wrong: Vec<String> = wrong.iter().map(|w| format!("\n  {w}")).collect();
        let text = format!("`{path}` is no price table:{}\n{SHAPE}", wrong.concat());
        Failure::Input(text)
    })
}

const SHAPE: &str = r#"it looks like
  { "date": "2026-11-23", "region": "us-east-1", "currency": "USD",
    "prices": { "nat-gateway-hour": 0.045, "nat-gateway-gb": 0.045 },
    "tiers": { "interface-endpoint-gb": { "1 PB": 0.006 } } }"#;

/// Reads a table; everything that is wrong with it at once.
fn parse(text: &str) -> Result<Prices, Vec<String>> {
    let value: Value = serde_json::from_str(text).map_err(|e| vec![e.to_string()])?;
    let mut wrong = Vec::new();
    let empty = Map::new();
    let top = value.as_object().unwrap_or(&empty);
    for key in top.keys() {
        if !["date", "region", "currency", "prices", "tiers"].contains(&key.as_str()) {
            wrong.push(format!("unknown key `{key}`"));
        }
    }
    let mut word = |key: &str| match top.get(key).and_then(Value::as_str) {
        Some(text) if key == "region" && !is_region(text) => {
            wrong.push(format!("there is no Region `{text}`"));
            String::new()
        }
        Some(text) if !text.trim().is_empty() => text.to_owned(),
        _ => {
            wrong.push(format!("`{key}` is missing, or no text"));
            String::new()
        }
    };
    let (date, region, currency) = (word("date"), word("region"), word("currency"));
    let mut out = Prices {
        date,
        region,
        currency,
        prices: std::collections::BTreeMap::new(),
        tiers: std::collections::BTreeMap::new(),
    };
    let listed = top.get("prices").and_then(Value::as_object);
    if listed.is_none() {
        wrong.push("`prices` is missing, or no map".to_owned());
    }
    let keys = || Charge::ALL.iter().map(|c| c.key());
    let amount = |value: &Value| value.as_f64().filter(|v| *v >= 0.0);
    let charge = |key: &str| {
        let charge = Charge::ALL.iter().find(|c| c.key() == key).copied();
        charge.ok_or_else(|| {
            let hint = near(key, keys()).map(|n| format!(": did you mean `{n}`?"));
            let all = || format!(", known are {}", keys().collect::<Vec<_>>().join(", "));
            format!("nothing is charged as `{key}`{}", hint.unwrap_or_else(all))
        })
    };
    for (key, value) in listed.unwrap_or(&empty) {
        match (charge(key), amount(value)) {
            (Ok(charge), Some(price)) => {
                out.prices.insert(charge, price);
            }
            (Ok(_), None) => wrong.push(format!("the price `{key}` is no number from 0 on")),
            (Err(unknown), _) => wrong.push(unknown),
        }
    }
    let tiers = top.get("tiers").and_then(Value::as_object);
    if top.contains_key("tiers") && tiers.is_none() {
        wrong.push("`tiers` is no map".to_owned());
    }
    for (key, value) in tiers.unwrap_or(&empty) {
        let all = value.as_object().unwrap_or(&empty).iter();
        let read: Option<Vec<Tier>> = all
            .map(|(above, price)| {
                let (above, known) = (above.clone(), amount(price));
                (known.is_some() || price.is_null()).then_some(Tier {
                    above,
                    price: known,
                })
            })
            .collect();
        match (charge(key), read.filter(|r| !r.is_empty())) {
            (Ok(charge), Some(read)) => {
                out.tiers.insert(charge, read);
            }
            (Ok(_), None) => wrong.push(format!(
                "the tiers of `{key}` are no map of volumes to prices from 0 on, or `null`"
            )),
            (Err(unknown), _) => wrong.push(unknown),
        }
    }
    if wrong.is_empty() {
        Ok(out)
    } else {
        Err(wrong)
    }
}
