// Small comforts. Every page is complete without them.

// Copy buttons, <button type="button" data-copy="text" hidden>, show only where copying works.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// An open menu closes on Escape, and when the attention goes elsewhere.
const menus = document.querySelectorAll("details.menu");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
for (const type of ["click", "focusin"]) {
  document.addEventListener(type, (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
}

// Time that is spent with a unit: while its tab is seen and somebody has moved in the last minutes.
const timed = document.querySelector("[data-time]");
if (timed) {
  const EVERY = 30, IDLE = 120000;
  let active = Date.now();
  for (const type of ["keydown", "pointermove", "pointerdown", "scroll"]) {
    addEventListener(type, () => { active = Date.now(); }, { passive: true });
  }
  setInterval(() => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (document.visibilityState !== "visible" || Date.now() - active > IDLE || !token) return;
    const body = new URLSearchParams({ seconds: EVERY, csrfmiddlewaretoken: token.value });
    fetch(timed.dataset.time, { method: "POST", body, keepalive: true }).catch(() => {});
  }, EVERY * 1000);
}

// When a session is, in the zone of whoever looks, beside that of the run.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const time of document.querySelectorAll("time[data-until]")) {
  const [start, end] = [new Date(time.dateTime), new Date(time.dataset.until)];
  const shown = (timeZone) => new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  }).formatRange(start, end);
  if (!here || shown(here) === shown(time.dataset.zone)) continue;
  const mine = document.createElement("span");
  mine.className = "in-my-zone";
  mine.textContent = `${shown(here)} (${here.replaceAll("_", " ")})`;
  (time.nextElementSibling ?? time).after(mine);
}

// The time that is left of a quiz. What the page holds when it is over is handed in.
const due = document.querySelector("[data-due]");
if (due) {
  const end = Date.parse(due.dataset.due), shown = due.querySelector(".countdown");
  const form = due.closest("form"), said = form.querySelector("[data-due-said]");
  const tick = () => {
    const left = Math.round((end - Date.now()) / 1000);
    // A clock that is wrong by hours, or a page from the browser's memory, hands in nothing.
    if (left < -25) return;
    if (left <= 0) {
      const anyway = document.createElement("button");
      anyway.type = "submit";
      anyway.name = "do";
      anyway.value = "anyway";
      anyway.hidden = true;
      form.append(anyway);
      form.requestSubmit(anyway);
      return;
    }
    shown.parentElement.hidden = false;
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left <= 60 && !said.textContent) said.textContent = due.dataset.warning;
    setTimeout(tick, 1000);
  };
  tick();
}
