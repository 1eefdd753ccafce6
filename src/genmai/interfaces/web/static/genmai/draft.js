// Keeps what was typed into <form data-draft="name"> on this phone until it is sent; nothing leaves the phone.
// Fields that could identify a person (data-no-draft, password, file, hidden) are never kept. A hidden key marked
// data-draft-keep is: what is sent again after a lost connection stays the same thing. data-draft-prefilled: filled in
// by the page, so it says nothing about whether somebody has typed.
(() => {
  "use strict";
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const place = `genmai-draft-${form.dataset.draft}`;
    const note = form.querySelector("[data-draft-note]");
    const kept = (control) => control.name && (control.matches("[data-draft-keep]") || !control.matches("[type=hidden], [type=file], [type=password], [data-no-draft]"));
    const fields = () => [...form.elements].filter(kept);
    const read = () => {
      try { return JSON.parse(localStorage.getItem(place) || "null"); } catch { return null; }
    };
    const draft = read();
    const week = 7 * 24 * 3600 * 1000;
    const untouched = fields().every((control) => control.matches("[type=radio], [type=checkbox], select, [data-draft-keep], [data-draft-prefilled]") || !control.value);
    if (draft && Date.now() - draft.at < week && untouched) {
      fields().forEach((control) => {
        if (!(control.name in draft.values)) return;
        const value = draft.values[control.name];
        if (control.matches("[type=radio], [type=checkbox]")) control.checked = value.includes(control.value);
        else control.value = value;
      });
      if (note) note.hidden = false;
    }
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const values = {};
        fields().forEach((control) => {
          if (control.matches("[type=radio], [type=checkbox]")) {
            values[control.name] = values[control.name] || [];
            if (control.checked) values[control.name].push(control.value);
          } else if (control.value) values[control.name] = control.value;
        });
        try { localStorage.setItem(place, JSON.stringify({ at: Date.now(), values })); } catch { /* a full phone loses only the draft */ }
      }, 400);
    });
    const forget = form.querySelector("[data-draft-forget]");
    if (forget) forget.addEventListener("click", () => { localStorage.removeItem(place); form.reset(); if (note) note.hidden = true; });
  });
  // the page shown after sending names the draft that is done with
  document.querySelectorAll("[data-draft-sent]").forEach((node) => localStorage.removeItem(`genmai-draft-${node.dataset.draftSent}`));
})();
