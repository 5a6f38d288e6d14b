"""Short ways beside general ones: each says what the long way would say, and costs no more on input made to be slow."""

from __future__ import annotations

import functools
import hashlib
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from generator import urls
from generator.engine.build import Order
from generator.markup import excerpt, plain, visible
from generator.markup.links import link_urls
from generator.markup.text import CONTROLS, is_shown
from generator.markup.text import escape as escape_text
from generator.model import Author, Post, Thread
from generator.readers.ids import SIGNIFICANT, post_id
from generator.theme import theme as themes
from generator.theme.escaping import escape_fast
from generator.theme.templates import Templates
from generator.theme.views import Head
from generator.threads.quote_sources import QuoteSources
from generator.threads.replies import fold
from tests.history import Site
from tests.sample_pages import PAGES, SITE
from tests.small import Said, news, note, write

texts = st.text() | st.text("<>&\"' ab\0\u202e\u0085é")


class Loud(str):
    """A text of a kind of its own."""


class Element:
    """Something that knows its HTML."""

    def __html__(self) -> str:
        return "<b>'</b>"


@given(texts | texts.map(Loud))
def test_texts_are_escaped_as_markupsafe_does_it(text: str) -> None:
    assert str(escape_fast(text)) == str(escape(visible(text)))


@given(st.integers() | st.floats() | st.booleans() | st.none() | st.lists(texts, max_size=3))
def test_other_values_are_escaped_as_markupsafe_does_it(value: object) -> None:
    assert str(escape_fast(value)) == str(escape(visible(str(value))))


@given(texts)
def test_what_is_html_already_stays(text: str) -> None:
    assert escape_fast(Markup(text)) == text
    assert escape_fast(Element()) == "<b>'</b>"


@pytest.mark.parametrize(("template", "page"), PAGES.values(), ids=PAGES.keys())
def test_pages_are_those_of_a_plain_environment(template: str, page: Head) -> None:
    """Jinja2's own compiler, escaping and attribute access, on every page that there is."""
    theme = themes.load_theme("default", None)

    def load(name: str) -> str | None:
        return theme.templates[name].text if name in theme.templates else None

    def show(value: Any) -> Any:
        return visible(value) if type(value) is str else value

    plain = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=show,
    )
    expected = plain.get_template(template).render(page=page, site=SITE)
    assert theme.render(template, page, SITE).decode() == expected.encode("utf-8", "replace").decode()


def outcome(work: Callable[[], str]) -> tuple[str, ...]:
    """What rendering gives: the text, or what is wrong and on which lines of the template."""
    try:
        return ("text", work())
    except Exception as error:
        lines = [str(line) for file, line, _, _ in traceback.extract_tb(error.__traceback__) if file == "faulty.html"]
        # Ours may know more, but is one of Jinja2's or Python's all the same.
        kind = next(kind for kind in type(error).__mro__ if not kind.__module__.startswith("generator."))
        return (kind.__name__, str(error), *lines)


