// Marks in the map of the thread, where there is one, the post that is being read.
(() => {
  "use strict";
  const { posts, named } = reader;
  const marks = new Map();
  for (const mark of document.querySelectorAll("nav.map a")) {
    const post = named(mark.getAttribute("href"));
    if (post) marks.set(post, mark);
  }
  if (!marks.size) return;
  const inside = new Set();
  let current = null;
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      const post = named(`#${target.id}`);
      if (isIntersecting) inside.add(post);
      else inside.delete(post);
    }
    const mark = marks.get(posts.find((post) => inside.has(post)));
    if (!mark || mark === current) return;
    current?.removeAttribute("aria-current");
    mark.setAttribute("aria-current", "true");
    current = mark;
  }, { rootMargin: "-64px 0px -40% 0px" });
  for (const post of marks.keys()) watch.observe(post.article);
})();
