"""`threadpress serve` as it runs: what it answers, when it builds, how it ends."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets
import websockets.sync.client

from generator.commands.serve.hosts import AllowedHost, Hosts
from generator.engine.lock import FOLDER, lock
from tests.serving import ENVIRONMENT, SERVE, SOON, Page, Serving, serving
from tests.small import Said, news, note, output_of, prints, tree, write

FILES = {
    "content/101.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8")),
    "content/n.md": note("n", ("Cid", "id=1", "Hi")),
    "threadpress.toml": 'title = "Shelf"\n',
}
THREAD = "/threads/slashdot/101.html"
OTHER = "/threads/notes/n.html"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", FILES)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Path]]:
    """A server for tests that change nothing, with links and hidden files in its output."""
    site = write(tmp_path_factory.mktemp("standing"), {**FILES, "secret.txt": "secret"})
    with serving(site) as server:
        server.built()
        output = site / "output"
        (output / "out.html").symlink_to(site / "secret.txt")
        (output / "way").symlink_to(site)
        (output / "round").symlink_to(output / "round")
        (output / "near.html").symlink_to(output / "about.html")
        write(output, {".hidden": "secret", ".git/config": "secret", "a b.txt": "blank", "100%.txt": "per cent"})
        (output / "shown.txt").symlink_to(output / ".hidden")
        yield server, output


# ---- What is answered


def test_pages_get_a_script_and_files_stay_as_they_are_published(tmp_path: Path, site: Path) -> None:
    plain = output_of(tmp_path / "plain", FILES)
    with serving(site) as server:
        page = server.built().get("/index.html").body
        assert page != plain["index.html"]
        assert tree(site / "output") == plain
    assert tree(site / "output") == plain
    assert page.count(b'<script src="/.threadpress/live.js"') == 1
    (policy,) = re.findall(rb'Content-Security-Policy" content="([^"]+)"', page)
    assert f"connect-src &#x27;self&#x27; ws://{server.host}:{server.port}".encode() in policy
    assert b"default-src &#x27;none&#x27;" in policy


def test_what_is_no_page_is_served_as_it_is(standing: tuple[Serving, Path]) -> None:
    server, output = standing
    for path, kind in (
        ("threads/slashdot/101.json", "application/json"),
        ("saves/101.txt", "text/plain; charset=utf-8"),
        ("saves/n.md", "text/plain; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        *((f"assets/{file.name}", "text/css; charset=utf-8") for file in (output / "assets").glob("*.css")),
        *((f"assets/{file.name}", "image/svg+xml") for file in (output / "assets").glob("*.svg")),
    ):
        answer = server.get(f"/{path}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.body == (output / path).read_bytes()


@pytest.mark.parametrize("path", ["/", "/index.html", "/robots.txt", "/nothing.html", "/.threadpress/live.js"])
def test_nothing_is_kept_guessed_or_lent(standing: tuple[Serving, Path], path: str) -> None:
    answer = standing[0].get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_missing_page_is_404_html_with_its_status(standing: tuple[Serving, Path]) -> None:
    for path in ("/nothing.html", "/threads/nothing", "/assets/style.css", "/deep/er/"):
        answer = standing[0].get(path)
        assert answer.status == 404
        assert b"There is no page at this address" in answer.body
        assert b"/.threadpress/live.js" in answer.body
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_folder_is_its_index(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    assert server.get("/").body == server.get("/index.html").body
    assert server.get("/authors/").body == server.get("/authors/index.html").body
    moved = server.get("/authors")
    assert (moved.status, moved.headers["location"]) == (307, "/authors/")
    assert server.get("/threads/").status == 404


def test_only_reading_is_answered(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    head = server.get("/index.html", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(server.get("/index.html").body))
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert server.get("/index.html", method).status == 405


def test_names_with_other_characters_are_found(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    assert server.get("/a%20b.txt").body == b"blank"
    assert server.get("/100%25.txt").body == b"per cent"
    assert server.get("/near.html").status == 200
    assert server.get("/index.html?a=b").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/assets\\..\\..\\secret.txt",
        "/./secret.txt",
        "//secret.txt",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/etc/passwd%00.html",
        "/%00",
        "/index.html%00",
        "/way/secret.txt",
        "/way/output/index.html/",
        "/out.html",
        "/round",
        "/shown.txt",
        "/.hidden",
        "/%2ehidden",
        "/.git/config",
        "/.threadpress/state",
        "/.threadpress/../index.html",
        "/%c0%ae%c0%ae/secret.txt",
        "/" + "a" * 5000,
    ],
)
def test_nothing_outside_the_output_and_nothing_hidden_is_served(standing: tuple[Serving, Path], path: str) -> None:
    answer = standing[0].get(path)
    assert answer.status == 404
    assert b"secret" not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "evil.example", "localhost", "127.0.0.1:1", "127.0.0.2:{port}", "localhost.:{port}",
     "localhost:{port}.evil.example", "evil@localhost:{port}", "[::2]:{port}", "localhost:{port}/", "", "x" * 300],
)  # fmt: skip
def test_who_asks_for_another_host_is_refused(standing: tuple[Serving, Path], host: str) -> None:
    server, _ = standing
    answer = server.get("/", headers={"Host": host.format(port=server.port)})
    assert answer.status == 421
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"Shelf" not in answer.body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_the_names_of_this_machine_are_answered(standing: tuple[Serving, Path], host: str) -> None:
    server, _ = standing
    answer = server.get("/", headers={"Host": f"{host}:{server.port}"})
    assert answer.status == 200
    assert f"ws://{host}:{server.port}".encode() in answer.body


def test_hosts_where_all_of_the_network_may_ask() -> None:
    shelf = Hosts(frozenset({"localhost", "shelf.lan"}), 80, addresses=True)
    taken = ("localhost", "localhost:80", "Shelf.lan", "192.168.1.5", "192.168.1.5:80", "[fe80::1]:80")
    assert [name for name in taken if not shelf.allows(name)] == []
    refused = ("evil.example", "192.168.1.5.evil.example", "192.168.1.5:8000", "192.168.1:80", "[fe80::1", "")
    assert [name for name in refused if shelf.allows(name)] == []
    assert not Hosts(frozenset({"localhost"}), 80).allows("192.168.1.5")


def handshake(server: Serving, **headers: str) -> int:
    """Ask for the socket, and give the status of the answer."""
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    return server.get("/.threadpress/live", headers={**wanted, **key, **headers}).status


def test_the_socket_is_for_pages_of_this_server_only(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    assert handshake(server) == 403
    for origin in ("http://evil.example", "null", "https://localhost", f"http://localhost:{server.port}"):
        assert handshake(server, Origin=origin) == 403
    evil = f"evil.example:{server.port}"
    assert handshake(server, Host=evil, Origin=f"http://{evil}") == 403
    with server.page("/") as page:
        assert page.ask() == {"problems": [], "more": 0, "reload": False, "styles": None}


ALLOWED = ("--allow-host", "localhost:9000", "--allow-host", "Shelf.lan", "--allow-host", "preview.example.org:443")


def test_further_names_are_answered_if_they_are_allowed(site: Path) -> None:
    with serving(site, *ALLOWED) as server:
        server.built()
        assert "also answering to localhost:9000, shelf.lan, preview.example.org:443" in server.said
        for host in ("localhost:9000", "shelf.lan", "SHELF.lan:{port}", "preview.example.org", "localhost:{port}"):
            answer = server.get("/", headers={"Host": host.format(port=server.port)})
            assert answer.status == 200, host
            assert f"ws://{host.format(port=server.port)}".encode() in answer.body
        for host in ("localhost:9001", "shelf.lan:9000", "preview.example.org:8443", "evil.example", "x.shelf.lan"):
            answer = server.get("/", headers={"Host": host})
            assert (answer.status, b"Shelf" in answer.body) == (421, False), host


def test_the_refusal_names_the_option(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    asked = {"localhost:9000": "localhost:9000", "mybox.local": "mybox.local", "[fe80::1]:9000": "[fe80::1]:9000"}
    for host, named in {**asked, "a b": "NAME[:PORT]", "": "NAME[:PORT]", "x.example/;rm": "NAME[:PORT]"}.items():
        answer = server.get("/", headers={"Host": host})
        assert answer.status == 421
        assert answer.body.decode().endswith(f"start it with: threadpress serve --allow-host {named}\n")


def test_the_socket_is_for_pages_of_allowed_names_too(site: Path) -> None:
    with serving(site, *ALLOWED) as server:
        server.built()
        own = f"localhost:{server.port}"
        for host, origin in (
            ("localhost:9000", "http://localhost:9000"),
            ("shelf.lan", "https://shelf.lan"),
            (own, "https://preview.example.org"),  # a proxy that asks for us by our own name
        ):
            assert handshake(server, Host=host, Origin=origin) == 101, origin
        for host, origin in (
            ("localhost:9000", f"http://{own}"),
            ("localhost:9000", "http://localhost:9001"),
            (own, "http://evil.example"),
            (own, "ftp://shelf.lan"),
            ("evil.example", "http://shelf.lan"),
            ("shelf.lan", "null"),
        ):
            assert handshake(server, Host=host, Origin=origin) == 403, origin


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:9000/", "is an address; give only the host in it, 'localhost:9000'"),
        ("//", "is an address; give only the host in it, 'NAME[:PORT]'"),
        ("*", "has a wildcard in it"),
        ("*.example.org", "has a wildcard in it"),
        (".example.org", "is no name of a host"),
        ("a b", "has a space in it"),
        ("localhost ", "has a space in it"),
        ("a,b", "has a comma in it"),
        ("", "is empty"),
        (":9000", "is no name of a host"),
        ("localhost:", "is no name of a host"),
        ("localhost:0", "has a port that is not from 1 to 65535"),
        ("localhost:70000", "has a port that is not from 1 to 65535"),
        ("localhost:http", "is no name of a host"),
        ("::1", "has more than one colon; write an IPv6 address as [::1]"),
        ("[::1", "has more than one colon"),
        ("[1::2::3]:9000", "has more than one colon"),
        ("localhost/path", "has a path in it"),
        ("ann@localhost", "has a user's name in it"),
        ("münchen.example", "is not as browsers ask for it"),
        ("\u212aelvin.example", "is not as browsers ask for it"),
        ("a..b", "is no name of a host"),
    ],
)
def test_a_further_name_that_is_none_is_told(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        AllowedHost.of(text)


def test_all_wrong_names_are_told_at_once(site: Path) -> None:
    command = [*SERVE, "--allow-host", "a b", "--allow-host", "shelf.lan", "--allow-host", "*"]
    told = subprocess.run(command, cwd=site, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "--allow-host: 'a b' has a space in it" in told.stderr
    assert "--allow-host: '*' has a wildcard in it" in told.stderr
    assert "shelf.lan" not in told.stderr
    assert not (site / "output").exists()


def test_names_are_shown_as_they_can_be_given_again() -> None:
    for text in ("shelf.lan", "shelf.lan:9000", "[::1]", "[::1]:9000", "192.168.1.5", "my_box", "shelf.lan."):
        assert str(AllowedHost.of(text.upper())) == text


def test_who_talks_nonsense_on_the_socket_is_left(standing: tuple[Serving, Path]) -> None:
    server, _ = standing
    for nonsense in ("", "{}", '{"page": 1}', "[" * 5000, "x" * 15_000, b"\0\xff", "x" * 1_000_000):
        with server.page("/") as page:
            with contextlib.suppress(websockets.ConnectionClosed):
                page.socket.send(nonsense)
            with pytest.raises(websockets.ConnectionClosed):
                page.socket.recv(timeout=SOON)
    assert server.get("/").status == 200
    assert "rror" not in "\n".join(server.said)


def test_the_site_is_found_under_the_path_it_will_have_as_well(site: Path) -> None:
    """The links of 404.html name that path; everything else is relative."""
    write(site, {"threadpress.toml": 'site_url = "https://example.org/repo/"\n'})
    with serving(site) as server:
        missing = server.built().get("/nothing").body.decode()
        (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', missing)
        assert style.startswith("/repo/assets/")
        assert server.get(style).status == server.get(f"/repo{THREAD}").status == server.get(THREAD).status == 200
        with server.page("/nothing") as page:
            assert page.ask()["reload"] is False


# ---- When it builds


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_change_is_served_and_told_in_one_line(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with server.page(THREAD) as page, server.page(OTHER) as other:
            assert page.ask()["reload"] is other.ask()["reload"] is False
            edit(site / "content/101.txt", "Hello", "Goodbye")
            assert page.news() == {"problems": [], "more": 0, "reload": True, "styles": None}
            assert other.news()["reload"] is False
        assert b"Goodbye" in server.get(THREAD).body
        line = server.wait("content/101.txt")
        assert re.fullmatch(r"content/101\.txt: \d+ written, 0 removed, \d+ ms", line.string)
        assert server.quiet() == 0


def test_reading_makes_no_build(site: Path) -> None:
    with serving(site) as server:
        server.built()
        for _ in range(3):
            tree(site / "content")
            list(os.scandir(site / "content"))
            (site / "content/101.txt").chmod(0o600)
        assert server.quiet() == 0


def test_what_editors_leave_beside_a_file_makes_no_build_and_their_saves_make_one(site: Path) -> None:
    save, content = site / "content/101.txt", site / "content"
    with serving(site) as server:
        server.built()
        for name in (".101.txt.swp", ".#101.txt", "101.txt~", ".goutputstream-X1", "README.md"):
            (content / name).write_text("x")
        (content / "4913").touch()
        (content / "4913").unlink()
        (content / "4913").touch()
        assert server.quiet() == 0
        (content / "4913").unlink()
        new = news("101", Said("Written beside and moved", "Boo"))
        (content / ".101.txt.tmp").write_text(new)
        (content / ".101.txt.tmp").rename(save)
        server.wait("content/101.txt: ")
        assert server.quiet() == 0
        assert b"Written beside" in server.get(THREAD).body
        before = len(server.said)
        save.rename(content / "101.txt~")  # as vim does it: the old one aside, the new one written in its place
        save.write_text(new.replace("beside", "anew"))
        (content / "101.txt~").unlink()
        server.wait("content/101.txt: ", after=before)
        assert server.quiet() == 0
        assert len(server.builds()) == 3


def test_a_file_that_is_filled_slowly_is_waited_for(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with (site / "content/102.txt").open("w") as file:
            time.sleep(0.05)
            file.write(news("102", Said("Slow", "Boo")))
        server.wait("content/102.txt: ")
        assert server.quiet() == 0
        assert not any("error" in line for line in server.said)


def test_five_hundred_files_at_once_make_one_build(site: Path) -> None:
    with serving(site) as server:
        server.built()
        for number in range(500):
            (site / f"content/{1000 + number}.txt").write_text(news(str(1000 + number), Said(f"No {number}", "Boo")))
        server.wait(r"content/1000\.txt and 499 more: ")
        assert server.quiet() == 0
        assert len(server.builds()) == 2
        assert server.get("/threads/slashdot/1499.html").status == 200
        before = len(server.said)
        shutil.rmtree(site / "content")
        write(site, FILES)
        server.wait("and 50[0-9] more: .* removed", after=before)
        assert server.get("/threads/slashdot/1499.html").status == 404
        before = len(server.said)
        edit(site / "content/101.txt", "Hello", "Still looked at")
        server.wait("content/101.txt: ", after=before)


def test_what_changes_during_a_build_makes_one_more(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with lock(site):  # as if it were a long build: the server can't go on either
            edit(site / "content/101.txt", "Hello", "First")
            server.wait("waiting for another build")
            for number in range(5):
                edit(site / "content/n.md", "Hi", f"Hi {number}")
                time.sleep(0.05)
            assert len(server.builds()) == 1
        server.wait("content/n.md: ")
        assert server.quiet() == 0
        assert len(server.builds()) <= 3
        assert b"First" in server.get(THREAD).body
        assert sum("waiting" in line for line in server.said) == 1


def test_folders_that_come_and_go_are_followed(site: Path) -> None:
    with serving(site) as server:
        server.built()
        later = site / "content/2020/05"
        later.mkdir(parents=True)
        (later / "7.txt").write_text(news("7", Said("In a folder", "Boo")))
        server.wait(r"content/2020/05/7\.txt: ")
        (site / "content/2020").rename(site / "content/2021")
        server.wait(r"content/2020/05/7\.txt and 1 more: ")
        theme = site / "themes/default/static"
        before = len(server.said)
        theme.mkdir(parents=True)
        (theme / "tokens.css").write_text(":root { --paper: #123456 }")
        server.wait(r"themes/default/static/tokens\.css: ", after=before)
        (style,) = re.findall(rb'rel="stylesheet" href="([^"]+)"', server.get("/").body)
        assert b"#123456" in server.get(f"/{style.decode()}").body


def test_settings_can_move_the_content_and_the_output(site: Path) -> None:
    write(site, {"saves/9.txt": news("9", Said("Elsewhere", "Boo"))})
    with serving(site) as server:
        server.built()
        write(site, {"threadpress.toml": 'content = "saves"\noutput = "public"\n'})
        server.wait("threadpress.toml: ")
        server.wait(r" files in public/, 0 written")
        assert server.get("/threads/slashdot/9.html").status == 200
        assert server.get(THREAD).status == 404
        before = len(server.said)
        edit(site / "saves/9.txt", "Elsewhere", "Looked at here")
        server.wait(r"saves/9\.txt: ", after=before)
        assert b"Looked at here" in server.get("/threads/slashdot/9.html").body
        edit(site / "content/101.txt", "Hello", "Nobody looks")
        assert server.quiet() == 0


def test_a_new_style_sheet_is_told_as_such(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with server.page(THREAD) as page, server.page("/nothing") as missing:
            page.ask()
            missing.ask()
            (old,) = page.hello["styles"]
            write(site, {"theme/static/tokens.css": ":root { --paper: #abcdef }", "themes/README": ""})
            before = len(server.said)
            (site / "theme").rename(site / "themes/default")  # at once, so that one build sees all of it
            told, told_there = page.news(), missing.news()
        server.wait(r"tokens\.css: .* written", after=before)  # pages are told before what is obsolete is removed
        assert told["reload"] is told_there["reload"] is False
        (new,) = told["styles"]
        assert new != old
        assert re.fullmatch(r"\.\./\.\./assets/style\.[0-9a-f]{8}\.css", new)
        assert re.fullmatch(r"/assets/style\.[0-9a-f]{8}\.css", told_there["styles"][0])
        assert not (site / "output/threads/slashdot" / old).exists()
        assert server.get(f"/assets/{Path(old).name}").status == 200  # for pages that name it still


def test_links_are_followed_as_a_build_follows_them(tmp_path: Path, site: Path) -> None:
    write(
        tmp_path / "ext", {"p.md": note("p", story="Story."), "theme/static/tokens.css": ":root { --paper: #abcdef }"}
    )
    (site / "content/p.md").symlink_to("../../ext/p.md")
    (site / "themes").mkdir()
    (site / "themes/default").symlink_to("../../ext/theme")
    with serving(site) as server:
        server.built()
        edit(tmp_path / "ext/p.md", "Story.", "Changed.")
        server.wait(r"content/p\.md: ")
        assert b"Changed." in server.get("/threads/notes/p.html").body
        edit(tmp_path / "ext/theme/static/tokens.css", "#abcdef", "#fedcba")
        server.wait(r"themes/default/static/tokens\.css: ")
        (style,) = re.findall(rb'rel="stylesheet" href="([^"]+)"', server.get("/").body)
        assert b"#fedcba" in server.get(f"/{style.decode()}").body
        assert server.quiet() == 0


def set_option(site: Path, option: str) -> None:
    """Give the theme one option, and leave the other settings as they are."""
    write(site, {"threadpress.toml": f"{FILES['threadpress.toml']}[theme_options]\n{option}\n"})


def news_with(page: Page, key: str) -> Any:
    """Give what a page is told under a key, once it is told anything; new settings can make two builds."""
    while True:
        told = page.news()
        if told[key]:
            return told[key]


def test_another_accent_is_told_as_a_new_style_sheet(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with server.page(THREAD) as page:
            page.ask()
            (old,) = page.hello["styles"]
            set_option(site, 'accent = "#7a1f5c"')
            told = page.news()
            assert told["reload"] is False
            assert told["styles"] != [old]
            set_option(site, 'accent = "#ffcc00"')
            (problem,) = news_with(page, "problems")
            assert (problem["path"], problem["line"]) == ("threadpress.toml", 3)
            assert "1.44:1" in problem["message"]


def test_a_logo_is_noticed_when_it_comes_and_when_it_changes(site: Path) -> None:
    logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    with serving(site) as server:
        server.built()
        with server.page(THREAD) as page:
            page.ask()
            set_option(site, 'logo = "pictures/logo.svg"')
            (problem,) = news_with(page, "problems")
            assert problem["message"] == "logo: there is no file pictures/logo.svg"
            write(site, {"pictures/logo.svg": logo})
            assert news_with(page, "reload")
        (first,) = (site / "output/assets").glob("logo.*.svg")
        with server.page(THREAD) as page:
            page.ask()
            write(site, {"pictures/logo.svg": logo.replace("1 1", "2 1")})
            assert news_with(page, "reload")
        assert {first} < {first, *(site / "output/assets").glob("logo.*.svg")}


# ---- Problems


def test_while_something_is_broken_the_last_good_site_stays(site: Path) -> None:
    with serving(site) as server:
        server.built()
        good = prints(site / "output")
        with server.page(THREAD) as page:
            page.ask()
            edit(site / "content/101.txt", "(Score:1)", "(Score:many)")
            told = page.news()
            assert told["reload"] is False
            (first, second) = told["problems"]
            assert (first["path"], first["line"], first["severity"]) == ("content/101.txt", 9, "error")
            assert "many" in first["message"]
            assert first["hint"]
            server.wait(r"content/101\.txt:9: the score")
            server.wait(r"content/101\.txt: 2 errors; what was built before is served until that is mended")
            assert prints(site / "output") == good
            assert b"Hello" in server.get(THREAD).body
            with server.page("/") as opened_now:
                assert opened_now.ask()["problems"] == [first, second]
            edit(site / "content/101.txt", "(Score:many)", "(Score:3)")
            assert page.news() == {"problems": [], "more": 0, "reload": True, "styles": None}


def test_when_the_content_has_become_empty_the_last_good_site_stays_with_the_reason(site: Path) -> None:
    """As when a disk is unmounted."""
    with serving(site) as server:
        server.built()
        good = prints(site / "output")
        with server.page(THREAD) as page:
            page.ask()
            (site / "content").rename(site / "saves")
            (site / "content").mkdir()
            (problem,) = page.news()["problems"]
            assert problem["message"].startswith(
                "there is no thread here any more, and a build would remove all of the site (2)"
            )
            assert "threadpress build --yes" in problem["hint"]
            server.wait(r"1 error; what was built before is served until that is mended")
            assert prints(site / "output") == good
            assert server.get(THREAD).status == 200
            (site / "content").rmdir()
            (site / "saves").rename(site / "content")
            assert page.news()["problems"] == []
        assert prints(site / "output") == good


def test_many_problems_are_told_in_part(site: Path) -> None:
    with serving(site) as server:
        server.built()
        write(site, {f"content/bad-{number}.txt": "Dear diary" for number in range(70)})
        server.wait("70 errors")
        with server.page("/") as page:
            told = page.ask()
    assert (len(told["problems"]), told["more"]) == (50, 20)


def test_problems_at_the_start_are_shown_where_the_site_will_be(tmp_path: Path) -> None:
    site = write(tmp_path, {"content/1.txt": "Dear diary", "threadpress.toml": "titel = 1\n"})
    with serving(site) as server:
        server.built()
        answer = server.get("/")
        assert answer.status == 503
        assert b"No site yet" in answer.body
        with server.page("/") as page:
            assert [problem["path"] for problem in page.ask()["problems"]] == ["threadpress.toml"]
            (site / "threadpress.toml").unlink()
            assert [problem["path"] for problem in page.news()["problems"]] == ["content/1.txt"]
            (site / "content/1.txt").write_text(news("1", Said("Hi", "Boo")))
            assert page.news() == {"problems": [], "more": 0, "reload": True, "styles": None}
        assert server.get("/").status == 200


def test_without_a_content_folder_it_waits_for_one(tmp_path: Path) -> None:
    """A folder without settings as well is no site: see tests/commands/test_locate.py."""
    write(tmp_path, {"threadpress.toml": ""})
    with serving(tmp_path) as server:
        server.wait("content: there is no such folder")
        write(tmp_path, FILES)
        server.wait(r"\d+ written")
        assert server.get(THREAD).status == 200


def test_a_template_that_fails_is_told_and_leaves_the_style_sheet(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with server.page("/") as page:
            page.ask()
            write(
                site,
                {
                    "themes/default/static/tokens.css": ":root { --paper: #abcdef }",
                    "themes/default/templates/thread.html": "{{ page.nothing.at.all }}",
                },
            )
            while not (told := page.news())["problems"]:
                pass
            assert told["problems"][0]["path"] == "themes/default/templates/thread.html"
        for path in ("/", THREAD, OTHER):
            (style,) = re.findall(rb'rel="stylesheet" href="([./]*)(assets/[^"]+)"', server.get(path).body)
            assert server.get(f"/{style[1].decode()}").status == 200


def test_warnings_are_said_once(site: Path) -> None:
    write(site, {"content/3.txt": news("3", Said("Café", "Boo")).encode("cp1252")})
    with serving(site) as server:
        server.built()
        edit(site / "content/101.txt", "Hello", "Goodbye")
        server.wait("content/101.txt: ")
        assert sum("warning: " in line for line in server.said) == 1


def kill_the_builder(server: Serving) -> None:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell which processes a process has")
    (child,) = map(int, children.read_text().split())
    os.kill(child, signal.SIGKILL)
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while re.search(r"^State:\s+[^ZX]", Path(f"/proc/{child}/status").read_text(), re.M):
            time.sleep(0.01)


def test_a_builder_that_was_killed_is_replaced(site: Path) -> None:
    with serving(site) as server:
        kill_the_builder(server.built())
        edit(site / "content/101.txt", "Hello", "First")
        server.wait("content/101.txt: .* written")
        assert b"First" in server.get(THREAD).body


def test_a_builder_that_was_killed_at_work_is_told(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with lock(site):
            edit(site / "content/101.txt", "Hello", "First")
            server.wait("waiting for another build")
            kill_the_builder(server)
            server.wait(r"^threadpress: the process that builds has ended \(-9\); change a file to retry")
        edit(site / "content/101.txt", "First", "Second")
        server.wait("content/101.txt: .* written")
        assert b"Second" in server.get(THREAD).body


# ---- Beside others


def test_other_commands_do_not_wait_for_what_only_the_server_needs() -> None:
    program = "import sys, generator.cli, generator.engine.build; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert not {"asyncio", "starlette", "uvicorn", "watchdog", "websockets"} & set(told.stdout.split())


def test_other_commands_can_run_beside_it(site: Path) -> None:
    with serving(site) as server:
        server.built()
        with lock(site):  # it is free between builds
            pass
        told = subprocess.run(
            [sys.executable, "-m", "generator", "build"],
            cwd=site,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (told.returncode, ", 0 written, 0 removed" in told.stdout) == (0, True)
        assert server.quiet() == 0


def test_at_the_start_another_build_is_waited_for(site: Path) -> None:
    (site / FOLDER).mkdir()
    with contextlib.ExitStack() as stack:
        with lock(site):
            server = stack.enter_context(serving(site))
            server.wait("waiting for another build of this site")
            assert server.get("/").status == 503
        server.built()
        assert server.get("/").status == 200


def test_a_port_that_is_taken_is_told(site: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [*SERVE, "--port", port]
        told = subprocess.run(command, cwd=site, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    first, *_ = told.stderr.splitlines()
    assert first == f"--port: another program listens on port {port} of 127.0.0.1; name another port"
    assert not (site / "output").exists()


@pytest.mark.parametrize(
    ("options", "code", "expected"),
    [
        (["--host", "no-such-host.invalid"], 1, "--host: there is no address 'no-such-host.invalid' here"),
        (["--port", "65536"], 2, "--port"),
        (["--port", "x"], 2, "--port"),
        (["content"], 2, "unexpected extra argument"),
    ],
)
def test_wrong_addresses_are_told(site: Path, options: list[str], code: int, expected: str) -> None:
    told = subprocess.run([*SERVE, *options], cwd=site, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert told.returncode == code
    assert expected in told.stderr


def test_the_same_port_can_be_used_again_at_once(site: Path) -> None:
    with serving(site) as server:
        with server.built().page("/") as page:
            page.ask()
            assert server.end() == 130
        port = str(server.port)
    with serving(site, "--port", port) as again:
        assert again.built().get("/").status == 200


def test_open_shows_it_in_a_browser_once_it_listens(site: Path) -> None:
    browser = site / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > opened.tmp\nmv opened.tmp opened\n')
    browser.chmod(0o755)
    with serving(site, "--open", BROWSER=f"{browser} %s") as server:
        end = time.monotonic() + SOON
        while not (site / "opened").exists():
            assert time.monotonic() < end
            time.sleep(0.02)
        assert (site / "opened").read_text() == f"{server.url}\n"


# ---- How it looks for changes


def test_polling_finds_changes_too(site: Path) -> None:
    with serving(site, "--poll") as server:
        server.built()
        assert server.quiet(0.8) == 0
        edit(site / "content/101.txt", "Hello", "Goodbye")
        server.wait(r"content/101\.txt: ")
        assert b"Goodbye" in server.get(THREAD).body


@pytest.mark.parametrize("limit", ["max_inotify_instances", "max_inotify_watches"])
def test_where_the_system_can_watch_no_more_it_polls(site: Path, limit: str) -> None:
    """In a user namespace of its own, whose limits are nobody else's."""
    bare = f"echo 0 > /proc/sys/user/{limit}"
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-Ur", "sh", "-c", bare], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lets nobody make namespaces")
    command = ["unshare", "-Ur", "sh", "-c", f'{bare} && exec "$@"', "sh", *SERVE, "--port", "0"]
    with subprocess.Popen(command, cwd=site, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        try:
            server = Serving(process)
            server.wait("the system can watch no more folders: looking at all files now and then, as with --poll")
            server.built()
            edit(site / "content/101.txt", "Hello", "Goodbye")
            server.wait(r"content/101\.txt: ")
        finally:
            process.terminate()
            process.wait(timeout=SOON)


# ---- How it ends


def test_ctrl_c_ends_it_at_once_whoever_is_connected(site: Path) -> None:
    with serving(site) as server, contextlib.ExitStack() as stack:
        server.built()
        pages = [stack.enter_context(server.page("/")) for _ in range(10)]
        for page in pages:
            page.ask()
        idle = stack.enter_context(socket.create_connection((server.host, server.port)))
        idle.send(b"GET / HTTP/1.1\r\n")
        started = time.monotonic()
        assert server.end(signal.SIGINT) == 130
        assert time.monotonic() - started < 3
        for page in pages:
            with pytest.raises(websockets.ConnectionClosed):
                page.socket.recv(timeout=SOON)
    assert server.said[-1] == "interrupted"
    assert "Traceback" not in "\n".join(server.said)


def test_sigterm_ends_it_too(site: Path) -> None:
    with serving(site) as server:
        server.built()
        assert server.end(signal.SIGTERM) == 0
    assert "Traceback" not in "\n".join(server.said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_ended_during_a_build(site: Path, number: int) -> None:
    """As a terminal does it: the signal goes to all processes of the group, workers among them."""
    posts = [Said(f"It rains, {number} says.", f"Day {number}") for number in range(30_000)]
    write(site, {"content/1.txt": news("1", story="It rains. " * 220_000), "content/2.txt": news("2", *posts)})
    with subprocess.Popen(
        [*SERVE, "--port", "0"],
        cwd=site,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        server = Serving(process)
        while not list((site / FOLDER).glob("spool/*/*")):
            time.sleep(0.005)
        assert server.get("/").status == 503  # answered during the build
        started = time.monotonic()
        os.killpg(process.pid, number)
        assert process.wait(timeout=SOON) == (130 if number == signal.SIGINT else 0)
        assert time.monotonic() - started < 4
    assert "Traceback" not in "\n".join(server.said)
    wait_for_the_end(process.pid)
    (site / "content/2.txt").unlink()
    with serving(site) as again:
        again.built()
        assert again.get("/threads/slashdot/1.html").status == 200


def test_a_server_that_is_killed_takes_its_builder_along(site: Path) -> None:
    with subprocess.Popen(
        [*SERVE, "--port", "0"],
        cwd=site,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        Serving(process).built()
        process.kill()
        process.wait(timeout=SOON)
    wait_for_the_end(process.pid)


def wait_for_the_end(group: int) -> None:
    """Wait until no process of a group is left."""
    end = time.monotonic() + SOON
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.killpg(group, 0)
            assert time.monotonic() < end, "a process of it goes on"
            time.sleep(0.02)
