// Folding a branch: by the line its replies hang on, by a button beside the post, all at once from the bar.
(() => {
  "use strict";
  const { section, posts, make, button, under } = reader;
  if (!posts.length) return;

  const isFolded = (post) => post.list.hidden !== false;
  const fold = (post, folded) => {
    if (folded === isFolded(post)) return;
    const inside = post.list.contains(document.activeElement);
    post.list.hidden = folded && "until-found";
    post.fold.ariaExpanded = String(!folded);
    post.fold.textContent = `${folded ? "▸" : "▾"} ${post.below}`;
    if (inside) post.fold.focus({ preventScroll: true });
    if (folded && post.article.getBoundingClientRect().top < under()) post.article.scrollIntoView();
  };

  for (const post of posts) {
    const list = post.item.lastElementChild;
    if (list.localName !== "ol") continue;
    post.list = list;
    list.branch = post;
    post.below = list.querySelectorAll("article").length;
    const name = `Fold ${post.below} ${post.below === 1 ? "reply" : "replies"}`;
    post.fold = button(`▾ ${post.below}`, name, () => fold(post, !isFolded(post)));
    Object.assign(post.fold, { className: "fold", ariaLabel: name, ariaExpanded: "true" });
    post.head.append(post.fold);
  }
  const branches = posts.filter((post) => post.list);
  if (!branches.length) return;

  section.addEventListener("click", (event) => {
    // The line is drawn before the list itself (reader.css); what is in the list is not meant.
    if (event.target.branch) fold(event.target.branch, true);
  });
  section.addEventListener("beforematch", (event) => {
    if (event.target.branch) fold(event.target.branch, false);
  });

  const all = button("fold all", "", () => {
    const open = branches.some((post) => !post.parent && !isFolded(post));
    for (const post of branches) if (!post.parent || !open) fold(post, open);
    all.textContent = open ? "unfold all" : "fold all";
  });
  reader.filters.append(all);

  const { reveal } = reader;
  reader.reveal = (post) => {
    reveal(post);
    for (let list = post.item.parentElement; list.branch; list = list.branch.item.parentElement) fold(list.branch, false);
  };
  reader.fold = (post) => { if (post.list) fold(post, !isFolded(post)); };
})();
