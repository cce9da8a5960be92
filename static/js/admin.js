// What the curators' pages gain with JavaScript. Each is complete without it.

// Markdown as learners will see it, below the field in which it is written.
function showPreview(field) {
  const shown = document.createElement("div");
  shown.className = "markdown-preview";
  const heading = document.createElement("p");
  heading.className = "help";
  heading.textContent = "As learners will see it:";
  (field.closest(".flex-container") ?? field).after(heading, shown);

  let waiting;
  let asked = 0;
  const show = async () => {
    const number = ++asked;
    heading.hidden = shown.hidden = !field.value.trim();
    if (shown.hidden) return;
    const body = new FormData();
    body.set("text", field.value);
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(field.dataset.preview, { method: "POST", body });
    // An answer that a later one has overtaken is of yesterday's text.
    if (number === asked && answer.ok) shown.innerHTML = await answer.text();
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  });
  show();
}

for (const field of document.querySelectorAll("textarea[data-preview]")) {
  // The form that new rows are copied from gets none: its copies do.
  if (!field.closest(".empty-form")) showPreview(field);
}

// Rows with a position get buttons that move them; the numbers follow.
const rowsOf = (table) =>
  [...table.querySelectorAll("tr.form-row:not(.empty-form)")].filter((row) => positionOf(row));
const positionOf = (row) => row.querySelector("input[name$='-position']");

function addButtons(row) {
  const table = row.closest("table");
  const position = positionOf(row);
  if (!table || !position || row.querySelector("button.move")) return;
  for (const [words, sign, step] of [["Move up", "↑", -1], ["Move down", "↓", 1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "move";
    button.textContent = sign;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => move(table, row, step, button));
    position.closest("td").append(button);
  }
}

for (const table of document.querySelectorAll(".inline-group table")) rowsOf(table).forEach(addButtons);

// A new row: at the end, and whoever asked for it writes in it next.
document.addEventListener("formset:added", (event) => {
  const row = event.target;
  const table = row.closest("table");
  addButtons(row);
  if (table && positionOf(row)) positionOf(row).value = rowsOf(table).length;
  for (const field of row.querySelectorAll("textarea[data-preview]")) showPreview(field);
  const first = "input:not([type=hidden]):not([name$='-position']), select, textarea";
  row.querySelector(first)?.focus();
});

function move(table, row, step, button) {
  const rows = rowsOf(table);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  rowsOf(table).forEach((each, place) => { positionOf(each).value = place + 1; });
  button.focus();
}

// Whoever leaves with something unsaved is asked first. The buttons above the form leave, too: they
// publish, hand in or preview what is saved.
const form = document.querySelector("body.change-form #content-main form[id$='_form']");
if (form) {
  const written = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  const saved = written();
  let isSaving = false;
  document.addEventListener("submit", (event) => {
    // The editor of a rule holds it back until the rule is written.
    isSaving = event.target === form && !event.defaultPrevented;
  });
  addEventListener("beforeunload", (event) => {
    const isRefused = document.querySelector(".errornote") !== null;
    if (!isSaving && (isRefused || written() !== saved)) event.preventDefault();
  });
}

// A page that waits for a worker shows what there is to see as soon as it is there.
if (document.querySelector("[data-waiting]")) {
  const look = setInterval(async () => {
    const answer = await fetch(location.href);
    if (!answer.ok || (await answer.text()).includes("data-waiting")) return;
    clearInterval(look);
    location.reload();
  }, 3000);
}
