"""The text of a fragment of HTML, as `mimeo extract --text` has it: block by block, no captions.

For what others give as HTML: the expected results of one set of pages, and the results of the tools
that mimeo is measured against.  All go through the same function, so none gains by it.
"""
from html.parser import HTMLParser

SILENT = {"script", "style", "template", "noscript", "figcaption", "caption", "iframe", "svg", "title",
          "select", "button", "head"}
INLINE = {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
          "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
          "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr"}


class _Text(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.silent = [], []

    def handle_starttag(self, tag, attributes):
        if tag in SILENT:
            self.silent.append(tag)
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_startendtag(self, tag, attributes):
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(data)


def html_text(html):
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())
