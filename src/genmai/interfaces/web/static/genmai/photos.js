// Shows the photos chosen, lets one be taken out again, and keeps to the limit. Without it the file field works as is.
(() => {
  "use strict";
  document.querySelectorAll("input[type=file][data-photos]").forEach((input) => {
    const place = document.querySelector(`[data-previews="${input.id}"]`);
    const limit = Number(input.dataset.photos) || 6;
    if (!place || typeof DataTransfer === "undefined") return;
    let chosen = [];

    const keep = () => {
      const files = new DataTransfer();
      chosen.forEach((file) => files.items.add(file));
      input.files = files.files;
      draw();
    };
    const card = (file, index) => {
      const box = document.createElement("div");
      const picture = document.createElement("img");
      const remove = document.createElement("button");
      box.className = "preview";
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      remove.type = "button";
      remove.className = "button plain small";
      remove.textContent = place.dataset.remove;
      remove.setAttribute("aria-label", `${place.dataset.remove} ${file.name}`);
      remove.addEventListener("click", () => { chosen.splice(index, 1); keep(); input.focus(); });
      box.append(picture, remove);
      return box;
    };
    const draw = (tooMany = false) => {
      place.replaceChildren(...chosen.map(card));
      if (tooMany) {
        const words = document.createElement("p");
        words.className = "help";
        words.textContent = place.dataset.tooMany;
        place.append(words);
      }
    };
    input.addEventListener("change", () => {
      // choosing again adds to what is there, as people expect from their phone's album
      const known = new Set(chosen.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
      const added = [...input.files].filter((file) => !known.has(`${file.name}/${file.size}/${file.lastModified}`));
      const tooMany = chosen.length + added.length > limit;
      chosen = (input.multiple ? [...chosen, ...added] : added).slice(0, limit);
      keep();
      if (tooMany) draw(true);
    });
  });
})();
