//! Random AWS networks and flows that are worth asking about, for whoever compares two answers.
//!
//! [`generate`] writes a [`Draft`] of plain nouns that name each other as a scenario does
//! (`v0/web`, `v1/t3`), ready for `model::build`, and flows that are biased towards everything the
//! network has: delivered and refused at every possible place, through NAT gateways, gateway and
//! interface endpoints, PrivateLink, peerings, transit gateways, appliances, VPNs and internet
//! gateways. A draft may state what AWS refuses; `build` then says so, and the case is void.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared by several tests, none of which uses all of it; a test may fail loudly"
)]

mod alike;
mod appliances;
mod balancers;
mod beyond;
mod dualstack;
mod ease;
mod endpoints;
mod filters;
mod flows;
mod genes;
mod joins;
mod outskirts;
mod people;
mod proxies;
mod public_access;
mod regional;
mod routes;
mod six_flows;
mod six_routes;
mod transit;
mod twins;
mod varied;
mod vpcs;

#[allow(unused_imports, reason = "not every test eases its networks")]
pub use alike::alike;
#[allow(unused_imports, reason = "not every test eases its networks")]
pub use beyond::beyond;
#[allow(unused_imports, reason = "not every test eases its networks")]
pub use dualstack::{WORLD6, dualstack};
#[allow(unused_imports, reason = "not every test eases its networks")]
pub use ease::ease;
pub use flows::{Flow, Sender};
pub use genes::Genes;
pub use outskirts::outskirts;
pub use people::people;
pub use proxies::proxies;
pub use public_access::block_public_access;
pub use regional::regional_nats;
pub use six_flows::flows_of_six;
#[allow(
    unused_imports,
    reason = "not every test needs interfaces that are alike"
)]
pub use twins::twins;
pub use varied::varied;

use ipnet::{IpNet, Ipv4Net};
use reachability::model::{
    Draft, Id, Interface, InternetHost, Origin, Os, PrefixList, Ref, RouteTable, Subnet,
};
use std::net::Ipv4Addr;

/// Addresses of S3 in us-east-1.
pub const S3: &str = "52.216.0.0/15";
/// Addresses of DynamoDB in us-east-1.
pub const DYNAMODB: &str = "52.94.0.0/22";
/// The on-premises network.
pub const SITE: &str = "192.168.0.0/16";
/// A host of the internet.
pub const WORLD: &str = "198.51.100.7";
const WORLD_BLOCK: &str = "198.51.100.0/24";

/// A network, and what to ask of it.
pub struct Case {
    /// The network, before any check.
    pub draft: Draft,
    /// Flows; an interface is named by its place in the draft.
    pub flows: Vec<Flow>,
}

/// The case that the genes describe.
pub fn generate(genes: &mut Genes, flows: usize) -> Case {
    let mut maker = Maker {
        genes,
        draft: Draft::default(),
        vpcs: Vec::new(),
        senders: Vec::new(),
        goals: Vec::new(),
        public: 0,
        inspection: None,
        branch: None,
    };
    maker.ground();
    for index in 0..1 + maker.genes.below(3) {
        maker.vpc(index);
    }
    maker.appliances();
    maker.joins();
    maker.transit();
    maker.endpoints();
    maker.group_rules();
    maker.acl_rules();
    maker.routes();
    maker.edges();
    let mut flows: Vec<Flow> = (0..flows).map(|_| maker.flow()).collect();
    flows.extend(maker.to_the_branch());
    Case {
        draft: maker.draft,
        flows,
    }
}

/// A case in the making.
struct Maker<'a> {
    genes: &'a mut Genes,
    draft: Draft,
    /// What each VPC has, in the order of the draft.
    vpcs: Vec<Made>,
    senders: Vec<(usize, Sender, String)>,
    /// Addresses worth asking for, and how much.
    goals: Vec<(usize, Ipv4Addr)>,
    /// Public addresses given so far.
    public: u32,
    /// The VPC that transit gateways send through, so that its appliances see what passes.
    inspection: Option<usize>,
    /// A host of a second site behind the virtual private gateway.
    branch: Option<Ipv4Addr>,
}

