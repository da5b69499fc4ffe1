//! `probe`: what this machine sees, and whether a prediction allows it.

mod round;
mod wanted;
mod watch;

use super::{Failure, Outcome};
use crate::model::Network;
use crate::probe::socket::serve::{self, Served};
use crate::probe::socket::{Options, Plan, Resolver, Traceroute};
use crate::probe::{Health, Known, Probed, Ranges};
use clap::ValueEnum;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to probe.
///
/// Sends to exactly the targets named, and asks the name servers for them, nothing else.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `https://name`, `tcp://name:port`, `udp://…`, `icmp://…`, `tls://…`, an address, a name
    /// (TCP 443), `s3://bucket`, an AWS service
    #[arg(required_unless_present_any = ["scenario", "serve", "observed"])]
    pub targets: Vec<String>,
    /// A scenario, or an export to import: its prediction is laid beside what is seen
    #[arg(long, value_name = "INPUT")]
    pub scenario: Option<String>,
    /// One of the scenario's cases, by name or the beginning of it
    #[arg(long, requires = "scenario")]
    pub case: Option<String>,
    /// Which host of the scenario this machine is; without targets, whatever the scenario expects it
    /// to reach is probed
    #[arg(long = "as", value_name = "HOST", requires = "scenario")]
    pub host: Option<String>,
    /// Without targets: also what the scenario expects this host not to reach
    #[arg(long, requires = "host", conflicts_with = "targets")]
    pub all: bool,
    /// Whom to ask for names: `system`, or an address with or without a port; may be given several
    /// times, and every address of every answer is tried
    #[arg(long, value_name = "SERVER", default_value = "system", value_parser = resolver)]
    pub resolver: Vec<Asked>,
    /// The system's list of name servers
    #[arg(long, value_name = "FILE", default_value = "/etc/resolv.conf")]
    pub resolv_conf: PathBuf,
    /// The system's file of hosts
    #[arg(long, value_name = "FILE", default_value = "/etc/hosts")]
    pub hosts: PathBuf,
    /// AWS's `ip-ranges.json`: tells which service a public address is of
    #[arg(long, value_name = "FILE")]
    pub ip_ranges: Option<PathBuf>,
    /// The Region of `s3://…` and of services by their short name
    #[arg(long, env = "AWS_REGION")]
    pub region: Option<String>,
    /// How long to wait for each answer, e.g. `3s`, `500ms`
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = time)]
    pub timeout: Duration,
    /// How often to try what gives no answer
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub tries: u32,
    /// How many targets at a time
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub parallel: u16,
    /// How many questions and connections to begin in a second, at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// Shake hands (TLS) with `tcp://` targets and bare names too
    #[arg(long)]
    pub tls: bool,
    /// Trust this root too: a PEM file; may be given several times
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Send a HEAD request to `http://` and `https://` targets
    #[arg(long)]
    pub head: bool,
    /// Ask the far side, a `probe --serve`, which source it sees
    #[arg(long)]
    pub seen: bool,
    /// Look for the hops on the way, by TCP SYNs with growing TTL; needs CAP_NET_RAW
    #[arg(long)]
    pub traceroute: bool,
    /// How many hops to look for, at most
    #[arg(long, default_value_t = 30, requires = "traceroute", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub max_hops: u8,
    /// Probe again and again, this long apart, and print what changes
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "observed")]
    pub watch: Option<Duration>,
    /// Send nothing: read what another probe wrote with `--format json`
    #[arg(long, value_name = "FILE")]
    pub observed: Option<PathBuf>,
    /// Answer probes instead: say to whoever calls which source it is seen as; on the loopback,
    /// unless another address is named
    #[arg(long, value_name = "ADDRESS:PORT", num_args = 0..=1, exclusive = true, value_parser = socket)]
    pub serve: Option<Option<SocketAddr>>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Whom to ask for names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whom programs ask.
    System,
    /// This server.
    Server(SocketAddr),
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs; `--observed` reads it.
    Json,
    /// As a test run.
    Junit,
}

fn resolver(text: &str) -> Result<Asked, String> {
    let address = |ip: IpAddr| SocketAddr::new(ip, 53);
    match (text, text.parse(), text.parse().map(address)) {
        ("system", ..) => Ok(Asked::System),
        (_, Ok(socket), _) | (_, _, Ok(socket)) => Ok(Asked::Server(socket)),
        _ => Err("write `system`, or an address such as `10.0.0.2` or `127.0.0.1:5353`".to_owned()),
    }
}

fn socket(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("write an address with a port, e.g. `{}`", serve::USUAL))
}

fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|c: char| c.is_alphabetic()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let scale = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        _ => f64::NAN,
    };
    let seconds = number.trim().parse::<f64>().unwrap_or(f64::NAN) * scale;
    if (0.001..=86_400.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("write a time such as `3s`, `500ms` or `2m`".to_owned())
    }
}

