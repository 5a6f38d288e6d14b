"""Who answers whom: one `Reply` a post, stated by the source or inferred from subjects, quotes, names, turns and order.

In comes a merged `Thread`, out goes a tuple of replies in the order of its posts. Nothing here looks at dates, scores
or ids, opens a file, or doubts what a source states; a stated parent that does not exist is the reader's to report and
means "top-level" here. Parents are posts of the thread and never form a cycle; inferred ones stand before the reply.

A plain save is a pre-order walk, so a reply's parent is the post before it or one of that post's ancestors: the *path*
of its branch. Subjects choose the branch (SPEC section 2.1). Within it every post of the path starts with equal odds,
every cue multiplies them (the constants below), and the likeliest post is the parent. Its share of the odds is the
confidence, tempered by how often such evidence was right (`TRUST`); its strongest cue is the evidence.

Slashdot hangs what lies deeper than `DEPTH` under the ancestor at that depth. People go on answering each other down
there, so the path does too, and all its deep posts count for the one ancestor that shows them. To tell that we are so
deep takes a path we are sure of: a step counts if it is by quote or name, or if quoting is the manner of the thread.
Elsewhere a false "too deep" would cost more than it gains.
"""

from __future__ import annotations

import re
from collections import Counter
from math import sqrt

from generator.model import REMOVED, TOP, Author, Evidence, Post, Reply, Thread

# By what each cue multiplies the odds of a post to be the parent. Fitted to right parents and honest confidence on 257
# threads whose trees are known (a forum, mailing lists, comment sites; each source weighs the root of its size), saved
# the way Slashdot saves, then rounded. They find 85 % of the parents on the forum, 69 and 88 % on lists, 49 and 59 % on
# comment sites; "the post before" finds 83, 40 and 55, 47 and 56 %. Fitted afresh on two thirds of the threads and
# tried on the last, such constants still gain on lists (61 and 75 %) and little on comment sites (48 and 56 %).
PREVIOUS = 7.5
"""The post stands right before the reply."""
QUOTE = 55.0
"""Words of the post stand behind one `>` in the reply."""
REQUOTE = 7.5
"""What the post quotes, the reply quotes too, one level deeper."""
NAME = 20.0
"""The reply names the post's author."""
TURN = 4.5
"""The two talk: the post answers the reply's author (A, B, A), or its author wrote what follows the reply."""
OWN = 0.6
"""The post is by the reply's own author."""
AGAIN = 0.14
"""The reply's author has answered the post already."""
# And the square root of 1 + the answers a post has so far: who has answers gets more.

TRUST: dict[Evidence, float] = {"quote": 0.95, "name": 0.87, "turn": 1.0, "order": 0.8, "subject": 1.0}
"""How many found parents were right, by evidence, as a part of what their odds promise; measured like the cues."""
CERTAIN = 0.98
"""The most an inference claims: a reply that changed its subject looks like the start of a branch."""

DEPTH = 7
"""Depth of the deepest posts that Slashdot shows."""
QUOTING = 0.4
"""The part of a thread's replies that quote, from which on every step counts for the depth."""
WINDOW = 13
"""Posts that a path keeps. This bounds the work for one post, however deep the thread."""
CUT = 20
"""Slashdot cuts subjects near 50 characters; two that agree in so many are taken for one."""
SHORTEST, LONGEST, LINES, REACH = 12, 40, 12, 8_000
"""Of a quoted line without its white space: characters that say something, that are compared; lines tried a reply;
characters of a post they are sought in. What people quote lies well within; the bounds keep hostile texts linear."""

_SPACE = bytes(code for code in range(128) if chr(code).isspace() or chr(code) == ">")

_MARK = re.compile(r"(?:Re:\s*)+")


