// The checks of credentials/vc, in the same order and by the same rules.

// By data model, what it calls the moments between which a credential is valid.
const MODELS = {
  "https://www.w3.org/ns/credentials/v2": ["validFrom", "validUntil"],
  "https://www.w3.org/2018/credentials/v1": ["issuanceDate", "expirationDate"],
};
const SUITES = { "eddsa-rdfc-2022": "Ed25519", "ecdsa-rdfc-2019": "P-256" };
const OLD_SUITE = "Ed25519Signature2020";
const ORDER = ["form", "issuer", "proof", "status", "dates"];
const MAX_LIST_BYTES = 1048576;
const LEEWAY = 60000;

const check = (name, outcome, words) => ({ name, outcome, words });
const KNOWN = check("issuer", "passed", say("The issuer is known here and lists the key that the proof names."));
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
    await checkProof(secured, given, at, () => report.checks.push(isKnown ? KNOWN : unknownIssuer(document)));
    report.checks.push(check("proof", "passed", say("The issuer's signature fits the content: nothing was changed.")));
    const status = await checkStatus(document, given, at, report.missing);
    report.checks.push(status);
    report.checks.push(checkDates(document, at));
    if (!isKnown) report.verdict = "unknown_issuer";
    else if (status.outcome === "unknown") report.verdict = "unreachable";
    await checkEnclosed(report, given, at);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    report.verdict = stop.verdict;
    report.checks = report.checks.filter((made) => made.name !== stop.name);
    if (stop.name === "form") report.checks = [];
    report.checks.push(check(stop.name, stop.outcome, stop.words));
    if (stop.verdict === "unknown_issuer") report.checks.push(whatItsDatesSay(report.document, at));
  }
  const made = report.checks.map(({ name }) => name);
  const left = ORDER.filter((name) => !made.includes(name));
  const words = say("Not checked, because what was found before decides.");
  report.checks.push(...left.map((name) => check(name, "skipped", words)));
  const place = ({ name }) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  report.checks.sort((one, other) => place(one) - place(other));
  return report;
}

/** Anybody may have written them: that they fit proves nothing. */
function whatItsDatesSay(document, at) {
  try {
    return { ...checkDates(document, at), outcome: "unknown" };
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return check(stop.name, stop.outcome, stop.words);
  }
}

function unknownIssuer(document) {
  return check("issuer", "unknown", say(
    "{issuer} vouches for the key that signed it, but is not among the issuers that are known here: whether to trust it is for you to decide.",
    { issuer: issuerOf(document).slice(0, 200) }));
}

function checkForm(document) {
  if (!period(document)) {
    const [newer, older] = Object.keys(MODELS);
    throw badForm(say(
      "It is not a verifiable credential of W3C's data models: its first context is not {newer} or {older}.", { newer, older }));
  }
  if (!isA(document, "VerifiableCredential")) throw badForm(say("Its type does not include VerifiableCredential."));
  const about = listOf(document.credentialSubject);
  if (!about.length || !about.every(isObject)) throw badForm(say("It does not say whom it is about (credentialSubject)."));
  if (typeof issuerOf(document) !== "string" || !issuerOf(document)) throw badForm(say("It does not name its issuer by an identifier."));
  if (isA(document, "ClrCredential")) return check("form", "passed", say("It is a well-formed CLR 2.0 credential."));
  if (!isBadge(document)) return check("form", "passed", say("It is a well-formed W3C verifiable credential."));
  const [missing] = missingIn(document);
  if (missing) throw badForm(say("It is no well-formed Open Badge: {missing}.", { missing }));
  return check("form", "passed", say("It is a well-formed Open Badges 3.0 credential."));
}

/** From when until when a credential is valid, as it says itself; nothing if it is of another data model. */
function period(document) {
  const contexts = document["@context"];
  const names = Array.isArray(contexts) && Object.hasOwn(MODELS, contexts[0]) && MODELS[contexts[0]];
  return names && names.map((name) => document[name]);
}

