"""The real window, guide and stage over the small collection, with a scripted model at an endpoint.

Run as a program: `python tests/web/stage_server.py`; HOST, PORT as for the real one. The scripted model
hands in the same three statements for every question, one of them with a quote that stands nowhere.
"""

from __future__ import annotations

import os
import sys

from bot.settings import ROOT, load_settings
from bot.web.server import serve
from tests.asked import BOTH, LOOKED_UP, drafted, statement
from tests.endpoint import MODEL, calls, endpoint
from tests.fines import COLLECTIONS

MADE_UP = statement(("C2", "These words were never written here"), "against")
WRONG = calls(drafted(*BOTH, MADE_UP))
# It looks things up, hands in a draft, and hands the same in again when it is sent back.
ONE_QUESTION = (LOOKED_UP, WRONG, WRONG)

if __name__ == "__main__":
    with endpoint(*(ONE_QUESTION * 200)) as model:
        os.environ["COUNTERPOINT_KNOWLEDGE_DIR"] = str(COLLECTIONS)
        os.environ["COUNTERPOINT_COLLECTION"] = "fines"
        os.environ["COUNTERPOINT_REPORTS_DIR"] = str(ROOT / "tests" / "web" / "reports")
        os.environ["COUNTERPOINT_MODEL"] = MODEL
        os.environ["OPENAI_BASE_URL"] = model.url
        sys.exit(serve(load_settings()))
