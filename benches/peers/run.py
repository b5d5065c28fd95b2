#!/usr/bin/env python3
"""Solves the reconfiguration of 33, 84, 118 and 136 buses by Tieline, SCIP and COPT in one go and
writes docs/peers.md.

Each solve is a process of its own: time and peak memory are those of the process. The peers come
from PyPI into target/peers.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date

from networks import NETWORKS, ROOT, V_MAX, V_MIN, present

HERE = ROOT / "benches/peers"
VENV = ROOT / "target/peers/venv"
TIELINE = ROOT / "target/release/tieline"


def install():
    python = VENV / "bin/python"
    if not python.exists():
        VENV.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    for package in ("pyscipopt", "coptpy"):
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        if subprocess.run(command).returncode != 0:
            print(f"peers: {package} cannot be installed and is left out", file=sys.stderr)
    return python


def timed(command):
    """What a process prints, its wall seconds and its peak memory in MB."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT)
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        out.seek(0)
        text = out.read().decode(errors="replace")
    start = text.find("{")
    scale = 2**20 if platform.system() == "Darwin" else 2**10
    return (json.loads(text[start:]) if start >= 0 else None), wall, usage.ru_maxrss / scale


def study(name):
    path = NETWORKS[name][3]
    if path is None:
        path = ROOT / f"target/peers/{name}.tie"
        command = [TIELINE, "import", "csv", NETWORKS[name][0], "--study", "losses", "-o", path]
        subprocess.run([str(c) for c in command], check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
    return path


def tieline(name, options):
    command = [TIELINE, "solve", study(name), "--gap", f"{options.gap * 100:g}%", "--threads", options.threads]
    command += ["--time-limit", f"{options.limit:g}s", "--format", "json"]
    command += ["--set", f"bus.v_min={V_MIN} pu", "--set", f"bus.v_max={V_MAX} pu"]
    found, wall, memory = timed(command)
    version = subprocess.run([str(TIELINE), "--version"], capture_output=True, text=True).stdout.split()[-1]
    row = {"solver": f"Tieline {version}", "status": "failed", "objective": None, "bound": None, "seconds": None}
    if found and found.get("objective"):
        unit = {"kW": 1, "W": 1e-3, "MW": 1e3}.get(found["objective"].get("unit"), 1)
        bound = found.get("bound")
        bound = bound.get("value") if isinstance(bound, dict) else bound
        row.update(status=found["status"], seconds=found.get("seconds"), objective=found["objective"]["value"] * unit)
        row["bound"] = bound * unit if bound is not None else None
    return row, wall, memory


def peer(script, python, name, options):
    found, wall, memory = timed([python, HERE / script, name, options.gap, options.threads, options.limit])
    row = {"solver": script[6:-3].upper(), "status": "failed", "objective": None, "bound": None, "seconds": None}
    return found or row, wall, memory


def shown(value, digits):
    return "" if value is None else f"{value:.{digits}f}"


def line(name, row, wall, memory):
    objective, bound = row["objective"], row["bound"]
    gap = (objective - bound) / objective if objective and bound is not None else None
    cells = [name, row["solver"], row["status"], shown(objective, 4), shown(bound, 4)]
    cells += [f"{max(gap, 0):.4%}" if gap is not None else "", shown(row["seconds"], 2), f"{wall:.2f}", f"{memory:.0f}"]
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gap", type=float, default=1e-3, help="relative gap (default 0.001)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds per solve (default 300)")
    parser.add_argument("--networks", default="33,84,118,136")
    parser.add_argument("--solvers", default="tieline,scip,copt")
    parser.add_argument("--out", default=str(ROOT / "docs/peers.md"))
    options = parser.parse_args()
    solvers = options.solvers.split(",")
    python = install() if {"scip", "copt"} & set(solvers) else None
    if "tieline" in solvers:
        subprocess.run(["cargo", "build", "--release", "--quiet"], check=True, cwd=ROOT)

    rows = []
    for name in options.networks.split(","):
        if not present(name):
            print(f"SKIPPED: the data of {name} buses are not at {NETWORKS[name][0]}", file=sys.stderr)
            continue
        for solver in solvers:
            if solver == "tieline":
                result = tieline(name, options)
            else:
                result = peer(f"solve_{solver}.py", python, name, options)
            rows.append(line(name, *result))
            print(rows[-1], flush=True)

    head = ["buses", "solver", "status", "losses kW", "bound kW", "gap", "solve s", "process s", "memory MB"]
    text = [
        "# Reconfiguration for least losses, by Tieline and by others",
        "",
        f"Written by `benches/peers/run.py` on {date.today()}: gap {options.gap:g}, {options.threads} threads, at most "
        f"{options.limit:g} s each, {os.cpu_count()} cores ({platform.machine()}), voltages {V_MIN} to {V_MAX} pu. All "
        "solve the same formulation (that of `models/std`); the peers get it with its cones as they stand, Tieline as "
        "text, whose reading and whose checks are in its process time. SCIP's search itself runs on one thread. COPT "
        "runs where its size limit without a licence allows.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
        *rows,
        "",
    ]
    with open(options.out, "w") as file:
        file.write("\n".join(text))


if __name__ == "__main__":
    main()
