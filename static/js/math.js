// Mathematics: loads KaTeX once, on pages that have any, and typesets <span class="math">.

/** @typedef {{ render(source: string, span: HTMLElement, options: object): void }} Katex */

const OPTIONS = { throwOnError: true, trust: false, maxExpand: 100, maxSize: 20, strict: "ignore" };
const MAX_FORMULAS = 400;

/** @param {"css" | "js"} kind */
const address = (kind) => new URL(`../vendor/katex-0.19.1/katex.min.${kind}`, import.meta.url).href;

/** @type {Promise<unknown> | undefined} */
let loading;

function load() {
  loading ??= Promise.all([
    added(
      Object.assign(document.createElement("link"), { rel: "stylesheet", href: address("css") }),
    ),
    added(Object.assign(document.createElement("script"), { src: address("js") })),
  ]);
  loading.catch(() => (loading = undefined));
  return loading;
}

/**
 * @param {HTMLElement} element
 * @returns {Promise<void>}
 */
function added(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error(element.localName));
    });
    document.head.append(element);
  });
}

/** KaTeX, once it is loaded. */
function katex() {
  return /** @type {{ katex: Katex }} */ (/** @type {unknown} */ (globalThis)).katex;
}

/**
 * Typeset every formula below `root`; what KaTeX refuses keeps its source and says why.
 * @param {ParentNode} root
 * @param {(reason: string) => string} describe
 */
export async function typeset(root, describe) {
  await load();
  const spans = /** @type {NodeListOf<HTMLElement>} */ (
    root.querySelectorAll(".math:not(.typeset, .broken)")
  );
  for (const span of [...spans].slice(0, MAX_FORMULAS)) {
    const source = span.textContent ?? "";
    try {
      katex().render(source, span, { ...OPTIONS, displayMode: span.dataset.display === "true" });
      span.classList.add("typeset");
    } catch (error) {
      span.textContent = source;
      span.classList.add("broken");
      const reason = error instanceof Error ? error.message : String(error);
      span.title = describe(reason).slice(0, 200);
    }
  }
}
