"""JSON is read however deep it nests, and what is wrong with it is told with its line."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import json_values

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(VALUES, st.sampled_from([None, 2]))
def test_the_reader_for_deep_json_reads_as_the_other_does(value: object, indent: int | None) -> None:
    text = json.dumps([value], indent=indent)
    assert json_values._Nested(text).value() == [value]


@given(VALUES, st.data())
def test_the_reader_for_deep_json_refuses_what_the_other_refuses(value: object, data: st.DataObject) -> None:
    text = json.dumps({"a": value})
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.sampled_from(["", ",", "]", "}", "[", '"', "x", "1"])) + text[at + 1 :]
    try:
        expected: object = json.loads(damaged)
    except json.JSONDecodeError:
        with pytest.raises(json.JSONDecodeError):
            json_values._Nested(damaged).value()
    else:
        assert json_values._Nested(damaged).value() == expected


def test_json_may_nest_to_any_depth() -> None:
    begin = time.process_time()
    value = json_values.parse_json('{"a": [' * 100_000 + "1" + "]}" * 100_000)
    depth = 0
    while isinstance(value, dict):
        value = value["a"][0]
        depth += 1
    assert depth == 100_000
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            b'{"a": 1,\n "b": [2',
            "save.json:2: the JSON stops before its end; save it again, since this file is cut off",
        ),
        (b'{"a": 1}\n}', "save.json:2: this is no JSON: Extra data; save it again"),
        (b"[" * 5_000 + b"\n!", "save.json:2: this is no JSON: Expecting value; save it again"),
    ],
)
def test_broken_json_is_told_with_its_line(raw: bytes, said: str) -> None:
    value, problems = json_values.json_value(raw, "save.json")
    assert value is None
    assert [str(problem) for problem in problems] == [f"{said}, or leave this file out of the content folder"]


def test_a_number_of_any_length_is_read() -> None:
    assert json_values.parse_json("[" + "9" * 6_000 + "]") == [float("inf")]
    assert json_values.whole_of(float("inf")) is None
    assert json_values.time_of(float("nan")) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(" a\r\nb\rc \n", "a\nb\nc"), ("a\0b\ud83d", "a\ufffdb\ufffd"), (None, ""), (3, ""), ("\u2028x", "x")],
)
def test_texts_hold_only_what_a_page_can_show(value: object, text: str) -> None:
    assert json_values.string_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3), (3.0, 3), ("-4", -4), (3.5, None), (True, None), ("four", None), (None, None)]
)
def test_whole_numbers(value: object, number: int | None) -> None:
    assert json_values.whole_of(value) == number


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        (1422901461, "2015-02-02T18:24:21Z"),
        (1422901461.0, "2015-02-02T18:24:21Z"),
        ("1422901461", "2015-02-02T18:24:21Z"),
        ("2017-08-23T21:58:51.228Z", "2017-08-23T21:58:51.228Z"),
        ("2015-02-02T20:13:43+00:00", "2015-02-02T20:13:43Z"),
        ("2024-02-02T18:24:21.000000+0000", "2024-02-02T18:24:21.000000Z"),
        ("2024-02-02 18:24:21", "2024-02-02T18:24:21"),
        ("2024-02-02T18:24:21+02:00", "2024-02-02T18:24:21+02:00"),
        ("2024-02-02", "2024-02-02"),
        ("2024-13-02", None),
        ("3 years ago", None),
        (False, None),
        (True, None),
        (-1, None),
        (99999999999, None),
    ],
)
def test_times(value: object, iso: str | None) -> None:
    if value == 99999999999:
        assert json_values.time_of(value) in (None, "5138-11-16T09:46:39Z")
    else:
        assert json_values.time_of(value) == iso
