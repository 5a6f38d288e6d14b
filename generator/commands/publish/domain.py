"""Whether a site has a domain of its own, which GitHub Pages wants to read in the file `CNAME` of a branch.

The address of a site comes in, a `Domain` goes out. It says either what `CNAME` has to hold, or that there is none, or
why that can't be told. What is on a branch is not known here.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*")
"""An IP address as browsers read it: also hexadecimal, octal or in one number."""
_NAME = re.compile(r"((?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)")
LONGEST = 253
"""Characters of a domain at most."""


class Domain(msgspec.Struct, frozen=True):
    """What the address of a site says of its domain. With neither `name` nor `doubt` it certainly has none."""

    name: str = ""
    """The domain in ASCII, as GitHub wants it."""
    doubt: str = ""
    """Why it can't be told, in a clause about `site_url`."""
    usual: bool = True
    """Whether addresses of this kind are usual, so that nobody need be warned of the doubt."""


def domain_of(site_url: str) -> Domain:
    """Tell the domain of a site by its address, which may be spelled as one would in a browser."""
    if not site_url:
        return Domain(doubt="site_url is not set")
    try:
        parts = urlsplit(site_url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError as error:
        return Domain(doubt=f"site_url can't be read ({error})", usual=False)
    name = _to_ascii(host).removesuffix(".")
    if f".{name}".endswith(".github.io"):
        return Domain()
    if parts.path.strip("/"):
        return Domain(doubt="site_url has a path, so the domain is that of another site")
    if port not in (None, _PORTS.get(parts.scheme)):
        return Domain(doubt=f"site_url has the port {port}")
    if ":" in host or _NUMBER.fullmatch(name):
        return Domain(doubt="site_url names a machine by its number")
    if "." not in name and name:
        return Domain(doubt="site_url names a machine of a local network")
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        return Domain(doubt=f"{host} in site_url can't be a domain", usual=False)
    return Domain(name)


def _to_ascii(host: str) -> str:
    """Write a host as it is written in the DNS, as browsers do (UTS 46); empty if it can't be."""
    import idna  # its tables take time to load

    try:
        labels = idna.uts46_remap(host, std3_rules=False).split(".")
    except idna.IDNAError:
        return ""
    return ".".join(label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels)
