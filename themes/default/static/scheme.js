// Runs before anything is drawn, so that nothing changes colour or place later: the reader's choice of light or dark,
// and a class that says that scripts run, by which the styles keep room for the controls.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const scheme = localStorage.getItem("threadpress:scheme");
    if (scheme) root.dataset.scheme = scheme;
  } catch (error) {
    if (error.name !== "SecurityError") throw error; // The browser keeps nothing for this page.
  }
})();
