"""A deterministic corpus of Slashdot text saves, for machines that have no other corpus.

The same number of threads gives the same bytes everywhere. Sizes are like those of real archives: posts per thread are
log-normal (median 60, mean 100, at most 1,500), there is one author for about eight posts, bodies have around 390
characters, one reply in four has a quote, and a few have a link.
"""

from __future__ import annotations

import datetime
import math
import random
from pathlib import Path

WORDS = (
    "about above across after again against almost along already always among answer archive argue around author "
    "because become before begin behind believe better between beyond board bridge bring build called cannot "
    "carry cause change choose clear close code common compare compile copy could count course cover cross custom "
    "daily decide deep define depend design detail differ direct discuss double doubt draft drive early editor "
    "effect either engine enough entire error even every exact example except expect explain extend fact false "
    "faster feature field figure file final first follow force forget format former forum found frame free friend "
    "front future garden general given good grant great ground group guess handle happen hardly header hidden "
    "history hold honest house however human idea image index inside instead issue joint keep kernel kind known "
    "label language large later layer leader learn least leave letter level library light likely linear listen "
    "little local longer lower machine mainly maker manner margin market matter maybe memory merge message method "
    "middle minor moment month moral mostly motion moved narrow nature nearly never night normal nothing notice "
    "number object obvious offer often older open order other outside owner page paper parent partly patch path "
    "pattern people perhaps person phrase place plain plan point policy post power press pretty price print "
    "private process proof public purpose quarter question quick quiet quite quote rather reach reader really "
    "reason recent record reduce release remain repeat reply report result return right river rough round rule "
    "safe saved scale scan screen search second secret section sense separate series server settle several shape "
    "share shelf short signal silent simple single slow small smooth social solid someone source space speak "
    "special speed spring square stage stand state static stay still store story street string strong studio "
    "subject such sudden sure system table taken talk tape taste teach text theme thing think third thread "
    "through title today together topic toward tree trust truth turn twice type under union until update upper "
    "useful usual valid value version very view visit voice wait wall warm watch water weight welcome whole "
    "window winter within without wonder word work world worth write wrong year yellow young "
).split()
LABELS = ("Insightful", "Interesting", "Informative", "Funny", "Troll", "Offtopic")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def make_corpus(folder: Path, threads: int) -> int:
    """Write that many saves into a folder, and give the number of posts."""
    folder.mkdir(parents=True, exist_ok=True)
    authors = max(20, threads * 12)
    posts = 0
    for number in range(threads):
        name, text, count = make_thread(number, threads, authors)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        posts += count
    return posts


def make_thread(number: int, threads: int, authors: int, posts: int | None = None) -> tuple[str, str, int]:
    """Make one save: file name, text, number of posts.

    It is number `number` of `threads`, which are spread over eight years; with `posts` it has that many posts.
    """
    rng = random.Random(f"thread {number}")
    count = max(1, min(1500, round(math.exp(rng.gauss(math.log(60), 1.0)))))
    count = count if posts is None else posts
    when = datetime.datetime(2018, 1, 1) + datetime.timedelta(minutes=number * 8 * 365 * 24 * 60 // threads)
    key = f"{100_000_000 + number:010d}"
    hour = when.hour % 12 or 12
    date = (
        f"{DAYS[when.weekday()]} {MONTHS[when.month - 1]} {when.day:02d}, {when.year} "
        f"@{hour:02d}:{when.minute:02d}{'AM' if when.hour < 12 else 'PM'}"
    )
    parts = [
        f"News: {key}\n\n\u00a0 ARM {_sentence(rng)}\n\n{_words(rng, 9).title()}\n\n"
        f"({date} (editor{rng.randrange(8)}) from the {_words(rng, 3).replace(' ', '-')} dept.)\n\n\n"
        f"{_sentence(rng)} [1]{_words(rng, 4)} . {_text(rng, 500)}\n\n\n\n[1] https://www.example.org/{number}\n\n\n\n"
    ]
    stack: list[str] = []
    top = ""
    for _ in range(count):
        if not stack or rng.random() < 0.24:
            stack.clear()
            subject = top = _words(rng, rng.randint(1, 6)).capitalize()
        else:
            while len(stack) > 1 and rng.random() < 0.35:
                stack.pop()
            subject = "Re:" if rng.random() < 0.8 else f"Re:{top}"[:50]
        who = int(authors * rng.random() ** 3)
        by = f"writer{who} ( {who + 100} )" if rng.random() > 0.05 else "Anonymous Coward"
        score = rng.choice((-1, 0, 1, 1, 2, 2, 2, 2, 3, 4, 5))
        label = f", {rng.choice(LABELS)}" if score > 2 else ""
        body = _text(rng, min(6000, 300 * math.exp(rng.gauss(0, 0.85))))
        if stack and rng.random() < 0.24:
            body = f"> {stack[-1][: rng.randint(40, 200)].rpartition(' ')[0] or 'so'}\n\n{body}"
        if rng.random() < 0.05:
            body += f"\n\nSee https://www.example.com/{_words(rng, 2).replace(' ', '/')} for more."
        if score < 3 and len(body) > 512:
            body = body[:512].rstrip()
        parts.append(f"{subject} (Score:{score}{label})\n\nby {by}\n\n{body}\n\n")
        stack.append(body.split("\n")[-1])
    return f"{key}.txt", "".join(parts) + _sentence(rng), count


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choices(WORDS, k=count))


def _sentence(rng: random.Random) -> str:
    return _words(rng, rng.randint(4, 20)).capitalize() + rng.choice("....?!")


def _text(rng: random.Random, size: float) -> str:
    paragraphs, length = [], 0
    while length < size:
        paragraph = " ".join(_sentence(rng) for _ in range(rng.randint(1, 5)))
        paragraphs.append(paragraph)
        length += len(paragraph)
    return "\n\n".join(paragraphs)
