// The form and what it shows. All that is written comes from strangers: it is only ever set as text.

const HEADLINES = {
  valid: ["ok", say("This credential is genuine and valid.")],
  invalid: ["bad", say("This credential cannot be trusted.")],
  revoked: ["bad", say("This credential has been revoked.")],
  suspended: ["open", say("This credential is suspended.")],
  expired: ["open", say("This credential has expired.")],
  not_yet_valid: ["open", say("This credential is not valid yet.")],
  unknown_issuer: ["open", say("Its issuer is not known here.")],
  unreachable: ["open", say("This credential could not be checked in full.")],
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
    throw badForm(say("A file of the issuer is neither a DID document nor a status list."));
  }
}

function show(report) {
  const [look, headline] = HEADLINES[report.verdict];
  part("verdict").className = look;
  part("verdict").textContent = headline;
  part("said").replaceChildren(...said(report.document).flatMap(([term, value]) => [make("dt", term), make("dd", value)]));
  part("checks").replaceChildren(...report.checks.map(({ name, outcome, words }) => {
    const item = make("li", `${DATA.names[name]}, ${DATA.outcomes[outcome]}: ${words}`);
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
    [say("Earned by"), named?.identityHash],
    [say("Earned"), subject.achievement?.name ?? document.name],
    [say("Issuer"), document.issuer?.name ?? issuerOf(document)],
  ].filter(([, value]) => typeof value === "string");
}

function make(name, content) {
  const made = document.createElement(name);
  made.textContent = content.slice(0, 400);
  return made;
}
