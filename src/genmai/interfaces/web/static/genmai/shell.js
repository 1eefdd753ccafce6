// On every page: toasts, the keyboard map, filters that send themselves, focus on the error summary.
// Everything here is comfort: each page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const typing = (node) => node.matches("input, textarea, select, [contenteditable]");
  const press = (node) => (typing(node) ? (node.focus(), node.select && node.select()) : node.click());

  // ---- toasts: leave after twelve seconds unless there is something to take back or the pointer rests on them
  const settle = (toast) => {
    const close = toast.querySelector("[data-close]");
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => toast.remove());
    }
    if (!toast.querySelector("form")) {
      let timer = setTimeout(() => toast.remove(), 12000);
      toast.addEventListener("pointerenter", () => clearTimeout(timer));
      toast.addEventListener("focusin", () => clearTimeout(timer));
    }
  };
  const settleAll = (scope) => scope.querySelectorAll("[data-toast]:not([data-settled])").forEach((toast) => {
    toast.setAttribute("data-settled", "");
    settle(toast);
  });

  // ---- filters: a change sends the form, so that the address is always the view
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && !event.target.matches("input[type=search], input[type=text]")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-autosubmit]")) {
      // empty filters would only make the address long
      form.querySelectorAll("input, select").forEach((control) => { if (!control.value) control.disabled = true; });
      setTimeout(() => form.querySelectorAll(":disabled").forEach((control) => { control.disabled = false; }), 0);
      return;
    }
    // pressed twice is sent once; the server would know anyway by the key in the form
    if (form.method === "post" && !event.defaultPrevented) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 8000);
    }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // ---- keyboard map
  const list = () => [...document.querySelectorAll("[data-rows] a.matter, [data-rows] a.row-link")];
  const step = (by) => {
    const rows = list();
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const current = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.min(Math.max(current + by, 0), rows.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  let goPending = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || event.target.closest("dialog[open]")) return;
    const key = event.key;
    const map = document.getElementById("keys");
    if (Date.now() < goPending && /^[1-9]$/.test(key)) {
      const place = document.querySelectorAll(".rail a, .tab-bar a")[Number(key) - 1];
      if (place) { event.preventDefault(); place.click(); }
      return;
    }
    if (Date.now() < goPending && /^[a-z]$/.test(key)) {
      const place = document.querySelector(`.rail a[data-go="${key}"], .tab-bar a[data-go="${key}"]`);
      goPending = 0;
      if (place) { event.preventDefault(); place.click(); return; }
    }
    if (key === "g") { goPending = Date.now() + 1500; root.dataset.going = "yes"; setTimeout(() => delete root.dataset.going, 1500); return; }
    if (key === "?" && map) { event.preventDefault(); map.showModal(); return; }
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    if (key === "/") {
      const search = document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    const row = map && [...map.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    const target = row && document.querySelector(row.dataset.target);
    if (target) { event.preventDefault(); press(target); }
  });

  // ---- the same message never piles up after a fragment was swapped in
  document.addEventListener("htmx:afterSwap", () => settleAll(document));
  document.addEventListener("htmx:responseError", () => say(root.lang === "en" ? "That did not go through. Try again." : "刚才这一步没有办成，请再试一次。"));
  document.addEventListener("htmx:sendError", () => say(root.lang === "en" ? "No network. What you typed is still here." : "网络不通。您填的内容还在。"));
  const say = (text) => {
    const place = document.getElementById("toasts");
    if (!place) return;
    const toast = document.createElement("div");
    const words = document.createElement("p");
    toast.className = "toast";
    toast.setAttribute("data-toast", "");
    words.textContent = text;
    toast.append(words);
    place.append(toast);
    settleAll(place);
  };

  // a table wider than the screen is scrolled by keyboard too
  document.querySelectorAll(".table-frame:not([tabindex])").forEach((frame) => {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  });

  settleAll(document);
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
