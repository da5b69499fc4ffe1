//! What the listing of network interfaces says, read once from its first row to its last: it is the
//! longest there is, and may be too long to be held.

use super::bulk::{Found, KEY, NotPlain};
use super::dump::{Document, Dump, listed_twice};
use super::interfaces::{Elastic, Owners, addresses, interface};
use super::json::Json;
use super::node::{Context, Node};
use super::row::Row;
use crate::model::{Interface, Origin};
use crate::repeated::Hashes;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::HashSet;

/// What it says.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) interfaces: Vec<Interface>,
    /// Those of them that are instances', with their places.
    pub(super) of_instance: FxHashMap<SmolStr, Vec<(i64, SmolStr)>>,
    /// The instances that they are attached to, in order.
    pub(super) attached: Vec<Attached>,
    /// VPCs with an interface that has a public name.
    pub(super) with_public_names: HashSet<SmolStr>,
    /// What there is to say of public names.
    pub(super) of_names: Context,
    /// What there is to say of interfaces.
    pub(super) of_interfaces: Context,
}

/// An instance that an interface is attached to.
pub(super) struct Attached {
    pub(super) instance: SmolStr,
    /// The VPC of the interface.
    pub(super) vpc: Option<SmolStr>,
    /// The row of the interface.
    pub(super) origin: Origin,
}

/// Reads it.
pub(super) fn read(documents: &[Document<'_>]) -> Result<Listed, NotPlain> {
    let (of_names, of_interfaces) = <(Context, Context)>::default();
    let dump = Dump::new(documents, &of_interfaces);
    let mut rows = Rows {
        of_names: &of_names,
        owners: Owners::new(&dump),
        elastic: addresses(&dump),
        held: FxHashMap::default(),
        ids: Hashes::default(),
        listed: Listed::default(),
    };
    let pages = dump.pages(KEY);
    for page in pages {
        match page.bulk {
            None => {
                for row in page.list.elements() {
                    rows.row(&row, Some(row.value));
                }
            }
            Some(bulk) => bulk.each(|place, found| match found {
                Found::Row(row) => rows.plain(row, &page.origin(place), dump.context),
                Found::Json(value) => rows.row(&page.row(place, value), None),
            })?,
        }
    }
    // Whether two say the same is told where both are held.
    if pages.iter().any(|page| page.bulk.is_some()) && rows.ids.may_repeat() {
        return Err(NotPlain);
    }
    let mut listed = rows.listed;
    drop(dump);
    listed.interfaces.shrink_to_fit();
    Ok(Listed {
        of_names,
        of_interfaces,
        ..listed
    })
}

/// The rows so far.
struct Rows<'a> {
    of_names: &'a Context,
    owners: Owners<'a>,
    elastic: Elastic<'a>,
    /// Those that are held, by their ids.
    held: FxHashMap<SmolStr, &'a Json<'a>>,
    /// The ids of all.
    ids: Hashes,
    listed: Listed,
}

impl<'a> Rows<'a> {
    fn row(&mut self, row: &Node<'_>, held: Option<&'a Json<'a>>) {
        let node = Node {
            context: self.of_names,
            ..row.clone()
        };
        let association = node.get("Association");
        let public = association.and_then(|a| a.text("PublicDnsName"));
        self.public_name(node.text("VpcId"), public);
        let Some(name) = row.need("NetworkInterfaceId") else {
            return;
        };
        if let Some(own) = held {
            if let Some(first) = self.held.get(name) {
                if *first != own {
                    listed_twice(name, row);
                }
                return;
            }
            self.held.insert(name.into(), own);
        }
        self.add(&Row::told(name, row), &row.origin(), row.context);
    }

    /// A row as AWS shapes it, which is not held.
    fn plain(&mut self, row: &Row<'_>, at: &Origin, context: &Context) {
        self.public_name(row.vpc_id, row.public_name());
        self.add(row, at, context);
    }

    fn add(&mut self, row: &Row<'_>, at: &Origin, context: &Context) {
        let name = row.network_interface_id;
        self.ids.add(name);
        if let Some((instance, place)) = row.instance() {
            let own = self.listed.of_instance.entry(instance.into());
            own.or_default().push((place, name.into()));
            self.listed.attached.push(Attached {
                instance: instance.into(),
                vpc: row.vpc_id.map(|vpc| context.word(vpc)),
                origin: at.clone(),
            });
        }
        let instance = row.instance().map(|(instance, _)| instance);
        let interface = interface(row, instance, (at, context), &self.owners, &self.elastic);
        self.listed.interfaces.extend(interface);
    }

    /// That an interface of a VPC has a public name.
    fn public_name(&mut self, vpc: Option<&str>, name: Option<&str>) {
        if let (Some(vpc), Some(_)) = (vpc, name)
            && !self.listed.with_public_names.contains(vpc)
        {
            self.listed.with_public_names.insert(vpc.into());
        }
    }
}
