"""Records as columns: they are what a dict of records would be, whatever is put there or taken away."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from generator.output.records import SHA256, STAMP, Records
from generator.output.sums import list_sums
from generator.output.survey import digests

URLS = st.sampled_from(["SHA256SUMS", "a.html", "a/1.html", "a/2.html", "a0.html", "authors/index.html", "b.html", "é"])
RECORDS = st.dictionaries(URLS, st.binary(min_size=64, max_size=64))


@given(RECORDS, st.sets(URLS), RECORDS)
def test_records_are_as_a_dict_would_be(before: dict[str, bytes], gone: set[str], put: dict[str, bytes]) -> None:
    expected = dict(sorted(({url: record for url, record in before.items() if url not in gone} | put).items()))
    records = Records.unpacked(Records.of(before).replaced(gone, put).packed())
    assert list(records.items()) == list(expected.items())
    assert Records.of(before).patched(gone, put).packed() == records.packed()
    assert [records.fingerprint(url) for url in records] == [record[:8] for record in expected.values()]
    assert list_sums(records).decode() == "".join(
        f"{record[SHA256].hex()}  {url}\n" for url, record in expected.items() if url != "SHA256SUMS"
    )


@given(RECORDS, st.dictionaries(URLS, st.binary(min_size=24, max_size=24)))
def test_other_stamps_are_put_where_they_belong(before: dict[str, bytes], stamps: dict[str, bytes]) -> None:
    records = Records.of(before).stamped(stamps)
    assert records == {url: record[: STAMP.start] + stamps.get(url, record[STAMP]) for url, record in before.items()}


@given(RECORDS, st.dictionaries(st.sampled_from(["c", "a/foreign"]), st.binary(min_size=24, max_size=24)))
def test_the_digest_is_that_of_all_names_and_stamps(before: dict[str, bytes], foreign: dict[str, bytes]) -> None:
    files = {url: record[STAMP] for url, record in before.items()} | foreign
    whole = "\0".join(sorted(files)).encode() + b"".join([files[url] for url in sorted(files)])
    assert digests(Records.of(before), foreign) == (("", hashlib.sha256(whole).digest()),)
