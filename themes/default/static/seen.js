// What came since the last visit. Of each thread the ids of posts that were there are remembered, four letters a post.
// A post is new if others of its page were there at the last visit, and it was not.
(() => {
  "use strict";
  const { section, posts, remember, make, button, again } = reader;
  if (!posts.length) return;
  // Pages of one thread share what they know: a re-save moves posts from one to the next.
  const start = section.querySelector(".turns .pages a")?.pathname ?? location.pathname;
  const name = `seen:${start}`;

  const brief = (id) => {
    let sum = 0x811c9dc5; // FNV-1a
    for (const sign of id) sum = Math.imul(sum ^ sign.codePointAt(0), 0x01000193);
    return ((sum >>> 0) % 36 ** 4).toString(36).padStart(4, "0");
  };
  const all = new Map(posts.map((post) => [brief(post.article.id), post]));
  const known = new Set((remember.get(name) ?? "").match(/.{4}/g));

  // Coming back to the same page by reload or "back" is no further visit: what was new is new still.
  const still = again && history.state?.fresh || [];
  const fresh = [...all.keys()].filter((id) => still.includes(id) || !known.has(id));
  if (fresh.length && fresh.length < all.size) {
    history.replaceState({ ...history.state, fresh }, "");
    for (const id of fresh) {
      const post = all.get(id);
      post.fresh = true;
      post.head.firstElementChild.after(" ", make("span", { className: "new" }, "new"));
    }
    reader.steps.prepend(button(`${fresh.length} new`, "Next post that is new since your last visit (u)", reader.unread));
  }
  remember.set(name, [...new Set([...known, ...all.keys()])].join(""));
})();
