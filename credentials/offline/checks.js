// The checks of credentials/vc, in the same order and by the same rules.

// By data model, what it calls the moments between which a credential is valid.
const MODELS = {
  "https://www.w3.org/ns/credentials/v2": ["validFrom", "validUntil"],
  "https://www.w3.org/2018/credentials/v1": ["issuanceDate", "expirationDate"],
};
const SUITES = { "eddsa-rdfc-2022": "Ed25519", "ecdsa-rdfc-2019": "P-256" };
const ORDER = ["form", "issuer", "proof", "status", "dates"];
const MAX_LIST_BYTES = 1048576;
const LEEWAY = 60000;

const check = (name, outcome, words) => ({ name, outcome, words });
const KNOWN = check("issuer", "passed", "The issuer is known here and lists the key that the proof names.");
const issuerOf = (document) => (isObject(document.issuer) ? document.issuer.id : document.issuer);
const isA = (document, type) => listOf(document.type).includes(type);
const isBadge = (document) => isA(document, "OpenBadgeCredential") || isA(document, "AchievementCredential");

/** {verdict, checks, document, missing}: missing are the addresses of lists that were not given. */
async function verify(text, given, at = new Date()) {
  const report = { verdict: "valid", checks: [], document: null, missing: [] };
  try {
    const secured = read(text);
    const { document } = secured;
    report.document = document;
    report.checks.push(checkForm(document));
    const isKnown = given.known.has(issuerOf(document));
    report.checks.push(isKnown ? KNOWN : unknownIssuer(document));
    await checkProof(secured, given, at);
    report.checks.push(check("proof", "passed", "The issuer's signature fits the content: nothing was changed."));
    const status = await checkStatus(document, given, at, report.missing);
    report.checks.push(status, checkDates(document, at));
    if (!isKnown) report.verdict = "unknown issuer";
    else if (status.outcome === "unknown") report.verdict = "status not checked";
    await checkEnclosed(report, given, at);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    report.verdict = stop.verdict;
    report.checks = report.checks.filter((made) => made.name !== stop.name);
    if (stop.name === "form") report.checks = [];
    report.checks.push(check(stop.name, stop.outcome, stop.words));
  }
  const made = report.checks.map(({ name }) => name);
  const left = ORDER.filter((name) => !made.includes(name));
  report.checks.push(...left.map((name) => check(name, "skipped", "Not checked, because what was found before decides.")));
  return report;
}

function unknownIssuer(document) {
  return check("issuer", "unknown",
    `${issuerOf(document)} vouches for itself. Whether to trust it is for you to decide.`);
}

function checkForm(document) {
  if (!period(document)) {
    throw badForm(`It is not a verifiable credential of W3C's data models: its first context is not ${Object.keys(MODELS).join(" or ")}.`);
  }
  if (!isA(document, "VerifiableCredential")) throw badForm("Its type does not include VerifiableCredential.");
  const about = listOf(document.credentialSubject);
  if (!about.length || !about.every(isObject)) throw badForm("It does not say whom it is about (credentialSubject).");
  if (typeof issuerOf(document) !== "string" || !issuerOf(document)) throw badForm("It does not name its issuer by an identifier.");
  const kind = isBadge(document) ? "Open Badges 3.0" : isA(document, "ClrCredential") ? "CLR 2.0" : "W3C verifiable";
  if (isBadge(document) && !isWholeBadge(document)) throw badForm("It is no well-formed Open Badge: something that it must have is missing.");
  return check("form", "passed", `It is a well-formed ${kind} credential.`);
}

/** From when until when a credential is valid, as it says itself; nothing if it is of another data model. */
function period(document) {
  const contexts = document["@context"];
  const names = Array.isArray(contexts) && Object.hasOwn(MODELS, contexts[0]) && MODELS[contexts[0]];
  return names && names.map((name) => document[name]);
}

function isWholeBadge(document) {
  const { id, issuer, credentialSubject: subject } = document;
  const achievement = subject.achievement;
  return typeof id === "string" && typeof period(document)[0] === "string" && isObject(subject) && isObject(achievement) &&
    (!isObject(issuer) || isA(issuer, "Profile")) && isA(subject, "AchievementSubject") &&
    Boolean(subject.id || subject.identifier) && isA(achievement, "Achievement") && isObject(achievement.criteria) &&
    ["id", "name", "description"].every((term) => typeof achievement[term] === "string");
}

