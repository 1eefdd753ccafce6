// The hotline card: Ctrl+Enter saves, and the urgency a kind usually has is shown. Comfort only: the server does both.
(() => {
  "use strict";
  const card = document.querySelector("form[data-card]");
  if (!card) return;
  const save = card.querySelector("[data-save]");
  card.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      const open = card.querySelector("details.spot[open]");
      const answered = open && open.querySelector("textarea").value.trim();
      card.requestSubmit(answered ? open.querySelector("button[type=submit]") : save);
    }
  });
  const urgency = card.querySelector("#id_urgency");
  let chosen = Boolean(urgency && urgency.value);
  if (urgency) urgency.addEventListener("change", () => { chosen = Boolean(urgency.value); });
  card.addEventListener("change", (event) => {
    if (urgency && event.target.name === "service" && !chosen) urgency.value = event.target.dataset.urgency || "";
  });
})();
