// From post to post by keys and buttons; the focus goes along, and the post is said. `?` tells the keys.
(() => {
  "use strict";
  const { section, bar, posts, remember, make, button, say, shown, under, first, filters } = reader;
  if (!posts.length) return;
  let last = null; // Where the reader went last.

  // The post the reader is at: the last one gone to while it can be seen, else the first that can.
  const here = () => {
    if (last && shown(last)) {
      const { top, bottom } = last.article.getBoundingClientRect();
      if (bottom > under() && top < innerHeight) return last;
    }
    return null;
  };
  const index = () => (here() ?? first() ?? posts.at(-1)).index;

  const go = (post) => {
    reader.rest();
    last = post;
    post.article.tabIndex = -1;
    post.article.focus({ preventScroll: true });
    post.article.scrollIntoView();
    const to = post.to ? `, answering ${post.to.textContent.replace(/^to /, "")}` : "";
    say(`post ${post.index + 1} of ${posts.length}, by ${post.author}${to}`);
  };
  reader.go = go;

  const after = (start, test = shown) => posts.slice(start).find(test);
  const before = (end, test) => posts.slice(0, end).reverse().find((post) => shown(post) && test(post));
  const any = () => true;

  const next = () => (here() ? after(index() + 1) : first());
  const previous = () => before(index(), any);
  const beside = () => after(posts[index()].end);
  const back = () => {
    const post = posts[index()];
    return before(post.index, (other) => other.parent === post.parent) ?? post.parent;
  };
  const above = () => posts[index()].parent;
  const top = () => after(index() + 1, (post) => shown(post) && !post.parent);
  const unread = () => {
    const fresh = (post) => post.fresh && post !== here();
    return after(index(), fresh) ?? posts.find(fresh);
  };

  // Past the last post the way leads to the next page of the thread.
  const onward = section.querySelector(":scope > .turns [rel=next]");
  const move = (find, ahead, none) => {
    const post = find();
    if (post) {
      reader.reveal(post);
      go(post);
    } else if (ahead && onward) {
      onward.focus();
    } else {
      say(none);
    }
  };

  reader.unread = () => move(unread, false, `no ${posts.some((post) => post.fresh) ? "other " : ""}new posts on this page`);

  // What a key does; its name ends at a comma.
  const to = (title, find, ahead) => [title, () => move(find, ahead, `no ${title.split(",")[0]}`)];
  const MOVES = {
    j: to("next post", next, true),
    k: to("previous post", previous),
    n: to("next sibling, past the replies", beside, true),
    b: to("previous sibling, or the parent", back),
    p: to("parent", above),
    t: to("next top-level post", top, true),
    u: ["next new post", reader.unread],
    f: ["fold the replies, or unfold them", () => reader.fold?.(posts[index()])],
    "?": ["this help", () => help()],
  };
  const mover = (key, sign) => {
    const [title, act] = MOVES[key];
    const [name] = title.split(",");
    return Object.assign(button(sign ?? name, `${title} (${key})`, act), { ariaLabel: name });
  };

  const buttons = make("div", { className: "moves" }, ...[..."nbpt"].map((key) => mover(key)));
  buttons.append(button("keys and help", "?", () => help()));
  const more = button("⋯", "More ways to move and choose", () => {
    more.ariaExpanded = String(bar.classList.toggle("open"));
  });
  more.ariaExpanded = "false";
  more.ariaLabel = more.title;
  reader.place = make("span", { title: "Where you are on this page" });
  reader.steps = make("div", { className: "steps" }, mover("k", "↑"), reader.place, mover("j", "↓"), more);
  filters.before(reader.steps);
  bar.append(buttons);
  // Nothing that is gone to hides behind the bar.
  new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingTop = `${bar.offsetHeight + 4}px`;
  }).observe(bar);

  let dialog = null;
  const on = make("input", { type: "checkbox", checked: remember.get("keys") !== "off" });
  on.addEventListener("change", () => remember.set("keys", on.checked ? "on" : "off"));
  const help = () => {
    if (!dialog) {
      const keys = make("dl", {});
      const rows = { ...MOVES, Enter: ["open a post that stands in one line, or close it"], Esc: ["close this help, or a preview"] };
      for (const [key, [title]] of Object.entries(rows)) {
        keys.append(make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, title)));
      }
      dialog = make(
        "dialog", {},
        make("h2", { id: "help" }, "Reading with keys"), keys,
        make("label", {}, on, " Keys are on"),
        make("p", {}, "Score: posts of the chosen score or more are shown in full, those up to two steps below in one line, others not at all; no score counts as 1. Parents of shown posts stay, at least in one line, also with a label or an author. The outline has every post in one line. The address of the page keeps the choice. The line beside replies folds them."),
        Object.assign(button("Close", "", () => dialog.close()), { autofocus: true }),
      );
      dialog.setAttribute("aria-labelledby", "help");
      section.append(dialog);
    }
    dialog.showModal();
  };

  document.addEventListener("focusin", (event) => {
    const article = event.target.closest?.(".posts article");
    if (article) last = reader.named(`#${article.id}`);
  });
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!on.checked || dialog?.open) return;
    if (event.target.closest?.("select, textarea, input:not([type=range], [type=checkbox]), [contenteditable]")) return;
    const known = Object.hasOwn(MOVES, event.key) && MOVES[event.key];
    if (!known) return;
    event.preventDefault();
    known[1]();
  });
})();