/// Probes, or answers probes.
pub(super) fn run(args: &Args) -> Result<Outcome, Failure> {
    if let Some(at) = args.serve {
        return serving(at.unwrap_or(serve::USUAL));
    }
    certificates(&args.ca)?;
    let ranges = ranges(args.ip_ranges.as_deref())?;
    let Some(path) = &args.scenario else {
        let wanted = wanted::named(args)?;
        let known = Known::new(ranges);
        return round::run(args, &wanted, &|seen| {
            round::judged(&wanted, seen, &known, None)
        });
    };
    let input = super::open(path)?;
    let about: Vec<&str> = args.targets.iter().map(String::as_str).collect();
    let (network, compiled) = &input.case(args.case.as_deref(), &[], &about)?;
    super::remark(&input);
    let scene = input.scene(args.case.as_deref())?;
    let wanted = wanted::expected(args, network, compiled, &scene.expect)?;
    let home = home(args, network)?;
    let known = Known::new(ranges).with(network, home);
    round::run(args, &wanted, &|seen| {
        round::judged(&wanted, seen, &known, Some((network, compiled)))
    })
}

/// The VPC of the host that this machine is.
fn home(
    args: &Args,
    network: &Network,
) -> Result<Option<crate::model::Id<crate::model::Vpc>>, Failure> {
    let Some(host) = &args.host else {
        return Ok(None);
    };
    let from = crate::answer::source(network, host).map_err(Failure::Input)?;
    Ok(from.vpc(network))
}

fn ranges(path: Option<&Path>) -> Result<Ranges, Failure> {
    let Some(path) = path else {
        return Ok(Ranges::default());
    };
    let text = super::files::read(path)?;
    Ranges::read(&text).map_err(|e| Failure::Input(format!("`{}`: {e}", path.display())))
}

/// Roots that are none are a mistake of the command line, told before anything is sent.
fn certificates(paths: &[PathBuf]) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    for path in paths {
        match super::files::read(path) {
            Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => {}
            Ok(_) => wrong.push(format!(
                "`{}` holds no certificate: one begins with `-----BEGIN CERTIFICATE-----`",
                path.display()
            )),
            Err(failure) => wrong.push(failure.to_string()),
        }
    }
    unless(&wrong)
}

/// Fine, unless something is wrong: then all of it at once.
fn unless(wrong: &[String]) -> Result<(), Failure> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Input(wrong.join("\nerror: ")))
    }
}

/// What to send.
fn plan(args: &Args, wanted: &[wanted::Wanted]) -> Plan {
    let system = || Resolver::System {
        hosts: args.hosts.clone(),
        servers: args.resolv_conf.clone(),
    };
    Plan {
        targets: wanted.iter().map(|w| w.target.clone()).collect(),
        resolvers: args
            .resolver
            .iter()
            .map(|asked| match asked {
                Asked::System => system(),
                Asked::Server(server) => Resolver::Server(*server),
            })
            .collect(),
        options: Options {
            timeout: args.timeout,
            tries: args.tries,
            parallel: args.parallel.into(),
            rate: args.rate,
            tls: args.tls,
            ca: args.ca.clone(),
            head: args.head,
            seen: args.seen,
            traceroute: args.traceroute.then_some(Traceroute {
                hops: args.max_hops,
                ..Traceroute::default()
            }),
        },
    }
}

/// A failure before what this machine does not permit, before what nobody can say.
fn outcome(all: &[Probed]) -> Outcome {
    let outcomes: Vec<Outcome> = all.iter().map(one).collect();
    let worst = [Outcome::Failed, Outcome::Environment, Outcome::Undecided];
    let found = worst.into_iter().find(|o| outcomes.contains(o));
    found.unwrap_or(Outcome::Held)
}

fn one(probed: &Probed) -> Outcome {
    match probed.health() {
        Health::Well => Outcome::Held,
        Health::Amiss => Outcome::Failed,
        Health::NotPermitted => Outcome::Environment,
        Health::Open => Outcome::Undecided,
    }
}

/// Answers whoever calls, a line a call, until Ctrl-C.
fn serving(at: SocketAddr) -> Result<Outcome, Failure> {
    let told = |served: Served| {
        let text = match served {
            Served::Listening(at) => format!("listening on {at}, TCP and UDP; Ctrl-C ends it\n"),
            Served::Called(call) => format!("{call}\n"),
            Served::Trouble(why) => return super::complain(&Failure::Environment(why)),
        };
        // Who reads the log may have gone away.
        drop(super::say(&text));
    };
    serve::serve(at, told).map_err(Failure::Environment)?;
    Ok(Outcome::Held)
}
