"""Groups of files as threads: many threads in a file, one post a file, one message a file, in any order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import Post, Reply, Thread
from generator.readers import READERS
from generator.threads import (
    FirstReading,
    Folder,
    Group,
    GroupReading,
    QuoteSources,
    Redactions,
    Runs,
    group_files,
    list_content,
    read_group,
)
from tests import toys
from tests.small import Said, news, note, write

NOTHING = Redactions()


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy readers are in the table; gives the file that counts what they read."""
    toys.install(monkeypatch, tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return tmp_path / "content"


def read_all(content: Path, redactions: Redactions = NOTHING) -> list[GroupReading]:
    """Read a folder as the engine does: each file alone, then each group of several files."""
    listed = list_content(content)
    alone = [
        read_group(Folder(content), group, redactions) for group in group_files(listed, dict.fromkeys(listed.saves, ()))
    ]
    ties = {file.path: file.ties for reading in alone for file in reading.files if file.path in listed.saves}
    single = {reading.files[-1].path: reading for reading in alone}
    return [
        single[group.saves[0]] if len(group.saves) == 1 else read_group(Folder(content), group, redactions)
        for group in group_files(listed, ties)
    ]


def threads_of(readings: Iterable[GroupReading]) -> dict[str, Thread]:
    threads = [each.thread for reading in readings for each in reading.threads]
    assert not [problem for reading in readings for problem in reading.problems]
    made = {"/".join(thread.key): thread for thread in threads}
    assert len(made) == len(threads)
    return made


def ids(thread: Thread) -> list[str]:
    return [post.id for post in thread.posts]


def kept(thread: Thread) -> list[str]:
    """Posts that only an older save holds."""
    return [post.id for post in thread.posts if post.saves[-1] < thread.newest_whole]


def alone(content: Path, files: Mapping[str, str]) -> dict[str, Thread]:
    return threads_of(read_all(write(content, files)))


# Many threads in one file.


def test_five_hundred_threads_in_one_file_are_found_by_one_read(content: Path, log: Path) -> None:
    held = [(f"t{number}", [("a", "Ann", None, "Hi"), ("b", "Bob", "a", "Ho")]) for number in range(500)]
    write(content, {"all.many": toys.many(held)})
    reading = read_group(Folder(content), Group(("all.many",)), NOTHING)
    assert toys.reads(log) == {"all.many": 1}
    assert [each.thread.id for each in reading.threads] == [name for name, _ in held]
    assert all(each.thread.replies[1] == Reply("a", "stated") for each in reading.threads)
    (file,) = reading.files
    assert set(file.ties) == {f"list/{name}" for name, _ in held}


def test_files_that_share_a_thread_are_read_once_more_together(content: Path, log: Path) -> None:
    one = toys.many([("x", [("1", "Ann", None, "One")]), ("y", [("1", "Ann", None, "One")])])
    two = toys.many([("y", [("1", "Ann", None, "One"), ("2", "Bob", "1", "Two")]), ("z", [])])
    threads = alone(content, {"1.many": one, "2.many": two, "3.many": toys.many([("w", [])])})
    assert toys.reads(log) == {"1.many": 2, "2.many": 2, "3.many": 1}
    assert threads.keys() == {"list/x", "list/y", "list/z", "list/w"}
    assert [save.path for save in threads["list/y"].saves] == ["1.many", "2.many"]
    assert [save.path for save in threads["list/x"].saves] == ["1.many"]


def test_a_sidecar_beside_many_threads_speaks_for_each_by_its_id(content: Path, log: Path) -> None:
    threads = alone(
        content, {"a.many": toys.many([("x", []), ("y", [])]), "a.toml": '[y]\ntitle = "Why"\n[x]\ntags = ["t"]\n'}
    )
    assert (threads["list/x"].title, threads["list/x"].tags) == ("Thread x", ("t",))
    assert (threads["list/y"].title, threads["list/y"].tags) == ("Why", ())


# Bodies of HTML.


def html_post(name: str, body: str, number: int = 1, parent: str | None = None) -> str:
    return toys.post("7", number, (name, "Ann", parent, body), markup="html", url="https://forum.example.org/t/7")


def test_bodies_of_html_are_cleaned_against_the_address_of_their_thread(content: Path, log: Path) -> None:
    (thread,) = alone(content, {"a.post": html_post("a", '<P>One<script>x()</script> <a href="/u/bob">two')}).values()
    assert thread.posts[0].markup == "html"
    assert thread.posts[0].body == '<p>One <a href="https://forum.example.org/u/bob">two</a></p>'


def test_ids_are_made_of_words(content: Path, log: Path) -> None:
    bodies = {"text": "The fog will lift.\n\nOr not.", "html": "<p>The <b>fog</b> will lift.<p>Or it may rain."}
    made = []
    for markup, body in bodies.items():
        write(content, {"a.post": toys.post("7", 1, ("", "Ann", None, body), markup=markup.replace("text", "plain"))})
        (reading,) = read_all(content)
        made.append(reading.threads[0].thread.posts[0].id)
    assert made[0] == made[1]


def test_quotes_in_html_are_found_in_posts_of_html_and_of_text(content: Path, log: Path) -> None:
    body = "<blockquote>The fog will <b>lift</b> at noon</blockquote><p>No."
    (thread,) = alone(
        content,
        {
            "a.post": html_post("a", "<p>I say: the<p>The fog <i>will</i> lift at noon &amp; later."),
            "b.post": toys.post("7", 2, ("b", "Bob", None, "The fog will lift at noon")),
            "c.post": html_post("c", body, 3, "a"),
            "d.post": html_post("d", body, 4, "b"),
            "e.post": html_post("e", body, 5),
        },
    ).values()
    sources = QuoteSources(thread, thread.parents())
    assert [sources.source(index, ["The fog will lift at noon"]) for index in (2, 3, 4)] == [0, 1, 1]
    assert sources.numbers == {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}


def test_a_sidecar_that_a_newer_one_replaces_is_told(content: Path) -> None:
    """Unless it says nothing, as a file that is only prepared."""
    saves = {f"1{number}.md": note("n1", ("ann", "id=1", "Text.")) for number in ("", ".2", ".3")}
    write(content, {**saves, "1.toml": 'title = "One"', "1.2.toml": 'title = "Two"', "1.3.toml": 'tags = ["x"]'})
    sidecars = ("1.toml", "1.2.toml", "1.3.toml")
    reading = read_group(Folder(content), Group(tuple(saves), sidecars), Redactions())
    assert reading.threads[0].thread.title == "A note"
    assert [str(problem) for problem in reading.problems] == [
        f"{path}: warning: it is not used for this thread, since 1.3.toml is there too; put what both say into 1.3.toml"
        for path in sidecars[:2]
    ]
    write(content, {"1.toml": "# nothing yet\n", "1.2.toml": ""})
    assert read_group(Folder(content), Group(tuple(saves), sidecars), Redactions()).problems == ()


# One post a file, its thread named.


def test_posts_that_each_are_a_file_stand_by_their_numbers(content: Path, log: Path) -> None:
    files = {
        f"{name}.post": toys.post("7", number, (name, "Ann", None, name))
        for name, number in [("z", 1), ("m", 2), ("a", 10)]
    }
    (thread,) = alone(content, files).values()
    assert (thread.key, thread.title, ids(thread)) == (("forum", "7"), "Thread 7", ["z", "m", "a"])
    assert (len(thread.saves), thread.newest_whole, kept(thread)) == (3, -1, [])
    assert toys.reads(log) == dict.fromkeys(files, 2)


def test_posts_without_numbers_stand_by_time_and_then_by_id(content: Path, log: Path) -> None:
    times = {"a": "2007-04-05T12:00:00+02:00", "b": "2007-04-05T10:30:00Z", "c": "2007-04-05T09:00:00Z"}
    files = {
        f"{name}.post": toys.post("7", None, (name, "Ann", None, "x"), posted=time) for name, time in times.items()
    }
    files |= {f"{name}.post": toys.post("7", None, (name, "Ann", None, "x")) for name in ("n", "m")}
    (thread,) = alone(content, files).values()
    assert ids(thread) == ["c", "a", "b", "m", "n"]


def test_the_newer_of_two_partial_saves_of_one_post_counts(content: Path, log: Path) -> None:
    old, new = toys.post("7", 1, ("a", "Ann", None, "Old text")), toys.post("7", 1, ("a", "Ann", None, "New text"))
    (thread,) = alone(content, {"1.post": old, "1.2.post": new}).values()
    assert [(post.body, post.saves) for post in thread.posts] == [("New text", (0, 1))]


def test_a_partial_save_that_lacks_a_post_says_nothing_of_it(content: Path, log: Path) -> None:
    """Only a newer save of the whole thread says that a post is gone."""
    whole = toys.many([("7", [("a", "Ann", None, "A"), ("b", "Bob", "a", "B")])], source="forum")
    less = toys.many([("7", [("a", "Ann", None, "A")])], source="forum")
    more = toys.post("7", 3, ("c", "Cid", "a", "C"))
    (thread,) = alone(content, {"1.many": whole, "2.post": more}).values()
    assert (ids(thread), kept(thread), thread.newest_whole) == (["a", "b", "c"], [], 0)
    (thread,) = alone(content, {"3.many": less}).values()
    assert (ids(thread), kept(thread), thread.newest_whole) == (["a", "b", "c"], ["b", "c"], 2)
    (thread,) = alone(content, {"4.post": more}).values()
    assert (ids(thread), kept(thread)) == (["a", "b", "c"], ["b"])


def test_a_partial_post_stands_among_those_of_a_whole_save_by_number(content: Path, log: Path) -> None:
    """A save of the whole thread numbers nothing here, so that it goes to the end; see `test_merge` for the rest."""
    whole = toys.many([("7", [("b", "Ann", None, "A"), ("c", "Bob", None, "B")])], source="forum")
    (thread,) = alone(content, {"9.many": whole, "1.post": toys.post("7", 1, ("a", "Cid", None, "C"))}).values()
    assert ids(thread) == ["b", "c", "a"]


# One message a file, its thread known by what it answers.


def test_messages_are_one_thread_by_what_they_answer(content: Path, log: Path) -> None:
    files = {
        "list/1.message": toys.message("c", ["a", "b"], subject="Re: Rain"),
        "list/2.message": toys.message("a", subject="Rain", posted="2007-04-05T10:00:00Z"),
        "list/3.message": toys.message("b", ["a"], subject="Re: Rain"),
        "list/4.message": toys.message("x", subject="Sun"),
    }
    threads = alone(content, files)
    assert {name: sorted(ids(thread)) for name, thread in threads.items()} == {
        "list/a": ["a", "b", "c"], "list/x": ["x"],
    }  # fmt: skip
    thread = threads["list/a"]
    assert (thread.title, thread.posted, kept(thread)) == ("Rain", "2007-04-05T10:00:00Z", [])
    assert {post.id: reply.parent for post, reply in zip(thread.posts, thread.replies, strict=True)} == {
        "a": None, "b": "a", "c": "b",
    }  # fmt: skip
    assert {post.author.key for post in thread.posts} == {"list/@ann"}
    assert toys.reads(log) == {path: 1 if path == "list/4.message" else 2 for path in files}


def test_the_root_names_the_thread_though_no_save_holds_it(content: Path, log: Path) -> None:
    files = {"l/1.message": toys.message("b", ["gone"]), "l/2.message": toys.message("c", ["gone", "lost"])}
    threads = alone(content, files)
    assert {name: ids(thread) for name, thread in threads.items()} == {"l/gone": ["b", "c"]}


def test_one_message_alone_knows_its_root_and_its_ties(content: Path, log: Path) -> None:
    write(content, {"l/2.message": toys.message("c", ["a", "b"])})
    reading = read_group(Folder(content), Group(("l/2.message",)), NOTHING)
    assert reading.threads[0].thread.key == ("l", "a")
    assert reading.files[0].ties == ("l/a", "l/b", "l/c")


def test_messages_that_answer_each_other_in_a_circle_are_a_thread_without_one(content: Path, log: Path) -> None:
    files = {
        "l/1.message": toys.message("b", ["c"]),
        "l/2.message": toys.message("c", ["b"]),
        "l/3.message": toys.message("d", ["d"]),
    }
    threads = alone(content, files)
    assert {name: ids(thread) for name, thread in threads.items()} == {"l/b": ["b", "c"], "l/d": ["d"]}
    for thread in threads.values():
        assert sorted(thread.tree().order) == list(range(len(thread.posts)))


def test_equal_messages_of_two_sources_are_two_threads(content: Path, log: Path) -> None:
    assert alone(content, {"l/1.message": toys.message("a"), "M m/1.message": toys.message("a")}).keys() == {
        "l/a", "m-m/a",
    }  # fmt: skip


def test_a_thread_that_is_named_and_one_known_by_its_root_are_one(content: Path, log: Path) -> None:
    whole = toys.many([("a", [("a", "Ann", None, "A")])])
    (thread,) = alone(content, {"1.many": whole, "2.message": toys.message("b", ["a"], source="list")}).values()
    assert (thread.key, ids(thread), kept(thread)) == (("list", "a"), ["a", "b"], [])


def test_of_a_save_that_does_not_say_where_it_is_from_the_settings_or_its_folder_say_it(
    content: Path, log: Path
) -> None:
    for path, hint in (
        ("a.message", 'write "." = "NAME" below [sources] in threadpress.toml, or move it into a folder named after'),
        ("木/a.message", 'write "木" = "NAME" below [sources] in threadpress.toml'),
    ):
        write(content, {path: toys.message("a")})
        reading = read_group(Folder(content), Group((path,)), NOTHING)
        assert (reading.threads, reading.files[0].failed, reading.published) == ((), True, {})
        (problem,) = reading.problems
        assert problem.message == "this save does not say where its thread is from"
        assert problem.hint is not None
        assert problem.hint.startswith(hint)
        key = path.rpartition("/")[0]
        (named,) = read_group(Folder(content, {key: "a-list"}), Group((path,)), NOTHING).threads
        assert named.thread.key == ("a-list", "a")
        assert named.thread.posts[0].author.source == "a-list"


def test_ten_thousand_messages_that_answer_each_other_in_a_row_take_no_recursion(content: Path, log: Path) -> None:
    raws = {f"l/{n}.message": toys.message(f"{n:05d}", [f"{n - 1:05d}"] if n else []).encode() for n in range(10_000)}
    reading = read_group(Folder(content), Group(tuple(raws)), NOTHING, loose=raws)
    ((thread),) = [each.thread for each in reading.threads]
    assert thread.key == ("l", "00000")
    assert len(thread.posts) == len(raws)
    assert reading.threads[0].tree.depths[-1] == 9_999


# Any order, any names.

said = st.tuples(
    st.sampled_from("abcdef"),
    st.sampled_from(["Ann", "Bob"]),
    st.none() | st.sampled_from("abcdef"),
    st.sampled_from(["x", "xy", "abc"]),
)
partial_posts = st.builds(
    lambda post, number, posted: toys.post("7", number, post, **({"posted": posted} if posted else {})),
    said, st.none() | st.integers(0, 5), st.sampled_from([None, "2007-04-05", "2007-04-06T10:00:00Z"]),
)  # fmt: skip
messages = st.builds(
    lambda name, refs: toys.message(name, refs, source="forum"),
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=3),
)  # fmt: skip
wholes = st.builds(
    lambda posts: toys.many([("7", posts), ("8", posts[:1])], source="forum"),
    st.lists(said, max_size=4, unique_by=lambda post: post[0]),
)


