"""YAML as people write it: texts, lists and mappings; nothing that makes objects, and no bombs.

libyaml's loader is some ten times as fast as PyYAML's own, and follows nesting on the C stack, which
a file of a hundred thousand brackets overruns. So the events, which libyaml reads without nesting, are
looked at first.
"""

from __future__ import annotations

from typing import Any

import yaml

# Far more than the deepest thread that people write, far less than the C stack bears.
DEEPEST = 1000
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """What the text holds; yaml.YAMLError where it is malformed, too deep, or has aliases or objects."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias stands here", problem_mark=event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise yaml.MarkedYAMLError(problem="it is nested too deep", problem_mark=event.start_mark)
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    # A safe loader, whichever of the two it is.
    return yaml.load(text, Loader=Loader)
