// Leads to a post that is not on the page its address names: a longer or newer save has moved it, or pages are cut
// differently by now. Every page of a long thread loads this, and so does 404.html. The thread's own list of the posts on
// each page is a script that calls threadpressPosts. It is loaded only where a post is missed.
(() => {
  "use strict";
  const { posts, root, to } = document.currentScript.dataset;
  let list = null; // The page of each post, by fragment, once somebody asked.

  const load = (address) => list ??= new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: address });
    let pages = {};
    window.threadpressPosts = (held) => { pages = held; };
    // Without a list the thread has one page, or none.
    script.onload = script.onerror = () => done(new Map(
      Object.entries(pages).flatMap(([page, ids]) => ids.split(" ").map((id) => [`#c${id}`, new URL(page, script.src).href])),
    ));
    document.head.append(script);
  });
  const go = (page) => {
    // A list that is older than its pages must not send anybody in a circle, nor a host that shows X.html as X.
    const bare = (url) => url.split(/[?#]/)[0].replace(/\.html$/, "");
    if (bare(page) !== bare(location.href)) location.replace(page + location.search + location.hash);
  };

  // On a page of a thread: the address names a post, and the page doesn't have it.
  const missed = () => location.hash.startsWith("#c") && !document.getElementById(location.hash.slice(1));
  const look = async () => {
    const page = missed() && (await load(posts)).get(location.hash);
    if (page) go(page);
    const lost = document.getElementById("lost");
    if (lost) lost.hidden = Boolean(page) || !missed();
  };

  // On 404.html: the page may be a further page of a thread that has fewer pages by now, perhaps a single one.
  const lead = async () => {
    // A preview serves the site at the root of its host, wherever it will be published.
    const base = location.pathname.startsWith(root) ? root : "/";
    const further = /^(threads\/[^/]+\/[^/]+)\/\d+(\.html)?$/.exec(location.pathname.slice(base.length));
    if (!further) return;
    const thread = new URL(base + further[1], location.href).href;
    const pages = await load(`${thread}/posts.js`);
    go(pages.get(location.hash) ?? `${thread}.html`);
  };

  if (to) {
    go(new URL(to, location).href);
  } else if (root) {
    lead();
  } else {
    addEventListener("hashchange", look);
    look();
  }
})();
