// Threshold and filters: which posts stand in full, which in one line (up to two steps below),
// which not at all. Steps are -1 to 5, or what the page names. In the outline all are in one line.
(() => {
  "use strict";
  const { section, bar, posts, named, remember, make, button, choice, shown, under, first, again } = reader;
  if (!posts.length) return;
  const PLAIN = 1, SHORTER = 2;
  const [HIDDEN, SHORT, FULL] = [0, 1, 2];
  const scored = posts.some((post) => post.score !== null);
  const own = section.dataset.steps, lowest = own ? 0 : -1;
  const steps = (own ?? "-1 0 1 2 3 4 5").split(" ");
  steps[0] = -Infinity;
  const opened = new Set();
  let wanted = [];

  const range = make("input", { type: "range", min: lowest, max: lowest + steps.length - 1, value: lowest });
  const step = () => range.value - lowest;
  const least = () => steps[step()];
  range.ariaLabel = "Show in full from score";
  const number = make("span", { className: "least", ariaHidden: "true" });
  const counts = make("output", {});
  const label = choice("Only posts with the label", "any label", posts.map((post) => post.label));
  const by = choice("Only posts by", "anyone", posts.map((post) => post.author));
  const outline = button("outline", "Every post in one line", () => {
    press(!outlined());
    change();
    keep();
  });
  const outlined = () => outline.ariaPressed === "true";
  const press = (on) => { outline.ariaPressed = String(on); };
  const heading = bar.firstElementChild;
  // The other pages of the thread: they get the same choice.
  const pages = section.querySelectorAll(":scope > .turns a");

  const asked = new URLSearchParams(location.search);
  for (const [name, control] of Object.entries({ label, by })) {
    const value = asked.get(name) ?? "";
    control.value = value;
    if (control.selectedIndex >= 0) continue;
    // Nobody on this page; of a thread of one page that is a mistake in the address.
    if (pages.length) control.add(new Option(`${value} (0)`, value, true, true));
    else control.value = "";
  }
  press(asked.has("outline"));
  const filters = make("div", { className: "filters" }, ...(label.options.length > 1 ? [label] : []), by, outline);
  const gauge = make("div", { className: "gauge" });
  if (scored) gauge.append(make("label", {}, make("span", {}, "Score "), range, number));
  gauge.append(counts);
  heading.classList.add("vh");
  bar.append(gauge, filters);

  const rate = (post) => {
    if (label.value && post.label !== label.value) return HIDDEN;
    if (by.value && post.author !== by.value) return HIDDEN;
    const score = post.score ?? PLAIN;
    return score < steps[step() - SHORTER] ? HIDDEN : score < least() || outlined() ? SHORT : FULL;
  };

  const words = (post) => {
    const parts = [...post.article.children].slice(1);
    const subject = parts[0].matches(".p-name") ? [make("b", { dir: "auto" }, parts.shift().textContent), " – "] : [];
    const text = parts.map((part) => [...part.children].map((each) => each.textContent).join(" ") || part.textContent);
    return [...subject, text.join(" ").replace(/\s+/g, " ").trim().slice(0, 160) || "…"];
  };

  const stateOf = (post) => post.state ?? FULL;
  const draw = (post) => {
    const state = opened.has(post) ? FULL : wanted[post.index];
    if (state === stateOf(post)) return;
    post.state = state;
    post.article.hidden = state === HIDDEN && "until-found";
    post.article.classList.toggle("short", state === SHORT);
    for (const part of [...post.article.children].slice(1)) part.hidden = state === SHORT && "until-found";
    post.words?.remove();
    if (state === SHORT) {
      post.words ??= make("button", { type: "button", className: "words", ariaExpanded: "false" }, ...words(post));
      post.head.append(post.words);
    }
  };

  const count = () => {
    const sums = [0, 0, 0];
    for (const post of posts) sums[stateOf(post)] += 1;
    const all = sums[FULL] === posts.length;
    const text = all ? heading.textContent : `${sums[FULL]} full, ${sums[SHORT]} short, ${sums[HIDDEN]} hidden`;
    counts.className = all ? "" : "some"; // on paper, a note (reader.css)
    if (counts.textContent !== text) counts.textContent = text;
  };

  const apply = () => {
    number.textContent = step() ? least() : "any";
    range.ariaValueText = step() ? `${least()} and more` : "any";
    wanted = posts.map(rate);
    for (const post of [...posts].reverse()) {
      const above = post.parent?.index;
      if (above !== undefined && wanted[post.index]) wanted[above] ||= SHORT;
    }
    posts.forEach(draw);
    count();
  };

  // Brings a post to its place, again and again until it stays there: posts above it get their true heights only when
  // they come near.
  let frame = 0;
  const settle = (post, top = bar.offsetHeight + 4, frames = 20, still = 0) => {
    cancelAnimationFrame(frame);
    const before = scrollY;
    scrollBy(0, post.article.getBoundingClientRect().top - top);
    const stays = scrollY === before ? still + 1 : 0;
    if (frames && stays < 4) frame = requestAnimationFrame(() => settle(post, top, frames - 1, stays));
    else rest();
  };
  const rest = () => {
    cancelAnimationFrame(frame);
    document.documentElement.classList.remove("waiting");
  };

  // What one reads stays where it is, while posts above it come and go.
  const change = () => {
    const stuck = section.getBoundingClientRect().top < 0;
    let post = stuck && first();
    const before = post && post.article.getBoundingClientRect().top;
    opened.clear();
    apply();
    if (post) post = posts.slice(post.index).find(shown) ?? posts.slice(0, post.index).reverse().find(shown);
    if (post) settle(post, Math.max(before, under()));
  };

  const keep = () => {
    const query = new URLSearchParams(location.search);
    const chosen = {
      score: step() && least(), label: label.value, by: by.value, outline: outlined() ? "1" : "",
    };
    for (const [name, value] of Object.entries(chosen)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const search = query.size ? `?${query}` : "";
    history.replaceState(history.state, "", location.pathname + search + location.hash);
    if (!own) remember.set("score", least());
    carry();
  };

  const carry = () => { for (const page of pages) page.search = location.search; };

  const open = (post, on = true) => {
    if (on) opened.add(post);
    else opened.delete(post);
    draw(post);
    count();
  };

  range.addEventListener("input", change);
  for (const control of [label, by]) control.addEventListener("change", change);
  for (const control of [range, label, by]) control.addEventListener("change", keep);

  const postOf = (element) => named(`#${element.closest("article").id}`);
  section.addEventListener("click", (event) => {
    if (!event.target.closest("article.short") || event.target.closest("a, .fold")) return;
    const post = postOf(event.target);
    open(post);
    reader.go?.(post);
  });
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("article")) return;
    const post = postOf(event.target);
    if (wanted[post.index] < FULL) open(post, !opened.has(post));
  });
  section.addEventListener("beforematch", (event) => {
    if (event.target.localName !== "ol") open(postOf(event.target));
  });

  const arrive = (event) => {
    const post = named(location.hash);
    if (post) reader.reveal(post);
    // Who comes back by reload or "back" stays where they were.
    if (post && (event.type === "hashchange" || !again)) settle(post);
    else rest();
  };
  reader.reveal = (post) => open(post);
  reader.rest = rest;
  reader.filters = filters;

  const score = asked.get("score") ?? (own ? "" : remember.get("score"));
  if (scored) range.value = lowest + Math.max(steps.indexOf(score), 0);
  apply();
  carry();
  addEventListener("hashchange", arrive);
  // After the scripts that follow, which know what else can hide a post.
  addEventListener("DOMContentLoaded", arrive);
})();
