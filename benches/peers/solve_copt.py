"""Solves one network by COPT and prints one JSON object: NAME GAP THREADS LIMIT.

Without a licence COPT solves problems up to a certain size; where it refuses, that is the status.
"""

import json
import sys

import coptpy
import networks
from coptpy import COPT
from model import build


class Copt:
    def __init__(self, environment):
        self.model = environment.createModel("reconfiguration")
        self.model.setParam(COPT.Param.Logging, 0)

    def var(self, low, high, binary=False):
        return self.model.addVar(lb=low, ub=high, vtype=COPT.BINARY if binary else COPT.CONTINUOUS)

    def le(self, expression, number):
        self.model.addConstr(expression <= number)

    def eq(self, expression, number):
        self.model.addConstr(expression == number)

    def cone(self, P, Q, W, l):
        half = self.model.addVar(lb=0, ub=COPT.INFINITY)
        self.model.addConstr(2 * half - l == 0)
        self.model.addCone([W, half, P, Q], COPT.CONE_RQUAD)

    def minimise(self, expression):
        self.model.setObjective(expression, COPT.MINIMIZE)


name, gap, threads, limit = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
version = ".".join(str(getattr(COPT, f"VERSION_{part}", "?")) for part in ("MAJOR", "MINOR", "TECHNICAL"))
result = {"solver": f"COPT {version}", "objective": None, "bound": None, "seconds": None}
try:
    config = coptpy.EnvrConfig()
    config.set("nobanner", "1")
    solver = Copt(coptpy.Envr(config))
    m = solver.model
    build(networks.read(name), solver)
    m.setParam(COPT.Param.RelGap, gap)
    m.setParam(COPT.Param.TimeLimit, limit)
    m.setParam(COPT.Param.Threads, threads)
    m.solve()
    result["status"] = {COPT.OPTIMAL: "optimal", COPT.TIMEOUT: "timelimit"}.get(m.status, str(m.status))
    if m.hasmipsol:
        result["objective"] = m.objval * 1e3
    result["bound"] = m.getAttr("BestBnd") * 1e3
    result["seconds"] = m.getAttr("SolvingTime")
except coptpy.CoptError as refused:
    result["status"] = f"refused ({refused})"
print(json.dumps(result))
