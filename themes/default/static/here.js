// Says which post is being read: as a number in the bar, and in the map of the thread, where there is one.
(() => {
  "use strict";
  const { posts, named, place } = reader;
  const marks = new Map();
  for (const mark of document.querySelectorAll("nav.map a")) {
    const post = named(mark.getAttribute("href"));
    if (post) marks.set(post, mark);
  }
  if (!posts.length) return;
  const of = String(posts.length);
  const say = (number) => { place.textContent = `${String(number).padStart(of.length, "\u2007")}/${of}`; };
  say(1);
  const inside = new Set();
  let current = null;
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      const post = named(`#${target.id}`);
      if (isIntersecting) inside.add(post);
      else inside.delete(post);
    }
    const post = posts.find((each) => inside.has(each));
    if (!post) return;
    say(post.index + 1);
    const mark = marks.get(post);
    if (!mark || mark === current) return;
    current?.removeAttribute("aria-current");
    mark.setAttribute("aria-current", "true");
    current = mark;
  }, { rootMargin: "-64px 0px -40% 0px" });
  for (const post of posts) watch.observe(post.article);
})();
