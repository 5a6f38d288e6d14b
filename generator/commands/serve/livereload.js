// Keeps an open page of `threadpress serve` up to date: loads it again at the reader's place, replaces style sheets, or
// shows the problems of a failed build. It sends the page's version to the server (`livereload.py`) at the start, after
// sleep and after a lost connection, and the server answers what to do. It is never part of a published site.
(() => {
  "use strict";
  const version = document.currentScript.dataset.version;
  const PLACE = "threadpress-place:" + location.pathname;
  const SILENCE = 3000; // a connection counts as lost after so many milliseconds without an answer
  const SOONEST = 150, LATEST = 3000; // milliseconds between two tries to connect

  // ---- The reader's place: the first visible posts, and how far each is from the top; pixels if there are no posts.

  function keepPlace() {
    const posts = [...document.querySelectorAll("article[id]")];
    // A bar that stays at the top of the window hides posts; themes say how high it is.
    const hidden = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const first = posts.findIndex((post) => post.getBoundingClientRect().bottom > hidden + 1);
    // More than one, since the first may be gone when the page is loaded again; then the posts before it, nearest first.
    const before = posts.slice(Math.max(0, first - 20), Math.max(0, first)).reverse();
    const near = first < 0 ? [] : [...posts.slice(first, first + 20), ...before];
    const place = {
      x: scrollX,
      y: scrollY,
      posts: scrollY > 0 ? near.map((post) => [post.id, post.getBoundingClientRect().top]) : [],
    };
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(place));
      history.scrollRestoration = "manual";
    } catch { /* storage is switched off: the browser restores what it can */ }
  }

  function findPlace() {
    let place;
    try {
      place = JSON.parse(sessionStorage.getItem(PLACE));
      sessionStorage.removeItem(PLACE);
    } catch { return; }
    if (!place) return;
    const go = () => {
      for (const [id, top] of place.posts) {
        const post = document.getElementById(id);
        if (post) {
          scrollTo({ left: place.x, top: scrollY + post.getBoundingClientRect().top - top, behavior: "instant" });
          return;
        }
      }
      scrollTo({ left: place.x, top: place.y, behavior: "instant" });
    };
    let moved = false;
    for (const sign of ["wheel", "touchstart", "keydown", "mousedown"]) {
      addEventListener(sign, () => { moved = true; }, { once: true, passive: true });
    }
    const again = () => { if (!moved) go(); };
    go();
    // Again when the layout is complete: until then the browser may still scroll the page itself.
    const end = () => {
      again();
      setTimeout(() => { again(); history.scrollRestoration = "auto"; }, 50);
    };
    if (document.readyState === "complete") end();
    else addEventListener("load", () => requestAnimationFrame(end), { once: true });
  }

  // ---- Style sheets: the new one is loaded beside the old one, which is removed once it is there, so nothing flashes.

  const sheets = [...document.querySelectorAll('link[rel~="stylesheet"]')];
  const styles = () => sheets.map((sheet) => sheet.getAttribute("href"));

  function swap(wanted) {
    wanted.forEach((href, at) => {
      const old = sheets[at];
      if (old.getAttribute("href") === href) return;
      const sheet = old.cloneNode();
      sheet.href = href;
      sheet.older = [old, ...(old.older || [])];
      sheet.addEventListener("load", () => sheet.older.splice(0).forEach((gone) => gone.remove()));
      sheet.addEventListener("error", reload);
      sheets[at] = sheet;
      old.after(sheet);
    });
  }

  function reload() {
    keepPlace();
    location.reload();
  }

  // ---- Problems, in a shadow root, so that the styles of page and list don't affect each other.

  const LOOK = `
    :host { all: initial }
    @media print { :host { display: none } }
    section { position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 60vh; overflow: auto; box-sizing: border-box;
      padding: 1rem 1.25rem 1.25rem; border-top: 4px solid #b3261e; background: #fff8f7; color: #1c1b19;
      font: 1rem/1.5 system-ui, sans-serif; box-shadow: 0 -4px 24px rgb(0 0 0 / 25%) }
    header { display: flex; gap: 1rem; align-items: start; justify-content: space-between }
    h2 { margin: 0; font-size: 1.1rem; line-height: 1.3 }
    p { margin: .25rem 0 0 }
    ol { margin: .75rem 0 0; padding: 0; list-style: none }
    li { padding: .5rem 0; border-top: 1px solid #e8d5d3; overflow-wrap: anywhere }
    code { font: .9rem/1.5 ui-monospace, Consolas, monospace; color: #8c1d18; font-weight: 600 }
    .hint { display: block; color: #5c5650 }
    button { min-height: 2.25rem; padding: 0 1rem; border: 1px solid currentColor; border-radius: 4px; background: none;
      color: inherit; font: inherit; cursor: pointer }
    button:focus-visible { outline: 3px solid #00635b; outline-offset: 2px }
    @media (prefers-color-scheme: dark) {
      section { background: #2a1816; color: #f2e7e5; border-color: #f2b8b5 }
      li { border-color: #54322f } code { color: #f2b8b5 } .hint { color: #cdbdba }
      button:focus-visible { outline-color: #62c9bd }
    }`;

  const host = document.createElement("div");
  host.id = "threadpress-problems";
  const shadow = host.attachShadow({ mode: "open" });
  const look = new CSSStyleSheet();
  look.replaceSync(LOOK);
  shadow.adoptedStyleSheets = [look];
  // Made while it is still empty, since screen readers only read out what is added to an alert later.
  const alert = shadow.appendChild(element("div", ""));
  alert.setAttribute("role", "alert");
  document.documentElement.append(host);

  let shown = "[]";

  function element(name, text, ...children) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  }

  function tell(problems, more) {
    const now = JSON.stringify(problems);
    if (now === shown) return; // hidden problems, too, come back only when they change
    shown = now;
    alert.replaceChildren();
    if (!problems.length) return;
    const hide = element("button", "Hide");
    hide.type = "button";
    hide.addEventListener("click", () => alert.replaceChildren());
    const list = problems.map(({ path, line, message, hint, severity }) => {
      const hinted = element("span", hint);
      hinted.className = "hint";
      const place = element("code", line ? `${path}:${line}` : path);
      return element("li", "", place, ` ${severity === "warning" ? "warning: " : ""}${message}`, hinted);
    });
    if (more) list.push(element("li", `and ${more} more, in the terminal`));
    const count = problems.length + more;
    const title = element("h2", `The site can’t be built: ${count} problem${count === 1 ? "" : "s"}`);
    const section = element("section", "",
      element("header", "", title, hide),
      element("p", "The site stays as it is until that is mended."),
      element("ol", "", ...list));
    section.lang = "en";
    section.dir = "ltr";
    alert.append(section);
  }

  // ---- The connection. After a loss it is tried again at growing intervals, and at once when the page becomes visible.

  let socket, timer, silence, pause = SOONEST;

  function connect() {
    clearTimeout(timer);
    const mine = socket = new WebSocket(`${location.origin.replace("http", "ws")}/.threadpress/live`);
    mine.onopen = () => { pause = SOONEST; greet(); };
    mine.onmessage = ({ data }) => {
      clearTimeout(silence);
      const { problems, more, reload: stale, styles: wanted } = JSON.parse(data);
      tell(problems, more);
      if (stale) reload(); else if (wanted) swap(wanted);
    };
    mine.onclose = () => {
      if (mine !== socket) return;
      clearTimeout(silence);
      socket = undefined;
      timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LATEST);
    };
  }

  function greet() {
    socket.send(JSON.stringify({ page: location.pathname, version, styles: styles() }));
    clearTimeout(silence);
    silence = setTimeout(drop, SILENCE);
  }

  function drop() { // it may take minutes until the browser notices that a connection died while the machine slept
    leave();
    connect();
  }

  function lookNow() {
    if (document.hidden) return;
    pause = SOONEST;
    if (!socket) connect();
    else if (socket.readyState === WebSocket.OPEN) greet();
    else if (socket.readyState >= WebSocket.CLOSING) drop();
  }

  function leave() { // the browser can only keep the page for its back button if no socket is open
    clearTimeout(timer);
    clearTimeout(silence);
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    socket = undefined;
  }

  document.addEventListener("visibilitychange", lookNow);
  addEventListener("online", lookNow);
  addEventListener("pageshow", (event) => { if (event.persisted) lookNow(); });
  addEventListener("pagehide", leave);

  findPlace();
  connect();
})();
