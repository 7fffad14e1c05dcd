"""Read a page as a browser would: elements, headings, texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "rect", "line", "path", "hr", "col"}


@dataclass
class Element:
    """One element with all the text inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    children: list["Element"] = field(default_factory=list)


class Outline(HTMLParser):
    """All elements of a page in order; complains about tags that do not close."""

    def __init__(self, page: str) -> None:
        """Parse the page."""
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {[e.tag for e in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if self.open:
            self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        """Return the elements of one kind."""
        return [e for e in self.elements if e.tag == tag]

    def text_of(self, tag: str) -> list[str]:
        """Return the texts of the elements of one kind, spaces made single."""
        return [" ".join(e.text.split()) for e in self.all(tag)]

    def headings(self) -> list[tuple[int, str]]:
        """Return level and text of each heading."""
        return [
            (int(e.tag[1]), " ".join(e.text.split()))
            for e in self.elements
            if e.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        ]
