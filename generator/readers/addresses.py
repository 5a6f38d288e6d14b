"""Take the addresses of mail out of a text (SPEC section 2.3): ``name@host.org`` in, ``name@...`` out.

Readers of mail call it for every text that they give, so that nothing after them ever sees an address. Ids of messages
look like addresses and are treated alike. What only looks like an address stays: ``@decorator``, the ``/@ann`` of a
web address, ``git@host:path``, ``icon@2x.png``. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

CUT = "..."
"""What is shown for the host."""

_HOST = re.compile(r"(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[\w-]+)|\[[0-9.]{7,15}\]|(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_SPELT_HOST = re.compile(
    r"(?:[\w-]+(?: ?[\[({<] ?(?:dot|\.) ?[\])}>] ?| dot |\.))+(?:[^\W\d_]{2,}|xn--[\w-]+)", re.IGNORECASE
)
_LOCAL = re.compile(r"[\w.+=~$&*'-]")
"""The last character of a name before an ``@``. It is none of those that stand there in an address of the web."""
_ACCOUNTS = ("git", "hg", "svn")
"""Names that only machines have: ``git@host:path`` says where a repository is."""
_VERSION = re.compile(r"v?[0-9]+x?\..*?(?:png|jpe?g|gif|svg|webp|ico|gz|tgz|zip|bz2|xz|whl|jar|js|mjs|css|deb|rpm|py)")
"""What stands after the ``@`` in ``icon@2x.png`` and ``package@1.2.tar.gz``."""
_SPELT_AT = (" at ", " AT ", " At ", "_at_", "_AT_")
"""Ways to spell the sign."""
_BRACKETED_AT = re.compile(r" ?[\[({<] ?(?:at|@) ?[\])}>] ?", re.IGNORECASE)
"""Another way."""
_BRACKETS = ("[at", "(at", "{at", "<at", "[ at", "( at", "[AT", "(AT", "{AT", "<AT", "[@", "(@", "[ @", "( @")
"""Where none of these is, there is no sign in brackets."""
_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        """
    a about access again all also am an and any appear appears archive archived archives are available be been being
    best but can code data date demo demos described discussed docs documentation documented done download downloaded
    downloads each examples explained file files find for found from get getting github given go going got had has have
    he her here him hosted i if in is it its itself kept last least lies linked links lived lives living located look
    looked looking looks maintained mirror mirrored more no not now of on once one only online or our out page pages
    paper point pointed pointing points posted project projects published read reading released repo repository
    resides run running runs saw see seen serve served server set she shown site sits so source sources staring start
    started starting starts stay stored test tested than that the their them then there these they this those to too
    tried try tutorial up uploaded us version versions visit was we web website were what when where which who with
    wiki work working works written you
        """,
    )
)
"""Words before ``at host.org`` that are no names of anybody."""


def mask(text: str) -> str:
    """Cut the host off every address in a text."""
    if "@" in text or "%40" in text:
        text = _mask_signs(text)
    elif "at" not in text and "AT" not in text and "At" not in text:
        return text
    signs = [sign for spelt in _SPELT_AT if spelt in text for sign in _places(text, spelt)]
    if any(map(text.__contains__, _BRACKETS)):
        signs += (sign.span() for sign in _BRACKETED_AT.finditer(text))
    if signs:
        text = _mask_spelt(text, sorted(signs))
    return text


_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));?", re.IGNORECASE)
_NAMED = {"&commat;": "@", "&period;": ".", "&lowbar;": "_"}
_MAIL_LINK = re.compile(r"""\shref\s*=\s*(?:"\s*mailto:[^"]*"|'\s*mailto:[^']*'|mailto:[^\s>]*)""", re.IGNORECASE)


def mask_html(fragment: str) -> str:
    """Cut the host off every address in HTML. Links that would write a mail lead nowhere then, so they go."""
    if "&" in fragment:
        for name, char in _NAMED.items():
            fragment = fragment.replace(name, char)
        fragment = _REFERENCE.sub(_referred, fragment)
    return mask(_MAIL_LINK.sub("", fragment))


def _referred(match: re.Match[str]) -> str:
    """Give the character of a reference if addresses have it; else leave the reference."""
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code < 128 and (chr(code).isalnum() or chr(code) in "@._-+:") else match[0]


def name_of(text: str) -> str:
    """Give the name of somebody who may be named by an address only: then it is what stands before the ``@``."""
    text = mask(" ".join(text.split()))
    return text.removesuffix(f"@{CUT}") if text.count("@") == 1 and " " not in text else text


def _mask_signs(text: str) -> str:
    """Mask addresses that have a sign, also as it is escaped in an address of the web."""
    parts: list[str] = []
    done = 0
    for sign in re.finditer("@|%40", text):
        at, end = sign.span()
        if at < done or not at or not (_LOCAL.match(text, at - 1) or _ends_quoted(text, at)):
            continue
        host = _HOST.match(text, end)
        if host is None or _is_no_host(text, at, host[0], host.end()):
            continue
        parts += text[done:end], CUT
        done = host.end()
    return "".join((*parts, text[done:]))


def _ends_quoted(text: str, end: int) -> bool:
    """Say whether something in quotation marks ends there: the name of an address may be written so."""
    return text[end - 1] == '"' and '"' in text[max(end - 66, text.rfind("\n", 0, end) + 1) : end - 1]


def _is_no_host(text: str, at: int, host: str, end: int) -> bool:
    """Say whether what stands after a sign only looks like a host."""
    if text.startswith(("$", "[["), end) or _VERSION.fullmatch(host.lower()):
        return True  # a slot of an object in R, or a version
    return _last_word(text, at) in _ACCOUNTS and text.startswith(":", end) and text[end + 1 : end + 2].strip() != ""


def _places(text: str, spelt: str) -> Iterator[tuple[int, int]]:
    """Yield each place of a sign that is spelt in a certain way."""
    at = text.find(spelt)
    while at >= 0:
        yield at, at + len(spelt)
        at = text.find(spelt, at + 1)


def _mask_spelt(text: str, signs: Iterable[tuple[int, int]]) -> str:
    """Mask addresses whose sign is spelt: ``name at host.org``, ``name AT host DOT org``, ``name [at] host.org``."""
    parts: list[str] = []
    done = 0
    for at, end in signs:
        if at < done or not at or not _LOCAL.match(text, at - 1):
            continue
        host = _SPELT_HOST.match(text, end)
        if host is None or (text[at:end].lower() == " at " and _is_prose(text, at, host[0], host.end())):
            continue
        parts += text[done:at], "@", CUT
        done = host.end()
    return "".join((*parts, text[done:]))


def _is_prose(text: str, at: int, host: str, end: int) -> bool:
    """Say whether ``word at host.org`` is about a place on the web and no address."""
    word = _last_word(text, at)
    before = text[at - len(word) - 1 : at - len(word)]
    if before and before in "<[:":
        return False
    if host.lower().startswith("www.") or text.startswith("/", end):
        return True
    if word in _ACCOUNTS and text.startswith(":", end):
        return True
    return word.lower().strip(".") in _WORDS


def _last_word(text: str, end: int) -> str:
    start = end
    while start and end - start < 80 and (text[start - 1].isalnum() or text[start - 1] in "_.+-"):
        start -= 1
    return text[start:end]
