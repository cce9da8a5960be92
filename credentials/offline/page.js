// The form and what it shows. All that is written comes from strangers: it is only ever set as text.

const DATA = JSON.parse(document.getElementById("data").textContent);
const HEADLINES = {
  valid: ["ok", "This credential is genuine and valid."],
  invalid: ["bad", "This credential cannot be trusted."],
  revoked: ["bad", "This credential has been revoked."],
  suspended: ["open", "This credential is suspended."],
  expired: ["open", "This credential has expired."],
  "not valid yet": ["open", "This credential is not valid yet."],
  "unknown issuer": ["open", "Its issuer is not known here."],
  "status not checked": ["open", "This credential could not be checked in full."],
};
const LOOKS = { passed: "ok", failed: "bad", unknown: "open", skipped: "open" };

const part = (id) => document.getElementById(id);
const given = {
  dids: new Map(DATA.dids.map((described) => [described.id, described])),
  known: new Set(DATA.dids.map((described) => described.id)),
  lists: new Map(),
};
let text = "";
let missing = [];

part("site").textContent = DATA.site;

part("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = part("file").files;
  try {
    text = file ? await textOf(file) : part("text").value;
    for (const more of part("more").files) await take(await textOf(more));
  } catch (error) {
    show({ verdict: "invalid", checks: [check("form", "failed", error.words ?? String(error))], document: null, missing: [] });
    return;
  }
  show(await verify(text, given));
});

part("fetch").addEventListener("click", async () => {
  for (const url of missing) {
    try {
      const answer = await fetch(url, { credentials: "omit", redirect: "error", cache: "no-store" });
      if (answer.ok) given.lists.set(url, await answer.text());
    } catch {
      // Without a network, or without its leave: the status stays unknown.
    }
  }
  show(await verify(text, given));
});

/** A DID document or a status list, told apart by what is in it. */
async function take(content) {
  const { document } = read(content);
  if (isA(document, "BitstringStatusListCredential")) {
    given.lists.set(document.id, content);
  } else if (typeof document.id === "string" && document.verificationMethod) {
    given.dids.set(document.id, document);
    given.known.add(document.id);
  } else {
    throw badForm("A file of the issuer is neither a DID document nor a status list.");
  }
}

function show(report) {
  const [look, headline] = HEADLINES[report.verdict];
  part("verdict").className = look;
  part("verdict").textContent = headline;
  part("said").replaceChildren(...said(report.document).flatMap(([term, value]) => [make("dt", term), make("dd", value)]));
  part("checks").replaceChildren(...report.checks.map(({ name, outcome, words }) => {
    const item = make("li", `${name[0].toUpperCase()}${name.slice(1)}, ${outcome}: ${words}`);
    item.className = LOOKS[outcome];
    return item;
  }));
  missing = report.missing.filter((url) => /^https?:\/\//.test(url));
  part("lists").hidden = !missing.length;
  part("result").hidden = false;
}

function said(document) {
  const subject = listOf(document?.credentialSubject)[0];
  if (!isObject(subject)) return [];
  const named = listOf(subject.identifier).find((identity) => identity?.identityType === "name" && !identity.hashed);
  return [
    ["Earned by", named?.identityHash],
    ["Earned", subject.achievement?.name ?? document.name],
    ["Issuer", document.issuer?.name ?? issuerOf(document)],
  ].filter(([, value]) => typeof value === "string");
}

function make(name, content) {
  const made = document.createElement(name);
  made.textContent = content.slice(0, 400);
  return made;
}
