"""A walk over plain integers, as somebody would write it by hand: no objects, no text.

Out and back: groups of both ends, ACLs of both subnets, route tables, the transit gateway's table.
The ACLs of the subnets that the gateway is attached in are left out; they let all of this pass.
"""

import sys

from peer import CLIENT, LOCAL, facts, told, traced

all = facts()
interfaces, sets, groups = all["interfaces"], all["sets"], all["groups"]
subnets, vpcs, acls = all["subnets"], all["vpcs"], all["acls"]
tables = [sorted(routes, key=lambda r: -r[2]) for routes in all["tables"]]
transit = [sorted(routes, key=lambda r: -r[2]) for routes in all["transit"]]
at = {interface[0]: number for number, interface in enumerate(interfaces)}


def admits(direction, own, other, port):
    ip, theirs = interfaces[other][0], sets[interfaces[other][2]]
    for group in sets[interfaces[own][2]]:
        for low, high, first, last, named in groups[group][direction]:
            if low <= port <= high:
                if (named in theirs) if named >= 0 else (first <= ip <= last):
                    return True
    return False


def passes(direction, subnet, ip, port):
    for allow, low, high, first, last in acls[subnets[subnet][2]][direction]:
        if low <= port <= high and first <= ip <= last:
            return allow
    return False


def best(routes, ip):
    for first, last, _, target in routes:
        if first <= ip <= last:
            return target
    return None


def goes(a, b, port):
    """From interface to interface, past groups."""
    source, _, subnet = interfaces[a][0], 0, interfaces[a][1]
    ip, there = interfaces[b][0], interfaces[b][1]
    if subnet == there:
        return True
    if not passes(1, subnet, ip, port):
        return False
    vpc, table, _ = subnets[subnet]
    target = best(tables[table], ip)
    if target is None:
        return False
    lands = vpc if target == LOCAL else best(transit[vpcs[vpc]], ip)
    return lands == subnets[there][0] and passes(0, there, source, port)


def walk(source, destination, port):
    a, b = at[source], at.get(destination)
    return (
        b is not None
        and admits(1, a, b, port)
        and goes(a, b, port)
        and admits(0, b, a, port)
        and goes(b, a, CLIENT)
    )


told(*traced(walk, all["questions"][sys.argv[2]]))
