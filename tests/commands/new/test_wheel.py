"""A wheel of files: what is in it, that its list is right, and that the same files always give the same bytes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from generator.commands.new.wheel import make_wheel, wheel_name

PACKAGE = {"generator/b.py": b"b = 1\n", "generator/a.py": b"a = 1\n"}
METADATA = {"METADATA": b"Name: threadpress\n", "licenses/LICENSE": b"MIT\n"}
ABOUT = "threadpress-1.2.dist-info"


def test_a_wheel_holds_the_files_then_what_is_said_of_them_and_the_list_last() -> None:
    with zipfile.ZipFile(io.BytesIO(make_wheel(PACKAGE, "threadpress-1.2", METADATA))) as wheel:
        assert wheel.testzip() is None
        assert wheel.namelist() == [
            "generator/a.py",
            "generator/b.py",
            f"{ABOUT}/METADATA",
            f"{ABOUT}/WHEEL",
            f"{ABOUT}/licenses/LICENSE",
            f"{ABOUT}/RECORD",
        ]
        assert wheel.read("generator/a.py") == b"a = 1\n"
        assert b"\nTag: py3-none-any\n" in wheel.read(f"{ABOUT}/WHEEL")
        assert {entry.external_attr >> 16 for entry in wheel.infolist()} == {0o100644}
        assert {entry.date_time[0] for entry in wheel.infolist()} == {1980}
    assert wheel_name("threadpress-1.2") == "threadpress-1.2-py3-none-any.whl"


names = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\:"), min_size=1, max_size=12)


@given(st.dictionaries(names.map("generator/{}".format), st.binary(max_size=40), max_size=5), st.randoms())
def test_any_order_gives_the_same_bytes_and_a_list_that_is_right(files: dict[str, bytes], random: object) -> None:
    wheel = make_wheel(files, "threadpress-1.2", METADATA)
    turned = dict(sorted(files.items(), key=lambda _: random.random()))  # type: ignore[attr-defined]
    assert make_wheel(turned, "threadpress-1.2", METADATA) == wheel
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    record = list(csv.reader(io.StringIO(contents.pop(f"{ABOUT}/RECORD").decode(), newline="")))
    assert record.pop() == [f"{ABOUT}/RECORD", "", ""]
    assert [row[0] for row in record] == list(contents)
    for name, sha256, size in record:
        digest = base64.urlsafe_b64decode(sha256.removeprefix("sha256=") + "=")
        assert (digest, int(size)) == (hashlib.sha256(contents[name]).digest(), len(contents[name]))
