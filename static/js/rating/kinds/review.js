// Reviewing a text: a decision, a score, and where it is approved with edits the text as it is then.

import Write from "./write.js";
import { fieldsOf } from "../bar.js";
import { say } from "../../app.js";

/** The decisions of a review, as they are posted. */
const [REJECT, WITH_EDITS] = ["0", "1"];

/** A second person's word on a text. */
export default class Review extends Write {
  get #decision() {
    const primary = this.questions.find((question) => question.hasAttribute("data-primary"));
    const decided = fieldsOf(this.form).find((field) => field.checked && primary?.contains(field));
    return decided?.value ?? "";
  }

  /**
   * The first question without an answer; -1 where all have theirs.
   * @override
   */
  missing() {
    return this.questions.findIndex(
      (question) => question.hasAttribute("data-required") && !this.answered(question),
    );
  }

  /**
   * @override
   */
  complaint() {
    const decision = this.#decision;
    const changed = this.editor.isChanged;
    if (decision === WITH_EDITS && !changed) return this.#say(say("editFirst"));
    if (decision && decision !== WITH_EDITS && changed) return this.#say(say("editsNotSent"));
    return "";
  }

  /** @param {string} words */
  #say(words) {
    this.editor.say(words);
    return words;
  }

  /**
   * Whether the rater has to say why.
   * @override
   */
  needsReason() {
    return this.#decision === REJECT;
  }
}
