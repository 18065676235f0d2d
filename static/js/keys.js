// Keys, declared where they act: <button data-key="s" data-key-label="Skip"> is pressed by S,
// a link is followed, a field is focused. `?` opens the sheet of what the page knows.
// A key is what it writes; where that is no letter and no digit of ours (Cyrillic, the upper row of
// AZERTY), it is the place on the keyboard.
// Keys never fire while somebody types, nor with Ctrl, Alt or Meta held. While something is open in
// front of the page, only the keys declared inside it fire.

import { all, layer } from "./app.js";

const TYPING = [
  "input:not([type=radio], [type=checkbox], [type=button], [type=submit])",
  "textarea",
  "select",
  "[contenteditable]:not([contenteditable=false])",
].join(", ");

/**
 * Whether a key pressed now belongs to the field that has the focus.
 * @param {EventTarget | null} target
 */
export function isTyping(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

/**
 * Whether an element is there to be pressed: what is folded away has a place on the page too.
 * @param {HTMLElement} element
 */
function visible(element) {
  const disabled = "disabled" in element && element.disabled;
  return !disabled && element.checkVisibility();
}

/**
 * The visible control of a key, if the page has one.
 * @param {string} key
 * @param {ParentNode} [root]
 */
export function controlFor(key, root = document) {
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  return all(root, "[data-key]").find(
    (element) => element.dataset.key?.split(" ").includes(wanted) && visible(element),
  );
}

/** A digit by its place on the keyboard. */
const DIGIT = /^(?:Digit|Numpad)([0-9])$/;

/** The question marks of keyboards: ours, of Arabic, and of East Asia. */
const QUESTION_MARKS = ["?", "؟", "？"];

/**
 * The key at its place on the keyboard, where a layout writes something else there than we name.
 * A letter is taken for its place only where the layout has other letters, a digit without Shift:
 * on a layout that has what we name, each thing has one key.
 * @param {KeyboardEvent} event
 */
function placeOf({ key, code, shiftKey }) {
  const [, digit] = DIGIT.exec(code) ?? [];
  if (digit) return shiftKey || /^[a-z0-9]$/i.test(key) ? "" : digit;
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  const isForeign = key === "Process" || (/^\p{L}$/u.test(key) && !/[a-z]/i.test(key));
  return letter && isForeign ? letter.toLowerCase() : "";
}

/**
 * The visible control of a key that was pressed, if the page has one: by what it writes, else by
 * its place.
 * @param {KeyboardEvent} event
 * @param {ParentNode} [root]
 */
function controlOf(event, root = document) {
  const written = QUESTION_MARKS.includes(event.key) ? "?" : event.key;
  // A digit with Shift is by its place: most layouts write a sign there.
  const [, digit] = (event.shiftKey && DIGIT.exec(event.code)) || [];
  const above = digit && controlFor(`Shift+${digit}`, root);
  if (above) return above;
  for (const name of [written, placeOf(event)].filter(Boolean)) {
    // A letter with Shift may mean a thing of its own; else it is the letter.
    const shifted = event.shiftKey ? controlFor(`Shift+${name.toLowerCase()}`, root) : undefined;
    const control = shifted ?? controlFor(name, root);
    if (control) return control;
  }
  return undefined;
}

/** @param {HTMLElement} element */
function act(element) {
  if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
    element.focus();
  } else element.click();
}

/** Open the sheet of keys, built from what is on the page; at once, so that keys are its own. */
export async function showSheet() {
  const elements = all(document, "[data-key][data-key-label]").filter(visible);
  document.querySelector("dialog.keys")?.remove();
  const sheet = document.createElement("dialog");
  sheet.className = "keys";
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  const filling = await import("./sheet.js").catch(() => null);
  if (filling) filling.fill(sheet, elements);
  else sheet.close();
}

const CONTROLS = "a, button, input, select, summary, textarea";
const PRESSED = "a, button, summary";

/**
 * A key while something is open in front of the page: it acts in there, or not at all.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} box
 */
function pressedIn(event, box) {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.altKey || key === "Tab") return;
  const element = target instanceof Element ? target : document.body;
  const inside = box.contains(element);
  if (key === "Enter") {
    if (inside && element.closest("textarea, a, button, summary")) return;
  } else if (event.ctrlKey || event.metaKey || (inside && isTyping(element))) return;
  const control = controlOf(event, box);
  if (control && !event.repeat) {
    if (control instanceof HTMLInputElement) control.focus({ preventScroll: true });
    control.click();
  }
  // Enter in a field would send its form, and what has the focus behind it would hear the others.
  if (control || key === "Enter" || (!inside && element.closest(CONTROLS))) event.preventDefault();
}

addEventListener("keydown", (event) => {
  const box = layer();
  if (box) pressedIn(event, box);
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.defaultPrevented || event.repeat || layer() || isTyping(event.target)) return;
  if (QUESTION_MARKS.includes(event.key)) {
    event.preventDefault();
    showSheet();
    return;
  }
  // Where a link or a button has the focus, Enter means that.
  const { key, target } = event;
  if (key === "Enter" && target instanceof Element && target.closest(PRESSED)) return;
  const control = controlOf(event);
  if (!control) return;
  event.preventDefault();
  act(control);
});
