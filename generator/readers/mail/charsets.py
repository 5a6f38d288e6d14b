"""Decode the bytes of a mail by the name of a character set that it gives, which may be wrong, odd or missing.

Bytes and a name come in; text, and what was wrong, go out. No name can make this slow or make it fail: only character
sets are looked up, not the other things that Python calls codecs. What is no text in the set that is named is read as
UTF-8, and where it is none, as Windows-1252.
"""

from __future__ import annotations

import codecs
import functools
import re
from typing import Literal

Fault = Literal["unknown", "wrong"] | None
"""Whether the name is unknown, or bytes don't fit it."""

_SAME = {
    "iso8859-1": "cp1252", "latin-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874", "iso2022_jp": "iso2022_jp_ext",
    "utf-8-sig": "utf-8", "ascii": "",
}  # fmt: skip
"""Sets that are read by a larger one, since mail names the smaller and has characters of the larger."""
_ODD = {
    "": "", "x-unknown": "", "unknown-8bit": "", "x-user-defined": "", "default": "", "binary": "", "8bit": "",
    "7bit": "", "none": "", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "unicode": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7", "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8", "x-sjis": "cp932", "x-euc-jp": "euc_jp", "x-gbk": "gb18030", "x-big5": "big5",
    "ks_c_5601": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "x-windows-949": "cp949",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874",
    "iso-8859-1-windows-3.1-latin-1": "cp1252", "visual": "iso8859-8", "iso-2022-cn": "gb18030",
}  # fmt: skip
"""Names that Python doesn't know. The empty name stands for mail that says nothing."""
_SETS = re.compile(
    r"utf-(?:7|8|16|16-le|16-be|32)|iso8859-[0-9]+|cp[0-9]+|koi8-[rtu]|kz1048|big5(?:hkscs)?|gb(?:2312|k|18030)|hz"
    r"|euc_(?:jp|jis_2004|jisx0213|kr)|shift_jis(?:_2004|x0213)?|iso2022_[a-z0-9_]+|johab|tis-620|mac-?_?[a-z]+|ascii"
    r"|latin-1|utf-8-sig|ptcp154|hp-roman8"
)
"""Python's own names of character sets."""
_SHIFTING = ("utf-7", "utf-16", "utf-32", "hz", "iso2022")
"""Sets in which ASCII bytes may be other characters."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_WINDOWS_1252 = {0xDC00 + byte: bytes((byte,)).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


def decode(raw: bytes, charset: str = "") -> tuple[str, Fault]:
    """Decode bytes, whatever the name of their character set is."""
    codec = _codec(charset)
    if not codec and (b"\x1b$" in raw or b"\x1b(J" in raw):
        codec = "iso2022_jp_ext"
    if raw.isascii() and not (codec and codec.startswith(_SHIFTING)):
        return raw.decode("ascii"), None
    if not codec:
        return _mixed(raw), "unknown" if codec is None else None
    if codec == "utf-8":
        return _mixed(raw), None if _is_utf_8(raw) else "wrong"
    try:
        return _whole(raw.decode(codec)), None
    except UnicodeError:
        text = raw.decode() if _is_utf_8(raw) and not raw.isascii() else _whole(raw.decode(codec, "replace"))
        return text, "wrong"


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mixed(raw: bytes) -> str:
    """Read UTF-8, and the bytes that are none as Windows-1252."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape").translate(_WINDOWS_1252)


def _whole(text: str) -> str:
    """Replace halves of characters, which UTF-7 and UTF-16 can hold."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text) if not text.isascii() else text


@functools.lru_cache(maxsize=512)
def _codec(charset: str) -> str | None:
    """Give Python's name of a character set, "" if nothing is said, None if it is unknown."""
    name = charset.strip(" \t\r\n\"';").lower()
    if name in _ODD:
        return _ODD[name]
    name = name.replace("_", "-").removeprefix("cs")
    if name in _ODD:
        return _ODD[name]
    if not name.isascii() or len(name) > 40 or not re.fullmatch(r"[a-z0-9.:()+-]+", name):
        return None
    for form in (name, name.removeprefix("x-"), name.replace("windows", "cp"), name.replace("iso8859", "iso-8859")):
        try:
            codec = codecs.lookup(form).name
        except LookupError:
            continue
        if _SETS.fullmatch(codec):
            return _SAME.get(codec, codec)
    return None
