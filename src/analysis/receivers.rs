//! Whom a selector means as receivers: interfaces, whether or not they start connections.

use super::senders::{by_name, called, fits, select, subnet, vpc_of};
use crate::answer::From;
use crate::model::{Id, Interface, Network};
use crate::property::Who;

/// The interfaces that a selector means, in the order of the input; none if it fits none.
///
/// # Errors
/// A text for people, if a name of the selector means nothing.
pub fn receivers(network: &Network, who: &Who) -> Result<Vec<Id<Interface>>, String> {
    let all = || network.interfaces.iter().map(|(id, _)| id);
    let vpc = |id: &Id<Interface>| vpc_of(network, &From::Interface(*id));
    Ok(match who {
        Who::Any => all().collect(),
        Who::Internet | Who::OnPremises => Vec::new(),
        Who::Name(pattern) => {
            let found: Vec<_> = all()
                .filter(|id| is_called(network, *id, pattern))
                .collect();
            if found.is_empty() {
                match pattern.contains('*') {
                    true => select(network, who)?,
                    false => by_name(network, pattern)?,
                };
            }
            found
        }
        Who::Tag { key, value } => {
            let is = |(k, v): &(String, String)| k == key && v == value;
            let tagged = |id: &Id<Interface>| network.interfaces[*id].tags.iter().any(is);
            all().filter(tagged).collect()
        }
        Who::Vpc(name) => {
            select(network, who)?;
            let is = |id: &Id<Interface>| {
                vpc(id).is_some_and(|v| v.name == *name || v.id.as_ref() == Some(name))
            };
            all().filter(is).collect()
        }
        Who::Subnet(name) => {
            let there = subnet(network, name)?;
            let is = |id: &Id<Interface>| network.interfaces[*id].subnet.id() == there;
            all().filter(|id| there.is_some() && is(id)).collect()
        }
        Who::Account(account) => {
            let is = |id: &Id<Interface>| vpc(id).is_some_and(|v| v.account == *account);
            all().filter(is).collect()
        }
    })
}

/// Whether a pattern is of one of its names; of an endpoint's or load balancer's, which stand before
/// an `@`, as well.
fn is_called(network: &Network, id: Id<Interface>, pattern: &str) -> bool {
    let mut names = called(network, &From::Interface(id));
    let own = network.interface_name(id);
    names.extend(own.split_once('@').map(|(owner, _)| owner.to_owned()));
    names.push(own);
    names.iter().any(|name| fits(pattern, name))
}
