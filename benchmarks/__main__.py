"""python -m benchmarks [NAME …] [--out DIR] [--quick]: measures, and writes results.json and results.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import answering, crowd, growth, retrieval, start
from benchmarks.report import Table, machine, write
from bot.settings import quiet_libraries

Measure = Callable[[bool], Table]
BENCHES: dict[str, Measure] = {
    "answering": lambda quick: answering.measure(1 if quick else 4),
    "retrieval": lambda quick: retrieval.run(50 if quick else 300, minilm=not quick),
    "start": lambda quick: start.measure(2 if quick else 5),
    "crowd": lambda quick: crowd.measure((1, 25) if quick else (1, 25, 100, 200)),
    "growth": lambda quick: growth.measure((100, 1_000) if quick else (100, 1_000, 10_000, 100_000)),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; none: all")
    parser.add_argument("--out", type=Path, default=Path("var/bench"))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    given = parser.parse_args()
    unknown = set(given.names) - BENCHES.keys()
    if unknown:
        parser.error(f"{unknown.pop()} is no benchmark: choose of {', '.join(BENCHES)}")
    quiet_libraries()
    for name in given.names or BENCHES:
        where = machine()
        print(f"{name} …", file=sys.stderr, flush=True)
        table = BENCHES[name](given.quick)
        write([table], given.out, where)
        if name == "growth" and len(table.rows) > 1:
            growth.plot(table, given.out / "growth.png")
        print(table.markdown(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
