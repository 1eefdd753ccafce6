// Passkeys: asks the site for a challenge, the authenticator for its answer, and hands that back. Without it, pages work
// with codes; the buttons show themselves only where the browser can do it.
(() => {
  "use strict";
  const can = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;
  if (!can || !window.isSecureContext) return;

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
      const answer = await post(button, button.dataset.complete, { credential: credential.toJSON() });
      if (answer.go) window.location.assign(answer.go);
      else said.textContent = answer.said;
    } catch (refused) {
      said.textContent = refused.name === "NotAllowedError" ? "" : String(refused.message || refused);
    }
  };

  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.form.querySelector("[data-passkey-said]").textContent = "";
    button.addEventListener("click", () => run(button));
  });
})();
