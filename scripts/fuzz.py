"""Feeds a target of tests/fuzz_targets.py with atheris: fuzz.py TARGET SECONDS.

Exits 0 if nothing was found. What is found lies in var/fuzz; once it is mended, move it into
tests/found/TARGET/, and it stays a test.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
SLOWEST_SECONDS, MEGABYTES, LONGEST = 20, 3000, 4096

sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["bot", "yaml"]):
    from bot.settings import quiet_libraries
    from tests.fuzz_targets import TARGETS


def main() -> None:
    name, seconds = sys.argv[1], sys.argv[2]
    corpus, finds = ROOT / "var" / "fuzz" / name / "corpus", ROOT / "var" / "fuzz" / name
    corpus.mkdir(parents=True, exist_ok=True)
    seed(name, corpus)
    quiet_libraries()
    flags = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST_SECONDS}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={finds}{os.sep}",
        "-print_final_stats=1",
    ]
    # What is loaded or compiled at a first call is no slow input.
    TARGETS[name](b"")
    atheris.Setup([sys.argv[0], *flags, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def seed(name: str, corpus: Path) -> None:
    """Begin from what the project holds, so that the fuzzer need not find out what a page looks like."""
    sources = [*(ROOT / "tests" / "found" / name).glob("*")]
    if name == "importing":
        sources += [
            ROOT / "knowledge" / "levine" / "article.md",
            *(ROOT / "tests" / "collections").glob("*/*.md"),
        ]
    if name in ("reading_yaml", "loading"):
        sources += (ROOT / "tests" / "collections").glob("*/comments.yaml")
    for number, source in enumerate(sources):
        (corpus / f"seed-{number}").write_bytes(source.read_bytes()[:LONGEST])


if __name__ == "__main__":
    main()
