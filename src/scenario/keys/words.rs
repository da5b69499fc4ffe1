//! What AWS's API, CloudFormation and Terraform call the things that keys here name.
//!
//! A newcomer copies a word from there; spelling distance would never find the key it stands for.

use super::section;

/// Their words, without case and punctuation, and what to write instead: the first that the
/// section has.
const WORDS: &[(&str, &[&str])] = &[
    ("a", &["type: a, value"]),
    ("aaaa", &["type: aaaa, value"]),
    ("acceptance", &["acceptance_required"]),
    ("acls", &["network_acls"]),
    ("allowedprincipal", &["allowed_principals"]),
    ("availabilityzone", &["zone"]),
    ("availabilityzoneid", &["zone"]),
    ("az", &["zone"]),
    ("azs", &["zones"]),
    ("cidrblock", &["cidr"]),
    ("cidrblocks", &["cidr", "from", "to", "entries", "cidrs"]),
    ("cidrip", &["from", "to"]),
    ("cidrs", &["cidr", "entries"]),
    ("crosszoneloadbalancing", &["cross_zone"]),
    ("destination", &["to"]),
    ("destinationcidr", &["to"]),
    ("cname", &["type: cname, value"]),
    ("dnsname", &["private_dns_name", "domain"]),
    ("dnssupport", &["dns: { support: true }"]),
    ("dnshostnames", &["dns: { hostnames: true }"]),
    ("dnsrecordiptype", &["dns_type"]),
    ("ec2", &["instances"]),
    ("ec2instances", &["instances"]),
    ("elasticip", &["public_ip"]),
    ("eigw", &["egress_only_gateway"]),
    ("egressonlyinternetgateway", &["egress_only_gateway"]),
    ("egressonlyinternetgateways", &["egress_only_gateway"]),
    ("eip", &["public_ip"]),
    ("enabledns64", &["dns64"]),
    ("enablednshostnames", &["dns: { hostnames: true }"]),
    ("enablednssupport", &["dns: { support: true }"]),
    ("endpointtype", &["type"]),
    ("enis", &["interfaces"]),
    ("expectations", &["expect"]),
    ("fromport", &["port"]),
    ("hosts", &["instances"]),
    ("igw", &["internet_gateway"]),
    ("inbound", &["ingress"]),
    ("inboundrules", &["ingress"]),
    ("internetgateways", &["internet_gateway"]),
    ("ipaddresstype", &["ip_type"]),
    ("ipprotocol", &["protocol"]),
    ("ipv6address", &["ipv6"]),
    ("ipv6addresses", &["ipv6"]),
    ("ipv6cidr", &["ipv6"]),
    ("ipv6cidrblock", &["ipv6", "from", "to"]),
    ("ipv6cidrblocks", &["ipv6", "from", "to"]),
    ("nacl", &["network_acl"]),
    ("nacls", &["network_acls"]),
    ("nat", &["nat_gateways"]),
    ("nats", &["nat_gateways"]),
    ("natgws", &["nat_gateways"]),
    ("networkinterfaces", &["interfaces"]),
    ("networkloadbalancerarns", &["load_balancers"]),
    ("nlb", &["load_balancers"]),
    ("nlbs", &["load_balancers"]),
    ("outbound", &["egress"]),
    ("outboundrules", &["egress"]),
    ("ports", &["port"]),
    ("principals", &["allowed_principals"]),
    ("privatedns", &["private_dns_name"]),
    ("privatednsenabled", &["private_dns"]),
    ("privateip", &["ip"]),
    ("privateipaddress", &["ip"]),
    ("privateipaddresses", &["ip"]),
    ("proto", &["protocol"]),
    ("publicipaddress", &["public_ip"]),
    ("routes", &["route_table"]),
    ("routetableid", &["route_table"]),
    ("routetableids", &["route_tables"]),
    ("ruleaction", &["action"]),
    ("securitygroupids", &["security_groups"]),
    ("servicename", &["service"]),
    ("services", &["endpoint_services"]),
    ("sg", &["security_groups"]),
    ("sgs", &["security_groups"]),
    ("source", &["from"]),
    ("subnetid", &["subnet"]),
    ("subnetids", &["subnets"]),
    ("supportedipaddresstypes", &["ip_types"]),
    ("toport", &["port"]),
    ("vgw", &["vpn_gateway"]),
    ("vpcendpoints", &["endpoints"]),
    ("vpcendpointservices", &["endpoint_services"]),
    ("vpcendpointtype", &["type"]),
    ("vpcpeeringconnections", &["peerings"]),
    ("vpcpeerings", &["peerings"]),
    ("vpcsecuritygroupids", &["security_groups"]),
    ("vpngateways", &["vpn_gateway"]),
];

/// What is said of a table or an ACL by whoever has it: the section, the beginning of the word, and
/// what to write.
const BY_OTHERS: &[(&str, &str, &str)] = &[
    (
        "network_acl",
        "associat",
        "a subnet names its own: `network_acl: NAME`",
    ),
    (
        "network_acl",
        "subnet",
        "a subnet names its own: `network_acl: NAME`",
    ),
    (
        "route_table",
        "associat",
        "a subnet names its own: `route_table: NAME`",
    ),
    (
        "route_table",
        "subnet",
        "a subnet names its own: `route_table: NAME`",
    ),
    (
        "transit_route_table",
        "associat",
        "an attachment names its own: `table: NAME`",
    ),
    (
        "transit_route_table",
        "attachment",
        "an attachment names its own: `table: NAME`",
    ),
    (
        "transit_route_table",
        "propagat",
        "an attachment names those that learn of it: `propagates_to: NAME`",
    ),
];

/// Where else that is said which somebody says here.
#[must_use]
pub fn by_others(section_name: &str, word: &str) -> Option<&'static str> {
    let is = |(section, start, _): &&(&str, &str, &str)| {
        *section == section_name && word.starts_with(start)
    };
    BY_OTHERS.iter().find(is).map(|(.., help)| *help)
}

/// The key of a section that somebody meant who wrote a word of AWS's.
#[must_use]
pub fn meant(section_name: &str, word: &str) -> Option<&'static str> {
    let letters = word.chars().filter(|c| c.is_ascii_alphanumeric());
    let plain: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let (_, keys) = WORDS.iter().find(|(w, _)| *w == plain)?;
    let has = |key: &str| section(section_name).any(|k| k.name == key);
    let word = |key: &'static str| key.split(':').next().unwrap_or(key);
    keys.iter().copied().find(|key| has(word(key)))
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::{BY_OTHERS, WORDS};

    #[test]
    fn every_section_that_others_speak_of_is_one() {
        for (section, ..) in BY_OTHERS {
            assert!(all().any(|k| k.section == *section), "{section}");
        }
    }

    #[test]
    fn every_word_leads_to_a_key() {
        for (word, keys) in WORDS {
            assert!(
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            );
            for key in *keys {
                let name = key.split(':').next();
                assert!(all().any(|k| Some(k.name) == name), "{key}");
            }
        }
    }
}