@given(st.lists(partial_posts | messages | wholes, min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_same_files_in_any_order_give_the_same_threads(saves: Sequence[str], luck: random.Random) -> None:
    """Their names say which is newer, and are the same; all posts are found, each once, and hang in no circle."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.readers.READERS", (*READERS, *toys.ALL))
        raws = {f"l/{number}.x": save.encode() for number, save in enumerate(saves)}
        paths = list(raws)
        made = read_group(Folder(), Group(tuple(paths)), NOTHING, loose=raws)
        again = read_group(Folder(), Group(tuple(luck.sample(paths, len(paths)))), NOTHING, loose=raws)
    by_key = {each.thread.key: each for each in made.threads}
    assert {each.thread.key: each for each in again.threads} == by_key
    assert made.problems == again.problems == ()
    for each in made.threads:
        assert len({post.id for post in each.thread.posts}) == len(each.thread.posts)
        assert sorted(each.tree.order) == list(range(len(each.thread.posts)))


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=2)),
        min_size=1,
        max_size=8,
    ),
    st.permutations(range(8)),
)
def test_messages_form_the_same_threads_whatever_their_files_are_called(
    held: list[tuple[str, list[str]]], names: list[int]
) -> None:
    def found(numbers: Iterable[int]) -> dict[str, set[str]]:
        files = {
            f"l/{number}.x": toys.message(name, refs).encode()
            for number, (name, refs) in zip(numbers, held, strict=False)
        }
        reading = read_group(Folder(), Group(tuple(sorted(files))), NOTHING, loose=files)
        return {each.thread.id: set(ids(each.thread)) for each in reading.threads}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.readers.READERS", toys.ALL)
        threads = found(range(8))
        assert found(names) == threads
    assert set().union(*threads.values()) == {name for name, _ in held}


# Whole saves, sidecars and what is published.


def test_a_file_that_cannot_be_used_does_not_cost_the_others(content: Path) -> None:
    write(content, {"1.txt": news("1"), "2.txt": "Dear diary", "1.toml": "titel = 1"})
    reading = read_group(Folder(content), Group(("1.txt", "2.txt", "3.txt"), ("1.toml", "2.toml")), NOTHING)
    assert [each.thread.key for each in reading.threads] == [("slashdot", "1")]
    assert [(file.path, file.ties, file.failed) for file in reading.files] == [
        ("1.toml", (), False), ("1.txt", ("slashdot/1",), False), ("2.txt", (), True),
    ]  # fmt: skip
    assert sorted(problem.path for problem in reading.problems) == ["1.toml", "2.toml", "2.txt", "3.txt"]
    assert reading.published == {"1.txt": news("1").encode()}


def test_replies_and_ids_of_the_first_reading_are_taken(content: Path) -> None:
    write(content, {"t.md": note("t", ("Ann", "", "x"), ("Bob", "id=2", "y"))})
    first = read_group(Folder(content), Group(("t.md",)), NOTHING)
    assert first.ids == (" ".join(post.id for post in first.threads[0].thread.posts),)
    replies = (Reply(), Reply("1", "order", 0.5))
    again = read_group(Folder(content), Group(("t.md",)), NOTHING, first=FirstReading(lambda _: replies, ("1 2",)))
    assert again.threads[0].thread.replies == replies
    assert list(again.threads[0].tree.depths) == [0, 1]
    assert again.ids == ("1 2",)


def test_ids_are_made_again_where_a_thread_is_in_several_saves(content: Path) -> None:
    old, new = (note("t", ("Ann", "", "x"), *more) for more in ((), (("Bob", "", "y"),)))
    write(content, {"t.md": old, "t.2.md": new})
    group = Group(("t.md", "t.2.md"))
    first = read_group(Folder(content), group, NOTHING)
    assert first.ids == ()
    again = read_group(
        Folder(content), group, NOTHING, first=FirstReading(lambda thread: (Reply(),) * len(thread.posts))
    )
    assert [post.id for post in again.threads[0].thread.posts] == [post.id for post in first.threads[0].thread.posts]


def test_a_redaction_that_hits_one_version_of_a_post_hits_all(content: Path) -> None:
    """Here the uid is in one save only; the other save's copy has another name, and loses it."""
    old = note("t", ("Ann", "id=1 uid=7", "My secret, which is long enough."), ("Bob", "id=2", "y"))
    new = note("t", ("Anna", "id=1", "My secret, which is long enough."), ("Bob", "id=2", "y"))
    write(content, {"t.md": old, "t.2.md": new})
    reading = read_group(Folder(content), Group(("t.md", "t.2.md")), Redactions.of(["notes/7"]))
    (post, _) = reading.threads[0].thread.posts
    assert (post.author.name, post.body) == ("[removed]", "[removed]")
    assert reading.published == {
        "t.md": note("t", ("[removed]", "id=1", "[removed]"), ("Bob", "id=2", "y")).encode(),
        "t.2.md": note("t", ("[removed]", "id=1", "[removed]"), ("Bob", "id=2", "y")).encode(),
    }
    assert reading.threads[0].hits == ("notes/7",)
    assert reading.removed == ()  # it has fewer than eight words


def test_a_save_that_is_not_plain_text_is_not_published_where_a_redaction_touches_it(content: Path, log: Path) -> None:
    posts = [("1", "Ann", None, "My secret, which is long enough."), ("2", "Bob", "1", "y")]
    files = {"a.many": toys.many([("x", posts)]), "b.many": toys.many([("y", [("1", "Bob", None, "y")])])}
    write(content, files)
    readings = read_all(content, Redactions.of(["list/ann"]))
    published = {path: data for reading in readings for path, data in reading.published.items()}
    assert published == {"a.many": None, "b.many": files["b.many"].encode()}
    thread = readings[0].threads[0].thread
    assert [(post.author.name, post.body) for post in thread.posts] == [("[removed]", "[removed]"), ("Bob", "y")]


def test_a_removed_footer_is_the_last_posts_if_the_sidecar_says_so(content: Path) -> None:
    save = news("1", Said("One.\n\nTwo.", "Boo"), footer=None)
    write(content, {"1.txt": save, "1.toml": "footer = false"})
    reading = read_group(Folder(content), Group(("1.txt",), ("1.toml",)), Redactions.of(["slashdot/7"]))
    (thread,) = [each.thread for each in reading.threads]
    assert ([post.body for post in thread.posts], thread.footer, reading.problems) == (["[removed]"], None, ())
    assert (
        reading.published["1.txt"] == news("1", Said("[removed]", "[removed]", "[removed]", None), footer=None).encode()
    )


def test_a_warning_that_quotes_a_removed_text_is_not_repeated(content: Path) -> None:
    secret = Said("Words\n\nMore (Score:2)\n\nby the window\n\nThe end", "Re:", "Bob", "8")
    write(content, {"1.txt": news("1", secret, Said("x (Score:9)\n\nby a door", "Re:"))})
    told = [problem.message for problem in read_group(Folder(content), Group(("1.txt",)), NOTHING).problems]
    left = [
        problem.message
        for problem in read_group(Folder(content), Group(("1.txt",)), Redactions.of(["slashdot/8"])).problems
    ]
    assert ["window" in message for message in told] == [True, False]
    assert left == told[1:]


def test_a_text_that_would_read_as_something_else_goes_whole(content: Path) -> None:
    """Without the run of a removed text there would be a new entry of a list of links."""
    text = "[1] http://x. The harbour master keeps two sets of books."
    write(content, {"1.txt": news("1", Said("Well.", "Boo"), Said(text, name="Bob", uid="8"))})
    redactions = Redactions(runs=Runs(["the harbour master keeps two sets of books"]))
    reading = read_group(Folder(content), Group(("1.txt",)), redactions)
    (thread,) = [each.thread for each in reading.threads]
    assert [post.body for post in thread.posts] == ["Well.", "[removed]"]
    copy = reading.published["1.txt"]
    assert copy is not None
    (again,) = [
        each.thread for each in read_group(Folder(content), Group(("c.txt",)), NOTHING, loose={"c.txt": copy}).threads
    ]
    assert shape(again) == shape(thread)


def shape(thread: Thread) -> tuple[object, ...]:
    def bare(post: Post) -> tuple[object, ...]:
        return post.author, post.body, post.subject, post.truncated

    return thread.body, thread.author, thread.links, thread.footer, [bare(post) for post in thread.posts]


PASSAGES = [
    "The harbour master keeps two sets of books.",
    "And a third one in the lighthouse, I am told.",
    "No.",
    "x" * 512,
]
LINES = st.sampled_from(
    [
        *PASSAGES,
        *(f"> {line}" for line in PASSAGES),
        f'He said "{PASSAGES[0]}" to me',
        "```",
        "",
        "by me",
        f"Foo (Score:1)\n\nby {PASSAGES[0]}",
        f"[1] http://x/?{PASSAGES[0]}",
        "w " * 240 + PASSAGES[0],
    ]
)
BODIES = st.lists(LINES, min_size=1, max_size=5).map("\n".join)
UIDS = st.sampled_from(["7", "8", "9"])


@given(
    st.lists(st.tuples(UIDS, BODIES), min_size=1, max_size=5),
    BODIES,
    st.sampled_from([None, "A road", PASSAGES[0]]),
    st.sets(UIDS, min_size=1),
    st.booleans(),
    st.booleans(),
)
def test_reading_the_published_copies_gives_the_redacted_thread(
    held: list[tuple[str, str]], story: str, footer: str | None, gone: set[str], plain: bool, denied: bool
) -> None:
    if plain:
        posts = [Said(body, f"Subject {number}", "N", uid) for number, (uid, body) in enumerate(held)]
        path, raw, source = "1.txt", news("1", *posts, story=story, footer=footer), "slashdot"
    else:
        said_there = [("N", f"id={number} uid={uid}", body) for number, (uid, body) in enumerate(held)]
        path, raw, source = "1.md", note("1", *said_there, story=story, author="Eve"), "notes"
    group = Group((path,), ("1.toml",))
    files = {path: raw.encode(), "1.toml": b"footer = false" if denied else b""}
    redactions = Redactions.of([*(f"{source}/{uid}" for uid in sorted(gone)), "notes/Eve"])
    reading = read_group(Folder(), group, redactions, loose=files)
    if not reading.threads:
        return
    copy = reading.published[path]
    assert copy is not None
    again = read_group(Folder(), group, NOTHING, loose=files | {path: copy})
    (thread,), (same,) = ([each.thread for each in each_reading.threads] for each_reading in (reading, again))
    assert shape(same) == shape(thread)
    assert [reply.evidence for reply in same.replies] == [reply.evidence for reply in thread.replies]
    assert not any(post.author.uid in gone for post in same.posts)


def test_a_save_that_cannot_be_used_says_which_thread_it_was_meant_to_hold(content: Path) -> None:
    write(content, {"1.txt": news("9", Said("x", score="many")), "1.md": note("n", ("", "", "x")), "2.md": "+++\n"})
    for path, ties in {"1.txt": ("slashdot/9",), "1.md": ("notes/n",), "2.md": ()}.items():
        (file,) = read_group(Folder(content), Group((path,)), NOTHING).files
        assert (file.failed, file.ties) == (True, ties)
