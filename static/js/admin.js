// What the curators' pages gain with JavaScript. Each is complete without it.

// Markdown as learners will see it, below the field in which it is written.
for (const field of document.querySelectorAll("textarea[data-preview]")) {
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

// Rows with a position get buttons that move them; the numbers follow.
const rowsOf = (table) =>
  [...table.querySelectorAll("tr.form-row:not(.empty-form)")].filter((row) => positionOf(row));
const positionOf = (row) => row.querySelector("input[name$='-position']");

for (const table of document.querySelectorAll(".inline-group table")) {
  for (const row of rowsOf(table)) {
    const cell = positionOf(row).closest("td");
    for (const [words, sign, step] of [["Move up", "↑", -1], ["Move down", "↓", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "move";
      button.textContent = sign;
      button.setAttribute("aria-label", words);
      button.addEventListener("click", () => move(table, row, step, button));
      cell.append(button);
    }
  }
}

function move(table, row, step, button) {
  const rows = rowsOf(table);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row);
  else other.after(row);
  rowsOf(table).forEach((each, place) => { positionOf(each).value = place + 1; });
  button.focus();
}
