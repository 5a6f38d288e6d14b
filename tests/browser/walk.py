"""A walk that nine posts talk about, a thousand more posts, and how a page of posts looks to its reader."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.small import Said, news, note

WALK = note(
    "walk",
    ("Ann", "id=1 score=5 label=Insightful", "Bring shoes. " + "They should not be new. " * 20),
    ("Bob", "id=2 parent=1 score=0", "And socks, of **wool**."),
    ("Cat", "id=3 parent=2 score=4 label=Funny", "Two of them."),
    ("Dan", "id=4 parent=1 score=2", "Which way do we go?"),
    ("Eve", "id=5 score=-1 label=Troll", "Walking is for birds."),
    ("Fay", "id=6 parent=5 score=1", "Ostriches, perhaps."),
    ("Ann", "id=7", "Nobody rated this."),
    ("Bob", "id=8 parent=7 score=3 label=Funny", "I do."),
    ("Gus", "id=9 score=-1 label=Flamebait", "Nonsense."),
)
"""Who answers whom: 1 (2 (3) 4) 5 (6) 7 (8) 9."""
PLAIN = note("plain", ("Ann", "id=1", "One."), ("Bob", "id=2 parent=1", "Two."))
LONG = note(
    "long",
    *(
        (f"Author {n % 90}", f"id={n} score={n % 7 - 1}" + (f" parent={n - 1}" if n % 5 else ""), f"Post {n}. " * 30)
        for n in range(1, 1001)
    ),
)
"""A thousand posts in chains of four or five, with all scores."""
SAVES = {
    "walk.md": WALK,
    "plain.md": PLAIN,
    "long.md": LONG,
    "7.txt": news("7", Said("Shoes are late", "Late", "Ann", "7", "2, Funny"), Said("Rain", "Wet", "Ann", "7", "5")),
    "8.txt": news("8", Said("Boots came early", "Early", "Ann", "7", "-1"), when="Friday October 17, 2025 @05:22PM"),
}
THREADS = "threads/notes/"
SHIFTS = """
    window.shifts = []
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value)
    }).observe({ type: "layout-shift", buffered: true })
"""


def look(page: Page) -> dict[str, list[int]]:
    """Numbers of the posts by how they are shown."""
    found: dict[str, list[int]] = page.evaluate("""() => {
        const found = { full: [], short: [], hidden: [] }
        for (const post of document.querySelectorAll("article[id]")) {
            const text = post.querySelector(".body")
            const kind = !post.checkVisibility({ contentVisibilityAuto: false }) || post.closest("[hidden]") ? "hidden"
                : text.checkVisibility() && !text.hidden ? "full" : "short"
            found[kind].push(Number(post.id.slice(1)))
        }
        return found
    }""")
    return found


def threshold(page: Page) -> Locator:
    return page.get_by_role("slider", name="Show in full from score")


def at(page: Page) -> str:
    """Id of the post that has the focus."""
    found: str = page.evaluate("document.activeElement.matches('article') ? document.activeElement.id : ''")
    return found


def told(page: Page) -> str:
    return page.locator("[role=status]").inner_text()
