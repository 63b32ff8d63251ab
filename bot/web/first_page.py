"""What Gradio's page says of itself before any script runs: its name and description are ours.

Gradio's template holds fixed lines about Gradio for previews of links beside those of the app; they are
taken out of the template once, as it is read.
"""

from __future__ import annotations

import re

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, TemplateNotFound

PAGE = "frontend/index.html"
PREVIEW = re.compile(r"""\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>""")
DESCRIPTION = (
    "Both sides of one article and the comments under it. Every quote is checked, word for word, "
    "against the text."
)
OURS = f"""
<title>{{{{ config['title'] or 'Counterpoint' }}}}</title>
<meta name="description" content="{DESCRIPTION}" />
<meta property="og:type" content="website" />
<meta property="og:title" content="{{{{ config['title'] or 'Counterpoint' }}}}" />
<meta property="og:description" content="{DESCRIPTION}" />
"""


def own_page(template: str) -> str:
    """The template with our name and description in the place of all that it says of itself."""
    return PREVIEW.sub("", template).replace("</head>", f"{OURS}</head>", 1)


def speak_for_ourselves(environment: Environment) -> None:
    """Let Gradio's page be made from its template as `own_page` has it; where there is none, as it is."""
    loader = environment.loader
    if not isinstance(loader, BaseLoader):
        return
    try:
        template = loader.get_source(environment, PAGE)[0]
    except TemplateNotFound:
        return
    environment.loader = ChoiceLoader([DictLoader({PAGE: own_page(template)}), loader])