PIECES = [
    "{{ page.title }}",
    "{{ page.nonsense }}",
    "{{ nonsense }}",
    "{{ nonsense.title }}",
    "{{ page.title.nonsense }}",
    "{{ page.nonsense|default('none') }}",
    "{{ nonsense|default('none') }}",
    "{{ nonsense.title|default('none') }}",
    "{{ nonsense|upper }}",
    "{{ nonsense ~ 'x' }}",
    "{{ page.title ~ nonsense }}",
    "{{ 'a' if page.title else nonsense }}",
    "{{ nonsense if page.title else 'a' }}",
    "{{ 'a' if nonsense else 'b' }}",
    "{{ '<' if page.title else '\"' }}",
    "{{ page.nonsense is defined }}",
    "{{ nonsense is defined }}",
    "{{ nonsense is none }}",
    "{{ page.nonsense is none }}",
    "{{ page.title is none }}, {{ none is none }}",
    "{{ site.options.words.class }}",
    "{{ site.options.words.nonsense }}",
    "{{ site.options['words']['class'] }}",
    "{{ site.options.words['nonsense'] }}",
    "{{ site.options.words.items()|list }}",
    "{{ page.title.upper() }}",
    "{{ page.title|e }}",
    "{{ page.title|safe }}",
    "{{ '{:,}<'.format(1200) }}{{ '{}'.format(page.title) }}{{ '{}'.format('<'|e) }}",
    "{{ '{}'.format(nonsense) }}",
    "{{ '{}'.format(page.nonsense) }}",
    "{{ '{}{}'.format(*['<', 2]) }}{{ '{a}'.format(a='<') }}{{ '{a}'.format(**{'a': 1}) }}",
    "{{ '{}{}'.format(1) }}",
    "{{ '<'.nonsense() }}",
    "{{ '<'.upper(page.title) }}",
    "{{ 'a<b'.replace('a', page.title).upper() }}{{ ', '.join(page.title) }}",
    "{% for each in page.title %}{{ '{}'.format(loop.index) }}{% endfor %}",
    "{% call '{}'.format(page.title) %}x{% endcall %}",
    "{{ nonsense() }}",
    "{{ page.nonsense() }}",
    "{% set word = nonsense %}",
    "{% set word = page.nonsense %}",
    "{% set word = page.title %}",
    "{{ word }}",
    "{% if page.title %}{% set late = 1 %}{% endif %}{{ late }}",
    "{% if not page.title %}{% set never = 1 %}{% endif %}{{ never }}",
    "{% for each in page.title %}{{ loop.index }}{{ each }}{% endfor %}{{ each }}",
    "{% for each in nonsense %}{% endfor %}",
    "{% for each in page.nonsense %}{% endfor %}",
    "{% macro say(what, how) %}{{ what }}{{ how }}{{ nonsense.say }}{% endmacro %}{{ say(page.title) }}",
    "{% macro tell(what) %}{{ what.upper() }}{{ caller() if caller else '' }}{% endmacro %}{{ tell('<') }}{{ tell() }}",
    "{% filter upper %}{{ page.nonsense }}{% endfilter %}",
    "{% autoescape false %}{{ nonsense }}{% endautoescape %}",
    "{% autoescape false %}{{ page.title }}{{ '<'|e }}{% endautoescape %}",
    "{% autoescape page.nonsense %}{{ nonsense }}{% endautoescape %}",
    "{% autoescape page.title %}{{ nonsense }}{{ page.title }}{% endautoescape %}",
    "{% include 'nonsense.html' %}",
    "{% include nonsense %}",
    "{% import 'words.html' as words %}{{ words.hail('<') }}{{ words.nonsense('<') }}",
    "{% from 'words.html' import hail, nothing %}{{ hail('<') }}{{ nothing('<') }}",
    "{% set space = namespace(word=1) %}{% set space.word = page.title %}{{ space.word }}{{ space.nonsense }}",
    "{{ '<' if page.title == 'x' }}{{ page.title if page.title == 'x' }}{{ nonsense if page.title == 'x' }}.",
    "{{ page.title if page.title }}{{ ('a&b' if nonsense is none else page.title) if page.title else -1 }}",
    "{{ (5 if page.title == 'x' else page.title|length) if page.title }}{{ '<'|safe if page.title }}",
    "{{ page.title[1:3] }}{{ page.title[0] }}{{ site.nav[0].name }}{{ [page.title][0] }}",
    "{{ page.title[99] }}",
    "{{ page['title'] }}",
    "{{ nonsense['title'] }}",
    "{{ site.options['words'][nonsense] }}",
    "{{ site.options['nonsense']|default('none') }}",
    "{{ range(3)|list }}{{ dict(a=1) }}{% set next = cycler('a', 'b') %}{{ next.next() }}{{ next.next() }}",
    "{{ 1 // 0 }}",
    "{% for each in range(99) %}{{ each }}{% if each == 50 %}{{ loop.previtem }}{% endif %}{% endfor %}",
    "{% for each in range(99) %}{{ each }}{{ 1 // (each - 70) }}{% endfor %}",
    "{% for each in range(40) %}{% set here = each %}{{ here }}{% include 'part.html' %}{% endfor %}",
    "a{% include 'part.html' without context %}b{% include ['nothing.html', 'part.html'] ignore missing %}c",
    "{% set kept %}<{{ page.title }}{% endset %}{{ kept }}{{ kept|length }}",
    "a{% set kept %}b{% include 'part.html' %}c{% endset %}d{{ kept }}",
    "{% for each in [[1, [2]], [3]] recursive %}{{ each if each is number else loop(each) }}{% endfor %}",
    "a{% block other scoped %}b{% include 'part.html' %}c{% endblock %}d{{ self.other() }}",
    "{{ self.main() }}",
    "{% block main %}{{ super() }}{% endblock %}",
]
"""Of templates: what is fine, what is not, and what only looks so."""
OTHERS = {
    "words.html": "{% macro hail(who) %}Hail {{ who }}{% endmacro %}",
    "part.html": "<i>part{% for each in 'abc' %}{{ each }}{% endfor %}</i>",
}


