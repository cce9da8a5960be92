// The rule of a track, edited as nested lists. The text below stays what is saved: the server turns
// entries into text and text into entries, and says what is wrong. Here entries are only moved.

for (const field of document.querySelectorAll("textarea[data-rule-editor]")) editRule(field);

function editRule(textarea) {
  const address = new URL(textarea.dataset.ruleEditor, location.href);
  if (textarea.dataset.track) address.searchParams.set("track", textarea.dataset.track);
  const form = textarea.form;
  const editor = make("div", { className: "rule-editor", role: "group", ariaLabel: "Rule" });
  const said = make("p", { className: "rule-said", role: "status" });
  const undo = make("button", { type: "button", textContent: "Undo", className: "rule-undo" });
  const problems = make("ul", { className: "rule-problems errorlist" });
  const sentence = make("p", { className: "rule-sentence" });
  const picture = make("div", { className: "rule-picture" });
  const before = make("p", { className: "rule-before", hidden: true, textContent: "The words and the picture show the rule as it was when it was last complete." });
  const asText = make("details", { className: "rule-as-text" });
  asText.append(make("summary", { textContent: "The rule as text" }));

  const container = textarea.closest(".form-row");
  container.classList.add("has-rule-editor");
  const holder = make("div", { className: "rule-holder" });
  const status = make("div", { className: "rule-status" });
  status.append(said, undo);
  container.append(holder);
  holder.append(editor, status, problems, before, sentence, picture, asText);
  asText.append(...[...container.children].filter((part) => part !== holder && !part.matches("ul.errorlist")));

  // --- What the server is asked ---------------------------------------------------------------

  let asked = 0;
  let waiting;
  let isAhead = false; // The entries say what the text does not say yet.
  const earlier = [];

  async function ask(what) {
    clearTimeout(waiting);
    const number = ++asked;
    const body = new FormData();
    for (const [name, value] of Object.entries(what)) body.set(name, value);
    body.set("title", form.elements.title?.value ?? "");
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const response = await fetch(address, { method: "POST", body }).catch(() => null);
    // An answer that a later one has overtaken is of yesterday's rule.
    if (number !== asked) return;
    // Whoever is signed out gets the page to sign in, which is no answer.
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    if (number !== asked) return;
    if (!answer) {
      announce("The server did not answer, or you are signed out: sign in in another tab. Then try again, or edit the rule as text.");
      asText.open = true;
      return;
    }
    show(answer, "text" in what);
  }

  function show(answer, isOfText) {
    if (isOfText) {
      editor.innerHTML = answer.page || "";
      editor.hidden = !answer.page;
      if (!answer.page) asText.open = true;
      else number(answer.lines);
    } else if (answer.text !== textarea.value) {
      earlier.push(textarea.value);
      textarea.value = answer.text;
    }
    isAhead = false;
    if (!earlier.length && undo === document.activeElement) editor.querySelector("[data-field]")?.focus();
    undo.hidden = !earlier.length;
    draw(answer);
    tell(answer.problems);
  }

  // While an entry is unfinished there is nothing to draw: what was drawn last stays, and says so.
  let isDrawn = false;
  function draw({ sentence: words, picture: drawn }) {
    if (words) {
      sentence.textContent = words;
      picture.innerHTML = drawn;
      isDrawn = true;
    } else if (!isDrawn) {
      sentence.textContent = "The rule in words follows when all entries are complete.";
    }
    before.hidden = Boolean(words) || !isDrawn;
    for (const part of [sentence, picture]) part.classList.toggle("is-before", !before.hidden);
  }

  // Which entry stands in which line of the text.
  function number(lines) {
    const all = entries();
    // Around a rule of one entry stands a group that the text does not have.
    const shift = lines && all.length > lines.length ? 1 : 0;
    all.forEach((entry, place) => { entry.dataset.line = lines ? lines[place - shift] ?? "" : place + 1; });
  }

  function tell(found) {
    for (const message of editor.querySelectorAll(".rule-problem")) message.remove();
    for (const field of editor.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    problems.replaceChildren();
    found.forEach(({ line, message }, place) => {
      const entry = line && editor.querySelector(`[data-line="${line}"]`);
      if (!entry || editor.hidden) {
        problems.append(make("li", { textContent: line ? `Line ${line}: ${message}` : message }));
        return;
      }
      const text = message[0].toUpperCase() + message.slice(1);
      const note = make("p", { className: "rule-problem", id: `rule-problem-${place}`, textContent: text });
      entry.querySelector(".rule-row").after(note);
      const own = fieldsOf(entry);
      const field = own.find((each) => each.dataset.field === "name") ?? own[0];
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", note.id);
    });
    problems.hidden = !problems.children.length;
    const count = found.length;
    announce([done, count ? `${count} ${count === 1 ? "problem" : "problems"} to solve.` : "The rule is complete."]);
    done = "";
  }

  let done = "";
  function announce(words) {
    said.textContent = [words].flat().filter(Boolean).join(" ");
  }

  function changed(what = "") {
    done = what;
    isAhead = true;
    number(null);
    return ask({ entries: JSON.stringify({ entries: entries().map(read), counts_once: once().checked }) });
  }

  function soon() {
    isAhead = true;
    clearTimeout(waiting);
    waiting = setTimeout(changed, 300);
  }

  // Whoever saves right after an edit saves the edit, too.
  form.addEventListener("submit", async (event) => {
    if (!isAhead) return;
    event.preventDefault();
    const { submitter } = event;
    await changed();
    if (!isAhead) form.requestSubmit(submitter);
  });

  // --- Entries --------------------------------------------------------------------------------

  const once = () => editor.querySelector("[data-rule='once']");
  const entries = () => [...editor.querySelectorAll(":scope > .rule-list .rule-entry")];
  const listOf = (group) => group.querySelector(":scope > .rule-list");
  const groupOf = (entry) => entry.parentElement.closest(".rule-entry");
  const isGroup = (entry) => entry?.dataset.kind === "group";
  const fieldsOf = (entry) =>
    [...entry.querySelectorAll("[data-field]")].filter((field) => field.closest(".rule-entry") === entry);

  function read(entry) {
    let depth = 0;
    for (let above = groupOf(entry); above; above = groupOf(above)) depth += 1;
    const said = { depth, kind: entry.dataset.kind };
    for (const field of fieldsOf(entry)) {
      const { field: name } = field.dataset;
      said[name] = field.type === "checkbox" ? field.checked : field.dataset.name ?? field.value;
    }
    return said;
  }

  function nameOf(entry) {
    if (isGroup(entry)) return "The group";
    const title = entry.querySelector("[data-field='name']").value;
    return title ? `“${title}”` : "The entry";
  }

  const place = (entry) => {
    const list = entry.parentElement;
    return `${[...list.children].indexOf(entry) + 1} of ${list.children.length}`;
  };

  function move(entry, button, how, target) {
    if (!target) {
      announce(how);
      return;
    }
    how(target);
    button?.focus();
    changed(`${nameOf(entry)} is ${place(entry)} now.`);
  }

  const actions = {
    up: (entry, button) =>
      move(entry, button, entry.previousElementSibling ? (other) => other.before(entry) : "It is the first of its group.", entry.previousElementSibling),
    down: (entry, button) =>
      move(entry, button, entry.nextElementSibling ? (other) => other.after(entry) : "It is the last of its group.", entry.nextElementSibling),
    indent(entry, button) {
      const above = isGroup(entry.previousElementSibling) ? entry.previousElementSibling : null;
      move(entry, button, above ? (group) => listOf(group).append(entry) : "There is no group above it to move into.", above);
    },
    outdent(entry, button) {
      const group = groupOf(entry);
      const outer = "root" in group.dataset ? null : group;
      move(entry, button, outer ? (other) => other.after(entry) : "It stands in the outermost group.", outer);
    },
    remove(entry) {
      const next = entry.nextElementSibling ?? entry.previousElementSibling;
      const group = groupOf(entry);
      const name = nameOf(entry);
      entry.remove();
      (next?.querySelector("[data-field]") ?? group.querySelector(":scope > .rule-add button")).focus();
      changed(`${name} is removed.`);
    },
    "add-leaf": (group) => add(group, "new-leaf", "[data-field='name']", "An entry is added."),
    "add-group": (group) => add(group, "new-group", "[data-field]", "A group is added."),
  };

  function add(group, template, first, words) {
    const made = editor.querySelector(`[data-rule='${template}']`).content.firstElementChild.cloneNode(true);
    listOf(group).append(made);
    made.querySelector(first).focus();
    changed(words);
  }

  editor.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) actions[button.dataset.do](button.closest(".rule-entry"), button);
  });

  editor.addEventListener("change", (event) => {
    const { field } = event.target.dataset;
    const entry = event.target.closest(".rule-entry");
    if (field === "operator") entry.querySelector(".rule-amount").hidden = event.target.value !== "least";
    if (field === "kind") {
      entry.dataset.kind = event.target.value;
      entry.querySelector("[data-only='skill']").hidden = event.target.value !== "skill";
      const name = entry.querySelector("[data-field='name']");
      name.value = name.dataset.name = "";
    }
    changed();
  });

  editor.addEventListener("input", (event) => {
    const field = event.target;
    if (field.getAttribute("role") === "combobox") {
      field.dataset.name = field.value.trim();
      search(field);
    }
    if (field.type !== "checkbox" && field.tagName !== "SELECT") soon();
  });

  // --- Names, completed over what may be named --------------------------------------------------

  async function find(field, typed) {
    const url = new URL(address);
    url.searchParams.set("kind", field.dataset.of ?? field.closest(".rule-entry").dataset.kind);
    url.searchParams.set("q", typed);
    const response = await fetch(url).catch(() => null);
    return response?.ok ? (await response.json()).found : null;
  }

  let searching;
  function search(field) {
    clearTimeout(searching);
    searching = setTimeout(async () => {
      const typed = field.value;
      if (!typed.trim()) return close(field);
      const found = await find(field, typed);
      if (found && field.value === typed && document.activeElement === field) offer(field, found);
    }, 200);
  }

  // Whoever types all of a title and goes on has chosen it, if it is the only one.
  async function settle(field) {
    const typed = field.value.trim();
    if (!typed || field.dataset.name !== typed) return;
    const same = (await find(field, typed) ?? []).filter(({ title }) => title.toLowerCase() === typed.toLowerCase());
    if (same.length !== 1 || !field.isConnected || field.dataset.name !== typed) return;
    field.value = same[0].title;
    field.dataset.name = same[0].name;
    changed(`“${field.value}” is chosen.`);
  }

  let options = 0;
  function offer(field, found) {
    const list = field.nextElementSibling;
    list.replaceChildren(...found.map(({ name, title, note }) => {
      const option = make("li", { id: `rule-option-${++options}`, role: "option", textContent: note ? `${title} (${note})` : title });
      Object.assign(option.dataset, { name, title });
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    list.id ||= `rule-options-${++options}`;
    list.hidden = !found.length;
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
    announce(found.length ? `${found.length} found. Choose with the arrow keys.` : "Nothing is called like this.");
  }

  function close(field) {
    field.nextElementSibling.hidden = true;
    field.nextElementSibling.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function choose(field, option) {
    field.value = option.dataset.title;
    field.dataset.name = option.dataset.name;
    close(field);
    changed(`“${field.value}” is chosen.`);
  }

  function step(field, by) {
    const all = [...field.nextElementSibling.children];
    if (!all.length || field.nextElementSibling.hidden) return search(field);
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = all.at(at < 0 && by < 0 ? -1 : (at + by) % all.length);
    for (const option of all) option.setAttribute("aria-selected", String(option === next));
    field.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  editor.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field.tagName !== "INPUT") return;
    // Enter would save the whole page.
    if (event.key === "Enter") event.preventDefault();
    if (field.getAttribute("role") !== "combobox") return;
    const chosen = field.nextElementSibling.querySelector("[aria-selected='true']");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(field, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen && !field.nextElementSibling.hidden) {
      choose(field, chosen);
    } else if (event.key === "Escape") {
      close(field);
    }
  });
  editor.addEventListener("focusout", (event) => {
    if (event.target.getAttribute?.("role") !== "combobox") return;
    close(event.target);
    settle(event.target);
  });
  // Before the field loses the focus, which closes the list.
  editor.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role='option']");
    if (!option) return;
    event.preventDefault();
    choose(option.closest(".rule-name").querySelector("input"), option);
  });

  // --- With the mouse ---------------------------------------------------------------------------

  let dragged = null;
  editor.addEventListener("dragstart", (event) => {
    if (!event.target.closest?.(".rule-handle")) return;
    dragged = event.target.closest(".rule-entry");
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    event.dataTransfer.setDragImage(dragged, 0, 0);
  });
  editor.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    unmark();
    dragged = null;
  });
  const unmark = () => {
    for (const marked of editor.querySelectorAll("[data-drop]")) delete marked.dataset.drop;
  };
  editor.addEventListener("dragover", (event) => {
    const target = event.target.closest(".rule-entry");
    unmark();
    if (!dragged || !target || dragged.contains(target)) return;
    event.preventDefault();
    const { top, height } = target.querySelector(".rule-row").getBoundingClientRect();
    const isBelow = event.clientY > top + height / 2;
    const isInside = "root" in target.dataset || (isGroup(target) && isBelow);
    target.dataset.drop = isInside ? "inside" : isBelow ? "after" : "before";
  });
  editor.addEventListener("drop", (event) => {
    const target = event.target.closest(".rule-entry");
    const how = target?.dataset.drop;
    if (!dragged || !how) return;
    event.preventDefault();
    if (how === "inside") listOf(target).prepend(dragged);
    else target[how](dragged);
    changed(`${nameOf(dragged)} is ${place(dragged)} now.`);
  });

  // --- As text ----------------------------------------------------------------------------------

  textarea.addEventListener("input", () => {
    isAhead = false;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask({ text: textarea.value }), 300);
  });
  undo.addEventListener("click", () => {
    textarea.value = earlier.pop();
    done = "Undone.";
    ask({ text: textarea.value });
  });
  ask({ text: textarea.value });
}

function make(tag, { role, ariaLabel, ...properties }) {
  const made = Object.assign(document.createElement(tag), properties);
  if (role) made.setAttribute("role", role);
  if (ariaLabel) made.setAttribute("aria-label", ariaLabel);
  return made;
}