def infer(thread: Thread) -> tuple[Reply, ...]:
    """Give every post of a thread its parent, with evidence and confidence.

    Linear in posts and text, without recursion, and the same for equal threads. Posts with a stated parent keep it
    (of a cycle of them, the first becomes top-level); Markdown posts without one are top-level (SPEC section 2.2);
    plain posts without one are inferred as the head of this module says.
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
            if path and post.stated is None and post.markup == "plain":
                if name:
                    # A subject no branch has is that of a post the save lacks: the reply stays in the open branch.
                    path = branches.get(name) or branches.get(name[:CUT]) or path
                replies.append(walk.answer(index, path))
                continue
        parent = None
        if post.stated is not None:
            at = at or {post.id: index for index, post in enumerate(posts)}
            parent = at.get(post.stated)
        if parent is None:
            replies.append(TOP)
            path = [index]
        else:
            replies.append(Reply(post.stated, "stated"))
            ahead = ahead or parent >= index
            if parent in path:
                walk.hang(index, path, path.index(parent), True, 1.0)
            else:
                path = [index]
        if name:
            branches[name] = branches[name[:CUT]] = path
    return _acyclic(replies, at) if ahead else tuple(replies)


class _Walk:
    """What is known of the posts passed so far, each list by the index of a post."""

    def __init__(self, posts: tuple[Post, ...]) -> None:
        self.posts = posts
        self.writers = [_writer(post.author) for post in posts]
        times = Counter(self.writers)
        self.voices = [writer if times[writer] > 1 else "" for writer in self.writers]
        """The writer of a post, where others are by the same; else ""."""
        self.voices.append("")
        self.names = [post.author.name if writer else "" for post, writer in zip(posts, self.writers, strict=True)]
        """The writer's name where it tells who that is; else ""."""
        self.answers = [0] * len(posts)
        self.odds = [1.0] * len(posts)
        """What a post has for its answers alone."""
        self.answered: dict[str, set[int]] = {}
        """Whom each voice answered."""
        self.depths = [0] * len(posts)
        """How deep a post stands for sure."""
        self.trusts = [1.0] * len(posts)
        """How likely all steps from the start of the branch to a post are right."""
        self.words: dict[int, tuple[str, str]] = {}
        replies = [post.body for post in posts if post.subject.startswith("Re:")]
        quoting = [body for body in replies if ">" in body and ("\n>" in body or body[0] == ">")]
        self.sure = len(quoting) >= QUOTING * len(replies)

    def answer(self, index: int, path: list[int]) -> Reply:
        """Choose the parent of a reply among the posts of a path, and hang the reply there."""
        if len(path) == 1:
            parent = path[0]
            self.hang(index, path, 0, True, 1.0)
            return Reply(self.posts[parent].id, "subject", CERTAIN)
        standing, names = self.odds, self.names
        odds = [standing[post] for post in path]
        odds[-1] *= PREVIOUS
        kinds: dict[int, Evidence] = {}
        """The strongest cue of those that have one."""
        me, after, body = self.voices[index], self.voices[index + 1], self.posts[index].body
        if me or after:
            self.listen(me, after, path, odds, kinds)
        for place, post in enumerate(path):
            name = names[post]
            if name and name in body and len(name) > 2 and not (me and me == self.voices[post]):
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
        """Make a post the last of a path, under the post at `place`."""
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

    def listen(self, me: str, after: str, path: list[int], odds: list[float], kinds: dict[int, Evidence]) -> None:
        """Weigh the posts of a path by who talks: before them, there, and after the reply."""
        before = ""
        for place, post in enumerate(path):
            voice = self.voices[post]
            if voice and voice == me:
                odds[place] *= OWN
            else:
                if me and me == before and self.writers[post]:
                    odds[place] *= TURN
                    kinds[place] = "turn"
                if voice and voice == after:
                    odds[place] *= TURN
                    kinds[place] = "turn"
            before = voice

    def compare(self, body: str, path: list[int], odds: list[float], kinds: dict[int, Evidence]) -> None:
        """Weigh the posts of a path by what a reply quotes."""
        once, twice = _quotes(body)
        for place, post in enumerate(path if once or twice else ()):
            if post not in self.words:
                self.words[post] = words(self.posts[post].body)
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
    """Key of an author, or "" for one who could be anybody."""
    return "" if author.uid is None and author.name in ("Anonymous Coward", REMOVED) else author.key


def fold(text: str) -> str:
    """Text without white space and quote marks, so that quotes match however they were wrapped."""
    if text.isascii():
        return text.encode("ascii").translate(None, _SPACE).decode("ascii")
    text = text.encode("utf-8", "surrogatepass").translate(None, _SPACE).decode("utf-8", "surrogatepass")
    return "".join(text.split())  # white space beyond ASCII is rare, and splitting costs by the piece


def _quotes(body: str) -> tuple[list[str], list[str]]:
    """Starts of the lines a reply quotes, folded: those of the quoted post, and those which that quoted itself."""
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


def words(body: str) -> tuple[str, str]:
    """What a post says itself, and what it quotes, both folded."""
    body = body[:REACH]
    if ">" not in body:
        return fold(body), ""
    own: list[str] = []
    quoted: list[str] = []
    for line in body.split("\n"):
        (quoted if ">" in line and line.lstrip().startswith(">") else own).append(line)
    return fold("".join(own)), fold("".join(quoted))


def _acyclic(replies: list[Reply], at: dict[str, int]) -> tuple[Reply, ...]:
    """Make the first post of every cycle top-level. Only stated parents point ahead, so it is one of them that goes."""
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
