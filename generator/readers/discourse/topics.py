"""Find topics of Discourse in JSON, whatever is around them, and say which posts they have.

A value comes in, `Topic`s go out, with their posts as the forum wrote them. `json` makes threads of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from generator.readers.json_values import string_of, whole_of


class Topic(NamedTuple):
    """What an export holds of one topic."""

    id: str
    head: Mapping[str, Any]
    """What is said of the topic; empty if there are only posts."""
    posts: Sequence[Mapping[str, Any]]
    """In order, each once."""
    stream: Sequence[str]
    """The ids of all its posts, in order; empty if they aren't told."""

    @property
    def whole(self) -> bool:
        """Whether the export holds all posts."""
        return bool(self.stream) and set(self.stream) <= {id_in(post) for post in self.posts}


def find_topics(value: object) -> list[Topic]:
    """Find topics and posts in a value, whatever is around them, without recursion."""
    heads: dict[str, Mapping[str, Any]] = {}
    posts: dict[str, dict[str, Mapping[str, Any]]] = {}
    stack = [(value, "")]
    while stack:
        value, topic = stack.pop()
        if isinstance(value, list):
            stack.extend((inner, topic) for inner in reversed(value))
        elif isinstance(value, dict):
            if isinstance(stream := value.get("post_stream"), dict):
                topic = id_in(value) or next(_topics_of(stream), "")
                heads.setdefault(topic, value)
                posts.setdefault(topic, {})
                stack.append((stream.get("posts"), topic))
            elif "post_number" in value and ("cooked" in value or "raw" in value):
                same = posts.setdefault(id_in(value, "topic_id") or topic, {})
                older = same.get(id_in(value))
                if id_in(value) and (
                    older is None or string_of(older.get("updated_at")) <= string_of(value.get("updated_at"))
                ):
                    same[id_in(value)] = value
            else:
                stack.extend((inner, topic) for inner in reversed(value.values()) if isinstance(inner, (list, dict)))
    topics = []
    for topic, held in posts.items():
        head = heads.get(topic, {})
        stream = head.get("post_stream", {}).get("stream")
        ids = [str(number) for number in stream if whole_of(number)] if isinstance(stream, list) else []
        if topic and (held or head):
            topics.append(Topic(topic, head, tuple(held.values()), ids))
    return topics


def _topics_of(stream: Mapping[str, Any]) -> Iterator[str]:
    """Give the topics that the posts of a page name."""
    posts = stream.get("posts")
    for post in posts if isinstance(posts, list) else ():
        if isinstance(post, dict) and (topic := id_in(post, "topic_id")):
            yield topic


def id_in(value: Mapping[str, Any], name: str = "id") -> str:
    """Give an id that a field holds as text; "" if it holds none."""
    number = whole_of(value.get(name))
    return str(number) if number is not None and number > 0 else ""


def ids_by_number(topic: Topic) -> dict[int, str]:
    """Give the ids of posts by their numbers: of those in the export, and of others where no number was left out.

    The stream lists all posts in order. If as many posts are between two whose numbers are told as there are numbers,
    then those numbers are theirs.
    """
    number_of = {id_in(post): number for post in topic.posts if (number := whole_of(post.get("post_number")))}
    ids = {number: name for name, number in number_of.items()}
    last_at, last_number = -1, 0
    for at, name in enumerate(topic.stream):
        number = number_of.get(name)
        if number is None:
            continue
        if number - last_number == at - last_at:
            ids.update(zip(range(last_number + 1, number), topic.stream[last_at + 1 : at], strict=True))
        last_at, last_number = at, number
    return ids
