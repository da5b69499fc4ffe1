"""The PyPI package `aws-vpc-analyzer`: its evaluators, in the order in which a packet meets them.

The package asks AWS itself; its evaluators run without. It reads no table of a transit gateway and
leaves references to groups to its caller, so those two steps are its own functions applied here.
Its rules are made before the clock starts.
"""

import asyncio
import sys
from importlib.metadata import version
from ipaddress import ip_address, summarize_address_range

from netgraph.evaluators.nacl import NACLEvaluator
from netgraph.evaluators.route import RouteEvaluator
from netgraph.evaluators.security_group import SecurityGroupEvaluator, evaluate_sg_reference
from netgraph.models.aws_resources import NACLRule, Route, SecurityGroup, SGRule

from peer import CLIENT, LOCAL, clock, facts, told

all = facts()
interfaces, sets, subnets, vpcs = all["interfaces"], all["sets"], all["subnets"], all["vpcs"]
at = {interface[0]: number for number, interface in enumerate(interfaces)}
text = {interface[0]: str(ip_address(interface[0])) for interface in interfaces}
WAYS = ["inbound", "outbound"]


def block(first, last):
    (only,) = summarize_address_range(ip_address(first), ip_address(last))
    return str(only)


def sg_rule(number, direction, rule):
    low, high, first, last, named = rule
    peer = {"referenced_sg_id": f"sg-{named}"} if named >= 0 else {"cidr_ipv4": block(first, last)}
    return SGRule(
        rule_id=str(number), direction=WAYS[direction], ip_protocol="tcp",
        from_port=low, to_port=high, **peer,
    )


def sg(number, directions):
    made = [[sg_rule(n, d, r) for n, r in enumerate(rules)] for d, rules in enumerate(directions)]
    return SecurityGroup(
        sg_id=f"sg-{number}", vpc_id="", name="", description="",
        inbound_rules=made[0], outbound_rules=made[1],
    )


def acl(directions):
    return [
        [
            NACLRule(
                rule_number=n + 1, rule_action="allow" if allow else "deny",
                direction=WAYS[d], protocol="6", cidr_block=block(first, last),
                from_port=low, to_port=high,
            )
            for n, (allow, low, high, first, last) in enumerate(rules)
        ]
        for d, rules in enumerate(directions)
    ]


def route(first, last, _, target, transit):
    kind = "tgw" if transit or target != LOCAL else "local"
    return Route(destination_cidr=block(first, last), target_id=str(target), target_type=kind)


groups = [sg(n, directions) for n, directions in enumerate(all["groups"])]
acls = [acl(directions) for directions in all["acls"]]
tables = [[route(*r, False) for r in routes] for routes in all["tables"]]
transit = [[route(*r, True) for r in routes] for routes in all["transit"]]


async def admits(direction, own, other, ip, port):
    mine = [groups[g] for g in sets[interfaces[own][2]]]
    evaluate = [SecurityGroupEvaluator.evaluate_ingress, SecurityGroupEvaluator.evaluate_egress]
    if (await evaluate[direction](mine, ip, port, "tcp")).allowed:
        return True
    theirs = [f"sg-{g}" for g in sets[interfaces[other][2]]]
    for group in mine:
        for rule in [group.inbound_rules, group.outbound_rules][direction]:
            if rule.referenced_sg_id and rule.matches_port(port):
                if await evaluate_sg_reference(rule, theirs):
                    return True
    return False


def passes(direction, subnet, source, destination, port):
    number = subnets[subnet][2]
    return NACLEvaluator.evaluate(
        acls[number][direction], WAYS[direction], source, destination, port, "tcp", str(number)
    ).allowed


def goes(a, b, source, destination, port):
    subnet, there = interfaces[a][1], interfaces[b][1]
    if subnet == there:
        return True
    if not passes(1, subnet, source, destination, port):
        return False
    vpc, table, _ = subnets[subnet]
    found = RouteEvaluator.get_next_hop(destination, tables[table])
    if found is None:
        return False
    if found[1] != "local":
        found = RouteEvaluator.get_next_hop(destination, transit[vpcs[vpc]])
        vpc = int(found[0]) if found else None
    return vpc == subnets[there][0] and passes(0, there, source, destination, port)


async def walk(source, destination, port):
    a, b = at[source], at.get(destination)
    if b is None:
        return False
    src, dst = text[source], text[destination]
    return (
        await admits(1, a, b, dst, port)
        and goes(a, b, src, dst, port)
        and await admits(0, b, a, src, port)
        and goes(b, a, dst, src, CLIENT)
    )


async def main(questions):
    delivered = [q for q in questions if await walk(*q)]
    start = clock()
    for question in delivered:
        await walk(*question)
    each = (clock() - start) / max(1, len(delivered))
    told(each, f"{len(delivered)} of {len(questions)} delivered", version("aws-vpc-analyzer"))


asyncio.run(main(all["questions"][sys.argv[2]]))
