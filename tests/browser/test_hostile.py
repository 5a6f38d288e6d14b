"""Saves whose every field is a script: in a real browser, with the policy of the pages off, none of it runs.

Each payload makes a text save and a Markdown save: as title, author, department, tag, story, subject, label, name, post
and footer, and as words of a sidecar. The sites are built in all three themes. Without the policy, nothing but the
pages themselves keeps a payload from running. The long form opens every page, the short one some of each kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from playwright.sync_api import Browser, Page

from generator import Order, build, load
from tests.browser.conftest import THEMES, Served, serving
from tests.markup.test_safety import VECTORS
from tests.small import ALL, Said, news, note, tree, write

pytestmark = pytest.mark.browser
PAYLOADS = (
    *VECTORS,
    "<img src=x: onerror=alert(1)//",
    "<img/src/onerror=alert(1)>",
    "<IMG SRC=x ONERROR=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<b style=animation-name:x onanimationstart=alert(1)>x</b>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math href=javascript:alert(1)>x</math>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<title></title><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><script>alert(1)</script>",
    "\" onmouseover=alert(1) x=\"",
    "' onmouseover=alert(1) x='",
    "\" autofocus onfocus=alert(1) x=\"",
    "` onmouseover=alert(1) x=`",
    "\";alert(1);//",
    "';alert(1);//",
    "${alert(1)}",
    "{{constructor.constructor('alert(1)')()}}",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "<<script>alert(1)//<</script>",
    "<script\x0c>alert(1)</script>",
    "<script/x>alert(1)</script>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<x onclick=alert(1)>x</x>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "\u02bascript\u02ba\u003cimg src=x onerror=alert(1)\u003e",
    "[x](<javascript:alert(1)>)",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript:%61lert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](https://example.org/ \"><script>alert(1)</script>\")",
    "[x](https://example.org/\"onclick=alert(1))",
    "![<img src=x onerror=alert(1)>](https://example.org/a)",
    "<https://example.org/?\"onclick=alert(1)//>",
    "```<script>alert(1)</script>\nx\n```",
    "```html\n<script>alert(1)</script>\n```",
    "> > <img src=x onerror=alert(1)>",
    "1. <img src=x onerror=alert(1)>",
    "| <img src=x onerror=alert(1)> |\n|-|\n| x |",
    "[1]: javascript:alert(1)\n\n[1]",
)  # fmt: skip
"""What has run on other sites, or has led out of a tag, an attribute, a script, a template or an address."""

LISTENING = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "open", "print"])
  window[name] = (...words) => { window.ran.push(`${name}(${words})`); };
"""
LOOKING = """() => {
  const wrong = [...window.ran];
  for (const element of document.querySelectorAll("*"))
    for (const { name, value } of element.attributes)
      if (name.startsWith("on")
          || (/^(?:href|src|srcdoc|action|formaction|data|xlink:href)$/.test(name)
              && /^(?:javascript|vbscript|data|blob):/i.test(value.replace(/[\\0-\\x20]/g, ""))))
        wrong.push(`${element.localName} ${name}=${value}`);
  const foreign = "iframe, object, embed, base, math, video, audio, marquee, x, b[style], template, textarea, plaintext"
    + ", body * > title, main img, main style, main link, main meta, main script, script:not([src])";
  for (const element of document.querySelectorAll(foreign))
    if (!element.closest("svg")) wrong.push(element.outerHTML.slice(0, 100));
  return wrong;
}"""
"""What has run, and what could run if a reader clicked or the mouse came past."""


def saves(number: int, payload: str) -> dict[str, str]:
    """Write a text save, a Markdown save and a sidecar that say a payload wherever they say something."""
    text = payload.encode("utf-8", "replace").decode()
    line = " ".join(text.split())
    braces = json.dumps(line.replace("{", "").replace("}", ""), ensure_ascii=False)
    name = line.replace("{", "").replace("}", "")
    posts = (Said(text, line, line, str(number + 1), f"1, {line}"), Said(f"> {text}\n\n{text}", f"Re:{line}", "Ann"))
    return {
        f"content/{number}.txt": news(str(1000 + number), *posts, title=line, who=line, story=text, footer=line),
        f"content/{number}.md": note(
            f"n{number}",
            (name, f"id=1 label={braces} subject={braces}", text),
            ("Ann", "id=2 parent=1", f"> {text}\n\n[{text}]({line})"),
            story=text,
            title=line,
            author=line,
            department=line,
            tags=[line],
        ),
        f"content/{number}.toml": f"title = {json.dumps(line, ensure_ascii=False)}\n" if number % 2 else "",
    }


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Write a site that holds all payloads, also in its settings."""
    found = {"threadpress.toml": f"title = {json.dumps(PAYLOADS[5])}\ndescription = {json.dumps(PAYLOADS[2])}\n"}
    for number, payload in enumerate(PAYLOADS):
        found |= saves(number, payload)
    return found


def looked_at(browser: Browser, served: Served, paths: list[str]) -> list[str]:
    """Open pages without their policy, and say what ran, could run, or was asked for elsewhere."""
    wrong: list[str] = []
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(LISTENING)
    page: Page = context.new_page()
    page.on("request", lambda asked: None if asked.url.startswith(served.url) else wrong.append(asked.url))
    for path in paths:
        page.goto(served.url + path, wait_until="load")
        wrong += [f"{path}: {each}" for each in page.evaluate(LOOKING)]
    context.close()
    return wrong


def chosen(output: Path) -> Iterator[str]:
    """Choose the pages to open; some with a payload in their address."""
    pages = [path for path in tree(output) if path.endswith(".html") and not path.startswith("saves/")]
    kinds: dict[str, int] = {}
    for path in pages:
        kind = path.rpartition("/")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
        if ALL or kinds[kind] % 16 == 1:
            yield path
    for payload in PAYLOADS[:: 1 if ALL else 16]:
        said = quote(payload, errors="replace")
        yield f"threads/slashdot/1000.html?label={said}#{said}"


@pytest.mark.parametrize("theme", THEMES)
def test_no_script_of_a_save_runs_and_no_text_of_it_becomes_an_element(
    browser: Browser, tmp_path: Path, files: dict[str, str], theme: str
) -> None:
    site = write(tmp_path, files | {"threadpress.toml": f'{files["threadpress.toml"]}theme = "{theme}"\n'})
    with serving(site / "output") as served:
        settings = msgspec.structs.replace(load(site)[0], site_url=served.url)
        report = build(settings, site, Order(keep_going=True))
        assert report.threads >= 2 * len(PAYLOADS) - 4, "nearly every payload makes two threads"
        paths = list(chosen(site / "output"))
        assert len(paths) > (400 if ALL else 20)
        wrong = looked_at(browser, served, paths)
    assert wrong == []


def test_what_runs_is_noticed(browser: Browser, tmp_path: Path) -> None:
    """The test above looks in the right way: each of these is found."""
    bodies = {
        "script": "<script>alert(1)</script>",
        "error": "<img src=x onerror=alert(1)>",
        "click": "<p onclick=alert(1)>x",
        "link": "<a href='java\tscript:alert(1)'>x</a>",
        "frame": "<iframe></iframe>",
        "elsewhere": "<p><img src=http://127.0.0.1:9/x>",
    }
    write(tmp_path, {f"{name}.html": f"<title>x</title><main>{body}</main>" for name, body in bodies.items()})
    with serving(tmp_path) as served:
        assert [name for name in bodies if not looked_at(browser, served, [f"{name}.html"])] == []
