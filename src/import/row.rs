//! What is read of an interface's row. A long listing is read straight into such rows, where they are
//! shaped as AWS shapes them; of any other its JSON is asked, which can tell what is wrong.

use super::node::Node;
use ipnet::IpNet;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What is read; what else AWS says is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row<'t> {
    pub(super) network_interface_id: &'t str,
    /// Empty: it is missing.
    pub(super) subnet_id: &'t str,
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) vpc_id: Option<&'t str>,
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) description: Option<&'t str>,
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) interface_type: Option<&'t str>,
    pub(super) private_ip_address: Option<Ipv4Addr>,
    #[serde(default)]
    pub(super) private_ip_addresses: Vec<Object<Private>>,
    #[serde(default)]
    pub(super) ipv6_addresses: Vec<Object<Six>>,
    #[serde(default)]
    pub(super) ipv4_prefixes: Vec<Object<Prefix4>>,
    #[serde(default)]
    pub(super) ipv6_prefixes: Vec<Object<Prefix6>>,
    #[serde(borrow)]
    pub(super) association: Option<Object<Association<'t>>>,
    #[serde(borrow)]
    pub(super) attachment: Option<Object<Attachment<'t>>>,
    #[serde(borrow, default)]
    pub(super) groups: Vec<Object<Group<'t>>>,
    #[serde(borrow, default)]
    pub(super) tags: Vec<Object<Tag<'t>>>,
    #[serde(borrow, default)]
    pub(super) tag_set: Vec<Object<Tag<'t>>>,
    pub(super) source_dest_check: Option<bool>,
    pub(super) deny_all_igw_traffic: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Private {
    pub(super) private_ip_address: Option<Ipv4Addr>,
    pub(super) primary: Option<bool>,
    pub(super) association: Option<Object<Public>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Public {
    pub(super) public_ip: Option<Ipv4Addr>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Six {
    pub(super) ipv6_address: Option<Ipv6Addr>,
    pub(super) is_primary_ipv6: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Prefix4 {
    pub(super) ipv4_prefix: Option<IpNet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Prefix6 {
    pub(super) ipv6_prefix: Option<IpNet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Association<'t> {
    pub(super) public_ip: Option<Ipv4Addr>,
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) public_dns_name: Option<&'t str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attachment<'t> {
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) instance_id: Option<&'t str>,
    pub(super) device_index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Group<'t> {
    pub(super) group_id: &'t str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag<'t> {
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) key: Option<&'t str>,
    #[serde(borrow, default, deserialize_with = "said")]
    pub(super) value: Option<&'t str>,
}

/// A text; an empty one counts as absent.
fn said<'de: 't, 't, D: Deserializer<'de>>(from: D) -> Result<Option<&'t str>, D::Error> {
    let text = <Option<&'t str>>::deserialize(from)?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// What is written as an object: serde takes lists for structures, too.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Objects<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, from: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(from))
            }
        }
        from.deserialize_map(Objects(PhantomData)).map(Object)
    }
}

/// The next row of a text and its length, if it is shaped as AWS shapes it. Anything else is left to
/// those who can say what it is: escapes too, for what is passed over here is not looked into.
pub(super) fn next(text: &str) -> Option<(Row<'_>, usize)> {
    let mut rows = serde_json::Deserializer::from_str(text).into_iter::<Object<Row<'_>>>();
    let Object(row) = rows.next()?.ok()?;
    let own = text.get(..rows.byte_offset())?;
    let named = !row.network_interface_id.is_empty() && !row.subnet_id.is_empty();
    (named && !own.contains('\\')).then_some((row, own.len()))
}

const IPV4: &str = "an IPv4 address";

impl<'t> Row<'t> {
    /// What JSON says of the interface of this id; what is wrong is told.
    pub(super) fn told(name: &'t str, row: &Node<'t>) -> Self {
        Self {
            network_interface_id: name,
            attachment: row.get("Attachment").map(|own| {
                let instance_id = own.text("InstanceId");
                Object(Attachment {
                    instance_id,
                    // Of what is no instance's it says nothing.
                    device_index: instance_id.and_then(|_| own.int("DeviceIndex")),
                })
            }),
            vpc_id: row.text("VpcId"),
            subnet_id: row.need("SubnetId").unwrap_or_default(),
            private_ip_address: row.parsed("PrivateIpAddress", IPV4),
            private_ip_addresses: all(row, "PrivateIpAddresses", |address| Private {
                private_ip_address: address.parsed("PrivateIpAddress", IPV4),
                primary: address.flag("Primary"),
                association: address.get("Association").map(|own| {
                    let public_ip = own.parsed("PublicIp", IPV4);
                    Object(Public { public_ip })
                }),
            }),
            ipv6_addresses: all(row, "Ipv6Addresses", |address| Six {
                ipv6_address: address.parsed("Ipv6Address", "an IPv6 address"),
                is_primary_ipv6: address.flag("IsPrimaryIpv6"),
            }),
            association: row.get("Association").map(|own| {
                Object(Association {
                    public_ip: own.parsed("PublicIp", IPV4),
                    public_dns_name: own.text("PublicDnsName"),
                })
            }),
            tags: all(row, "Tags", tag),
            tag_set: all(row, "TagSet", tag),
            ipv4_prefixes: all(row, "Ipv4Prefixes", |own| Prefix4 {
                ipv4_prefix: own.parsed("Ipv4Prefix", "a block"),
            }),
            ipv6_prefixes: all(row, "Ipv6Prefixes", |own| Prefix6 {
                ipv6_prefix: own.parsed("Ipv6Prefix", "a block"),
            }),
            groups: {
                let groups = row.items("Groups");
                let ids = groups.iter().filter_map(|group| group.need("GroupId"));
                ids.map(|group_id| Object(Group { group_id })).collect()
            },
            source_dest_check: row.flag("SourceDestCheck"),
            deny_all_igw_traffic: row.flag("DenyAllIgwTraffic"),
            description: row.text("Description"),
            interface_type: row.text("InterfaceType"),
        }
    }

    /// The name that its public address has.
    pub(super) fn public_name(&self) -> Option<&'t str> {
        self.association.as_ref()?.0.public_dns_name
    }

    /// The instance that it is attached to, and its place there.
    pub(super) fn instance(&self) -> Option<(&'t str, i64)> {
        let Object(own) = self.attachment.as_ref()?;
        Some((own.instance_id?, own.device_index.unwrap_or(0)))
    }

    /// Its tags.
    pub(super) fn tags(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let all = self.tags.iter().chain(&self.tag_set);
        all.filter_map(|Object(tag)| Some((tag.key?, tag.value.unwrap_or_default())))
    }
}

fn all<'t, T>(row: &Node<'t>, key: &str, of: impl Fn(&Node<'t>) -> T) -> Vec<Object<T>> {
    row.items(key).iter().map(|own| Object(of(own))).collect()
}

fn tag<'t>(own: &Node<'t>) -> Tag<'t> {
    Tag {
        key: own.text("Key"),
        value: own.text("Value"),
    }
}
