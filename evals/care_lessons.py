"""What the care screen's second net is taught besides the suites: written lessons and a grid of them.

`care_training.yaml` holds single messages; `care_lessons.yaml` holds more, a line each under the name of
their category, and a grid: patterns with slots, filled in the same way every time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import yaml

LESSONS = Path(__file__).with_name("care_training.yaml")
MORE_LESSONS = Path(__file__).with_name("care_lessons.yaml")
_BLOCK = 10
_FOLDS = 5


@dataclass(frozen=True)
class Lesson:
    """A message to teach. `fold` (1 to 5) is the part of the lessons it is held out with to choose the
    thresholds; 0 is always taught."""

    message: str
    crisis: bool
    category: str
    fold: int = 0


def lessons() -> list[Lesson]:
    """Every lesson, in a fixed order. Ten neighbours are held out together, for they are often alike."""
    held = yaml.safe_load(MORE_LESSONS.read_text(encoding="utf-8"))
    single = yaml.safe_load(LESSONS.read_text(encoding="utf-8"))
    out: list[Lesson] = []
    for kind in ("crisis", "calm"):
        crisis = kind == "crisis"
        out += [Lesson(text, crisis, "single", _fold(at)) for at, text in enumerate(single[kind])]
        for category, block in held[kind].items():
            lines = enumerate(block.strip().splitlines(), crc32(category.encode()) % 50)
            out += [Lesson(text.strip(), crisis, category, _fold(at)) for at, text in lines]
        for category, grid in held["grid"][kind].items():
            filled = dict.fromkeys(filled_in(category, grid["n"], grid["patterns"], held["slots"]))
            out += [Lesson(text, crisis, category) for text in filled]
    return out


def filled_in(name: str, count: int, patterns: list[str], slots: Mapping[str, list[str]]) -> Iterator[str]:
    """`count` messages from `patterns` in turn, each {slot} filled by a choice that never changes."""
    for at in range(count):
        text, step = patterns[at % len(patterns)], 0
        while slot := re.search(r"\{([a-z]+)\}", text):
            step += 1
            choices = slots[slot[1]]
            chosen = choices[crc32(f"{name} {at} {step} {slot[1]}".encode()) % len(choices)]
            text = text[: slot.start()] + chosen + text[slot.end() :]
        yield " ".join(text.split())


def _fold(at: int) -> int:
    return at // _BLOCK % _FOLDS + 1