class Shown(msgspec.Struct, frozen=True):
    """A page that says little."""

    title: str


def both(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a template comes to as themes are compiled, and as Jinja2 does it."""
    files = {**OTHERS, "faulty.html": text}

    def load(name: str) -> tuple[str, str, None] | None:
        return (files[name], name, None) if name in files else None

    values = {"page": Shown("<Ann>"), "site": SITE_WITH_WORDS}
    ours = Templates(load)
    plain = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    first = outcome(lambda: ours.render("faulty.html", **values).decode())
    assert outcome(lambda: ours.render("faulty.html", **values).decode()) == first, (
        "the second time it is compiled already"
    )
    return first, outcome(lambda: plain.get_template("faulty.html").render(values))


SITE_WITH_WORDS = msgspec.structs.replace(SITE, options={"words": {"class": "<b>"}})


@pytest.mark.parametrize("piece", PIECES)
def test_what_is_wrong_with_a_template_is_told_as_jinja_does(piece: str) -> None:
    """Where anything is wrong: the same text, or the same message with the same line."""
    ours, plain = both(f"one\n{piece}\nthree\n")
    assert ours == plain
    assert len(plain) > 1


@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=5))
def test_several_things_are_told_in_the_order_of_jinja(pieces: list[str]) -> None:
    assume(all(sum(f"block {name}" in piece for piece in pieces) < 2 for name in ("main", "other")))
    ours, plain = both("\n".join(pieces))
    assert ours == plain


@given(texts | st.text(st.characters(max_codepoint=0x7F)) | st.characters())
def test_what_can_be_shown_is_what_python_can_print(text: str) -> None:
    assert is_shown(text) == text.isprintable()


@given(st.text(st.characters(max_codepoint=0x7F)) | st.text("ab> \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\0"))
def test_ascii_is_folded_as_any_other_text(text: str) -> None:
    assert fold(text) + "é" == fold(f"{text}é") == "".join(text.replace(">", "").split()) + "é"


bodies = st.lists(
    st.sampled_from(
        ["word", "é", " ", "\t", "\u00a0", "\n", "\n\n", "> ", ">", "\n>", "\n> > ", "<b>", "&", "/", "://", "\0",
         "\u202e", "https://example.org/a", " \n", "[1]", "\n\n> word", "\n> word\n", "> > > > > > > > > ", "http",
         "HTTPS://x", ").", "\x7f", "\x85", "\u3000", "\ud800", "\U0001fffe", "\U0001f600"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(bodies, st.sampled_from([None, "20251015"]))
def test_blocks_of_a_body_do_not_depend_on_each_other(body: str, dated: str | None) -> None:
    """A space on a blank line, or a blank line behind all, is not shown, and sends the same text the long way."""

    def inline(text: str) -> str:
        return link_urls(text, dated)

    whole = re.sub(r"\n(?=\n)", "\n ", f"{body}\n")
    assert "\n\n" not in whole
    expected = plain.plain_html(whole, inline)
    assert plain.plain_html(body, inline) == plain.plain_html_fast(body, dated) == expected


@given(bodies)
def test_quotes_are_told_and_linked_alike_in_any_kind_of_body(body: str) -> None:
    """A space on a blank line sends the same text the long way. Each quote is from a source of its own."""

    def linked(text: str) -> tuple[str, list[list[str]]]:
        told: list[list[str]] = []

        def cite(quoted: Sequence[str]) -> tuple[str, str]:
            told.append(list(quoted))
            return f"#{len(told)}", "<Ann>"

        return plain.plain_html_fast(text, None, cite), told

    html, told = linked(body)
    assert (html, told) == linked(re.sub(r"\n(?=\n)", "\n ", f"{body}\n"))
    assert re.sub('<p class="from">.*?</p>', "", html) == plain.plain_html_fast(body, None)
    assert html.count('<p class="from">') == len(told)


addresses = st.lists(
    st.sampled_from(["http", "https", "HTTP", "://", ":/", "/", "s", "a", "1", "é", " ", "\n", "_", ">", "<", '"', "`",
                     "”", "、", "(", ")", "&", ".", "'", "\0", "\x85", "\u200b", "\U0001fffe", "\U0001f600", "?"]),
    max_size=16,
).map("".join)  # fmt: skip
address = re.compile(
    f'(?<![A-Za-z0-9])[Hh][Tt][Tt][Pp][Ss]?://[^\\s<>"“”„«»`，。、；：！？（）「」『』【】{CONTROLS}]+'
)


@given(addresses, st.sampled_from([None, "20251015"]))
def test_urls_are_where_a_regular_expression_finds_them(text: str, dated: str | None) -> None:
    at, parts = 0, []
    for match in address.finditer(text):
        parts += [escape_text(text[at : match.start()]), link_urls(match[0], dated)]
        at = match.end()
    assert link_urls(text, dated) == "".join(parts) + escape_text(text[at:])


@given(texts | bodies)
def test_a_text_is_escaped_as_each_of_its_characters_is(text: str) -> None:
    assert escape_text(text) == "".join(map(escape_text, text))
    shown = [sign if re.match(f"[{CONTROLS}]", sign) is None else "\0" for sign in text]
    assert escape_text(text).count('<span class="control"') == shown.count("\0")


said = st.lists(st.sampled_from(["The harbour", " is dry ", "\n", "by  noon.", "\t", ">", "é", "\u3000"]), max_size=9)


@given(said.map("".join), st.lists(said.map("".join), min_size=1, max_size=14), st.integers(0, 20))
def test_who_is_quoted_does_not_depend_on_white_space(body: str, pieces: list[str], cut: int) -> None:
    """A quote behind it all, which is not what the post says itself, sends the same text the long way."""
    lines = [*(line for piece in pieces for line in piece.split("\n")), body[cut:].split("\n")[0]]
    found = []
    for text in (body, f"{body}\n> quoted"):
        posts = tuple(Post(str(n), "", Author("notes", "Ann"), None, None, each) for n, each in enumerate((text, "")))
        found += [
            QuoteSources(Thread("notes", "n", "A note", "", posts), (None, 0)).source(1, part)
            for part in (lines, lines[-1:])
        ]
    assert found[:2] == found[2:]


blocks = st.text("ab  \t\u00a0\u2003é\u200b", max_size=300) | st.text(max_size=300)


@given(blocks, st.integers(0, 250))
def test_the_id_of_a_post_does_not_depend_on_how_it_was_worked_out(block: str, words: int) -> None:
    """White space that folds away sends the same text the long way round."""
    assume("\n" not in block and block.strip())
    author = Author("notes", "Ann")
    text = ("word " * words)[: SIGNIFICANT + 9] + block
    assert post_id(author, text) == post_id(author, f"\t{text}")
    assert post_id(author, text) == post_id(author, text.replace(" ", "\t"))


@given(st.lists(blocks | st.sampled_from(["a", "\n", "\n\n", "\n \t\n", "\n\u00a0\n", " ", "word " * 60]), max_size=6))
def test_the_id_of_a_post_is_made_of_its_first_block(pieces: list[str]) -> None:
    body, author = "".join(pieces), Author("notes", "Ann")
    block = re.split(r"\n[ \t]*\n", body, maxsplit=1)[0]
    folded = f"{author.key}\n{' '.join(block.split())[:SIGNIFICANT]}"
    assert post_id(author, body) == hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:10]


awkward = st.sampled_from(["> quoted", ">", "a" * 400, " " * 400, "w " * 150, "\u00a0", "\u2003 ", " \x1f", "\0"])
pieces = st.text("ab \u202e<", min_size=1, max_size=90) | st.text("a\u00a0 \t", max_size=9) | awkward


@given(st.lists(pieces, max_size=12), st.sampled_from(["\n", "\n\n", " ", ""]), st.integers(1, 200))
def test_an_excerpt_does_not_depend_on_how_it_was_cut(lines: list[str], joint: str, limit: int) -> None:
    """A quote behind a blank line, which no excerpt shows, sends the same text the long way round."""
    body = joint.join(lines)
    reached = body[: limit * 16 - 12]
    assume("".join(line for line in reached.split("\n") if not line.startswith(">")).strip())
    assume(len(body) < limit * 16 - 12)
    expected = excerpt(f"\n> quoted\n{body}", "plain", limit)
    assert excerpt(body, "plain", limit) == excerpt(f"> quoted\n{body}", "plain", limit) == expected


@given(st.integers(1, 9), st.text("ab \u00a0\t\n", max_size=40))
@example(3, "aaa \u00a0")
def test_white_space_where_an_excerpt_ends_is_not_shown(limit: int, body: str) -> None:
    words = " ".join(body.split())
    if len(words) <= limit and len(body) <= limit * 16:
        assert excerpt(body, "plain", limit) == words
    else:
        assert excerpt(body, "plain", limit).endswith("…")


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, ours and Python's, that some work makes."""
    count = 0

    def watch(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def chain(count: int) -> str:
    return note("t", *((f"N{n % 3}", f"id={n}" + (f" parent={n - 1}" if n else ""), f"Text {n}") for n in range(count)))


def fan(count: int) -> str:
    return note("t", *((f"N{n}", f"id={n}" + (" parent=0" if n else ""), "> Text 0\nText") for n in range(count)))


def alike(count: int) -> str:
    return news("1", *[Said("The same words", "Boo", "Anonymous Coward", None) for _ in range(count)])


def guesses(count: int) -> str:
    posts = (Said(f"> Words {n // 2}\nWords {n}", "Re:Boo" if n else "Boo", f"N{n}", str(n)) for n in range(count))
    return news("1", *posts)


@pytest.mark.parametrize("shape", [chain, fan, alike, guesses])
def test_a_long_thread_costs_no_more_a_post_than_a_short_one(tmp_path: Path, shape: Callable[[int], str]) -> None:
    """Operations are counted, not timed, on threads whose posts lie as awkwardly as may be."""
    counts = {}
    for size in (1, 0, 200, 800):  # the first compiles templates, which all sites share
        site = Site(write(tmp_path / str(size), {"content/1.txt": shape(size)}), bare=True)
        counts[size] = calls(functools.partial(site.build, Order(jobs=1)))
    short, long = (counts[200] - counts[0]) / 200, (counts[800] - counts[0]) / 800
    assert long < short * 1.15


def test_an_author_with_much_to_say_costs_no_more_a_thread(tmp_path: Path) -> None:
    """One author in all threads, whose pages are many; and then one more thread."""
    cold, warm = {}, {}
    for size in (1, 0, 50, 200):  # the first compiles templates, which all sites share
        files = {f"content/{n}.txt": news(str(1000 + n), Said(f"Words {n}", "Boo")) for n in range(size)}
        site = Site(write(tmp_path / str(size), {**files, "threadpress.toml": "list_posts_per_page = 5\n"}), bare=True)
        write(site.folder, {"content/.keep": ""})
        cold[size] = calls(functools.partial(site.build, Order(jobs=1)))
        site.put("content/new.txt", news("9999", Said("New", "Boo")))
        warm[size] = calls(functools.partial(site.build, Order(jobs=1)))
    assert (cold[200] - cold[0]) / 200 < (cold[50] - cold[0]) / 50 * 1.15
    assert warm[200] - warm[50] < (cold[200] - cold[50]) * 0.15


# Names of saves.


@given(st.from_regex(urls._PLAIN_PART_FAST, fullmatch=True))
def test_plain_names_of_saves_can_stay(part: str) -> None:
    assert urls._can_stay(part)
    assert urls._can_stay_fast(part)


@given(st.text("0.-aTtx~", max_size=12))
def test_other_names_are_looked_at_closely(part: str) -> None:
    assert urls._can_stay_fast(part) == urls._can_stay(part)
