"""Whether what was found out about a page is what is known of it, field by field.

A verdict is right, near (a title with its site's name still on, some of the authors, the right day
at another hour), wrong, or missing.  Fields that the truth does not have are not judged.
"""
import datetime
import re
import unicodedata

from shingles import f1, words

FIELDS = ("title", "authors", "published", "language", "topics", "url", "site", "direction")
ZONELESS = datetime.timedelta(hours=24)
DAY = datetime.timedelta(hours=36)


def plain(text):
    return " ".join(words(unicodedata.normalize("NFKC", str(text))))


def judge(field, wanted, got):
    if got in (None, "", []):
        return "missing"
    return globals()["_" + field](wanted, got)


def _overlap(wanted, got):
    want, have = {plain(item) for item in wanted} - {""}, {plain(item) for item in got} - {""}
    if want == have:
        return "right"
    return "near" if want & have else "wrong"


def _title(wanted, got):
    want, have = plain(wanted), plain(got)
    if want == have:
        return "right"
    if want in have or have in want:
        return "near"
    a, b = set(want.split()), set(have.split())
    common = len(a & b)
    return "near" if common and f1(common / len(b), common / len(a)) >= 0.8 else "wrong"


def _authors(wanted, got):
    """One who wrote, or the agency: as a list, or as a line with words such as "by" and "and" in it."""
    got = [got] if isinstance(got, str) else got
    verdict = _overlap(wanted, got)
    if verdict == "wrong":
        want, have = " ".join(map(plain, wanted)), " ".join(map(plain, got))
        if want and have and (want in have or have in want):
            verdict = "near"
    return verdict


def moment(text):
    """(time in UTC, whether a zone was given) or None."""
    text = str(text).strip().replace("Z", "+00:00")
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        return found.replace(tzinfo=datetime.timezone.utc), False
    return found.astimezone(datetime.timezone.utc), True


def _published(wanted, got):
    want, have = moment(wanted), moment(got)
    if not have:
        return "wrong"
    if not want:
        return "right" if plain(wanted) == plain(got) else "near"
    apart = abs(want[0] - have[0])
    if apart < datetime.timedelta(minutes=1) or (not want[1] and apart < ZONELESS):
        return "right"
    return "near" if apart < DAY else "wrong"


def _language(wanted, got):
    return "right" if str(wanted)[:2].lower() == str(got)[:2].lower() else "wrong"


def _topics(wanted, got):
    return _overlap(wanted, got)


def _url(wanted, got):
    def bare(url):
        url = re.sub(r"^https?://(www\.)?", "", str(url).strip())
        return url.split("#")[0].rstrip("/")
    if bare(wanted) == bare(got):
        return "right"
    return "near" if bare(wanted).split("?")[0].rstrip("/") == bare(got).split("?")[0].rstrip("/") else "wrong"


def _site(wanted, got):
    want, have = plain(wanted), plain(got)
    if want == have:
        return "right"
    return "near" if want in have or have in want else "wrong"


def _direction(wanted, got):
    return "right" if wanted == got else "wrong"
