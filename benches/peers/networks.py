"""The networks of the comparison, in per unit of 1 MVA and the nominal voltage."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
V_MIN, V_MAX = 0.90, 1.05


@dataclass
class Network:
    buses: list  # ids
    load: dict  # id -> (p, q)
    lines: list  # (id, from, to, r, x, most squared current of the rating or None)
    source: str


# name -> (folder, nominal kV, source bus, study of Tieline or None where it is imported)
NETWORKS = {
    "33": (ROOT / "models/networks/ieee33", 12.66, "1", ROOT / "examples/ieee33.tie"),
    "84": (ROOT / "../shared/networks/84tpc", None, None, None),
    "118": (ROOT / "models/networks/zhang118", 11.0, "1", ROOT / "examples/zhang118.tie"),
    "136": (ROOT / "models/networks/mantovani136", 13.8, "1", ROOT / "examples/mantovani136.tie"),
}


def present(name):
    return (NETWORKS[name][0] / "lines.csv").is_file()


def read(name):
    folder, kv, source, _ = NETWORKS[name]
    if kv is None:
        meta = json.loads((folder / "meta.json").read_text())
        kv, source = meta["base_kv"], str(meta["source_buses"][0])
    with open(folder / "buses.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    load = {row["bus"]: (float(row["p_kw"]) / 1e3, float(row["q_kvar"]) / 1e3) for row in rows}
    with open(folder / "lines.csv", newline="") as file:
        lines = []
        for row in csv.DictReader(file):
            rate = row.get("rate_a")
            limit = 3 * float(rate) ** 2 * kv**2 / 1e6 if rate else None
            r, x = float(row["r_ohm"]) / kv**2, float(row["x_ohm"]) / kv**2
            lines.append((row["line"], row["from"], row["to"], r, x, limit))
    return Network([row["bus"] for row in rows], load, lines, source)
