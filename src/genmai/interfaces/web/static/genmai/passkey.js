// Passkeys: asks the site for a challenge, the authenticator for its answer, and hands that back. Without it, pages work
// with codes; the buttons show themselves only where the browser can do it.
(() => {
  "use strict";
  const can = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;
  // Browsers know a site by its name for this: under a bare address (127.0.0.1) there is nothing to tie a key to.
  const named = !/^[\d.]+$|:/.test(window.location.hostname);
  if (!can || !named || !window.isSecureContext) return;

  const post = async (button, url, body) => {
    const token = button.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, "Content-Type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body || {}) });
    return answer.json();
  };

  const run = async (button) => {
    const said = button.form.querySelector("[data-passkey-said]");
    said.textContent = "";
    try {
      const options = await post(button, button.dataset.begin);
      const asked = options.publicKey || options;
      const credential =
        button.dataset.passkey === "add"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
      const next = button.form.elements.next ? button.form.elements.next.value : "";
      const answer = await post(button, button.dataset.complete, { credential: credential.toJSON(), next });
      if (answer.go) window.location.assign(answer.go);
      else said.textContent = answer.said;
    } catch {
      said.textContent = button.dataset.failed; // given up, too slow, no key here: the browser doesn't tell which
    }
  };

  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.form.querySelector("[data-passkey-said]").textContent = "";
    button.addEventListener("click", () => run(button));
  });
})();
