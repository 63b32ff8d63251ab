"""All that an answer depends on, in sixteen hex digits: answers made by anything else are old."""

from __future__ import annotations

import hashlib

from bot.care import CARE_FILE
from bot.corpus import Collection
from bot.elsewhere import ELSEWHERE_FILE
from bot.facts import load_facts
from bot.positions import DebateMap
from bot.prompts import load_prompts
from bot.settings import ROOT, Settings

# Code that decides what an answer says, and the data that lies beside it.
SOURCES = ("*.py", "*.yaml")


def code_hash() -> str:
    """A hash over the code that decides what an answer says, with the data that lies beside it."""
    paths = (path for sources in SOURCES for path in sorted((ROOT / "bot").glob(sources)))
    return hashlib.sha256("\0".join(path.read_text("utf-8") for path in paths).encode()).hexdigest()[:16]


def fingerprint(settings: Settings, collection: Collection, debate: DebateMap) -> str:
    """A hash over settings, collection, map, facts, prompts, fixed texts and code."""
    shared = (settings.knowledge_dir / name for name in (CARE_FILE, ELSEWHERE_FILE))
    parts = [
        settings.hash,
        collection.hash,
        debate.hash,
        load_facts(settings.collection_dir).hash,
        load_prompts(settings.prompts_dir).hash,
        code_hash(),
        *(path.read_text("utf-8") if path.is_file() else "" for path in shared),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
