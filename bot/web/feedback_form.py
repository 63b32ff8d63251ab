"""The form in which a visitor says what they think of an answer, where the operator takes feedback."""

from __future__ import annotations

from bot.feedback import NOTE_CHARS, VERDICTS


def form_html() -> str:
    """The form as a closed dialog; `acts.js` opens it for one answer and sends what is filled in."""
    choices = "".join(
        f'<label><input type="radio" name="verdict" value="{verdict}" required> {label}</label>'
        for verdict, label in VERDICTS.items()
    )
    return (
        '<dialog id="feedback" aria-labelledby="feedback-title"><form method="dialog">'
        '<h2 id="feedback-title">What do you say of this answer?</h2>'
        f'<fieldset><legend class="unseen">Your verdict</legend>{choices}</fieldset>'
        '<label class="note-label" for="feedback-note">A note, if you like</label>'
        f'<textarea id="feedback-note" name="note" rows="3" maxlength="{NOTE_CHARS}"></textarea>'
        "<p>This sends the question, what was asked before it, the answer and your note to whoever runs "
        "this page. It does not say who you are.</p>"
        '<div class="dialog-acts"><button type="submit">Send</button>'
        '<button type="button" class="leave-feedback">Cancel</button></div>'
        "</form></dialog>"
    )