// --- Proof ----------------------------------------------------------------------------------------

/** What does not fit stops. */
async function checkProof(secured, given, at) {
  const { document, header } = secured;
  if (header) {
    if (!(header.alg in ALGORITHMS) || header.crit) {
      throw new Stop("invalid", "proof", "Its proof is not of the kind that is checked here (ES256, EdDSA or RS256).");
    }
    const key = keyNamed(document, header.jwk?.kid ?? header.kid, header.jwk, given);
    await hold(key, ALGORITHMS[header.alg], secured.signature, secured.signed);
    checkClaims(secured);
  } else {
    const proof = listOf(document.proof).length === 1 ? listOf(document.proof)[0] : undefined;
    if (!isObject(proof)) throw new Stop("invalid", "proof", "It carries no proof, so anyone may have written it.");
    const suite = proof.type === "Ed25519Signature2020" ? "eddsa-rdfc-2022" : proof.type === "DataIntegrityProof" && proof.cryptosuite;
    if (!(suite in SUITES) || proof.proofPurpose !== "assertionMethod") {
      throw new Stop("invalid", "proof", "Its proof is not of a kind that is checked here.");
    }
    if (proof.expires !== undefined && moment(proof.expires) < at) throw new Stop("expired", "proof", "Its proof has expired.");
    const key = keyNamed(document, proof.verificationMethod, undefined, given);
    let signature;
    try {
      signature = fromBase58(proof.proofValue);
    } catch {
      throw changed();
    }
    await hold(key, SUITES[suite], signature, await hashData(document, proof));
  }
}

async function hold(key, kind, signature, data) {
  if (key.kind !== kind) throw notListed();
  let fits;
  try {
    fits = await isSignatureOf(key, signature, data);
  } catch {
    throw new Stop("status not checked", "proof", `This browser cannot check signatures by ${kind}. Try a newer one.`, "unknown");
  }
  if (!fits) throw changed();
}

function keyNamed(document, name, jwk, given) {
  const issuer = issuerOf(document);
  const described = given.dids.get(issuer) ?? ofItself(issuer);
  if (!described) {
    throw new Stop("unknown issuer", "issuer", `The issuer ${issuer} is not known here, so nothing shows who signed it. Give its DID document.`, "unknown");
  }
  const absolute = (text) => (typeof text === "string" && text.startsWith("#") ? issuer + text : text);
  const allowed = listOf(described.assertionMethod);
  const names = allowed.map((item) => absolute(isObject(item) ? item.id : item));
  const methods = [...listOf(described.verificationMethod), ...allowed].filter(
    (method) => isObject(method) && method.controller === issuer && names.includes(absolute(method.id)));
  try {
    const keys = methods.filter((method) => name === undefined || absolute(method.id) === absolute(name)).map(keyOf);
    const found = name === undefined ? keys.find((key) => jwk && isSameKey(key, fromJwk(jwk))) : keys[0];
    if (found) return found;
  } catch {
    // Not a key of a kind that is read here.
  }
  throw notListed();
}

/** A did:key is its own document. */
function ofItself(did) {
  if (!/^did:key:z(6Mk|Dn)/.test(did)) return undefined;
  const multibase = did.slice("did:key:".length);
  const id = `${did}#${multibase}`;
  return { id: did, assertionMethod: [id], verificationMethod: [{ id, controller: did, publicKeyMultibase: multibase }] };
}

const notListed = () => new Stop("invalid", "issuer", "The proof names a key that the issuer does not list for signing credentials.");
const changed = () => new Stop("invalid", "proof",
  "The signature does not fit the content: the credential was changed after signing, or was not signed by this issuer.");

