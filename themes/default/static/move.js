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
  const move = (find, ahead) => {
    const post = find();
    if (post) {
      reader.reveal(post);
      go(post);
    } else if (ahead && onward) {
      onward.focus();
    } else {
      say(ahead ? "no post after this one" : "no post before this one");
    }
  };

  reader.unread = () => move(unread, true);

  const MOVES = {
    j: ["next post", () => move(next, true)],
    k: ["post before", () => move(previous)],
    n: ["past the replies, to the next post on this level", () => move(beside, true), "past the replies"],
    b: ["back on this level, or to the post it answers", () => move(back), "back on this level"],
    p: ["the post this one answers", () => move(above), "the post it answers"],
    t: ["next post that answers nobody", () => move(top, true), "next branch"],
    u: ["next new post", reader.unread],
    f: ["fold the replies, or unfold them", () => reader.fold?.(posts[index()])],
    "?": ["this help", () => help()],
  };

  const buttons = make("div", { className: "moves" });
  for (const [key, [title, act, name]] of Object.entries(MOVES)) if (name) buttons.append(button(name, `${title} (${key})`, act));
  buttons.append(button("keys and help", "?", () => help()));
  const more = button("⋯", "More ways to move and choose", () => {
    more.ariaExpanded = String(bar.classList.toggle("open"));
  });
  more.ariaExpanded = "false";
  const steps = [["↑", "k", "Post before"], ["↓", "j", "Next post"]].map(([sign, key, name]) => {
    const step = button(sign, `${name} (${key})`, MOVES[key][1]);
    step.ariaLabel = name;
    return step;
  });
  more.ariaLabel = more.title;
  reader.place = make("span", { title: "Where you are on this page" });
  reader.steps = make("div", { className: "steps" }, steps[0], reader.place, steps[1], more);
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
      const rows = { ...MOVES, Enter: ["opens a post that stands in one line, and closes it again"], Esc: ["closes this help, and previews"] };
      for (const [key, [title]] of Object.entries(rows)) {
        keys.append(make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, title)));
      }
      dialog = make(
        "dialog", {},
        make("h2", { id: "help" }, "Reading with keys"), keys,
        make("label", {}, on, " Keys are on"),
        make("p", {}, "Score: posts of the chosen score or more stand in full, those up to two points below in one line, others not at all; a post without a score counts as 1. What a shown post answers is always there, at least in one line. A label or an author leaves only their posts, and what these answer. In the outline every post is one line until it is opened. The address of the page keeps the choice, so that it can be linked."),
        make("p", {}, "The line beside replies folds them."),
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
