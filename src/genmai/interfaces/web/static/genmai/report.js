// The report form: a town chosen narrows the villages, a village chosen offers its grids. The page after: copy, print.
// Without it both lists are whole and the grid is asked for in words.
(() => {
  "use strict";
  const town = document.getElementById("id_town");
  const village = document.getElementById("id_village");
  const grid = document.getElementById("id_grid");
  const box = document.querySelector("[data-grids]");

  const narrow = () => {
    village.querySelectorAll("optgroup").forEach((group) => {
      const out = Boolean(town.value) && group.dataset.in !== town.value;
      group.disabled = out;
      group.hidden = out;
      if (out && group.contains(village.selectedOptions[0])) village.value = "";
    });
  };
  const offerGrids = async () => {
    const asked = village.value;
    let lines = "";
    if (asked) {
      try {
        const answer = await fetch(box.dataset.gridsUrl.replace("VILLAGE", encodeURIComponent(asked)));
        if (answer.ok) lines = await answer.text();
      } catch { /* no network: the place in words is enough */ }
    }
    if (asked !== village.value) return;
    const first = grid.options[0];
    grid.innerHTML = lines;
    grid.prepend(first);
    grid.value = "";
    box.hidden = !lines;
  };
  if (town && village && grid && box) {
    town.addEventListener("change", () => { const before = village.value; narrow(); if (before !== village.value) offerGrids(); });
    village.addEventListener("change", () => {
      const group = village.selectedOptions[0]?.closest("optgroup");
      if (group && !town.value) { town.value = group.dataset.in; narrow(); }
      offerGrids();
    });
    const reset = town.closest("form");
    reset.addEventListener("reset", () => setTimeout(() => { narrow(); offerGrids(); }, 0));
    narrow();
    if (village.value && grid.options.length < 2) offerGrids();
  }

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
    });
  });
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
