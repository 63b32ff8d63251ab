"""An answer as plain text or Markdown: for the terminal, the transcript and the model's own memory."""

from __future__ import annotations

from bot.records import Answer, Outcome, Stance, Statement
from bot.settings import EMBEDDED

# What the assembly says of a side that the map knows to be empty.
ONE_SIDED = {"Nobody here speaks against this.", "Nobody here speaks for this."}
GAPS_HEADINGS = {
    Outcome.NOT_IN_COLLECTION: "Not in this text",
    Outcome.OFF_TOPIC: "Not what this text is about",
}
HEADINGS = {Stance.FOR: "For", Stance.AGAINST: "Against", Stance.CONTEXT: "Context"}


def gist(answer: Answer | None) -> str:
    """An answer in as few words as a later question may need: who said what, with passage ids."""
    if answer is None:
        return ""
    lines = [answer.proposition] if answer.proposition else []
    lines += [
        f"{statement.speaker} ({statement.evidence[0].passage}, {statement.stance}): {statement.text}"
        for statement in answer.statements
    ]
    return "\n".join([*lines, *answer.gaps, *([answer.notice] if answer.notice else [])])


def plain_text(answer: Answer) -> str:
    """An answer to be read in a terminal."""
    blocks = [answer.notice] if answer.notice else []
    if answer.proposition:
        blocks.append(f"The question here: {answer.proposition}")
    for stance, heading in HEADINGS.items():
        chosen = [statement for statement in answer.statements if statement.stance is stance]
        if chosen:
            blocks.append("\n\n".join([heading.upper(), *(statement_text(s) for s in chosen)]))
    if answer.gaps:
        blocks.append("\n".join(gaps_told(answer)))
    if not answer.statements and answer.outcome is Outcome.NOT_IN_COLLECTION and answer.unused:
        near = (f"  [{near.passage}] {_shortened(near.text)}" for near in answer.unused[:3])
        blocks.append("\n".join(["Nearest in the text:", *near]))
    return "\n\n".join([*blocks, *footer(answer)])


def statement_text(statement: Statement) -> str:
    """One statement: its speaker, what they say, and the quotes that show it."""
    lines = [] if says_itself(statement) else [f"{statement.speaker}: {statement.text}"]
    for evidence in statement.evidence:
        said = "" if lines else f"{statement.speaker}: "
        owner = f", quoting {evidence.owner}" if evidence.owner else ""
        lines.append(f"  {said}“{evidence.quote}” [{evidence.passage}{owner}]")
    return "\n".join(lines)


def says_itself(statement: Statement) -> bool:
    """Whether the statement is nothing but its quote, so that showing both would repeat it."""
    return len(statement.evidence) == 1 and statement.text == statement.evidence[0].quote


def footer(answer: Answer) -> list[str]:
    """The quiet line under an answer: people on each side, what was checked, and what stood in."""
    if not answer.statements:
        return []
    shown, dropped = len(answer.statements), len(answer.dropped)
    sides = answer.voices_for or answer.voices_against
    counts = f"{people(len(answer.voices_for))} for, {people(len(answer.voices_against))} against; "
    checks = f"{shown} of {shown + dropped} drafted statements passed the check."
    lines = [f"{counts if sides else ''}{checks}"]
    if answer.provenance.fallback:
        lines.append(fallback_line(answer))
    return lines


def fallback_line(answer: Answer) -> str:
    """What the embedded model did in another's place: the whole answer, or what was missing; else ""."""
    reason = answer.provenance.fallback
    if not reason:
        return ""
    did = "wrote" if answer.provenance.model == EMBEDDED else "finished"
    return f"The built-in model {did} this answer: {reason.rstrip('.')}."


def people(count: int) -> str:
    """“1 person”, “3 people”, “no one”."""
    return {0: "no one", 1: "1 person"}.get(count, f"{count} people")


def gaps_told(answer: Answer) -> list[str]:
    """What the collection does not hold, each thing once: where a side's silence is told in words of its
    own, the general sentence on it is left out."""
    told = [gap for gap in answer.gaps if gap not in ONE_SIDED]
    return told if told and answer.statements else list(answer.gaps)


def gaps_heading(outcome: Outcome) -> str:
    """What stands above the sentences on what the collection does not hold."""
    return GAPS_HEADINGS.get(outcome, "What nobody here says")


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end, where it has neither."""
    text = text.strip()
    ended = text[-1:] in set(".!?…") or (text[-2:-1] in set(".!?…") and text[-1:] in set("”’\"')"))
    return f"{text[:1].upper()}{text[1:]}{'' if ended or not text else '.'}"


def _shortened(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0] + " …"
