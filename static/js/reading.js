// On a page that asks to read the guideline: how long it was open before it was accepted.

const started = Date.now();
document.querySelector("form.accept")?.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const seconds = /** @type {HTMLInputElement} */ (form.elements.namedItem("seconds"));
  seconds.value = String(Math.round((Date.now() - started) / 1000));
});
