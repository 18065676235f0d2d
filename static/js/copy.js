// Buttons that copy.

import { say } from "./app.js";

/**
 * Put a button that copies into each .code[data-copy].
 * @param {ParentNode} [root]
 */
export function addCopyButtons(root = document) {
  if (!navigator.clipboard) return;
  for (const box of root.querySelectorAll("[data-copy]:not(:has(.copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = say("copy");
    button.addEventListener("click", async () => {
      const source = box.querySelector("code, pre, input");
      try {
        const text = source instanceof HTMLInputElement ? source.value : source?.textContent;
        await navigator.clipboard.writeText(text ?? "");
        button.textContent = say("copied");
      } catch {
        button.textContent = say("copyFailed");
      }
      setTimeout(() => (button.textContent = say("copy")), 1600);
    });
    box.append(button);
  }
}
