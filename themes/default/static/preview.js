// "to AUTHOR" shows the post it names while the mouse or the focus is on it, unless that can be seen anyway; "#" copies
// the address of its post.
(() => {
  "use strict";
  const { section, posts, named, make, say, under } = reader;
  if (!posts.length) return;
  const WAIT = 200; // Milliseconds: the mouse may pass over a link, and on from it to the preview.
  let link = null, box = null, timer = 0;

  const close = () => {
    clearTimeout(timer);
    box?.remove();
    link = box = null;
  };
  const show = (to) => {
    const post = named(to.hash);
    close();
    if (!post) return;
    const seen = post.article.getBoundingClientRect();
    if (!post.article.closest("[hidden], .short") && seen.top >= under() && seen.bottom <= innerHeight) return;
    link = to;
    const copies = [...post.article.children].map((part) => part.cloneNode(true));
    box = make("div", { className: "peek", ariaHidden: "true" }, ...copies);
    for (const part of copies) part.hidden = false;
    for (const part of box.querySelectorAll("button, .to, .u-url, .new, .vh")) part.remove();
    for (const part of box.querySelectorAll("a")) part.replaceWith(...part.childNodes);
    document.body.append(box);
    const { left, top, bottom } = to.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    box.style.top = `${top > height + 8 ? top - height - 4 : bottom + 4}px`;
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", leave);
  };
  const later = (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, WAIT);
  };
  const leave = () => later(close);

  section.addEventListener("pointerover", (event) => {
    const to = event.target.closest("a.to");
    if (!to || event.pointerType === "touch") return;
    if (to === link) clearTimeout(timer);
    else later(() => show(to));
    to.addEventListener("pointerleave", leave, { once: true });
  });
  section.addEventListener("focusin", (event) => {
    if (event.target.matches("a.to:focus-visible")) show(event.target);
  });
  section.addEventListener("focusout", close);
  addEventListener("scroll", close, { passive: true });
  addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  section.addEventListener("click", (event) => {
    const place = event.target.closest(".u-url");
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
    navigator.clipboard.writeText(location.href.split(/[?#]/)[0] + place.hash).then(() => {
      const note = make("span", { className: "copied", ariaHidden: "true" }, "copied");
      place.after(note);
      say("copied");
      setTimeout(() => note.remove(), 2000);
    }, (error) => {
      if (error.name !== "NotAllowedError") throw error; // The link itself still works.
    });
  });
})();
