"""Reconfiguration for least losses, the formulation of models/std: branch flow in perspective form
(formulations/conic.tie, with the rows that follow where buses only draw) and a tree by orientation
and a unit commodity (radial.tie).

`build` writes it through five calls that both solvers have: `var(low, high, binary)`,
`le(expression, number)`, `eq(expression, number)`, `cone(P, Q, W, l)` for P^2 + Q^2 <= W l, and
`minimise(expression)`.
"""

from networks import V_MAX, V_MIN


def build(network, solver):
    draws_active = all(p >= 0 for p, _ in network.load.values())
    draws_reactive = all(q >= 0 for _, q in network.load.values())
    # Where buses only draw, no voltage is above the source's 1 pu.
    low, high = V_MIN**2, (1.0 if draws_active and draws_reactive else V_MAX**2)
    n = len(network.buses)
    all_current = sum((p * p + q * q) ** 0.5 for p, q in network.load.values()) / V_MIN
    var, le, eq = solver.var, solver.le, solver.eq
    v = {b: var(1.0, 1.0) if b == network.source else var(low, high) for b in network.buses}
    into = {b: [] for b in network.buses}
    out = {b: [] for b in network.buses}
    losses = 0
    for _, i, j, r, x, limit in network.lines:
        squared = r * r + x * x
        most = min(all_current**2, (2 * V_MAX) ** 2 / squared, limit or all_current**2)
        reach = V_MAX * most**0.5
        parents = []
        for tail, head in ((i, j), (j, i)):
            y = var(0, 1, True)
            parents.append(y)
            P, Q = var(-reach, reach), var(-reach, reach)
            l, W = var(0, most), var(0, high)
            f = var(0, n - 1)
            arriving = W - 2 * (r * P + x * Q) + squared * l
            le(W - high * y, 0)
            le(low * y - W, 0)
            le(W - v[tail] - low * y, -low)
            le(v[tail] - high + high * y - W, 0)
            le(arriving - high * y, 0)
            le(low * y - arriving, 0)
            le(l - most * y, 0)
            p, q = network.load[head]
            if draws_active:
                le(p * y - P, 0)
            if draws_reactive:
                le(q * y - Q, 0)
            solver.cone(P, Q, W, l)
            le(f - (n - 1) * y, 0)
            into[head].append((y, P - r * l, Q - x * l, arriving, f))
            out[tail].append((P, Q, f))
            losses += r * l
        le(parents[0] + parents[1], 1)
    for b in network.buses:
        if b == network.source:
            for y, *_ in into[b]:
                le(y, 0)
            continue
        p, q = network.load[b]
        eq(sum(a[0] for a in into[b]), 1)
        eq(v[b] - sum(a[3] for a in into[b]), 0)
        eq(sum(a[1] for a in into[b]) - sum(a[0] for a in out[b]), p)
        eq(sum(a[2] for a in into[b]) - sum(a[1] for a in out[b]), q)
        eq(sum(a[4] for a in into[b]) - sum(a[2] for a in out[b]), 1)
    solver.minimise(losses)
