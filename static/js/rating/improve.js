// Improving the response that is preferred: its editor comes when somebody asks for it. Until then,
// and where it cannot come, what was edited before stays with the form as fields that nobody sees.

import { say } from "../app.js";
import { hidden } from "./bar.js";
import { editorOf } from "./editor.js";
import { post } from "./store.js";
import { wear } from "./style.js";

/**
 * @typedef {import("./bar.js").Control} Control
 * @typedef {import("./types.js").Field} Field
 * @typedef {new (form: HTMLFormElement) => Control} AnyControl
 */

/** How a text was written, beside the text. */
const BESIDE = ["typed", "pasted", "declared_assist"];

/** What names the field of an edit; behind it stands the slot. */
const EDIT = /^edit\./;

/**
 * A way to answer beside which the preferred response may be improved.
 * @param {AnyControl} Base
 */
export function withEdit(Base) {
  return class extends Base {
    /** Editors that came, by the task and the response. @type {Map<string, string>} */
    #came = new Map();
    #kept = document.createElement("div");
    /** Whether an editor is on its way. */
    #isComing = false;

    /** @param {HTMLFormElement} form */
    constructor(form) {
      super(form);
      this.editor = editorOf(form);
      this.#kept.hidden = true;
      form.append(this.#kept);
      document.addEventListener("click", (event) => {
        const { target } = event;
        if (!(target instanceof Element)) return;
        if (target.closest("[data-improve]")) {
          event.preventDefault();
          this.#improve();
        } else if (target.closest("[data-leave]")) this.editor.toOriginal();
      });
    }

    get #button() {
      return /** @type {HTMLButtonElement | null} */ (this.form.querySelector("[data-improve]"));
    }

    /** The editor on the screen. */
    get #open() {
      return /** @type {HTMLElement | null} */ (document.querySelector("#task [data-improved]"));
    }

    /** The slot of the response that is preferred, empty where none is. */
    get #winner() {
      const primary = this.questions.find((question) => question.hasAttribute("data-primary"));
      const chosen = primary?.querySelector("input:checked");
      const value = chosen instanceof HTMLInputElement ? Number.parseInt(chosen.value, 10) : 0;
      if (!value) return "";
      return value < 0 ? "A" : "B";
    }

    /** The slot of an edit that waits for its editor, empty where none does. */
    get #edited() {
      const kept = this.#kept.querySelector("input[name^='edit.']");
      return kept?.getAttribute("name")?.replace(EDIT, "") ?? "";
    }

    /** Open the editor of the response that is preferred, or go to it. */
    async #improve() {
      const slot = this.#winner;
      if (slot && this.#open?.dataset.improved !== slot && !(await this.#show(slot))) return;
      this.#open?.scrollIntoView({ block: "start" });
      this.editor.text?.focus({ preventScroll: true });
    }

    /**
     * Put the editor of a response on the screen; whether that was possible.
     * @param {string} slot
     */
    async #show(slot) {
      const address = this.form.action.replace(/[a-z]+\/$/, "improve/");
      const name = `${address} ${slot}`;
      let html = this.#came.get(name);
      if (html === undefined) {
        this.#isComing = true;
        const { state, data } = await post(address, [["improve", slot]]);
        this.#isComing = false;
        html = state === "ok" && data?.html ? data.html : undefined;
        if (html === undefined) {
          const words = data?.message ?? say("previewLater");
          this.#tell(words);
          return false;
        }
        this.#came.set(name, html);
        if (data?.style) wear(data.style);
      }
      // Meanwhile another task may have come, or another side be preferred.
      if (!name.startsWith(this.form.action.replace(/[a-z]+\/$/, "")) || this.#winner !== slot) {
        return false;
      }
      this.#open?.remove();
      document.getElementById("task")?.insertAdjacentHTML("beforeend", html);
      this.#pour();
      this.editor.show();
      return true;
    }

    /** @param {string} words */
    #tell(words) {
      const announcer = document.getElementById("announcer");
      if (announcer) announcer.textContent = words;
      const button = this.#button;
      if (button) button.title = words;
    }

    /** Into the editor goes what was kept for it. */
    #pour() {
      const field = this.editor.text;
      const kept = /** @type {HTMLInputElement[]} */ ([...this.#kept.children]);
      const own = kept.find(({ name }) => name === field?.name);
      if (!own || !field) return;
      field.value = own.value;
      for (const { name, value } of kept) {
        const into = this.#open?.querySelector(`input[name="${name}"]`);
        if (into instanceof HTMLInputElement && into.type === "checkbox") into.checked = true;
        else if (into instanceof HTMLInputElement) into.value = value;
      }
      this.#kept.replaceChildren();
    }

    /**
     * @override
     * @param {HTMLElement | undefined} question
     */
    changed(question) {
      super.changed(question);
      const button = this.#button;
      const winner = this.#winner;
      if (button) [button.disabled, button.style.opacity] = [!winner, winner ? "" : "0.55"];
      const open = this.#open;
      const edited = this.#edited;
      if (!open && edited && edited === winner && !this.#isComing) this.#show(edited);
      if (!open) return;
      if (open.dataset.improved !== winner && !this.editor.isChanged) open.remove();
      else this.editor.showSoon();
    }

    /** @override */
    complaint() {
      const open = this.#open;
      const edited = this.#edited;
      if (edited && edited !== this.#winner) {
        const lost = say("editOfOther", { slot: edited });
        this.#tell(lost);
        return lost;
      }
      const { text, original, isChanged } = this.editor;
      if (!open || !text || !isChanged) return super.complaint();
      const slot = open.dataset.improved ?? "";
      let words = "";
      if (slot !== this.#winner) words = say("editOfOther", { slot });
      else if (!text.value.trim() && original?.trim()) words = say("editEmpty");
      if (words) this.editor.say(words);
      return words || super.complaint();
    }

    /**
     * @override
     * @param {Field[]} fields
     */
    put(fields) {
      super.put(fields);
      const [edit] = fields.filter(([name]) => EDIT.test(name));
      if (!edit) return;
      const beside = fields.filter(([name]) => BESIDE.includes(name));
      this.#kept.replaceChildren(...[edit, ...beside].map(([name, value]) => hidden(name, value)));
      this.#show(edit[0].replace(EDIT, ""));
    }

    /** @override */
    clear() {
      super.clear();
      this.#open?.remove();
      this.#kept.replaceChildren();
    }

    /** @override */
    words() {
      const kept = this.#kept.querySelector("input[name^='edit.']");
      const text = this.#open && this.editor.isChanged ? this.editor.text?.value : "";
      return text || (kept instanceof HTMLInputElement ? kept.value : super.words());
    }
  };
}
