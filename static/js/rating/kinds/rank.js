// Ranking responses: each has a place, equal places are ties.

import { inputs } from "../bar.js";
import Rate from "./rate.js";

export default class Rank extends Rate {
  /**
   * @override
   * @param {HTMLElement} question
   */
  answered(question) {
    const places = inputs(question, "input[type=number]");
    if (places.length === 0) return super.answered(question);
    return places.every((place) => place.value !== "");
  }

  /**
   * @override
   * @param {import("../bar.js").Field[]} fields
   */
  put(fields) {
    super.put(fields);
    for (const [name, value] of fields) {
      for (const place of inputs(this.form, `input[type=number][name="${CSS.escape(name)}"]`)) {
        place.value = value;
      }
    }
  }

  /** @override */
  clear() {
    super.clear();
    for (const place of inputs(this.form, "[data-criterion] input[type=number]")) place.value = "";
  }
}
