//! Networks that let more through.

use reachability::model::{AclRule, Draft, GroupRule, Id, Origin, Peer, Service};

/// Opens what refuses at the first door, so that more traffic comes through and back: ACLs let the
/// rest pass, and groups allow what their rules do not name.
pub fn ease(draft: &mut Draft) {
    let all = [super::block("0.0.0.0/0"), super::block("::/0")];
    for id in (0..draft.acls.len()).map(Id::new) {
        let acl = draft.acls.get_mut(id).unwrap();
        for rules in [&mut acl.ingress, &mut acl.egress] {
            for (peer, number) in all.into_iter().zip(32_000..) {
                if rules.iter().all(|r| r.number != number) {
                    rules.push(AclRule {
                        number,
                        allow: true,
                        service: Service::ANY,
                        peer,
                        origin: Origin::Unknown,
                    });
                }
            }
        }
    }
    for id in (0..draft.groups.len()).map(Id::new) {
        let group = draft.groups.get_mut(id).unwrap();
        for rules in [&mut group.ingress, &mut group.egress] {
            rules.extend(all.map(|peer| GroupRule {
                service: Service::ANY,
                peer: Peer::Cidr(peer),
                origin: Origin::Unknown,
            }));
        }
    }
}
