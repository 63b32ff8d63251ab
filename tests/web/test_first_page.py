"""What Gradio's page says of itself: our name in the place of Gradio's, and nothing where it has no page."""

from __future__ import annotations

from gradio.routes import templates
from jinja2 import DictLoader, Environment

from bot.web.first_page import PAGE, own_page, speak_for_ourselves


def test_the_page_speaks_of_us_and_not_of_gradio() -> None:
    loader = templates.env.loader
    assert loader
    template = loader.get_source(templates.env, PAGE)[0]
    head = own_page(template).partition("</head>")[0]
    assert head.count("og:title") == head.count("<title>") == 1
    assert "Click to try" not in head and "raw.githubusercontent.com" not in head


def test_a_title_is_escaped_as_the_template_does_it() -> None:
    made = Environment(autoescape=True, loader=DictLoader({PAGE: "<head></head>"}))
    speak_for_ourselves(made)
    page = made.get_template(PAGE).render(config={"title": "<b>"})
    assert "<title>&lt;b&gt;</title>" in page


def test_without_its_page_nothing_changes() -> None:
    bare = Environment(autoescape=True, loader=DictLoader({}))
    before = bare.loader
    speak_for_ourselves(bare)
    assert bare.loader is before
