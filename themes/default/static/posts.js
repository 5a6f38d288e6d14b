// What the other scripts share: the posts of the page, what is remembered, how things are made and said.
// Pages are whole without scripts. Nothing here or in the scripts after it adds text or takes any away for good.
const reader = (() => {
  "use strict";
  const section = document.querySelector(".posts");
  const bar = document.querySelector(".bar");

  const posts = [...document.querySelectorAll(".posts article")].map((article, index) => {
    const head = article.firstElementChild;
    const to = head.querySelector(".to");
    const score = head.querySelector(".s");
    return {
      index, article, head, to,
      item: article.parentElement,
      author: head.querySelector(".p-author").textContent.normalize(),
      score: score ? Number(score.lastChild.data) : null,
      label: head.querySelector(".l")?.textContent ?? "",
      parent: null, // The post it answers, if that stands on this page.
      end: index + 1, // Where its answers, and theirs, end: they follow it.
    };
  });
  const byId = new Map(posts.map((post) => [post.article.id, post]));
  // A link to a post of another page of the thread names no post here.
  const named = (hash) => byId.get(decodeURIComponent(hash.slice(1)));
  for (const post of posts) {
    const href = post.to?.getAttribute("href");
    if (href?.startsWith("#")) post.parent = named(href) ?? null;
  }
  for (const post of [...posts].reverse()) {
    if (post.parent) post.parent.end = Math.max(post.parent.end, post.end);
  }

  const allowed = (act, errors) => {
    try {
      return act();
    } catch (error) {
      if (!errors.includes(error.name)) throw error;
      return null;
    }
  };
  const remember = {
    get: (name) => allowed(() => localStorage.getItem(`threadpress:${name}`), ["SecurityError"]),
    set: (name, value) => allowed(
      () => localStorage.setItem(`threadpress:${name}`, value), ["SecurityError", "QuotaExceededError"],
    ),
  };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, title, onclick) => make("button", { type: "button", title, onclick }, text);
  const choice = (name, any, values) => {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    const options = [...counts.keys()].sort((one, other) => one.localeCompare(other));
    return make(
      "select", { ariaLabel: name },
      new Option(any, ""), ...options.map((value) => new Option(`${value} (${counts.get(value)})`, value)),
    );
  };

  const told = make("p", { className: "vh", role: "status" });
  section?.append(told);
  const say = (text) => { told.textContent = text; };

  const shown = (post) => !post.article.closest("[hidden]");
  const under = () => Math.max(0, bar.getBoundingClientRect().bottom);
  // The post at the top of what can be seen.
  const first = () => {
    const edge = under() + 8;
    return posts.find((post) => shown(post) && post.article.getBoundingClientRect().bottom > edge);
  };

  // Whether the page was reloaded, or reached by "back".
  const again = performance.getEntriesByType("navigation")[0].type !== "navigate";

  return { section, bar, posts, named, remember, make, button, choice, say, shown, under, first, again };
})();
