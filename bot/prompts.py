"""The prompts: Markdown files with front matter that declares their variables.

A file opens with `---`, then `name`, `version` and `variables`, then `---`; in its body a variable
is written `$name`. A variable that is used but not declared, or declared but not used, or missing
or surplus when the prompt is filled, is an error.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

import yaml
from pydantic import ValidationError

from bot.records import Record

STAGES = ("guide", "judge", "repair", "summary")


class PromptError(ValueError):
    """A prompt file is missing or malformed, or was filled wrongly; the message says how to mend it."""


class FrontMatter(Record):
    """What a prompt file says of itself."""

    name: str
    version: int
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prompt:
    """One stage's prompt."""

    front: FrontMatter
    body: str

    def fill(self, **values: str) -> str:
        """The prompt's text with its variables filled; PromptError unless they are exactly those declared."""
        declared = set(self.front.variables)
        if wrong := declared ^ set(values):
            raise PromptError(f"Prompt {self.front.name} was filled wrongly: {', '.join(sorted(wrong))}.")
        return Template(self.body).substitute(values)


@dataclass(frozen=True)
class Prompts:
    """Every stage's prompt, and one hash over them all."""

    by_stage: dict[str, Prompt]
    hash: str

    def __getitem__(self, stage: str) -> Prompt:
        return self.by_stage[stage]


def parse_prompt(text: str, name: str) -> Prompt:
    """A prompt from its file's text; PromptError says what is wrong with it."""
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise PromptError(f"prompts/{name}.md must open with front matter between two lines of ---.")
    try:
        front = FrontMatter.model_validate(yaml.safe_load(parts[1]))
    except (ValidationError, yaml.YAMLError) as error:
        raise PromptError(f"prompts/{name}.md: its front matter needs name, version, variables.") from error
    template = Template(parts[2].strip())
    if not template.is_valid():
        raise PromptError(f"prompts/{name}.md: write a plain dollar sign as $$.")
    if wrong := set(template.get_identifiers()) ^ set(front.variables):
        raise PromptError(
            f"prompts/{name}.md: variables declared and used differ: {', '.join(sorted(wrong))}."
        )
    if front.name != name:
        raise PromptError(f"prompts/{name}.md calls itself {front.name}: give both the same name.")
    return Prompt(front, template.template)


def load_prompts(folder: Path) -> Prompts:
    """All prompts of the folder; PromptError where a stage is missing or a file belongs to none."""
    files = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    if wrong := set(files) ^ set(STAGES):
        raise PromptError(f"{folder} must hold one file a stage; missing or unknown: {', '.join(wrong)}.")
    texts = {stage: files[stage].read_text("utf-8") for stage in STAGES}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:12]
    return Prompts({stage: parse_prompt(text, stage) for stage, text in texts.items()}, digest)
