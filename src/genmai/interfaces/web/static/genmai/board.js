// The board asks for itself anew (htmx). It waits while somebody reads a table in it or stands in it with the keyboard,
// and says so when what is shown has grown old because the site could not be reached.
(() => {
  const part = () => document.getElementById("board-now");
  let fresh = Date.now();
  const old = () => {
    const notice = document.getElementById("board-stale");
    const limit = Number(part()?.dataset.stale || 150) * 1000;
    if (notice) notice.hidden = Date.now() - fresh < limit;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const now = part();
    if (event.target !== now) return;
    const reading = now.querySelector("details[open]") || (now.contains(document.activeElement) && now.matches(":focus-within"));
    if (reading || document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", () => { fresh = Date.now(); old(); });
  setInterval(old, 5000);
})();
