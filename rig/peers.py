#!/usr/bin/env python3
"""Solves exported problems with other solvers: MPS with HiGHS and SCIP, CBF with SCIP.

usage: peers.py FILE...      one line of JSON per file and solver: file, solver, status, value

The value is that of the file times its `objective_scale`. Solvers that are not installed (PyPI: highspy,
pyscipopt) are named on the standard error and left out; without any the exit code is 3.
"""

import json
import sys

LIMIT = 5.0


def scale(path):
    with open(path, encoding="utf-8") as text:
        for line in text:
            words = line.strip("*# \n").split()
            if words[:1] == ["objective_scale"]:
                return float(words[1])
    return 1.0


def by_highs(path):
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", LIMIT)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    solver.readModel(path)
    solver.run()
    words = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnbounded: "unbounded",
    }
    status = words.get(solver.getModelStatus(), "unknown")
    return status, solver.getObjectiveValue() if status == "optimal" else None


def by_scip(path):
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.setParam("limits/time", LIMIT)
    model.setParam("limits/gap", 1e-6)
    if path.endswith(".cbf"):
        read_cbf(model, path)
    else:
        model.readProblem(path)
    model.optimize()
    status = model.getStatus()
    status = "optimal" if status == "gaplimit" else status
    status = status if status in ("optimal", "infeasible", "unbounded") else "unknown"
    return status, model.getObjVal() if status == "optimal" else None


def read_cbf(model, path):
    """Builds the problem of a CBF file: linear cones, second-order cones, integers."""
    with open(path, encoding="utf-8") as text:
        lines = iter([line.strip() for line in text if line.strip() and not line.startswith("#")])
    columns, domains, cones, integers = 0, [], [], set()
    objective, constant, entries, sides = [], 0.0, [], {}

    def parts():
        size, count = map(int, next(lines).split())
        return size, [(c, int(n)) for c, n in (next(lines).split() for _ in range(count))]

    def table():
        return [next(lines).split() for _ in range(int(next(lines)))]

    rows = 0
    for keyword in lines:
        if keyword == "VER":
            next(lines)
        elif keyword == "OBJSENSE":
            sense = next(lines)
        elif keyword == "VAR":
            columns, domains = parts()
        elif keyword == "CON":
            rows, cones = parts()
        elif keyword == "INT":
            integers = {int(words[0]) for words in table()}
        elif keyword == "OBJACOORD":
            objective = [(int(j), float(a)) for j, a in table()]
        elif keyword == "OBJBCOORD":
            constant = float(next(lines))
        elif keyword == "ACOORD":
            entries = [(int(i), int(j), float(a)) for i, j, a in table()]
        elif keyword == "BCOORD":
            sides = {int(i): float(b) for i, b in table()}
        else:
            raise ValueError(f"{path}: {keyword} is not read")
    x = []
    for cone, size in domains:
        for _ in range(size):
            low = 0.0 if cone in ("L+", "L=") else None
            high = 0.0 if cone in ("L-", "L=") else None
            kind = "I" if len(x) in integers else "C"
            x.append(model.addVar(lb=low, ub=high, vtype=kind))
    assert len(x) == columns
    terms = [[] for _ in range(rows)]
    for i, j, a in entries:
        terms[i].append(a * x[j])
    row = 0
    for cone, size in cones:
        here = range(row, row + size)
        row += size
        value = [sum(terms[i]) + sides.get(i, 0.0) for i in here]
        if cone in ("L+", "L-", "L="):
            for i, v in zip(here, value):
                if not terms[i]:
                    continue
                model.addCons(v >= 0 if cone == "L+" else v <= 0 if cone == "L-" else v == 0)
        else:
            # Entries as columns of their own, so that the cone is seen as one.
            y = []
            for k, v in enumerate(value):
                bounded = k == 0 or (cone == "QR" and k == 1)
                column = model.addVar(lb=0.0 if bounded else None)
                model.addCons(column == v)
                y.append(column)
            if cone == "Q":
                model.addCons(sum(c * c for c in y[1:]) <= y[0] * y[0])
            elif cone == "QR":
                model.addCons(sum(c * c for c in y[2:]) <= 2 * y[0] * y[1])
            else:
                raise ValueError(f"{path}: cone {cone} is not read")
    goal = sum(a * x[j] for j, a in objective) + constant
    model.setObjective(goal, "minimize" if sense == "MIN" else "maximize")


def main():
    solvers = []
    for name, module, solve, endings in (
        ("HiGHS", "highspy", by_highs, (".mps",)),
        ("SCIP", "pyscipopt", by_scip, (".mps", ".cbf")),
    ):
        try:
            __import__(module)
            solvers.append((name, solve, endings))
        except ImportError:
            print(f"SKIPPED: {name}, since {module} is not installed", file=sys.stderr)
    if not solvers:
        sys.exit(3)
    for path in sys.argv[1:]:
        for name, solve, endings in solvers:
            if not path.endswith(endings):
                continue
            status, value = solve(path)
            value = None if value is None else value * scale(path)
            print(json.dumps({"file": path, "solver": name, "status": status, "value": value}), flush=True)


main()