function checkClaims({ document, claims }) {
  const about = listOf(document.credentialSubject);
  const seconds = (value) => (value === undefined ? undefined : Math.floor(moment(value) / 1000));
  const [starts, ends] = period(document);
  const expected = {
    iss: issuerOf(document),
    jti: document.id,
    sub: about.length === 1 ? about[0].id : undefined,
    nbf: seconds(starts),
    exp: seconds(ends),
  };
  for (const name of CLAIMS) {
    const isLeftOut = claims[name] === undefined && !isBadge(document);
    if (!isLeftOut && claims[name] !== expected[name]) {
      throw new Stop("invalid", "proof", "Its JWT says something else than the credential in it.");
    }
  }
}

async function hashData(document, proof) {
  const { proof: _, ...unsecured } = document;
  const { proofValue: __, "@context": repeated = [], ...options } = proof;
  const contexts = document["@context"];
  if (!Array.isArray(repeated) || repeated.some((context, place) => context !== contexts[place])) throw changed();
  const hashes = [];
  for (const part of [{ "@context": contexts, ...options }, unsecured]) {
    hashes.push(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(await canonical(part)))));
  }
  return Uint8Array.from([...hashes[0], ...hashes[1]]);
}

async function canonical(document) {
  checkNames(document);
  const documentLoader = async (url) => ({ contextUrl: null, documentUrl: url, document: contextAt(url) });
  try {
    return await jsonld.canonize(document, { algorithm: "RDFC-1.0", format: "application/n-quads", safe: true, base: null, documentLoader });
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop("invalid", "proof", `It cannot be checked. ${String(error.message).slice(0, 200)}`);
  }
}

function contextAt(url) {
  if (!(url in DATA.contexts)) throw new Stop("invalid", "proof", `It cannot be checked. The context ${url} is not one that is known here.`);
  return DATA.contexts[url];
}

/** Properties by their terms and contexts by their addresses: else a signature would cover what no reader sees. */
function checkNames(value) {
  if (Array.isArray(value)) value.forEach(checkNames);
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === "@context") {
      for (const context of listOf(item)) contextAt(context);
      continue;
    }
    const isMisnamed = key.includes(":") || (key.startsWith("@") && !["@value", "@language", "@direction"].includes(key));
    if (isMisnamed || (key === "id" && String(item).startsWith("_:"))) {
      throw new Stop("invalid", "proof", `It cannot be checked. Write ${key.slice(0, 80)} as a term of the contexts.`);
    }
    checkNames(item);
  }
}

// --- Status and dates -----------------------------------------------------------------------------

async function checkStatus(document, given, at, missing) {
  const entries = listOf(document.credentialStatus).filter((entry) => !["message", "refresh"].includes(entry.statusPurpose));
  if (!entries.length) return check("status", "skipped", "The issuer has not provided for revoking it.");
  const found = new Set();
  for (const entry of entries) {
    if (entry.type !== "BitstringStatusListEntry" || !["revocation", "suspension"].includes(entry.statusPurpose)) {
      throw new Stop("invalid", "status", "Its status entry is of a kind not known here.");
    }
    const text = given.lists.get(entry.statusListCredential);
    if (text === undefined) missing.push(entry.statusListCredential);
    else if (isSet(await bitsOf(text, entry, issuerOf(document), given, at), entry.statusListIndex)) found.add(entry.statusPurpose);
  }
  if (found.has("revocation")) throw new Stop("revoked", "status", "The issuer has revoked it.");
  if (found.size) throw new Stop("suspended", "status", "The issuer has suspended it: it does not count for now.");
  return missing.length
    ? check("status", "unknown", "Whether it was revoked or suspended is not known: its status list was not given.")
    : check("status", "passed", "The issuer has neither revoked nor suspended it.");
}

const untrusted = () => new Stop("invalid", "status", "The issuer's status list cannot be trusted.");

async function bitsOf(text, entry, issuer, given, at) {
  try {
    const secured = read(text);
    const list = secured.document;
    await checkProof(secured, given, at);
    const subject = list.credentialSubject;
    if (list.id !== entry.statusListCredential || issuerOf(list) !== issuer || !isA(list, "BitstringStatusListCredential") ||
        !listOf(subject.statusPurpose).includes(entry.statusPurpose) ||
        (list.validUntil !== undefined && moment(list.validUntil) < at)) throw untrusted();
    return await inflated(fromBase64url(subject.encodedList.slice(1)));
  } catch {
    throw untrusted();
  }
}

