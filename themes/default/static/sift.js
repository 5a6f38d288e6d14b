// An author's page: its posts in another order, and only those that hold some words or have a label.
(() => {
  "use strict";
  const { make, choice } = reader;
  const place = document.querySelector(".sift");
  if (!place) return;
  const threads = [...document.querySelectorAll(".wrote")].map((section, index) => {
    const posts = [...section.querySelectorAll("li")].map((item, number) => ({
      item, number,
      text: item.textContent.toLowerCase(),
      score: Number(item.querySelector(".s")?.lastChild.data ?? NaN),
      label: item.querySelector(".l")?.textContent ?? "",
    }));
    const best = Math.max(...posts.map((post) => (Number.isNaN(post.score) ? -Infinity : post.score)));
    return { section, index, posts, best, title: section.querySelector("h2").textContent.toLowerCase() };
  });
  const all = threads.flatMap((thread) => thread.posts);

  const ORDERS = {
    newest: (one, other) => one.index - other.index,
    oldest: (one, other) => other.index - one.index,
    "best score": (one, other) => (other.best > one.best) - (other.best < one.best) || one.index - other.index,
  };
  const order = make("select", { ariaLabel: "Order of the threads" }, ...Object.keys(ORDERS).map((name) => new Option(`${name} first`, name)));
  const words = make("input", { type: "search", placeholder: "words", ariaLabel: "Only posts with the words" });
  const label = choice("Only posts with the label", "any label", all.map((post) => post.label));
  const counts = make("output", {});

  const sort = () => {
    let before = place;
    for (const thread of [...threads].sort(ORDERS[order.value])) {
      before.after(thread.section);
      before = thread.section;
      const posts = [...thread.posts];
      if (order.value === "best score") posts.sort((one, other) => (other.score || 0) - (one.score || 0) || one.number - other.number);
      for (const post of posts) post.item.parentElement.append(post.item);
    }
  };
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, posts, title } of threads) {
      let some = !posts.length && !label.value && wanted.every((word) => title.includes(word));
      for (const { item, text, label: own } of posts) {
        item.hidden = !wanted.every((word) => text.includes(word) || title.includes(word)) || (label.value && own !== label.value);
        if (!item.hidden) shown += 1, some = true;
      }
      section.hidden = !some;
    }
    counts.textContent = shown === all.length ? "" : `${shown} of ${all.length} posts`;
  };
  order.addEventListener("change", sort);
  words.addEventListener("input", filter);
  label.addEventListener("change", filter);
  place.append(order, ...(label.options.length > 1 ? [label] : []), words, counts);
})();
