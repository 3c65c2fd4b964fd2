"""Every number that a report shows, looked up in metrics.json: missing_numbers(report.html, metrics.json).

A number counts as found where a number of metrics.json, rounded to the digits shown, is the same, or in per cent. Not looked up are
what is no result: styles, scripts and pictures, ticks of axes, and the fixed words of titles, notes and formulas (kWords).
Standard library only.
"""
import html
import json
import re

# Fixed phrases with numbers in them, one for each place in src/report that writes them.
WORDS = [
    r"from the 2nd to the 98th percentile", r"the median of their 99th percentiles", r"10 log10\(max²",
    r"each row sums to 1\b", r"(?:68|95) %", r"< 0\.001", r"two-sided", r"degrade\.[a-z_.]+", r"methods\.\d+\.[a-z_.]+",
    r"\d+(st|nd|rd|th) percentile"]
NUMBER = re.compile(r"(?<![\w.])−?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w])")


def shown_texts(page):
    """The words of the page: text and captions, not what is inside of pictures and charts."""
    page = re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r"<svg.*?</svg>", " ", page, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:wbr|b|small)>", "", page)))


def known_numbers(value):
    """Every number in a JSON value; those in texts too, such as the version of a compiler or a label."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from known_numbers(key)
            yield from known_numbers(item)
    elif isinstance(value, list):
        yield len(value)  # "12 seeds"
        for item in value:
            yield from known_numbers(item)
    elif isinstance(value, str):
        yield from (float(text) for text in re.findall(r"\d+(?:\.\d+)?", value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def missing_numbers(page, metrics):
    texts = _leaves(metrics)
    shown = shown_texts(page)
    for text in sorted(set(texts), key=len, reverse=True):  # hashes, versions, names: whole texts of metrics.json
        if len(text) > 5 and re.search(r"\d", text):
            shown = shown.replace(text, " ")
    for words in WORDS:
        shown = re.sub(words, " ", shown)
    known = sorted(set(abs(number) for number in known_numbers(metrics)))
    found = [(match[0], shown[match.end():match.end() + 2] == " %") for match in NUMBER.finditer(shown)]
    return [text for text, per_cent in found if not _found(text.lstrip("−"), known)
            and not (per_cent and _found(text, [100 * number for number in known]))]


def _leaves(value):
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def _found(text, known):
    shown = float(text)
    mantissa, _, exponent = text.partition("e")
    digit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return any(abs(number - shown) <= 0.5001 * digit for number in known)
