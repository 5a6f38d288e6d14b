"""Who answers whom? Each post gets a `Reply`: stated by the source, or inferred from subjects, quotes, names and order.

A merged `Thread` comes in, a tuple of replies in the order of its posts goes out. Nothing here looks at dates, scores
or ids, opens a file, or doubts what a source states. The reader reports a stated parent that does not exist; here it
means "top-level". Parents are posts of the thread and never form a cycle. An inferred parent comes before its reply.

A plain save is a pre-order walk, so a reply's parent is the post before it or one of that post's ancestors: the *path*
of its branch. Subjects choose the branch (SPEC section 2.1). Within it, every post of the path starts with equal odds,
every cue multiplies them (the constants below), and the likeliest post is the parent. Its share of the odds, multiplied
by how often such evidence was right (`TRUST`), is the confidence. Its strongest cue is the evidence.

Slashdot shows a post that is deeper than `DEPTH` under its ancestor at that depth. People go on answering each other
below it, so the path goes on too, and all its deep posts count for the one ancestor that shows them. We only decide
that a post is that deep if we are sure of its path: a step counts if it is by quote or name, or if most of the thread
quotes. Otherwise a false "too deep" would cost more than it gains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from math import sqrt

from generator.markup import plain_text
from generator.model import TOP, Author, Evidence, Post, Reply, Thread, nfc

# What each cue multiplies a post's odds of being the parent by. Fitted to right parents and honest confidence on 257
# threads whose trees are known (a forum, mailing lists, comment sites; each source weighs the root of its size), saved
# the way Slashdot saves, then rounded. They find 85 % of the parents on the forum, 69 and 88 % on lists, 49 and 59 % on
# comment sites; "the post before" finds 83, 40 and 55, 47 and 56 %. If they are fitted to two thirds of the threads and
# tried on the last third, they still gain on lists (61 and 75 %) and a little on comment sites (48 and 56 %).
PREVIOUS = 7.5
"""The post comes right before the reply."""
QUOTE = 55.0
"""The reply has words of the post after one `>`."""
REQUOTE = 7.5
"""The reply quotes what the post quotes, one level deeper."""
NAME = 20.0
"""The reply names the post's author."""
TURN = 4.5
"""The two are talking: the post answers the reply's author (A, B, A), or its author wrote what follows the reply."""
OWN = 0.6
"""The post is by the reply's own author."""
AGAIN = 0.14
"""The reply's author has answered the post already."""
# And the square root of 1 + the answers a post has so far: a post with answers gets more.

TRUST: dict[Evidence, float] = {"quote": 0.95, "name": 0.87, "turn": 1.0, "order": 0.8, "subject": 1.0}
"""How many inferred parents were right, by evidence, as a fraction of what their odds promise; measured like the
cues."""
CERTAIN = 0.98
"""The most an inference claims: a reply that changed its subject looks like the start of a branch."""

GUESSED = 0.37
"""How many parents are right that a source itself guesses by the subject, as Hypermail does: so many of 249 replies on
a mailing list answer the first message of their thread."""

DEPTH = 7
"""Depth of the deepest posts that Slashdot shows."""
QUOTING = 0.4
"""If at least this fraction of a thread's replies quote, every step counts for the depth."""
WINDOW = 13
"""Most posts that a path keeps. This bounds the work for one post, however deep the thread is."""
CUT = 20
"""Slashdot cuts subjects near 50 characters, so two subjects that agree in this many count as equal."""
SHORTEST, LONGEST, LINES, REACH = 12, 40, 12, 8_000
"""Of a quoted line without its white space: the fewest characters that prove anything, and the most that are compared.
Then the most lines of a reply that are tried, and the most characters of a post that they are searched for in. Real
quotes are well within these bounds, which keep hostile texts linear."""

_SPACE = bytes(code for code in range(128) if chr(code).isspace() or chr(code) == ">")

_MARK = re.compile(r"(?:Re:\s*)+")


