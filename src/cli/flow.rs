//! Which flow a command is about.

use super::Failure;
use crate::answer::{Ask, source};
use crate::model::Network;

/// The flow, in words.
#[derive(Debug, clap::Args)]
pub struct Flow {
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

impl Flow {
    /// The question, in a network.
    pub(super) fn ask(&self, network: &Network) -> Result<Ask, Failure> {
        Ok(Ask {
            from: source(network, &self.from).map_err(Failure::Input)?,
            to: self.destination(),
            protocol: self.protocol,
            port: self.port,
            client_ports: self.client_ports,
        })
    }

    /// The destination with its request.
    fn destination(&self) -> String {
        let mut to = self.to.clone();
        for (key, value) in [("action", &self.action), ("principal", &self.principal)] {
            if let Some(value) = value {
                let mark = if to.contains('?') { '&' } else { '?' };
                to.push_str(&format!("{mark}{key}={value}"));
            }
        }
        to
    }
}
