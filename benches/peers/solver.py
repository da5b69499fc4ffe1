"""Isolation as formulas of bit vectors, for z3: is there a packet that passes and must not?

One literal for every interface and its address, one formula for each group's members and each
direction's rules, nested choices for ACLs and tables in the order of their rules. Interfaces of one
subnet and the same groups share what they have in common, as classes do. Making the formulas
counts, as compiling does beside it.
"""

import sys
from collections import defaultdict

import z3

from peer import LOCAL, TRANSIT, clock, facts, told

all = facts()
interfaces, sets, groups = all["interfaces"], all["sets"], all["groups"]
subnets, vpcs, acls, segments = all["subnets"], all["vpcs"], all["acls"], all["segments"]
start = clock()
src, dst = z3.BitVec("src", 32), z3.BitVec("dst", 32)
port = z3.BitVec("port", 16)
solver = z3.SolverFor("QF_BV")
no = z3.BoolVal(False)


def either(formulas):
    formulas = list(formulas)
    return z3.Or(*formulas) if formulas else no


def named(what, formulas):
    """Formulas as variables, so that each is there once."""
    made = [z3.Bool(f"{what}{n}") for n in range(len(formulas))]
    solver.add(*(a == b for a, b in zip(made, formulas)))
    return made


def within(x, first, last, bits=32):
    if (first, last) == (0, (1 << bits) - 1):
        return z3.BoolVal(True)
    return x == first if first == last else z3.And(z3.UGE(x, first), z3.ULE(x, last))


def chain(entries, otherwise):
    for condition, value in reversed(entries):
        otherwise = z3.If(condition, value, otherwise)
    return otherwise


def classes(what, x):
    """By subnet and groups: whether x is one of those."""
    of = defaultdict(list)
    for ip, subnet, own in interfaces:
        of[subnet, own].append(x == ip)
    return dict(zip(of, named(what, [either(all) for all in of.values()])))


from_class, to_class = classes("from", src), classes("to", dst)


def by_group(what, of):
    own = [[] for _ in groups]
    for (_, groups_of), literal in of.items():
        for group in sets[groups_of]:
            own[group].append(literal)
    return named(what, [either(all) for all in own])


def by_subnet(what, of):
    own = [[] for _ in subnets]
    for (subnet, _), literal in of.items():
        own[subnet].append(literal)
    return named(what, [either(all) for all in own])


def by_vpc(what, of):
    own = [[] for _ in vpcs]
    for literal, (vpc, _, _) in zip(of, subnets):
        own[vpc].append(literal)
    return named(what, [either(all) for all in own])


def gates(what, direction, x, members):
    def rule(low, high, first, last, group):
        who = members[group] if group >= 0 else within(x, first, last)
        return z3.And(within(port, low, high, 16), who)

    return named(what, [either(rule(*r) for r in g[direction]) for g in groups])


def acl(what, direction, x):
    def entries(rules):
        return [
            (z3.And(within(port, low, high, 16), within(x, first, last)), z3.BoolVal(bool(allow)))
            for allow, low, high, first, last in rules
        ]

    return named(what, [chain(entries(a[direction]), no) for a in acls])


WIDTH = max(8, len(vpcs).bit_length() + 1)
NOWHERE = (1 << WIDTH) - 1


def table(what, number, routes):
    order = sorted(routes, key=lambda r: -r[2])
    entries = [(within(dst, f, l), z3.BitVecVal(target, WIDTH)) for f, l, _, target in order]
    leads = z3.BitVec(f"{what}{number}", WIDTH)
    solver.add(leads == chain(entries, z3.BitVecVal(NOWHERE, WIDTH)))
    return leads


lets_in = gates("in", 0, src, by_group("source", from_class))
lets_out = gates("out", 1, dst, by_group("destination", to_class))
acl_in, acl_out = acl("enter", 0, src), acl("leave", 1, dst)
tables = [table("table", n, routes) for n, routes in enumerate(all["tables"])]
transit = [table("transit", n, routes) for n, routes in enumerate(all["transit"])]
from_subnet, to_subnet = by_subnet("s", from_class), by_subnet("t", to_class)
from_vpc, to_vpc = by_vpc("v", from_subnet), by_vpc("w", to_subnet)


def let(of, gates):
    return either(
        z3.And(literal, either(gates[g] for g in sets[own])) for (_, own), literal in of.items()
    )


solver.add(let(from_class, lets_out), let(to_class, lets_in))
for n, (vpc, routes, rules) in enumerate(subnets):
    over = [z3.And(transit[vpcs[vpc]] == v, there) for v, there in enumerate(to_vpc)]
    route = z3.Or(
        z3.And(tables[routes] == LOCAL, to_vpc[vpc]), z3.And(tables[routes] == TRANSIT, z3.Or(*over))
    )
    solver.add(z3.Implies(from_subnet[n], z3.Or(to_subnet[n], z3.And(acl_out[rules], route))))
    solver.add(z3.Implies(to_subnet[n], z3.Or(from_subnet[n], acl_in[rules])))

# What must not be.
if sys.argv[2] == "ports":
    solver.add(within(port, 8000, 8442, 16))
    solver.add(*(z3.Not(z3.And(a, b)) for a, b in zip(from_vpc, to_vpc)))
else:
    solver.add(either(v for v, own in zip(from_vpc, segments) if own == 2))
    solver.add(either(v for v, own in zip(to_vpc, segments) if own == 1))
found = solver.check()
verdict = "holds" if found == z3.unsat else "refuted" if found == z3.sat else "unknown"
told(clock() - start, verdict, z3.get_version_string())
