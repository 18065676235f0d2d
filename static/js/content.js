// What rendered text needs after it arrives: typeset mathematics, and scrolling by keyboard.
// Used by every page that shows prompts and responses; the text is complete without it.

const NAMES = [["pre", "Code"], [".math", "Formula"], [".body", "Prompt"], ["*", "Table"]];

/** Make what overflows reachable by keyboard, as a named region. */
function nameScrollers(root) {
  for (const box of root.querySelectorAll(".content pre, .content .table-scroll, .math[data-display=true], .prompt .body")) {
    const overflows = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (overflows && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${NAMES.find(([kind]) => box.matches(kind))[1]}, scrolls`);
    }
  }
}

/** Prepare the rendered text inside an element that is in the document. */
export async function prepareContent(root = document) {
  if (root.querySelector(".math:not(.typeset, .broken)")) {
    try {
      const { typeset } = await import("./math.js");
      await typeset(root);
    } catch {
      // Not to be had just now (offline): the TeX source stays readable.
    }
  }
  nameScrollers(root);
}

prepareContent();
document.addEventListener("htmx:afterSettle", (event) => prepareContent(event.target));
