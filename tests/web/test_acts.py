import pytest

from bot.corpus import Collection
from bot.exchange import Exchange
from bot.records import Outcome
from bot.web.acts import NO_OFFERS, UNWORKED, Offers, acts_html
from tests.web.page_parts import Parts
from tests.web.scripted_server import answer

ALL = Offers(feedback=True, suite=True)


def hrefs(exchange: Exchange, offers: Offers = NO_OFFERS, *, last: bool = True) -> list[str]:
    """What acts on this page; the working is on another."""
    found = Parts(acts_html(3, exchange, offers, last=last)).values("href")
    return [href for href in found if href.startswith("#")]


@pytest.fixture
def answered(mill: Collection) -> Exchange:
    return Exchange(question="?", answer=answer(mill, "?"))


def test_only_the_last_answer_can_be_asked_again_or_edited(answered: Exchange) -> None:
    assert hrefs(answered) == ["#again", "#edit"]
    assert hrefs(answered, last=False) == []


def test_every_answer_leads_to_its_own_working(answered: Exchange, mill: Collection) -> None:
    other = Exchange(question="!", answer=answer(mill, "!"))
    links = [Parts(acts_html(0, each, NO_OFFERS, last=False)).values("href") for each in (answered, other)]
    assert all(link[0].startswith("/working/") for link in links) and links[0] != links[1]


def test_a_working_that_is_no_longer_kept_is_not_led_to_and_said_so(answered: Exchange) -> None:
    gone = Offers(worked=lambda _: False)
    html = acts_html(0, answered, gone, last=True)
    assert "/working/" not in html and UNWORKED in html


def test_feedback_and_suite_are_there_only_where_they_are_allowed(answered: Exchange) -> None:
    assert hrefs(answered, ALL, last=False) == ["#feedback~3", "#suite~3"]
    assert hrefs(answered, Offers(feedback=True), last=False) == ["#feedback~3"]


def test_an_answer_that_ended_early_cannot_be_judged() -> None:
    assert hrefs(Exchange(question="?", remark="Stopped."), ALL) == ["#again", "#edit"]


def test_beside_help_lines_nothing_else_is_offered(mill: Collection) -> None:
    crisis = Exchange(question="?", answer=answer(mill, "?", outcome=Outcome.CRISIS))
    assert acts_html(3, crisis, ALL, last=True) == ""
