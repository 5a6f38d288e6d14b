"""Pelican's rows: the same threads as HTML articles with their authors, and with author pages.

Pelican reads HTML fastest. The posts are converted to HTML beforehand, which is not measured, and Pelican caches what
it has read. Its own theme lists all authors of each thread on the pages of each of them; this one has a plain list of
links instead."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

from benchmarks.hugo import add_line
from benchmarks.measure import Command, measure
from benchmarks.rows import Row
from benchmarks.trash import Trash
from generator.model import Author, Thread
from generator.readers import read_save

MOST = 1_000
"""The most threads; with more of them, measuring would take hours."""
END = "\n</body></html>\n"
SETTINGS = """\
SITENAME = "Threads"
SITEURL = "https://archive.example.org"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
PATH = "content"
THEME = "simple"
THEME_TEMPLATES_OVERRIDES = ["templates"]
ARTICLE_URL = ARTICLE_SAVE_AS = "t/{slug}.html"
AUTHOR_URL = AUTHOR_SAVE_AS = "u/{slug}.html"
CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "authors"]
PAGINATED_TEMPLATES = {"index": 50}
DEFAULT_PAGINATION = 50
FEED_ALL_ATOM = "feeds/all.atom.xml"
FEED_MAX_ITEMS = 50
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
CACHE_CONTENT = LOAD_CONTENT_CACHE = True
GZIP_CACHE = False
"""
TEMPLATES = {
    "author.html": """\
{% extends "base.html" %}
{% block title %}{{ author }}{% endblock %}
{% block content %}<h2>{{ author }}</h2>
<ul>
{% for article in articles %}
<li><a href="{{ SITEURL }}/{{ article.url }}">{{ article.title }}</a> {{ article.locale_date }}</li>
{% endfor %}
</ul>
{% endblock %}
""",
    "index.html": """\
{% extends "base.html" %}
{% block content %}<ul>
{% for article in articles_page.object_list %}
<li><a href="{{ SITEURL }}/{{ article.url }}">{{ article.title }}</a> {{ article.locale_date }}</li>
{% endfor %}
</ul>
{% include "pagination.html" %}
{% endblock %}
""",
}


def pelican_rows(binary: str, folder: Path, trash: Trash) -> list[Row]:
    """Give Pelican's builds of the corpus `folder/txt`."""
    work = folder / "pelican"
    output, cache = work / "output", work / "cache"
    if not (work / "pelicanconf.py").exists():
        _convert(folder / "txt", work)
    command = Command((binary, "--quiet", "--settings", "pelicanconf.py", "--output", "output"), work)

    def forget() -> None:
        trash.take(output)
        trash.take(cache)

    def change() -> None:
        if not output.exists():
            measure(command)
        add_line(work / "content", "*.html", "<p>One more line.</p>", END)

    return [
        Row("pelican", "Pelican, cold", forget, command, output, "hugo"),
        Row("pelican-changed", "Pelican, again, one thread changed", change, command, output, "hugo-changed"),
    ]


def _convert(saves: Path, work: Path) -> None:
    for folder in ("content", "templates"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    for save in sorted(saves.iterdir()):
        for saved in read_save(save.read_bytes(), save.name).threads:
            (work / "content" / f"{saved.thread.id}.html").write_text(article(saved.thread), encoding="utf-8")
    for name, text in TEMPLATES.items():
        (work / "templates" / name).write_text(text, encoding="utf-8")
    (work / "pelicanconf.py").write_text(SETTINGS, encoding="utf-8")


def article(thread: Thread) -> str:
    """Make one article of a thread: its story and all its posts, with everybody who wrote them as its authors."""
    authors = dict.fromkeys(_name(post.author) for post in thread.posts)
    head = {
        "date": thread.posted or "2018-01-01",
        "slug": thread.id,
        "authors": "; ".join(authors) + ";",  # the last sign keeps a comma in a lone name from parting it
        "summary": html.escape(thread.title),
    }
    metas = "".join(f'<meta name="{name}" content="{html.escape(value)}">\n' for name, value in head.items())
    return (
        f"<html><head><title>{html.escape(thread.title)}</title>\n{metas}</head><body>\n"
        f"{_paragraphs(thread.body)}\n{''.join(_posts(thread))}{END}"
    )


def _posts(thread: Thread) -> Iterator[str]:
    for number, post in enumerate(thread.posts, 1):
        yield (
            f'<article id="c{number}"><h3>{html.escape(post.subject)}</h3>\n'
            f"<p>Score:{post.score} by {html.escape(_name(post.author))}</p>\n{_paragraphs(post.body)}</article>\n"
        )


def _name(author: Author) -> str:
    return author.name.replace(";", ",")


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(block)}</p>\n" for block in text.split("\n\n"))
