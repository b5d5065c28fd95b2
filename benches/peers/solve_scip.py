"""Solves one network by SCIP and prints one JSON object: NAME GAP THREADS LIMIT."""

import json
import sys

import networks
from model import build
from pyscipopt import Model


class Scip:
    def __init__(self):
        self.model = Model()
        self.model.hideOutput()

    def var(self, low, high, binary=False):
        return self.model.addVar(lb=low, ub=high, vtype="B" if binary else "C")

    def le(self, expression, number):
        self.model.addCons(expression <= number)

    def eq(self, expression, number):
        self.model.addCons(expression == number)

    def cone(self, P, Q, W, l):
        self.model.addCons(P * P + Q * Q - W * l <= 0)

    def minimise(self, expression):
        self.model.setObjective(expression, "minimize")


name, gap, threads, limit = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
solver = Scip()
build(networks.read(name), solver)
m = solver.model
m.setParam("limits/gap", gap)
m.setParam("limits/time", limit)
m.setParam("lp/threads", threads)
m.optimize()
found = m.getNSols() > 0
print(
    json.dumps(
        {
            "solver": f"SCIP {m.version()}",
            "status": m.getStatus(),
            "objective": m.getObjVal() * 1e3 if found else None,
            "bound": m.getDualbound() * 1e3,
            "seconds": m.getSolvingTime(),
        }
    )
)
