"""Starts the chat window; nothing else."""

from __future__ import annotations

import sys

from bot.web.usage import answered

if __name__ == "__main__":
    code = answered(sys.argv[1:])
    if code is None:
        # Behind the arguments, as help need not wait for what serves.
        from bot.web.server import main

        code = main()
    raise SystemExit(code)
