// The sheet of keys that `?` opens.

import { say } from "./app.js";

/** @type {Record<string, string | undefined>} */
const CAPS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

/**
 * How a key is called on the sheet.
 * @param {string} key
 */
function cap(key) {
  const name = key.replace("Shift+", "");
  const shift = name === key ? "" : "⇧ ";
  return shift + (CAPS[name] ?? (name.length === 1 ? name.toUpperCase() : name));
}

/**
 * @param {HTMLElement} list
 * @param {string[]} keys
 * @param {string} label
 */
function addRow(list, keys, label) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const box = document.createElement("kbd");
    box.textContent = cap(key);
    term.append(box, " ");
  }
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  list.append(term, meaning);
}

/**
 * Say on a sheet that is open what the keys of elements do; what several do alike is one row.
 * @param {HTMLDialogElement} sheet
 * @param {HTMLElement[]} elements
 */
export function fill(sheet, elements) {
  sheet.setAttribute("aria-labelledby", "keys-title");
  const list = document.createElement("dl");
  /** @type {Map<string, string[]>} */
  const rows = new Map();
  for (const { dataset: { key = "", keyLabel = "" } } of elements) {
    rows.set(keyLabel, [...rows.get(keyLabel) ?? [], ...key.split(" ")]);
  }
  // Letters of a ranking stand where their responses are.
  for (const [label, keys] of rows) {
    addRow(list, keys.every((key) => key.startsWith("Arrow")) ? keys : keys.sort(), label);
  }
  addRow(list, ["?"], say("keysThis"));
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = say("keysPanel");
  hint.hidden = document.querySelector("[data-menu] input[data-key]") === null;
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = say("keysTitle");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.dataset.key = "?";
  close.textContent = say("keysClose");
  close.addEventListener("click", () => sheet.close());
  sheet.append(title, list, hint, close);
  close.focus();
}