/** What an Open Badge must have and this lacks. */
function* missingIn(document) {
  const { issuer, credentialSubject: subject } = document;
  for (const term of ["id", MODELS[document["@context"][0]][0]]) {
    if (typeof document[term] !== "string") yield say("it has no {term}", { term });
  }
  if (isObject(issuer) && !isA(issuer, "Profile")) yield say("its issuer is not of the type Profile");
  if (!isObject(subject)) return yield say("it is about several people");
  if (!isA(subject, "AchievementSubject")) yield say("its subject is not of the type AchievementSubject");
  if (!subject.id && !subject.identifier) yield say("its subject has neither an id nor an identifier");
  const achievement = subject.achievement;
  if (!isObject(achievement)) return yield say("it does not say what was achieved");
  if (!isA(achievement, "Achievement")) yield say("what was achieved is not of the type Achievement");
  for (const term of ["id", "name", "description"]) {
    if (typeof achievement[term] !== "string") yield say("its achievement has no {term}", { term });
  }
  if (!isObject(achievement.criteria)) yield say("its achievement has no {term}", { term: "criteria" });
}

// --- Proof ----------------------------------------------------------------------------------------

/** What does not fit stops. found is called when the issuer has the key that the proof names. */
async function checkProof(secured, given, at, found = () => {}) {
  const { document, header } = secured;
  if (header) {
    if (!(header.alg in ALGORITHMS) || header.crit) {
      throw new Stop("invalid", "proof", say("Its proof is not of the kind that is checked here (ES256, EdDSA or RS256)."));
    }
    const key = keyNamed(document, header.jwk?.kid ?? header.kid, header.jwk, given);
    found();
    await hold(key, ALGORITHMS[header.alg], secured.signature, secured.signed);
    checkClaims(secured);
  } else {
    const proof = listOf(document.proof).length === 1 ? listOf(document.proof)[0] : undefined;
    if (!isObject(proof)) throw new Stop("invalid", "proof", say("It carries no proof, so anyone may have written it."));
    const suite = proof.type === OLD_SUITE ? "eddsa-rdfc-2022" : proof.type === "DataIntegrityProof" && proof.cryptosuite;
    if (!(suite in SUITES) || proof.proofPurpose !== "assertionMethod") {
      const kinds = [...Object.keys(SUITES), OLD_SUITE].join(", ");
      throw new Stop("invalid", "proof", say("Its proof is not an assertion of a kind that is checked here: {kinds}.", { kinds }));
    }
    const expires = proof.expires === undefined ? undefined : moment(proof.expires);
    if (expires && expires < at) throw new Stop("expired", "proof", say("Its proof expired on {day}.", { day: day(expires) }));
    const key = keyNamed(document, proof.verificationMethod, undefined, given);
    found();
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
    const words = say("This browser cannot check signatures by {kind}. Try a newer one.", { kind });
    throw new Stop("unreachable", "proof", words, "unknown");
  }
  if (!fits) throw changed();
}

function keyNamed(document, name, jwk, given) {
  const issuer = issuerOf(document);
  const described = given.dids.get(issuer) ?? ofItself(issuer);
  if (!described) {
    const words = say("The issuer {issuer} is not known here, so nothing shows who signed it.", { issuer: issuer.slice(0, 200) });
    throw new Stop("unknown_issuer", "issuer", `${words} ${say("Give its DID document.")}`, "unknown");
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

const notListed = () => new Stop("invalid", "issuer", say("The proof names a key that the issuer does not list for signing credentials."));
const changed = () => new Stop("invalid", "proof", say(
  "The signature does not fit the content: the credential was changed after signing, or was not signed by this issuer."));
const notChecked = (reason) => new Stop("invalid", "proof", say("It cannot be checked. {reason}", { reason }));

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
      throw new Stop("invalid", "proof", say("Its JWT says something else than the credential in it."));
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
    const event = error.details?.event;
    if (event?.code === "invalid property") {
      const term = String(event.details.property).slice(0, 80);
      throw notChecked(say("The term {term} is not defined, so no signature covers it.", { term }));
    }
    throw notChecked(say("The document is not valid JSON-LD: {detail}", { detail: String(error.message).slice(0, 200) }));
  }
}

function contextAt(url) {
  if (!(url in DATA.contexts)) {
    throw notChecked(say("The context {address} is not one that is known here.", { address: String(url).slice(0, 200) }));
  }
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
    if (isMisnamed) throw notChecked(say("Write {term} as a term of the contexts.", { term: key.slice(0, 80) }));
    if (key === "id" && String(item).startsWith("_:")) {
      throw notChecked(say("The identifier {name} names a blank node.", { name: String(item).slice(0, 80) }));
    }
    checkNames(item);
  }
}

