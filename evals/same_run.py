"""Whose folder is this? A run's folder is taken up again by the same run only, and never by another.

The same run has the same suites, limit, seed, repetitions, model and collection. Code and texts are not
among them: each answer's line says what made it, and `evals.runner` keeps answers of different makes apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.runner import RunError, write_json

RUN, SUMMARY = "run.json", "summary.json"
ALL_SHIPPED = "all_shipped"
_NAMES = {"limit": "--limit", "seed": "--seed", "repeat": "--repeat", "suites": "suites"}


def claim(folder: Path, run: Mapping[str, Any]) -> None:
    """Make the folder this run's, and create it if need be; RunError where it holds another run."""
    held = _held(folder)
    differing = [name for name in run if name in held and held[name] != run[name]]
    if run.get(ALL_SHIPPED) and held.get(ALL_SHIPPED):
        # A suite that was added since belongs to “all that are shipped”.
        differing = [name for name in differing if name != "suites"]
    if differing:
        name = next((each for each in differing if each != ALL_SHIPPED), "suites")
        raise RunError(
            f"{folder} holds another run ({_NAMES.get(name, name)}: {_said(held[name])}, "
            f"and now {_said(run[name])}): give another --out, or remove {folder}."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RUN, dict(run))


def _held(folder: Path) -> dict[str, Any]:
    """What the folder's run was asked for; of a run from before `run.json`, what its summary says."""
    for path, read in ((folder / RUN, lambda held: held), (folder / SUMMARY, lambda held: held["made"])):
        if path.is_file():
            try:
                return read(json.loads(path.read_text("utf-8")))
            except (ValueError, KeyError, TypeError) as error:
                raise RunError(f"{path} is not a run's: give another --out, or remove {folder}.") from error
    return {}


def _said(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return "none" if value is None else str(value)
