"""Starts the chat window; nothing else."""

from __future__ import annotations

from bot.web.server import main

if __name__ == "__main__":
    raise SystemExit(main())
