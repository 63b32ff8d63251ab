"""What axe-core finds on each view, light and dark: no serious or critical violation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served
from tests.web.test_window import ANSWER, answered, visit

GRAVE = {"serious", "critical"}


def grave(page: Page) -> list[str]:
    """Each serious or critical violation, with the first element that has it."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found
        if v["impact"] in GRAVE
    ]


def empty(page: Page, served: Served) -> None:
    visit(page, served)


def answer(page: Page, served: Served) -> None:
    answered(page, served)


def source(page: Page, served: Served) -> None:
    answered(page, served).locator(f"{ANSWER} a.cite").nth(1).click()
    page.fill("#source-query", "the")


def tip(page: Page, served: Served) -> None:
    answered(page, served).locator(f"{ANSWER} a.cite").first.hover()
    expect(page.locator("#citation-tip")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", [empty, answer, source, tip])
def test_axe_finds_nothing_grave(
    new_page: Callable[..., Page], scripted_window: Served, view: Callable[[Page, Served], None], scheme: str
) -> None:
    page = new_page(color_scheme=scheme)
    view(page, scripted_window)
    assert grave(page) == []


def test_axe_finds_nothing_grave_on_a_phone(new_page: Callable[..., Page], scripted_window: Served) -> None:
    page = new_page(390, 844)
    source(page, scripted_window)
    assert grave(page) == []


def test_axe_can_find_something_grave(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window)
    page.evaluate("document.querySelector('#masthead p').style.color = '#ddd'")
    assert any("color-contrast" in violation for violation in grave(page))
