// Choosing one of many by a few letters of its name, its pinyin or its initials (ARIA combobox with a list).
// genmaiCombo(input, source, choose, none, leave): `source` gives rows {value, label, letters, note}, at once or later.
(() => {
  "use strict";
  const rank = (row, typed) => {
    const name = row.label.toLowerCase();
    if (row.value === typed || name === typed) return 0;
    if (name.endsWith(typed) || name.startsWith(typed)) return 1;
    const words = row.letters.split(" ");
    if (words.includes(typed)) return 2;
    if (name.includes(typed)) return 3;
    if (words.some((word) => word.startsWith(typed))) return 4;
    return row.letters.includes(typed) ? 5 : 9;
  };
  window.genmaiCombo = (input, source, choose, none, leave) => {
    const list = document.createElement("ul");
    list.className = "combo";
    list.id = input.id + "_list";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    const box = document.createElement("div");
    box.className = "combo-box";
    input.before(box);
    box.append(input, list);
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }).forEach(([name, value]) => input.setAttribute(name, value));
    let found = [], at = 0, drawn = null;
    const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const point = (place) => {
      at = Math.max(0, Math.min(place, found.length - 1));
      [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
      const item = list.children[at];
      if (item && found.length) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
    };
    const pick = (place) => { const chosen = found[place]; close(); if (chosen) choose(chosen); };
    const draw = async () => {
      const known = await source();
      drawn = input.value; // read after the wait: what was typed meanwhile counts
      const typed = drawn.trim().toLowerCase().replaceAll("'", "");
      found = known.map((row, n) => [typed ? rank(row, typed) : 0, n, row]).filter(([place]) => place < 9).sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 12).map(([, , row]) => row);
      list.replaceChildren(...found.map((row, n) => {
        const item = document.createElement("li");
        item.id = `${list.id}_${n}`;
        item.setAttribute("role", "option");
        item.append(row.label);
        if (row.note) { const note = document.createElement("span"); note.className = "small quiet"; note.textContent = row.note; item.append(" ", note); }
        item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(n); });
        return item;
      }));
      if (!found.length) { const empty = document.createElement("li"); empty.className = "quiet"; empty.setAttribute("role", "option"); empty.setAttribute("aria-disabled", "true"); empty.textContent = none; list.append(empty); }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      point(0);
    };
    input.addEventListener("input", draw);
    input.addEventListener("focus", () => { input.select(); draw(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); point(at + (event.key === "ArrowDown" ? 1 : -1)); }
      else if (event.key === "Enter") { event.preventDefault(); if (drawn !== input.value) draw().then(() => pick(0)); else if (list.hidden) draw(); else pick(at); }
      else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); leave(input); }
    });
  };
})();
