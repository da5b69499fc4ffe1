//! Domains that somebody leaves to other name servers, with NS records.
//!
//! Of a private hosted zone the VPC's resolver asks those servers through an outbound endpoint, where a
//! delegation rule is about the domain of their names. A name server of the user's own that looks
//! names up for others asks them itself.

use super::*;

impl Ask<'_> {
    /// The servers that a name is left to: those of the highest domain that is left to anybody. The
    /// servers of the zone itself are nobody else.
    pub(super) fn left_to(
        &self,
        records: &[Record],
        apex: &str,
        name: &str,
    ) -> Option<Vec<String>> {
        let below = |r: &&Record| r.name != apex && owns(&r.name, name);
        let all = records.iter().filter(below);
        let all = all.filter_map(|r| match &r.value {
            RecordValue::Ns(servers) => Some((r.name.len(), servers)),
            _ => None,
        });
        let (_, servers) = all.min_by_key(|(length, _)| *length)?;
        Some(servers.clone())
    }

    /// What a hosted zone leaves to others, asked of a VPC's resolver.
    pub(super) fn left_by_zone(
        &self,
        zone: &HostedZone,
        servers: &[String],
        name: &str,
        who: Who,
    ) -> All {
        // Rules serve what a private zone leaves to others, for whoever has his names looked up.
        let Who::Resolver(vpc, Door::Inside | Door::Inbound) = who else {
            return only(Said::Unknown);
        };
        if !zone.private {
            return only(Said::Unknown);
        }
        let rules = servers.iter().map(|s| self.delegation_rule(vpc, s));
        let rules = BTreeSet::from_iter(rules.map(|r| r.map(|(id, _)| id)));
        // Without a rule, and with one for each of several servers, no page says what is done.
        let (Some(Some(rule)), 1) = (rules.first(), rules.len()) else {
            self.met("a delegation without a rule for all its servers");
            return only(Said::Unknown);
        };
        let rule = &self.net.rules[*rule];
        let RuleKind::Delegate { through } = &rule.kind else {
            unreachable!("it is a delegation rule");
        };
        self.decided(&rule.name);
        self.met("a delegation rule");
        self.servers_asked(servers, &zone.records, who, |to| {
            self.forward(to, through, name)
        })
    }

    /// What a name server of the user's own leaves to others: it asks them, or only refers to them.
    pub(super) fn left_by_server(
        &self,
        server: &NameServer,
        servers: &[String],
        name: &str,
        (who, at, ip): (Who, Spot, IpAddr),
    ) -> All {
        if !server.recursive {
            self.met("a server that only refers");
            return only(Said::Unknown);
        }
        self.met("a server that follows its own delegation");
        self.servers_asked(servers, &server.records, who, |to| {
            self.by_turns(at, ip, to, name)
        })
    }

    /// The rule about the domain of a server's name: the most specific, the VPC's own before its
    /// Profile's.
    fn delegation_rule(&self, vpc: Id<Vpc>, server: &str) -> Option<(Id<ResolverRule>, bool)> {
        let of = |vpcs: &[Ref<Vpc>]| vpcs.iter().any(|v| v.id() == Some(vpc));
        let profile = self.net.profiles.iter().map(|(_, p)| p);
        let profile = profile.into_iter().find(|p| of(&p.vpcs));
        let brought = |id| profile.is_some_and(|p| p.rules.iter().any(|r| r.id() == Some(id)));
        let all = self.net.rules.iter().filter(|(id, rule)| {
            let delegates = matches!(rule.kind, RuleKind::Delegate { .. });
            delegates && owns(&rule.domain, server) && (of(&rule.vpcs) || brought(*id))
        });
        let all = all.map(|(id, rule)| (id, rule.domain.len(), of(&rule.vpcs)));
        let (id, _, own) = all.max_by_key(|(_, length, own)| (*length, *own))?;
        Some((id, own))
    }

    /// Asks those of the servers that have addresses: in the records beside the delegation, or as any
    /// name has them.
    fn servers_asked(
        &self,
        servers: &[String],
        glue: &[Record],
        who: Who,
        ask: impl Fn(&[IpAddr]) -> All,
    ) -> All {
        let (mut to, mut failed) = (Vec::new(), All::new());
        for server in servers {
            let own = glue.iter().filter(|r| r.name == *server);
            let own = Vec::from_iter(own.flat_map(|r| r.value.addresses()));
            if !own.is_empty() {
                self.met("a delegation with glue");
                to.extend(own);
                continue;
            }
            self.met("a delegation without glue");
            let said = self.of(who, server);
            for said in said {
                match said {
                    Said::Addresses(all) if all.iter().all(|(ip, _)| ip.is_some()) => {
                        to.extend(all.into_iter().filter_map(|(ip, _)| ip));
                    }
                    Said::Addresses(_) | Said::Unknown => return only(Said::Unknown),
                    Said::Nobody(_) => _ = failed.insert(Said::Silence),
                    other => _ = failed.insert(other),
                }
            }
        }
        if to.is_empty() {
            return self.answers(failed);
        }
        let said = ask(&to);
        self.answers(said.into_iter().chain(failed).collect())
    }
}