def infer(thread: Thread) -> tuple[Reply, ...]:
    """Give every post of a thread its parent, with evidence and confidence.

    Linear in posts and text, without recursion, and the same for equal threads. Posts with a stated parent keep it (of
    a cycle of them, the first becomes top-level). Posts of which the source says that they have none are top-level.
    Where a source guesses a parent, that one is taken. The others get an inferred one, as the docstring of this module
    says.
    """
    posts = thread.posts
    at: dict[str, int] = {}
    walk = _Walk(posts)
    replies: list[Reply] = []
    branches: dict[str, list[int]] = {}
    path: list[int] = []
    ahead = False
    for index, post in enumerate(posts):
        name = post.subject
        marked = name.startswith("Re:")
        if marked:
            name = name[_MARK.match(name).end() :] if len(name) > 3 else ""  # type: ignore[union-attr]  # it matches
            if path and post.stated is None and post.guessed is None:
                if name:
                    # If no branch has the subject, its post is missing from the save: the reply stays in the open
                    # branch.
                    path = branches.get(name) or branches.get(name[:CUT]) or path
                replies.append(walk.answer(index, path))
                continue
        parent, reply = None, TOP
        if post.stated or post.guessed:
            at = at or {post.id: index for index, post in enumerate(posts)}
            parent, reply = _told(post, at)
        replies.append(reply)
        if parent is None:
            path = [index]
        else:
            ahead = ahead or parent >= index
            if parent in path:
                walk.hang(index, path, path.index(parent), True, 1.0)
            else:
                path = [index]
        if name:
            branches[name] = branches[name[:CUT]] = path
    return _acyclic(replies, at) if ahead else tuple(replies)


def _told(post: Post, at: Mapping[str, int]) -> tuple[int | None, Reply]:
    """Give the parent that the source states, else the one it guesses, if it is in the thread."""
    if post.stated and post.stated in at:
        return at[post.stated], Reply(post.stated, "stated")
    if post.guessed is not None and post.guessed in at:
        return at[post.guessed], Reply(post.guessed, "subject", GUESSED)
    return None, TOP


class _Walk:
    """What the walk knows about the posts so far; each list is by the index of a post."""

    def __init__(self, posts: tuple[Post, ...]) -> None:
        self.posts = posts
        self.writers = [_writer(post.author) for post in posts]
        times = Counter(self.writers)
        self.voices = [writer if times[writer] > 1 else "" for writer in self.writers]
        """The writer of a post if the writer has other posts too, else ""."""
        self.voices.append("")
        self.names = [nfc(post.author.name) if writer else "" for post, writer in zip(posts, self.writers, strict=True)]
        """The writer's name if it tells who that is, else ""."""
        self.answers = [0] * len(posts)
        self.odds = [1.0] * len(posts)
        """The odds that a post has just for its answers."""
        self.answered: dict[str, set[int]] = {}
        """The posts that each voice answered."""
        self.depths = [0] * len(posts)
        """The depth of a post, as far as we are sure of it."""
        self.trusts = [1.0] * len(posts)
        """How likely it is that all steps from the start of the branch to a post are right."""
        self.words: dict[int, tuple[str, str]] = {}
        replies = [said_by(post) for post in posts if post.subject.startswith("Re:")]
        quoting = [body for body in replies if ">" in body and ("\n>" in body or body[0] == ">")]
        self.sure = len(quoting) >= QUOTING * len(replies)

    def answer(self, index: int, path: list[int]) -> Reply:
        """Choose the parent of a reply among the posts of a path, and add the reply to the path there."""
        if len(path) == 1:
            parent = path[0]
            self.hang(index, path, 0, True, 1.0)
            return Reply(self.posts[parent].id, "subject", CERTAIN)
        standing, names = self.odds, self.names
        odds = [standing[post] for post in path]
        odds[-1] *= PREVIOUS
        kinds: dict[int, Evidence] = {}
        """The strongest cue of each post of the path that has one, by place."""
        me, next_voice, body = self.voices[index], self.voices[index + 1], self.posts[index].body
        if me or next_voice:
            self.listen(me, next_voice, path, odds, kinds)
        said = nfc(body)
        for place, post in enumerate(path):
            name = names[post]
            if name and name in said and len(name) > 2 and not (me and me == self.voices[post]):
                odds[place] *= NAME
                kinds[place] = "name"
        if me in self.answered:
            mine = self.answered[me]
            for place, post in enumerate(path):
                if post in mine:
                    odds[place] *= AGAIN
        if ">" in body:
            self.compare(body, path, odds, kinds)
        total = sum(odds)
        share = max(odds)
        place = odds.index(share)
        parent = path[place]
        trust = 1.0
        if self.depths[path[-1]] >= DEPTH:
            shown = len(path) - 1
            while self.depths[path[shown]] >= DEPTH:
                shown -= 1
            together = sum(odds[shown:])
            if together >= max(odds[:shown], default=0.0):
                share = together
                place = odds.index(max(odds[shown:]), shown)
                parent = path[shown]
                trust = self.trusts[parent]
        share /= total
        kind = kinds.get(place, "order")
        self.hang(index, path, place, self.sure or kind == "quote" or kind == "name", share)
        confidence = round(share * trust * TRUST[kind], 2)
        return Reply(self.posts[parent].id, kind, confidence if confidence < CERTAIN else CERTAIN)

    def hang(self, index: int, path: list[int], place: int, sure: bool, share: float) -> None:
        """End a path with a post that answers the post at `place`."""
        parent = path[place]
        self.answers[parent] = answers = self.answers[parent] + 1
        self.odds[parent] = sqrt(1 + answers)
        if me := self.voices[index]:
            self.answered.setdefault(me, set()).add(parent)
        self.depths[index] = self.depths[parent] + sure
        self.trusts[index] = self.trusts[parent] * share
        del path[place + 1 :]
        path.append(index)
        if len(path) > WINDOW:
            del path[DEPTH]

    def listen(self, me: str, next_voice: str, path: list[int], odds: list[float], kinds: dict[int, Evidence]) -> None:
        """Weigh the posts of a path by who wrote them, the posts before them, and the post after the reply."""
        previous = ""
        for place, post in enumerate(path):
            voice = self.voices[post]
            if voice and voice == me:
                odds[place] *= OWN
            else:
                if me and me == previous and self.writers[post]:
                    odds[place] *= TURN
                    kinds[place] = "turn"
                if voice and voice == next_voice:
                    odds[place] *= TURN
                    kinds[place] = "turn"
            previous = voice

    def compare(self, body: str, path: list[int], odds: list[float], kinds: dict[int, Evidence]) -> None:
        """Weigh the posts of a path by what a reply quotes."""
        once, twice = _quotes(body)
        for place, post in enumerate(path if once or twice else ()):
            if post not in self.words:
                self.words[post] = words(said_by(self.posts[post]))
            own, quoted = self.words[post]
            cue = 1.0
            for text in once:
                if text in own:
                    cue = QUOTE
                    break
            for text in twice:
                if text in quoted:
                    cue *= REQUOTE
                    break
            if cue > 1.0:
                odds[place] *= cue
                kinds[place] = "quote"