// --- Status and dates -----------------------------------------------------------------------------

async function checkStatus(document, given, at, missing) {
  const entries = listOf(document.credentialStatus).filter((entry) => !["message", "refresh"].includes(entry.statusPurpose));
  if (!entries.length) return check("status", "skipped", say("The issuer has not provided for revoking it."));
  const found = new Set();
  for (const entry of entries) {
    if (entry.type !== "BitstringStatusListEntry") throw new Stop("invalid", "status", say("Its status entry is of a kind not known here."));
    if (!["revocation", "suspension"].includes(entry.statusPurpose)) {
      throw new Stop("invalid", "status", say("Its status entry is not about revocation or suspension."));
    }
    const text = given.lists.get(entry.statusListCredential);
    if (text === undefined) missing.push(entry.statusListCredential);
    else if (isSet(await bitsOf(text, entry, issuerOf(document), given, at), entry.statusListIndex)) found.add(entry.statusPurpose);
  }
  if (found.has("revocation")) throw new Stop("revoked", "status", say("The issuer has revoked it."));
  if (found.size) throw new Stop("suspended", "status", say("The issuer has suspended it: it does not count for now."));
  if (missing.length) {
    return check("status", "unknown", say("Whether it was revoked or suspended is not known: its status list was not given."));
  }
  const isOfBoth = entries.some((entry) => entry.statusPurpose === "suspension");
  return check("status", "passed",
    isOfBoth ? say("The issuer has neither revoked nor suspended it.") : say("The issuer has not revoked it."));
}

const untrusted = () => new Stop("invalid", "status", say("The issuer's status list cannot be trusted."));

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
  if (starts && starts - at > LEEWAY) {
    throw new Stop("not_yet_valid", "dates", say("It is not valid before {moment} UTC.", { moment: minute(starts) }));
  }
  if (ends && ends < at) throw new Stop("expired", "dates", say("It expired on {day}.", { day: day(ends) }));
  return check("dates", "passed", datesOf(starts && day(starts), ends && day(ends)));
}

function datesOf(start, end) {
  if (start && end) return say("It is valid since {start}. It stays valid until {end}.", { start, end });
  if (start) return say("It is valid since {start}. It has no end date.", { start });
  return end ? say("It stays valid until {end}.", { end }) : say("It has no end date.");
}

function moment(value) {
  const isWhole = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const date = new Date(isWhole ? value : NaN);
  if (Number.isNaN(date.getTime())) throw new Stop("invalid", "dates", say("One of its dates is not a date with time and time zone."));
  return date;
}

// --- Transcripts and endorsements -----------------------------------------------------------------

const WORST_FIRST = ["invalid", "revoked", "suspended", "not_yet_valid", "unreachable", "unknown_issuer"];

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
  const { verdict, document, checks } = await alone(one, report, given, at);
  const isOpen = ["expired", "unknown_issuer", "unreachable"].includes(verdict);
  const name = document?.credentialSubject?.achievement?.name ?? document?.name ?? say("without a name");
  const words = verdict === "valid" ? say("“{name}” is genuine and valid.", { name }) : say("“{name}”: {reason}", { name, reason: why(checks, verdict) });
  report.checks.push(check("credential", verdict === "valid" ? "passed" : isOpen ? "unknown" : "failed", words));
  return verdict;
}

/** Of a credential that is not valid. */
function why(checks, verdict) {
  if (verdict === "unknown_issuer") return checks.find(({ name }) => name === "issuer").words;
  const found = checks.filter(({ outcome }) => outcome === "failed" || outcome === "unknown");
  return found.at(-1)?.words ?? say("It cannot be trusted.");
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
  const who = document?.issuer?.name ?? say("somebody");
  if (verdict !== "invalid" && document?.credentialSubject?.id !== endorsed) {
    report.checks.push(check("endorsement", "failed", say("The endorsement by {who} is of something else than it stands at.", { who })));
    return false;
  }
  const isMadeUp = verdict === "invalid" && !checks.some(({ name, outcome }) => name === "issuer" && outcome === "failed");
  const words = verdict === "valid" ? say("It is endorsed by {who}.", { who }) : say("An endorsement by {who} does not count: {reason}", { who, reason: why(checks, verdict) });
  report.checks.push(check("endorsement", verdict === "valid" ? "passed" : isMadeUp ? "failed" : "unknown", words));
  return !isMadeUp;
}
