// The switch between light, dark and what the system says; early.js applies a choice before a page is drawn.
(() => {
  "use strict";
  const CHOICES = { "": ["◐", "as the system"], light: ["○", "light"], dark: ["●", "dark"] };
  const root = document.documentElement;
  const toggle = document.querySelector(".scheme");
  if (!toggle) return;
  const frames = [...document.querySelectorAll("meta[name=theme-color]")].map((meta) => [meta, meta.media]);
  const apply = () => {
    const scheme = root.dataset.scheme ?? "";
    const [sign, name] = CHOICES[scheme] ?? CHOICES[""];
    toggle.textContent = sign;
    toggle.title = toggle.ariaLabel = `Colours: ${name}`;
    for (const [meta, media] of frames) meta.media = !scheme ? media : media.includes(scheme) ? "all" : "not all";
  };
  toggle.addEventListener("click", () => {
    const names = Object.keys(CHOICES);
    const scheme = names[(names.indexOf(root.dataset.scheme ?? "") + 1) % names.length];
    if (scheme) root.dataset.scheme = scheme;
    else delete root.dataset.scheme;
    reader.remember.set("scheme", scheme);
    apply();
  });
  apply();
})();
