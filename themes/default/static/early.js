// Runs before anything is drawn, so that nothing changes colour or place later: says that scripts run, by which the
// styles keep room for controls; applies the reader's choice of light or dark; and where this reader or the address
// wants a choice of posts, or one post, has the posts wait until that stands.
(() => {
  "use strict";
  const root = document.documentElement;
  const get = (name) => {
    try {
      return localStorage.getItem(`threadpress:${name}`);
    } catch (error) {
      if (error.name !== "SecurityError") throw error; // The browser keeps nothing for this page.
      return null;
    }
  };
  root.classList.add("js");
  root.classList.toggle("waiting", get("score") > -1 || /[?&](score|label|by|outline)=|#c/.test(location.href));
  // They don't wait for a script that never comes.
  addEventListener("load", () => setTimeout(() => root.classList.remove("waiting"), 500));
  const scheme = get("scheme");
  if (scheme) root.dataset.scheme = scheme;
})();