async function inflated(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > MAX_LIST_BYTES) throw untrusted();
    parts.push(part.value);
  }
  if (size < 16384) throw untrusted();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function isSet(bits, index) {
  if (!/^\d{1,9}$/.test(index) || Number(index) >= bits.length * 8) throw untrusted();
  return Boolean(bits[Number(index) >> 3] & (0x80 >> (Number(index) & 7)));
}

function checkDates(document, at) {
  const [starts, ends] = period(document).map((value) => (value === undefined ? undefined : moment(value)));
  if (starts && starts - at > LEEWAY) throw new Stop("not valid yet", "dates", `It is not valid before ${day(starts)}.`);
  if (ends && ends < at) throw new Stop("expired", "dates", `It expired on ${day(ends)}.`);
  const since = starts ? `It is valid since ${day(starts)}. ` : "";
  return check("dates", "passed", since + (ends ? `It stays valid until ${day(ends)}.` : "It has no end date."));
}

const day = (date) => date.toLocaleDateString("en", { dateStyle: "long", timeZone: "UTC" });

function moment(value) {
  const isWhole = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const date = new Date(isWhole ? value : NaN);
  if (Number.isNaN(date.getTime())) throw new Stop("invalid", "dates", "One of its dates is not a date with time and time zone.");
  return date;
}

// --- Transcripts and endorsements -----------------------------------------------------------------

const WORST_FIRST = ["invalid", "revoked", "suspended", "not valid yet", "status not checked", "unknown issuer"];

/** Each is checked by itself; that one has expired is no fault of the whole. */
async function checkEnclosed(report, given, at) {
  const { document } = report;
  const found = [];
  for (const one of isA(document, "ClrCredential") ? listOf(document.credentialSubject.verifiableCredential) : []) {
    found.push(await checkOne(one, report, given, at));
  }
  for (const [endorsed, one] of carried(document)) {
    if (!(await checkEndorsement(one, endorsed, report, given, at))) found.push("invalid");
  }
  if (report.verdict === "valid") report.verdict = WORST_FIRST.find((verdict) => found.includes(verdict)) ?? "valid";
}

async function alone(one, report, given, at) {
  const found = await verify(typeof one === "string" ? one : JSON.stringify(one), given, at);
  report.missing.push(...found.missing.filter((url) => !report.missing.includes(url)));
  return found;
}

async function checkOne(one, report, given, at) {
  const { verdict, document } = await alone(one, report, given, at);
  const isOpen = ["expired", "unknown issuer", "status not checked"].includes(verdict);
  const name = document?.credentialSubject?.achievement?.name ?? document?.name ?? "Without a name";
  report.checks.push(check("credential", verdict === "valid" ? "passed" : isOpen ? "unknown" : "failed", `“${name}” is ${verdict}.`));
  return verdict;
}

/** The endorsements in a credential, each with the id of what it stands at. */
function carried(document) {
  const subject = isObject(document.credentialSubject) ? document.credentialSubject : {};
  const achievement = isObject(subject.achievement) ? subject.achievement : {};
  return [document, document.issuer, achievement, achievement.creator].filter(isObject).flatMap(
    (part) => listOf(part.endorsement).map((one) => [part.id, one]));
}

/** Whether it speaks against the credential: one that was taken back, or by a key that is not listed, only does not count. */
async function checkEndorsement(one, endorsed, report, given, at) {
  const { verdict, document, checks } = await alone(one, report, given, at);
  const who = document?.issuer?.name ?? "somebody";
  if (verdict !== "invalid" && document?.credentialSubject?.id !== endorsed) {
    report.checks.push(check("endorsement", "failed", `The endorsement by ${who} is of something else than it stands at.`));
    return false;
  }
  const isMadeUp = verdict === "invalid" && !checks.some(({ name, outcome }) => name === "issuer" && outcome === "failed");
  const words = verdict === "valid" ? `It is endorsed by ${who}.` : `An endorsement by ${who} does not count: it is ${verdict}.`;
  report.checks.push(check("endorsement", verdict === "valid" ? "passed" : isMadeUp ? "failed" : "unknown", words));
  return !isMadeUp;
}
