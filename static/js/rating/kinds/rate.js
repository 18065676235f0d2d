// Rating each response by itself: a row of buttons a response, all of them needed.

import { Control, inputs } from "../bar.js";

export default class Rate extends Control {
  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    const names = new Set(inputs(question, "input").map((input) => input.name));
    return names.size > 0 && inputs(question, "input:checked").length === names.size;
  }
}
