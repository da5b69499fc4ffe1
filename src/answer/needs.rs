//! `needs://`: a task that needs several services is as good as the worst of them (semantics S3).

use super::evidence::add;
use super::fold::answer;
use super::question::Ask;
use super::verdict::{Answer, Need, Verdict};
use crate::aws::{BUNDLES, Bundle, Compiled, Member};
use crate::diagnostic::near;
use crate::model::Network;

/// What is worse decides.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Private => 0,
        Verdict::Internet => 1,
        Verdict::Unknown => 2,
        Verdict::Mixed => 3,
        Verdict::Denied => 4,
        Verdict::Unreachable => 5,
    }
}

/// The answer of the member that decides, with what came of the others.
pub(super) fn needs(
    network: &Network,
    compiled: &Compiled,
    ask: &Ask,
    rest: &str,
) -> Result<Answer, String> {
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    if ask.port.is_some() || ask.protocol.is_some() {
        return Err("`needs://` names services, which have ports of their own".to_owned());
    }
    let bundle = bundle(name)?;
    if query
        .split('&')
        .any(|w| w.starts_with("action=") || w.starts_with("resource="))
    {
        return Err("each of the needs has an action of its own: name the `principal` only".into());
    }
    let mut all = Vec::new();
    for member in bundle.members {
        let ask = Ask {
            to: destination(network, ask, member, query),
            ..ask.clone()
        };
        all.push(Need {
            name: member.name,
            what: member.what,
            answer: answer(network, compiled, &ask)?,
        });
    }
    // Of equals the first.
    let worst = all.iter().rev().max_by_key(|n| badness(n.answer.verdict));
    let Some(worst) = worst else {
        return Err(format!("`{name}` needs nothing"));
    };
    let mut out = Answer {
        ask: ask.clone(),
        decided: Some(worst.name),
        ..worst.answer.clone()
    };
    let mut mechanisms: Vec<&str> = Vec::new();
    for Answer {
        leaves_aws,
        mechanism,
        assumptions,
        notes,
        ..
    } in all.iter().map(|n| &n.answer)
    {
        out.leaves_aws = out.leaves_aws.max(*leaves_aws);
        let own = mechanism.split('|').filter(|m| !m.is_empty());
        mechanisms.extend(own.filter(|m| !mechanisms.contains(m)).collect::<Vec<_>>());
        assumptions
            .iter()
            .for_each(|a| add(&mut out.assumptions, *a));
        notes.iter().for_each(|n| add(&mut out.notes, *n));
    }
    out.mechanism = mechanisms.join("|");
    out.needs = all;
    Ok(out)
}

/// The member's destination, seen from the source, with the caller of the question.
fn destination(network: &Network, ask: &Ask, member: &Member, query: &str) -> String {
    let vpc = ask.from.vpc(network).map(|v| &network.vpcs[v]);
    let region = vpc.map_or(network.region.as_str(), |v| &v.region);
    let account = vpc.map_or("111111111111", |v| &v.account);
    let to = member.to.replace("{r}", region).replace("{a}", account);
    let more = if query.is_empty() { "" } else { "&" };
    format!("{to}?action={}{more}{query}", member.action)
}

/// The bundle of this name.
fn bundle(name: &str) -> Result<&'static Bundle, String> {
    if let Some(found) = BUNDLES.iter().find(|b| b.name == name) {
        return Ok(found);
    }
    let names: Vec<&str> = BUNDLES.iter().map(|b| b.name).collect();
    let hint = match near(name, names.iter().copied()) {
        Some(near) => format!("did you mean `needs://{near}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    Err(format!("no bundle of needs is called `{name}`: {hint}"))
}
