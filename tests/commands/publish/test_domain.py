"""The domain that the address of a site tells, in the spelling of `CNAME`, or why it tells none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.publish.domain import Domain, domain_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://threads.example.org/", "threads.example.org"),
        ("http://Example.org", "example.org"),
        ("https://example.org./", "example.org"),
        ("https://example.org:443/", "example.org"),
        ("http://example.org:80", "example.org"),
        ("https://example.org:/", "example.org"),
        ("https://name@example.org/", "example.org"),
        ("https://my-github.io/", "my-github.io"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://BÜCHER.example./", "xn--bcher-kva.example"),
        ("https://bu\u0308cher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("https://straße.example/", "xn--strae-oqa.example"),
        ("https://www.例え。テスト/", "www.xn--r8jz45g.xn--zckzah"),
        ("https://i♥.example/", "xn--i-n3p.example"),
        ("https://ab--c.example.org/", "ab--c.example.org"),
    ],
)
def test_a_domain_of_its_own(address: str, expected: str) -> None:
    assert domain_of(address) == Domain(expected)


@pytest.mark.parametrize(
    "address",
    [
        "https://name.github.io/",
        "https://NAME.GitHub.io./repo/",
        "https://github.io/",
        "http://a.github.io:80",
        "https://name.github。io/repo/",
        "https://name.GitHub.io。",
    ],
)
def test_at_github_io_there_is_none(address: str) -> None:
    assert domain_of(address) == Domain()


@pytest.mark.parametrize(
    ("address", "doubt"),
    [
        ("", "site_url is not set"),
        ("https://example.org/repo/", "site_url has a path, so the domain is that of another site"),
        ("https://example.org:8080/", "site_url has the port 8080"),
        ("http://example.org:443/", "site_url has the port 443"),
        ("http://127.0.0.1/", "site_url names a machine by its number"),
        ("http://2130706433/", "site_url names a machine by its number"),
        ("http://0x7f.1/", "site_url names a machine by its number"),
        ("http://１２７.0.0.1/", "site_url names a machine by its number"),
        ("http://[::1]/", "site_url names a machine by its number"),
        ("http://localhost/", "site_url names a machine of a local network"),
    ],
)
def test_it_cannot_be_told(address: str, doubt: str) -> None:
    assert domain_of(address) == Domain(doubt=doubt)


@pytest.mark.parametrize("host", ["my_site.example.org", "a..example.org", "-a.example", f"{'a' * 64}.org", "b%c3.org"])
def test_a_host_that_can_be_no_domain(host: str) -> None:
    assert domain_of(f"https://{host}/") == Domain(doubt=f"{host} in site_url can't be a domain", usual=False)


@given(st.text(max_size=30), st.sampled_from(["", "/", ":80", ":x", "/a/"]))
def test_whatever_the_host_a_domain_is_plain_ascii(host: str, rest: str) -> None:
    told = domain_of(f"https://{host}{rest}")
    assert not (told.name and told.doubt)
    assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z0-9-]+|", told.name)
