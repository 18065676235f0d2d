// Keys, declared where they act: <button data-key="s" data-key-label="Skip"> is pressed by S,
// a link is followed, a field is focused. `?` opens the sheet of what the page knows.
// Keys never fire while somebody types, nor with Ctrl, Alt or Meta held.

const TYPING = "input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false])";

/** Whether a key pressed now belongs to the field that has the focus. */
export function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function visible(element) {
  return !element.disabled && element.getClientRects().length > 0;
}

/** The visible control of a key, if the page has one. */
export function controlFor(key, root = document) {
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  return [...root.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.split(" ").includes(wanted) && visible(element),
  );
}

function act(element) {
  if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) element.focus();
  else element.click();
}

/** Open the sheet of keys, built from what is on the page. */
export function showSheet() {
  document.querySelector("dialog.keys")?.remove();
  const sheet = document.createElement("dialog");
  sheet.className = "keys";
  sheet.setAttribute("aria-labelledby", "keys-title");
  const list = document.createElement("dl");
  const rows = [...document.querySelectorAll("[data-key][data-key-label]")].filter(visible);
  for (const element of rows) addRow(list, element.dataset.key, element.dataset.keyLabel);
  addRow(list, "?", "This sheet");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: "Keys" });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Close" });
  close.addEventListener("click", () => sheet.close());
  sheet.addEventListener("close", () => sheet.remove());
  sheet.append(title, list, close);
  document.body.append(sheet);
  sheet.showModal();
}

const CAPS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

function addRow(list, keys, label) {
  const term = document.createElement("dt");
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
    term.append(cap, " ");
  }
  list.append(term, Object.assign(document.createElement("dd"), { textContent: label }));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.repeat) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    event.preventDefault();
    showSheet();
    return;
  }
  const control = controlFor(event.key);
  if (!control) return;
  event.preventDefault();
  act(control);
});
