"""Reading a piece of HTML as a browser would, for tests to look at."""

from __future__ import annotations

from html.parser import HTMLParser


class Parts(HTMLParser):
    """Tags with their attributes, in order, and the text between them."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def structure(self) -> list[tuple[str, tuple[tuple[str, str | None], ...]]]:
        """The tags without line breaks, which depend on the text shown."""
        return [tag for tag in self.tags if tag[0] != "br"]

    @property
    def text(self) -> str:
        return "".join(self.words)

    def values(self, name: str) -> list[str]:
        return [value or "" for _, attrs in self.tags for key, value in attrs if key == name]
