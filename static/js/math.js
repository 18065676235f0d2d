// Mathematics: loads KaTeX once, on pages that have any, and typesets <span class="math">.

const OPTIONS = { throwOnError: true, trust: false, maxExpand: 100, maxSize: 20, strict: "ignore" };
const MAX_FORMULAS = 400;
const address = (kind) => new URL(`../vendor/katex-0.19.1/katex.min.${kind}`, import.meta.url).href;
let loading;

function load() {
  loading ??= Promise.all([added("link", { rel: "stylesheet", href: address("css") }), added("script", { src: address("js") })]);
  loading.catch(() => (loading = undefined));
  return loading;
}

function added(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error(`cannot load ${tag}`));
    });
    document.head.append(element);
  });
}

/** Typeset every formula below `root`; what KaTeX refuses keeps its source and says why. */
export async function typeset(root = document) {
  await load();
  for (const span of [...root.querySelectorAll(".math:not(.typeset, .broken)")].slice(0, MAX_FORMULAS)) {
    const source = span.textContent;
    try {
      window.katex.render(source, span, { ...OPTIONS, displayMode: span.dataset.display === "true" });
      span.classList.add("typeset");
    } catch (error) {
      span.textContent = source;
      span.classList.add("broken");
      span.title = `Not typeset: ${error.message}`.slice(0, 200);
    }
  }
}
