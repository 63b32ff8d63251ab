from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch):
    for name in ("HOST", "PORT", "COUNTERPOINT_PORT", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "attribute", "expected"),
    [
        ("PORT", "9000", "port", 9000),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("COUNTERPOINT_MODEL", "gpt-x", "model", "gpt-x"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1", "openai_base_url", "http://127.0.0.1:1/v1"),
        ("COUNTERPOINT_DATA_DIR", "elsewhere", "data_dir", Path("elsewhere")),
    ],
)
def test_the_environment_sets(monkeypatch: pytest.MonkeyPatch, variable, value, attribute, expected):
    monkeypatch.setenv(variable, value)
    assert getattr(load_settings(), attribute) == expected


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("COUNTERPOINT_MODLE", "x", "COUNTERPOINT_MODLE"),
        ("PORT", "soon", "^PORT is wrong: it must be a whole number from 1 up to 65535.$"),
        ("PORT", "70000", "^PORT is wrong"),
        ("COUNTERPOINT_PORT", "soon", "^COUNTERPOINT_PORT is wrong"),
        ("COUNTERPOINT_EMBEDDING", "magic", "COUNTERPOINT_EMBEDDING is wrong: it must be one of wordllama, "),
        ("COUNTERPOINT_MODEL_TIMEOUT", "soon", "it must be a number above 0 up to 600"),
        ("COUNTERPOINT_SEARCH_PASSAGES", "0", "COUNTERPOINT_SEARCH_PASSAGES"),
    ],
)
def test_what_is_unknown_or_wrong_is_named(monkeypatch: pytest.MonkeyPatch, variable, value, named):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=named):
        load_settings()


def test_the_key_shows_nowhere():
    settings = Settings(openai_api_key="sk-secret")
    assert "sk-secret" not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.hash}"


def test_the_hash_follows_what_can_change_an_answer_and_nothing_else():
    plain = Settings()
    assert plain.hash == Settings(port=9000, openai_api_key="k").hash
    assert plain.hash != Settings(search_passages=3).hash


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