def _writer(author: Author) -> str:
    """Give the key of an author, or "" for one who could be anybody."""
    return "" if author.nobody or (author.uid is None and author.name == "Anonymous Coward") else author.key


def fold(text: str) -> str:
    """Give a text without white space and quote marks, so that quotes match however they were wrapped."""
    if text.isascii():
        return text.encode("ascii").translate(None, _SPACE).decode("ascii")
    text = text.encode("utf-8", "surrogatepass").translate(None, _SPACE).decode("utf-8", "surrogatepass")
    return "".join(text.split())  # white space beyond ASCII is rare, and splitting costs time for each piece


def _quotes(body: str) -> tuple[list[str], list[str]]:
    """Give the folded starts of the lines a reply quotes: those of the quoted post, and those that post quotes."""
    once: list[str] = []
    twice: list[str] = []
    for line in body.split("\n"):
        if ">" in line:
            line = line.lstrip()
            if line.startswith(">"):
                line = line[1:].lstrip()
                text = fold(line[: 4 * LONGEST])[:LONGEST]
                if len(text) >= SHORTEST:
                    (twice if line.startswith(">") else once).append(text)
                    if len(once) + len(twice) == LINES:
                        break
    return once, twice


def said_by(post: Post) -> str:
    """Give the text of a post, in which lines that start with ``>`` are quotes."""
    return post.body if post.markup != "html" else plain_text(post.body, "html")


def words(body: str) -> tuple[str, str]:
    """Give a post's own words and what it quotes, both folded."""
    body = body[:REACH]
    if ">" not in body:
        return fold(body), ""
    own: list[str] = []
    quoted: list[str] = []
    for line in body.split("\n"):
        (quoted if ">" in line and line.lstrip().startswith(">") else own).append(line)
    return fold("".join(own)), fold("".join(quoted))


def _acyclic(replies: list[Reply], at: dict[str, int]) -> tuple[Reply, ...]:
    """Make the first post of every cycle top-level. Only stated parents can come later, so only these are dropped."""
    rounds = [-1] * len(replies)
    for start in range(len(replies)):
        index: int | None = start
        walked: list[int] = []
        while index is not None and rounds[index] < 0:
            rounds[index] = start
            walked.append(index)
            parent = replies[index].parent
            index = None if parent is None else at[parent]
        if index is not None and rounds[index] == start:
            replies[min(walked[walked.index(index) :])] = TOP
    return tuple(replies)
