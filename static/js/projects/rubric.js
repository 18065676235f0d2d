// The rubric builder: previews the chosen scale, suggests keys, adds criteria without a round trip,
// and shows the desk anew after a change.
// Without this file the server adds the row and derives the key.

/**
 * The field of a criterion that a selector finds; the page is sure to have it.
 * @param {ParentNode} root
 * @param {string} selector
 */
function field(root, selector) {
  return /** @type {HTMLInputElement} */ (root.querySelector(selector));
}

/**
 * The chosen scale as raters see it: the page has the words of all scales once.
 * @param {Element} criterion
 */
function showPreview(criterion) {
  const preview = criterion.querySelector("[data-preview]");
  const chosen = field(criterion, "select").value;
  const scales = /** @type {HTMLTemplateElement | null} */ (
    document.querySelector("[data-scales]")
  );
  const words = [...(scales?.content.children ?? [])];
  const scale = words.find((each) => each.getAttribute("data-scale") === chosen);
  preview?.replaceChildren(...(scale ? [scale.cloneNode(true)] : []));
}

/**
 * Of each family of scales one criterion is the primary one.
 * @param {HTMLElement} builder
 * @param {HTMLInputElement} chosen
 */
function keepOnePrimary(builder, chosen) {
  const own = family(chosen);
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (
    builder.querySelectorAll("[data-rows] input[name=primary]:checked")
  );
  for (const box of boxes) if (box !== chosen && family(box) === own) box.checked = false;
}

/** @param {HTMLInputElement} box */
function family(box) {
  const scale = box.closest("[data-criterion]")?.querySelector("[data-preview] [data-family]");
  return scale?.getAttribute("data-family");
}

/**
 * As many whole words as a key takes; the server does the same.
 * @param {string} wording
 */
function keyFrom(wording) {
  const plain = wording.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const key = plain.replace(/^[^a-z]+|_+$/g, "");
  if (key.length <= 40) return key;
  return key.slice(0, 41).replace(/_[^_]*$/, "").slice(0, 40);
}

/** @param {Element} criterion */
function suggestKey(criterion) {
  const key = field(criterion, "input[name$='-key']");
  const wording = field(criterion, "[name$='-wording']");
  if (key.readOnly || key.dataset.own !== undefined) return;
  key.value = keyFrom(wording.value);
}

/** @param {HTMLElement} builder */
function addCriterion(builder) {
  const total = field(builder, "input[name$='-TOTAL_FORMS']");
  const holder = document.createElement("div");
  const empty = builder.querySelector("[data-empty]");
  const place = Number(total.value);
  holder.innerHTML = (empty?.innerHTML ?? "").replaceAll("__prefix__", total.value);
  const criterion = holder.firstElementChild;
  if (!criterion) return;
  field(criterion, "[name=up]").formAction = `#criterion-form-${place - 1}`;
  field(criterion, "[name=down]").formAction = `#criterion-form-${place + 1}`;
  builder.querySelector("[data-rows]")?.append(criterion);
  total.value = String(place + 1);
  showPreview(criterion);
  field(criterion, "[name$='-wording']").focus();
}

/** @param {HTMLElement} builder */
function begin(builder) {
  for (const criterion of builder.querySelectorAll("[data-rows] > [data-criterion]")) {
    showPreview(criterion);
    const key = field(criterion, "input[name$='-key']");
    if (key.value) key.dataset.own = "";
  }
  builder.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "primary" && target.checked) {
      keepOnePrimary(builder, target);
    }
    if (!(target instanceof HTMLSelectElement)) return;
    const criterion = target.closest("[data-criterion]");
    if (criterion) showPreview(criterion);
  });
  builder.addEventListener("input", ({ target }) => {
    const { name } = /** @type {HTMLInputElement} */ (target);
    const criterion = /** @type {HTMLElement} */ (target).closest("[data-criterion]");
    if (criterion && name.endsWith("-wording")) suggestKey(criterion);
    if (name.endsWith("-key")) /** @type {HTMLElement} */ (target).dataset.own = "";
  });
  builder.querySelector("[data-add]")?.addEventListener("click", (event) => {
    event.preventDefault();
    addCriterion(builder);
  });
}

/**
 * Shows the desk as the form says it now, in a frame of its own beside the one in view: what is
 * loaded into a frame that showed something is a step back in the history of the whole page.
 * @param {HTMLButtonElement} button
 */
function showDesk(button) {
  const [...frames] = /** @type {NodeListOf<HTMLIFrameElement>} */ (
    document.querySelectorAll("[data-desks] iframe")
  );
  const [shown, ...waiting] = frames;
  if (!shown) return;
  for (const frame of waiting) frame.remove();
  shown.removeAttribute("name");
  if (shown.contentWindow) shown.contentWindow.name = "";
  const next = document.createElement("iframe");
  next.name = button.formTarget;
  next.title = shown.title;
  next.hidden = true;
  shown.after(next);
  next.addEventListener("load", () => {
    if (next.contentWindow?.location.href === "about:blank") return;
    next.style.height = shown.style.height;
    const top = shown.contentWindow?.scrollY ?? 0;
    shown.remove();
    next.hidden = false;
    next.contentWindow?.scrollTo(0, top);
  });
  button.form?.requestSubmit(button);
}

/**
 * Show the desk again a moment after something was changed, and at once where questions stand.
 * @param {HTMLButtonElement} button
 */
function followDesk(button) {
  let timer = 0;
  const show = () => showDesk(button);
  button.form?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 500);
  });
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
  const isOwn = button.form?.querySelector("[name=template][value=blank]:checked");
  const first = button.form && field(button.form, "[name$='-0-wording']");
  if (isOwn && first?.value) show();
}

const desk = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-desk]"));
if (desk) followDesk(desk);

const builder = /** @type {HTMLElement | null} */ (document.querySelector("[data-rubric]"));
if (builder) begin(builder);
