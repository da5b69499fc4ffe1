//! `trace`: one flow.

use super::{Failure, Format, Outcome, open};
use crate::analysis::cost::cost;
use crate::answer::{Ask, Wording, answer, decisive, source};
use crate::report::{self, Bill};

/// What to trace.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A scenario, or a folder or file of JSON to import
    pub input: String,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long)]
    pub case: Option<String>,
    /// Who sends: `vpc/name`, an AWS id, `site/host`, a host of the internet, or an address
    #[arg(long)]
    pub from: String,
    /// Where to: `https://name`, `s3://bucket`, `tcp://vpc/name:port`, `internet`, a service
    #[arg(long)]
    pub to: String,
    /// `tcp`, `udp`, `icmp` or a number, where the destination does not say
    #[arg(long, value_parser = protocol)]
    pub protocol: Option<u8>,
    /// Destination port, where the destination does not say
    #[arg(long)]
    pub port: Option<u16>,
    /// What is asked of an AWS service, e.g. `s3:PutObject`; as `?action=` in the destination
    #[arg(long)]
    pub action: Option<String>,
    /// Who asks: one of the scenario's principals, an ARN, an account, or `anonymous`
    #[arg(long)]
    pub principal: Option<String>,
    /// Client ports, e.g. `49152-65535`; the source's system decides otherwise
    #[arg(long, value_parser = ports)]
    pub client_ports: Option<(u16, u16)>,
    /// Sets a switch, e.g. `nat-uses-gateway-endpoint=false`; may be given several times
    #[arg(long, value_parser = super::input::assumption)]
    pub assume: Vec<(String, bool)>,
    /// Prices instead of the built-in ones: a JSON file
    #[arg(long, value_name = "FILE")]
    pub prices: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

fn protocol(text: &str) -> Result<u8, String> {
    match text {
        "tcp" => Ok(6),
        "udp" => Ok(17),
        "icmp" => Ok(1),
        other => other
            .parse()
            .map_err(|_| "write `tcp`, `udp`, `icmp` or a protocol number".to_owned()),
    }
}

fn ports(text: &str) -> Result<(u16, u16), String> {
    let (lo, hi) = text.split_once('-').unwrap_or((text, text));
    match (lo.trim().parse(), hi.trim().parse()) {
        (Ok(lo), Ok(hi)) if lo <= hi => Ok((lo, hi)),
        _ => Err("write a port, or a range such as `32768-60999`".to_owned()),
    }
}

/// The destination with its request.
fn destination(args: &Args) -> String {
    let mut to = args.to.clone();
    for (key, value) in [("action", &args.action), ("principal", &args.principal)] {
        if let Some(value) = value {
            let mark = if to.contains('?') { '&' } else { '?' };
            to.push_str(&format!("{mark}{key}={value}"));
        }
    }
    to
}

/// Traces.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    let prices = super::prices::table(args.prices.as_deref())?;
    let input = open(&args.input)?;
    let (network, compiled) = &input.case(args.case.as_deref(), &args.assume, &[&args.to])?;
    super::remark(&input);
    let ask = Ask {
        from: source(network, &args.from).map_err(Failure::Input)?,
        to: destination(args),
        protocol: args.protocol,
        port: args.port,
        client_ports: args.client_ports,
    };
    let mut answer = answer(network, compiled, &ask).map_err(Failure::Input)?;
    answer.switches = decisive(network, compiled, &ask, &answer);
    let ways = answer.alternatives.iter();
    let bill = Bill {
        ways: ways
            .map(|way| cost(network, compiled, &prices, way))
            .collect(),
        prices,
    };
    let bill = Some(&bill);
    let (files, words) = (&input.files, Wording::new(network, compiled));
    match args.format {
        Format::Text => super::say(&report::text(files, words, &answer, bill, super::colour()))?,
        Format::Json => super::say_json(&report::json(files, words, &answer, bill))?,
    }
    Ok(Outcome::of(answer.verdict))
}
