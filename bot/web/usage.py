"""What `app.py` says of itself; it takes no arguments, so that one which it does not know is no surprise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from textwrap import fill

from bot.settings import Settings, variables

HELP = ("-h", "--help")


def usage() -> str:
    """What is started, every setting's variable, and where more is said; ends without a line break."""
    names = "  ".join(variables(field)[-1] for field in Settings.model_fields)
    return "\n".join(
        (
            "Usage: python app.py",
            "",
            "Serves the chat window until Ctrl+C, at http://127.0.0.1:7860 unless HOST or PORT is set.",
            "It takes no arguments; settings come from the environment, such as PORT=8080 python app.py:",
            "",
            fill(
                names,
                100,
                initial_indent="  ",
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            ),
            "",
            "`counterpoint settings` says what each means, `counterpoint --help` what else there is.",
        )
    )


def answered(arguments: Sequence[str]) -> int | None:
    """The exit code where the arguments leave nothing to serve: 0 for help, 2 for misuse; else None."""
    unknown = [argument for argument in arguments if argument not in HELP]
    if unknown:
        print(f"app.py takes no argument {unknown[0]}: see app.py --help.", file=sys.stderr)
        return 2
    if arguments:
        print(usage())
        return 0
    return None