/// What a VPC has so far.
struct Made {
    name: String,
    region: &'static str,
    account: &'static str,
    blocks: Vec<Ipv4Net>,
    subnets: Vec<Place>,
    tables: Vec<Id<RouteTable>>,
    internet: bool,
    nat: Option<String>,
    vpn: Option<String>,
    /// Transit gateways it is attached to.
    transit: Vec<String>,
    hosts: Vec<Host>,
    appliances: Vec<appliances::Appliance>,
    /// How many percent of its subnets' tables lead to an appliance what is for a subnet.
    steered: usize,
    /// The same of what is for other VPCs and the site.
    inspects: usize,
    /// Its first subnet meets the internet through an appliance.
    guarded: bool,
}

/// A subnet, and the address it gives next.
#[derive(Clone)]
struct Place {
    id: Id<Subnet>,
    name: String,
    zone: String,
    block: Ipv4Net,
    next: u32,
}

/// An interface that may send.
#[derive(Clone)]
struct Host {
    interface: Id<Interface>,
    ip: Ipv4Addr,
    /// The instance whose primary interface it is.
    instance: Option<String>,
}

/// How many security groups a VPC has, `g0` onwards.
const GROUPS: usize = 4;

impl Maker<'_> {
    /// What lies outside every VPC.
    fn ground(&mut self) {
        self.draft.region = "us-east-1".into();
        for (region, service, block) in [
            ("us-east-1", "s3", S3),
            ("us-east-1", "dynamodb", DYNAMODB),
            ("eu-west-1", "s3", "52.218.0.0/17"),
            ("eu-west-1", "dynamodb", "52.119.240.0/21"),
        ] {
            let name = (region.to_owned(), service.to_owned());
            self.draft.aws_lists.push((name, vec![v4(block).into()]));
        }
        let lists = [["10.1.0.0/16", WORLD_BLOCK], [SITE, WORLD_BLOCK]];
        let all = ["us-east-1", "eu-west-1"].map(|region| lists.map(|entries| (region, entries)));
        for (number, (region, entries)) in all.into_iter().flatten().enumerate() {
            self.draft.prefix_lists.push(PrefixList {
                name: format!("pl{number}"),
                id: None,
                entries: entries.map(block).to_vec(),
                max_entries: 5,
                region: region.into(),
                account: "111111111111".into(),
                origin: Origin::Unknown,
            });
        }
        self.draft.internet_hosts.push(InternetHost {
            name: "host".into(),
            ipv6: None,
            ip: Some(WORLD.parse().unwrap()),
            records: Vec::new(),
            os: Os::Any,
            origin: Origin::Unknown,
        });
        self.senders
            .push((0, Sender::Internet(WORLD.parse().unwrap()), "host".into()));
        self.goals.extend(
            [
                (14, WORLD),
                (12, "52.216.1.1"),
                (4, "52.94.1.1"),
                (3, "52.217.9.9"),
                (1, "52.218.1.1"),
                (2, "203.0.113.250"),
                (1, "169.254.169.254"),
                (1, "169.254.169.253"),
                (1, "10.0.0.2"),
                (1, "10.1.0.200"),
                (1, "10.9.9.9"),
                (1, "100.127.1.1"),
            ]
            .map(|(weight, ip)| (weight, ip.parse().unwrap())),
        );
    }

    /// One of two prefix lists of a VPC's Region.
    fn list_for(&self, vpc: usize, number: usize) -> String {
        let abroad = usize::from(self.vpcs[vpc].region != "us-east-1");
        format!("pl{}", number + 2 * abroad)
    }
}

/// A noun by its name.
fn named<T>(name: impl Into<String>) -> Ref<T> {
    Ref::named(name.into(), &Origin::Unknown)
}

fn block(text: &str) -> IpNet {
    text.parse().unwrap()
}

fn v4(text: &str) -> Ipv4Net {
    text.parse().unwrap()
}
