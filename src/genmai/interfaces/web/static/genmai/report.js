// The report form: a town chosen narrows the villages, a village chosen offers its estates and grids. The page after: copy, print.
// Without it both lists are whole and what is smaller is asked for in words.
(() => {
  "use strict";
  const town = document.getElementById("id_town");
  const village = document.getElementById("id_village");
  const below = [...document.querySelectorAll("[data-below]")].map((box) => ({ box, list: box.querySelector("select") }));

  const narrow = () => {
    village.querySelectorAll("optgroup").forEach((group) => {
      const out = Boolean(town.value) && group.dataset.in !== town.value;
      group.disabled = out;
      group.hidden = out;
      if (out && group.contains(village.selectedOptions[0])) village.value = "";
    });
  };
  const offer = async ({ box, list }) => {
    const asked = village.value;
    let lines = "";
    if (asked) {
      try {
        const answer = await fetch(box.dataset.belowUrl.replace("VILLAGE", encodeURIComponent(asked)));
        if (answer.ok) lines = await answer.text();
      } catch { /* no network: the place in words is enough */ }
    }
    if (asked !== village.value) return;
    const first = list.options[0];
    list.innerHTML = lines;
    list.prepend(first);
    list.value = "";
    box.hidden = !lines;
  };
  const offerAll = () => below.forEach(offer);
  if (town && village && below.length) {
    town.addEventListener("change", () => { const before = village.value; narrow(); if (before !== village.value) offerAll(); });
    village.addEventListener("change", () => {
      const group = village.selectedOptions[0]?.closest("optgroup");
      if (group && !town.value) { town.value = group.dataset.in; narrow(); }
      offerAll();
    });
    const reset = town.closest("form");
    reset.addEventListener("reset", () => setTimeout(() => { narrow(); offerAll(); }, 0));
    narrow();
    if (village.value) below.filter(({ list }) => list.options.length < 2).forEach(offer);
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
