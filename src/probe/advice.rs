//! What explains a finding, and what to do next: the likeliest first.
//!
//! That security groups, network ACLs and the VPC's router drop without a word, and that a refusal
//! therefore comes from a host: `/AWSEC2/latest/UserGuide/TroubleshootingInstancesConnecting.html`,
//! `/vpc/latest/userguide/vpc-security-groups.html`.

use super::known::Class;
use super::observation::{Asked, Attempt, Lookup};
use super::special::special;
use super::target::{Scheme, Target};
use crate::code::Code;

/// Advice on a question that brought no address.
pub(super) fn of_name(code: Code, lookup: &Lookup) -> Vec<String> {
    let name = &lookup.name;
    let own = match lookup.asked {
        Asked::System(server) | Asked::Named(server) => Some(server),
        _ => None,
    };
    let dig = match own {
        Some(server) if server.port() == 53 => format!("dig @{} {name}", server.ip()),
        Some(server) => format!("dig @{} -p {} {name}", server.ip(), server.port()),
        None => format!("dig {name}"),
    };
    let all: &[&str] = match code {
        Code::NAME_NOT_FOUND => &[
            "the name is misspelt, or known only to another server: a private hosted zone answers only the VPCs it is associated with",
            "a private hosted zone for the name's domain hides what the public DNS knows below it",
        ],
        Code::NAME_WITHOUT_ADDRESS => {
            &["the name has other records only, e.g. of mail, or addresses of the other family"]
        }
        Code::NAME_SERVER_REFUSES => {
            &["the server does not serve this machine, or not this domain"]
        }
        Code::NAME_SERVER_FAILS => &[
            "the server cannot reach whoever it asks in turn: a Resolver rule's targets, or the domain's own servers",
        ],
        Code::NAME_SERVER_SILENT => &[
            "the VPC's DNS support is off, or something drops the questions: UDP and TCP 53 to the server, out and back",
        ],
        Code::NO_NAME_SERVER => &[
            "name one: `nameserver 169.254.169.253` in the file is the VPC's resolver; `--resolver ADDRESS` asks another",
        ],
        Code::NAME_SERVERS_DISAGREE => &[
            "one of them sees a private hosted zone, or an endpoint's private DNS, and the other does not",
            "programs use the system's resolver: only its answer decides where their traffic goes",
        ],
        _ => &[],
    };
    let mut out: Vec<String> = all.iter().map(|s| (*s).to_owned()).collect();
    if own.is_some() {
        out.push(format!("ask again: `{dig}`"));
    }
    out
}

/// Advice on a connection that is not as it should be.
pub(super) fn of_connection(
    code: Code,
    target: &Target,
    attempt: &Attempt,
    class: &Class,
) -> Vec<String> {
    let traffic = match target.scheme {
        Scheme::Udp => format!("UDP {}", target.port),
        Scheme::Icmp => "ICMP echo".to_owned(),
        _ => format!("TCP {}", target.port),
    };
    let from = attempt
        .local
        .map_or("this machine".to_owned(), |l| l.to_string());
    let mut out: Vec<String> = Vec::new();
    let mut say = |text: String| out.push(text);
    match code {
        Code::CONNECTION_REFUSED => {
            say("the way is open, out and back: a host answered that no program listens at this port".to_owned());
            say("security groups and network ACLs never refuse, they drop; a host's own firewall, or an on-premises one, may refuse".to_owned());
        }
        Code::CONNECTION_TIMED_OUT | Code::NO_ANSWER => {
            match class {
                Class::Endpoint(name) => say(format!(
                    "the security groups of endpoint {name} do not admit {traffic} from {from}, or the endpoint is not available"
                )),
                _ if class.is_private() => say(format!(
                    "the security groups of the far side do not admit {traffic} from {from}, or nobody has the address"
                )),
                Class::Special(_) => say("nobody on the internet has an address of this purpose".to_owned()),
                _ if came_out(attempt) => {}
                _ => say("the subnet has no way out: no NAT gateway, no internet gateway and public address, no gateway endpoint on its route table".to_owned()),
            }
            let replies = match target.scheme {
                Scheme::Icmp => "",
                _ => ": replies go to ephemeral ports",
            };
            say(format!("a network ACL or a route table drops the packets, on the way out or back{replies}"));
            if code == Code::NO_ANSWER && target.scheme == Scheme::Udp {
                say("or whoever is there does not answer what it does not understand: UDP alone cannot tell".to_owned());
            }
            if target.scheme.connects() && attempt.trace.is_none() {
                say(format!("see how far it gets: `reachability probe {target} --traceroute`"));
            }
        }
        Code::HOST_UNREACHABLE => say("look at this machine's own routes (`ip route get ADDRESS`) and firewall; a router on the way may refuse as well".to_owned()),
        Code::NO_LOCAL_ADDRESS_OF_FAMILY => {
            say("beside an address of the other family it costs programs no time: the system refuses at once".to_owned());
            say("alone, it needs an address of the family here: in AWS, one of the subnet's block for the interface".to_owned());
        }
        Code::CERTIFICATE_OF_ANOTHER_NAME => {
            say("somebody else answers at this address: a proxy, a load balancer with another certificate, or a name that leads astray".to_owned());
            if class.is_private() {
                say("an endpoint's service knows its private DNS name and those AWS gave it; ask for one of the names of the certificate".to_owned());
            }
        }
        Code::CERTIFICATE_NOT_TRUSTED => say("the far side is private and its root is not installed here, or a proxy on the way opens the connection; `--ca FILE` trusts a root for this run".to_owned()),
        Code::CERTIFICATE_NOT_VALID_NOW => say("the far side must renew its certificate, or this machine's clock is wrong".to_owned()),
        Code::TLS_FAILED => say("the port may speak no TLS, or the two sides have no version and cipher in common; S3's interface endpoints speak TLS 1.2".to_owned()),
        Code::TLS_SILENT => {
            say("the port may speak no TLS".to_owned());
            say("large packets are lost on the way: a smaller MTU there, and ICMP `fragmentation needed` dropped".to_owned());
        }
        Code::HTTP_FAILED => say("the program there speaks another protocol, or is too busy to answer".to_owned()),
        Code::SENDING_NOT_PERMITTED => say("give the program the capability, or run it as root".to_owned()),
        _ => {}
    }
    out
}

/// Whether a hop on the way is a public address: then there is a way out.
fn came_out(attempt: &Attempt) -> bool {
    let hops = attempt.trace.iter().flat_map(|t| &t.hops);
    let mut replies = hops.flat_map(|h| &h.replies);
    replies.any(|r| special(r.from).is_none())
}

/// Advice on a path that cannot be seen.
pub(super) fn of_path(aws: bool, predicted: bool) -> Vec<String> {
    let first = if aws {
        "a gateway endpoint, a NAT gateway and an internet gateway look the same from a host"
    } else {
        "a NAT gateway, an internet gateway and a proxy look the same from a host"
    };
    let second = if predicted {
        "the prediction says which it should be; what was seen can only rule it out"
    } else {
        "a scenario or an export of the account tells which: `--scenario INPUT --as vpc/name`"
    };
    vec![first.to_owned(), second.to_owned()]
}
