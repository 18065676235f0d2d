// Writing: the answer is the text of the editor.

import { Control } from "../bar.js";
import { editorOf } from "../editor.js";
import { say } from "../../app.js";

/** @typedef {import("../types.js").Field} Field */

/** Hidden fields that say how a text was written. */
const COUNTS = ["typed", "pasted"];

/** An answer written from nothing, or a draft improved. */
export default class Write extends Control {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    super(form);
    this.editor = editorOf(form);
  }

  /**
   * @override
   */
  begin() {
    this.editor.show();
  }

  /**
   * @override
   */
  changed() {
    this.editor.showSoon();
  }

  /**
   * @override
   */
  missing() {
    return -1;
  }

  /**
   * @override
   */
  complaint() {
    const { text } = this.editor;
    const words = text && text.value.trim() === "" ? say("writeFirst") : "";
    if (words) this.editor.say(words);
    return words;
  }

  /**
   * @override
   * @param {Field[]} fields
   */
  put(fields) {
    super.put(fields);
    const { text } = this.editor;
    for (const [name, value] of fields) {
      const field = this.form.elements.namedItem(name);
      if (text && name === text.name) text.value = value;
      else if (field instanceof HTMLInputElement && COUNTS.includes(name)) field.value = value;
    }
  }

  /**
   * @override
   */
  words() {
    return this.editor.text?.value ?? "";
  }
}
