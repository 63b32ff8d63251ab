"""What can go wrong with a model at an endpoint, in words that may be shown.

An error's own text may hold the key, the address or a vendor's page, so nothing of it is passed
on: only its kind is told.
"""

from __future__ import annotations

TOO_LONG = "there was more to send than the model may be given"
NO_DRAFT = "the model handed in no draft"
TOO_LATE = "the model did not finish in time"
BROKEN_OFF = "the model's reply broke off"
PLAIN_TEXT = "the model wrote plain text instead of a draft"
DECLINED = "the model declined to answer"
EMPTY = "the model sent an empty reply"
ENDLESS = "the model wrote without end"
NOTHING_PASSED = "nothing that the model wrote passed the check"
NOT_LOOKED = "the model found nothing, and had not read what answers this"
OVERLOOKED = "the model found nothing, though the text answers this"
ONE_SIDED = "the model showed one side only"
UNREACHABLE = "the model's endpoint could not be reached"
JUNK = "the model's endpoint sent something that is no reply"
BY_STATUS = {
    401: "the model's endpoint refused the key (401)",
    403: "the model's endpoint refused the key (403)",
    404: "the model's endpoint does not know this model or address (404)",
    429: "the model's endpoint takes no more requests for now (429)",
}


class EndpointError(RuntimeError):
    """A model or its endpoint failed; the message is a plain clause without a full stop."""


def plain_reason(error: Exception) -> str:
    """What happened, as a clause that names no key, no address and no vendor's words."""
    # Imported here: only an endpoint needs its client, and the embedded guide must not wait for it.
    import httpx
    import openai
    from langchain_openai.chat_models.base import OpenAIRefusalError

    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx.TimeoutException):
        return TOO_LATE
    if isinstance(error, openai.APIStatusError):
        failed = "failed" if error.status_code >= 500 else "refused the request"
        return BY_STATUS.get(error.status_code, f"the model's endpoint {failed} ({error.status_code})")
    if isinstance(error, OpenAIRefusalError):
        return DECLINED
    if isinstance(error, openai.APIConnectionError | httpx.ConnectError):
        return UNREACHABLE
    if isinstance(error, openai.APIError | httpx.HTTPError):
        return BROKEN_OFF
    return JUNK
