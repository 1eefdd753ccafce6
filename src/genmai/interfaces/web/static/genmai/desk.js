// The desk by keyboard: rows, one key for the suggestion, choosing by pinyin, the way back. Without it everything is a
// link or a form; with it the next matter comes without the page moving. Keys that only press something are in the map.
(() => {
  "use strict";
  const pane = document.getElementById("matter");
  if (!pane || !window.htmx) return;
  const one = (selector, scope) => (scope || document).querySelector(selector);
  const all = (selector, scope) => [...(scope || document).querySelectorAll(selector)];
  const calm = { behavior: "instant", block: "nearest" };

  // ---- the list: one row is current; what was just done keeps its place
  const rows = () => all(".desk-row:not(.finished)");
  const link = (row) => one(".row-open", row);
  const current = () => { const here = one(".row-open[aria-current]"); return here && here.closest(".desk-row"); };
  const near = (row, by) => {
    let next = row;
    do { next = next && (by > 0 ? next.nextElementSibling : next.previousElementSibling); } while (next && next.classList.contains("finished"));
    return next;
  };
  const after = (row) => near(row, 1) || near(row, -1);
  const mark = (row, focus) => {
    all(".row-open[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    const open = row && link(row);
    if (!open) return;
    open.setAttribute("aria-current", "true");
    if (focus) open.focus({ preventScroll: true });
    row.scrollIntoView(calm);
  };
  let coming = 0;
  const load = (address, wait) => {
    clearTimeout(coming);
    coming = setTimeout(() => {
      window.htmx.trigger(pane, "htmx:abort");
      window.htmx.ajax("GET", address, { target: "#matter", source: pane, swap: "innerHTML" }).catch(() => {});
      history.replaceState(null, "", address);
    }, wait);
  };
  const show = (row, wait) => { if (row) { mark(row, true); load(link(row).getAttribute("href"), wait || 0); } };
  const home = (node) => { node.blur(); if (current()) link(current()).focus({ preventScroll: true }); };
  const step = (by) => {
    const here = current();
    const next = here ? near(here, by) : rows()[0];
    queued = [];
    if (next) show(next, 80);
  };
  const wide = window.matchMedia("(min-width: 64rem)");
  document.addEventListener("click", (event) => {
    const open = event.target.closest(".desk-row:not(.finished) .row-open");
    if (!open || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(open.closest(".desk-row"));
  });

  // ---- a verb says which matter comes next; a refusal is drawn like an answer
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "post") return;
    busy = true;
    const row = current();
    const next = row && after(row);
    if (next && wide.matches) event.detail.parameters.next = next.dataset.case;
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "matter" || ![400, 403, 409, 422].includes(event.detail.xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (!settling || (event.detail.target && event.detail.target.id !== "matter")) return; // once, not for each element settled
    settling = false;
    const matter = one("[data-matter]", pane);
    if (!matter) return;
    const row = document.getElementById("row-" + matter.dataset.matter);
    const fault = one("[data-focus]", pane);
    const post = event.detail.requestConfig && event.detail.requestConfig.verb === "post";
    if (row && !row.classList.contains("finished")) mark(row, post && !fault);
    pane.parentElement.scrollTop = 0;
    dress();
    if (post) say();
    if (fault) { fault.focus(); queued = []; } // what was to follow a step refused is not done
    else if (wanted) { const field = one(wanted); if (field) field.focus(); }
    wanted = "";
    replay();
  });

  // ---- a key pressed before its matter has come waits for it: it never acts on the one before
  //      ("settling": drawn, but the focus has not been put where it belongs)
  let queued = [], busy = false, settling = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "matter" && event.detail.shouldSwap) settling = true; });
  document.body.addEventListener("htmx:afterRequest", (event) => { busy = false; if (event.detail.failed) queued = []; });
  const type = (field, letter) => {
    field.setRangeText(letter, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const replay = () => {
    while (queued.length && arrived()) {
      const key = queued.shift(), at = document.activeElement || document.body;
      if (at.matches("input, textarea") && writes(at)) type(at, key);
      else at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  };
  const arrived = () => {
    if (busy || settling) return false;
    const row = current(), matter = one("[data-matter]", pane);
    return !row || !matter || row.dataset.case === matter.dataset.matter;
  };

  // ---- one key takes the suggestion
  let wanted = "";
  const take = () => {
    const form = one("form[data-take-to]", pane);
    if (!form) { say(pane.dataset.nothing); return; }
    const list = one("select[name=to]", form);
    form.elements.category.value = form.dataset.takeCategory;
    list.value = form.dataset.takeTo;
    form.requestSubmit();
  };
  const say = (text) => {
    const place = document.getElementById("said");
    if (text) place.textContent = text;
    place.classList.toggle("visually-hidden", !place.textContent);
    clearTimeout(say.timer);
    say.timer = setTimeout(() => place.classList.add("visually-hidden"), 4000);
  };
  const undo = () => {
    const done = one("#undoing form:not([data-used])");
    const button = one("[data-toast] form button[type=submit]");
    if (done) { done.dataset.used = "yes"; done.requestSubmit(); } else if (button) button.click();
  };
  const tick = () => {
    const box = current() && one("input[name=case]", current());
    if (box) box.click();
  };

  // ---- choosing by a few letters: over a list of bodies, or over all subjects
  let subjects = null;
  const fetchSubjects = () => {
    const came = (found) => found.map(([value, label, letters]) => ({ value, label, letters, title: value }));
    subjects = subjects || fetch(pane.dataset.subjects).then((answer) => answer.json()).then(came).catch((fault) => { subjects = null; throw fault; });
    return subjects;
  };
  const combo = window.genmaiCombo;
  // the same matter with another choice; afterwards the focus goes on to what comes next
  const again = (next, choice) => {
    wanted = next;
    load(`?${pane.dataset.query ? pane.dataset.query + "&" : ""}case=${one("[data-matter]").dataset.matter}&${choice}`, 0);
  };
  const dress = () => {
    const subject = one("[data-combo=subject][hidden]", pane);
    if (subject) {
      subject.hidden = false;
      combo(one("input", subject), fetchSubjects, (row) => again("#dispatch_to_find", `category=${row.value}`), pane.dataset.none, home);
    }
    const bodies = one("select[data-combo-list]:not([data-dressed])", pane);
    if (!bodies) return;
    bodies.dataset.dressed = "yes";
    const input = document.createElement("input");
    input.className = "input";
    input.id = bodies.id + "_find";
    input.autocomplete = "off";
    input.required = bodies.required;
    const options = () => [...bodies.options].filter((option) => option.value).map((option) => ({ value: option.value, label: option.text, letters: option.dataset.letters || "", note: option.dataset.load || "" }));
    const reflect = () => { input.value = bodies.value ? bodies.selectedOptions[0].text : ""; };
    bodies.before(input);
    bodies.required = false;
    bodies.tabIndex = -1;
    bodies.setAttribute("aria-hidden", "true");
    one(`label[for=${bodies.id}]`).htmlFor = input.id;
    combo(input, async () => options(), (row) => {
      bodies.value = row.value;
      reflect();
      const button = one("[data-do=dispatch]", pane);
      button.textContent = button.dataset.give.replace("{who}", row.label);
      const note = one("[data-load-note]", pane);
      const chosen = bodies.selectedOptions[0];
      note.textContent = [chosen.dataset.load, chosen.dataset.full].filter(Boolean).join(" · ");
      all("[data-of-suggested]", pane).forEach((line) => line.remove());
      button.focus();
    }, pane.dataset.none, home);
    input.addEventListener("blur", reflect);
    bodies.addEventListener("change", reflect);
    reflect();
  };

  // ---- ready answers: into the text, the caret where something is to be written
  const fill = (ready) => {
    const text = document.getElementById(ready.dataset.ready);
    if (!text) return;
    text.value = ready.dataset.text;
    text.focus();
    const gap = text.value.search(/\n\s*\n/);
    text.setSelectionRange(gap < 0 ? text.value.length : gap + 1, gap < 0 ? text.value.length : gap + 1);
  };
  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-ready]");
    if (ready) { event.preventDefault(); fill(ready); }
  });

  // ---- keys, before the general map
  const writes = (node) => node.matches("textarea, select, [contenteditable]") || (node.matches("input") && !/^(checkbox|radio|button|submit)$/.test(node.type));
  document.addEventListener("keydown", (event) => {
    const node = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || node.closest("dialog[open]")) return;
    if (event.key === "Escape" && writes(node)) { home(node); return; }
    if (writes(node) || document.documentElement.dataset.going) return;
    if (!arrived() && /^[a-z1-9]$/.test(event.key) && (queued.length || !"jkxug123456789".includes(event.key))) { event.preventDefault(); event.stopImmediatePropagation(); if (queued.length < 12) queued.push(event.key); return; }
    const inList = !node.closest(".pane-matter, .pane-history") || node.matches("main");
    const ready = node.closest("[data-ready]") || (one("#do-reply[open] [data-ready], section#do-reply [data-ready]", pane) && node.closest("#do-reply"));
    const does = {
      j: () => step(1), k: () => step(-1), s: take, u: undo, x: tick,
      ArrowDown: inList && (() => step(1)), ArrowUp: inList && (() => step(-1)),
      Enter: node.matches(".row-open") && wide.matches && (() => { const head = one(".matter-head", pane); if (head) head.focus(); }),
    }[event.key];
    const digit = /^[1-9]$/.test(event.key);
    if (does) { event.preventDefault(); event.stopImmediatePropagation(); if (!event.repeat || "jkArrowDownArrowUp".includes(event.key)) does(); }
    else if (digit && ready) { const choice = all("[data-ready]", node.closest("form") || pane)[Number(event.key) - 1]; if (choice) { event.preventDefault(); event.stopImmediatePropagation(); fill(choice); } }
    else if (digit) { const view = all("[data-views] a")[Number(event.key) - 1]; if (view) { event.preventDefault(); event.stopImmediatePropagation(); view.click(); } }
    else if (event.key === "r") { const summary = one("details#do-reply:not([open]) > summary", pane); if (summary) summary.click(); const start = one("[data-ready]", pane) || document.getElementById("reply_text"); if (start) { event.preventDefault(); event.stopImmediatePropagation(); start.focus(); } }
  }, true);

  dress();
  const open = current();
  if (open && wide.matches && !one("[data-focus]")) { link(open).focus({ preventScroll: true }); open.scrollIntoView(calm); }
})();
