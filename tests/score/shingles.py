"""How much of one text is in another: words in runs of four.

Words are lower-cased runs of letters, marks and digits (NFC).  Han, kana, Thai, Lao, Burmese and
Khmer put no spaces between words, so there each character, with the marks on it, counts as one.
Runs of four words are counted as a multiset: a paragraph that comes twice where it should come once
is an error, and so is one that comes once where it should come twice.  A text of fewer than four
words is one run.

A reader would get wrong: the F1 of a set of pages comes in two kinds, and they differ.  `f1` here is
that of the mean precision and the mean recall; `f1_pages` is the mean of the pages' own.  Published
figures are of the first kind more often.
"""
import collections
import re
import unicodedata

RUN = 4


# Blocks whose scripts are written without spaces.
ALONE = ("\u0e00-\u0eff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\u1780-\u17ff"
         "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
         "\U00020000-\U0003ffff")
MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
MARK = "[" + re.escape(MARKS) + "]"
WORD = re.compile(f"[{ALONE}]{MARK}*|(?:(?![{ALONE}])[^\\W_]{MARK}*)+")


def words(text):
    return WORD.findall(unicodedata.normalize("NFC", text).casefold())


def shingles(text):
    found = words(text)
    if 0 < len(found) < RUN:
        return collections.Counter([tuple(found)])
    return collections.Counter(tuple(found[i:i + RUN]) for i in range(len(found) - RUN + 1))


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def compare(wanted, got):
    """(precision, recall) of the text `got` against `wanted`.  Nothing where nothing is wanted is right."""
    want, have = shingles(wanted), shingles(got)
    if not want and not have:
        return 1.0, 1.0
    common = sum((want & have).values())
    precision = common / sum(have.values()) if have else 0.0
    recall = common / sum(want.values()) if want else 1.0
    return precision, recall
