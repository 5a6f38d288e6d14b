"""What the index names before all else: the best are the best."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings

from generator.model import Post
from generator.pages.index import BEST, FROM, discussed, praised
from generator.site.facts import BEST as KEPT
from generator.site.facts import GOOD
from tests.history import SHORT, Site
from tests.linked import linked, scan
from tests.pages.test_stats import BOB, post, thread, threads
from tests.small import Said, news


@settings(max_examples=50)
@given(threads)
def test_the_best_posts_are_those_that_nobody_is_better_than(found: list[tuple[list[Post], str | None]]) -> None:
    made = [thread(number, said, posted, 0 if said else None) for number, (said, posted) in enumerate(found)]
    best = praised(linked(*map(scan, made)), 1000)
    scores = [
        score
        for said, _ in found
        for score in sorted(e.score for e in said if e.score and e.score >= GOOD and not e.author.removed)[-KEPT:]
    ]
    assert [each.score for each in best] == (sorted(scores)[::-1][:BEST] if len(found) >= FROM else [])


def test_of_equal_scores_the_most_answered_come_first() -> None:
    quiet = [thread(number, [post(1, 5), post(2)]) for number in range(FROM)]
    loud = thread(50, [post(0), post(1), post(2, 5, who=BOB), post(3)], "2001-01-01", answering=2)
    best = praised(linked(*map(scan, [*quiet, loud])), 2)
    assert (best[0].author.name, best[0].thread.name) == ("Bob", "Thread 50")
    assert best[0].url == "threads/notes/t050.html#cp2"
    assert best[1].thread.name == f"Thread {FROM - 1}"


def test_the_most_discussed_threads_are_named_where_there_are_many() -> None:
    sizes = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    made = [thread(number, [post(n) for n in range(size)]) for number, size in enumerate(sizes)]
    assert [row.posts for row in discussed(linked(*map(scan, made)))] == [9, 6, 5, 5, 4]
    assert discussed(linked(*map(scan, made[1:]))) == ()


def test_the_index_follows_what_is_best_whichever_thread_changes(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", bare=True)
    site.put("threadpress.toml", SHORT)
    for number in range(FROM):
        day = f"Friday January {number + 1}, 2021 @01:00AM"
        site.put(f"content/{number}.txt", news(str(101 + number), Said("So", "Boo", score="5"), when=day))
    site.build()
    old = news("101", Said("So", "Boo", score="5"), Said("Oh"), Said("No"), when="Friday January 1, 2021 @01:00AM")
    site.put("content/0.txt", old)
    report = site.build()
    assert {"index.html", "stats.html"} <= dict(report.rendered).keys()
    html = (site.folder / "output/index.html").read_text("utf-8")
    assert html.index("Most discussed") < html.index("threads/slashdot/101.html") < html.index("Highest scored")
    site.check(report)
