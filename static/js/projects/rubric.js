// The rubric builder: previews the chosen scale, suggests keys, adds criteria without a round trip.
// Without this file the server adds the row and derives the key.

const builder = document.querySelector("[data-rubric]");

function showPreview(criterion) {
  const chosen = criterion.querySelector("select").value;
  for (const panel of criterion.querySelectorAll("[data-scale]")) {
    panel.hidden = panel.dataset.scale !== chosen;
  }
}

function keyFrom(wording) {
  const plain = wording.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return plain.replace(/^[^a-z]+|_+$/g, "").slice(0, 40).replace(/_+$/, "");
}

function suggestKey(criterion) {
  const key = criterion.querySelector("input[name$='-key']");
  const wording = criterion.querySelector("[name$='-wording']");
  if (key.readOnly || key.dataset.own !== undefined) return;
  key.value = keyFrom(wording.value);
}

function addCriterion() {
  const total = builder.querySelector("input[name$='-TOTAL_FORMS']");
  const holder = document.createElement("div");
  const empty = builder.querySelector("[data-empty]");
  holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
  const criterion = holder.firstElementChild;
  builder.querySelector("[data-rows]").append(criterion);
  total.value = Number(total.value) + 1;
  showPreview(criterion);
  criterion.querySelector("[name$='-wording']").focus();
}

if (builder) {
  for (const criterion of builder.querySelectorAll("[data-rows] > [data-criterion]")) {
    showPreview(criterion);
    const key = criterion.querySelector("input[name$='-key']");
    if (key.value) key.dataset.own = "";
  }
  builder.addEventListener("change", (event) => {
    if (event.target.matches("select")) showPreview(event.target.closest("[data-criterion]"));
  });
  builder.addEventListener("input", (event) => {
    const criterion = event.target.closest("[data-criterion]");
    if (event.target.name.endsWith("-wording")) suggestKey(criterion);
    if (event.target.name.endsWith("-key")) event.target.dataset.own = "";
  });
  builder.querySelector("[data-add]").addEventListener("click", (event) => {
    event.preventDefault();
    addCriterion();
  });
}
