// From a file or a text to a document and what secures it.

const MAX_BYTES = 262144;
const MAX_FILE = 2097152;
const MAX_DEPTH = 24;
const MAX_PARTS = 10000;
const MAX_ITEMS = 400;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const OPEN_BADGES = "https://purl.imsglobal.org/ob/v3p0";
const CLAIMS = ["iss", "jti", "nbf", "sub", "exp"];

/** A check that decides, so that those after it would say nothing. */
class Stop extends Error {
  constructor(verdict, name, words, outcome = "failed") {
    super(words);
    Object.assign(this, { verdict, name, words, outcome });
  }
}

const badForm = (words) => new Stop("invalid", "form", words);
const listOf = (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The text of the credential that a file is or carries. */
async function textOf(file) {
  if (file.size > MAX_FILE) throw badForm(say("The file is larger than {size} MiB.", { size: MAX_FILE / 1048576 }));
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (PNG.every((byte, place) => bytes[place] === byte)) return fromPng(bytes);
  const text = new TextDecoder().decode(bytes);
  if (text.includes("%PDF-")) throw badForm(say("Save the file that is attached to the PDF, and give that."));
  return /^\s*[{e]/.test(text) || !/<svg/i.test(text) ? text : fromSvg(text);
}

/** Of an iTXt chunk that is not compressed (Open Badges 3.0 §5.3.1). */
function fromPng(bytes) {
  const view = new DataView(bytes.buffer);
  const found = [];
  for (let place = 8; place + 12 <= bytes.length; ) {
    const size = view.getUint32(place);
    const kind = String.fromCharCode(...bytes.slice(place + 4, place + 8));
    const data = bytes.slice(place + 8, place + 8 + size);
    const [keyword] = kind === "iTXt" ? [new TextDecoder("latin1").decode(data.slice(0, 20))] : [""];
    if (keyword === "openbadgecredential\0") found.push(data);
    place += 12 + size;
  }
  if (!found.length) throw badForm(say("The PNG picture carries no credential."));
  if (found.length > 1) throw badForm(say("The PNG picture carries more than one credential."));
  const [data] = found;
  const language = data.indexOf(0, 22);
  const translated = data.indexOf(0, language + 1);
  if (data[20] !== 0) throw badForm(say("The credential in the PNG picture is compressed, which is not allowed."));
  if (language < 0 || translated < 0) throw badForm(say("The credential in the PNG picture is cut off."));
  return new TextDecoder().decode(data.slice(translated + 1));
}

function fromSvg(text) {
  if (text.includes("<!DOCTYPE")) throw badForm(say("The SVG picture declares a document type, which no badge needs."));
  const picture = new DOMParser().parseFromString(text, "image/svg+xml");
  const found = picture.getElementsByTagNameNS(OPEN_BADGES, "credential");
  if (!found.length) throw badForm(say("The SVG picture carries no credential."));
  if (found.length > 1) throw badForm(say("The SVG picture carries more than one credential."));
  return found[0].getAttribute("verify") || found[0].textContent;
}

/** {document} of JSON; of a JWT {document, header, signed, signature, claims}, too. */
function read(text) {
  text = text.trim();
  if (new TextEncoder().encode(text).length > MAX_BYTES) {
    throw badForm(say("It is larger than {size} KiB, more than a credential needs.", { size: MAX_BYTES / 1024 }));
  }
  if (!text.startsWith("ey") || text.split(".").length !== 3) return { document: parse(text) };
  const parts = text.split(".");
  let decoded;
  try {
    decoded = parts.map(fromBase64url);
  } catch {
    const reason = say("Its parts are not text in base64url.");
    throw badForm(say("It looks like a JWT, but is none. {reason}", { reason }));
  }
  const [header, document] = decoded.slice(0, 2).map((part) => parse(new TextDecoder().decode(part)));
  const claims = {};
  for (const name of CLAIMS) {
    if (name in document) claims[name] = document[name];
    delete document[name];
  }
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  return { document, header, claims, signed, signature: decoded[2] };
}

function parse(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw badForm(say("It is not JSON."));
  }
  if (!isObject(value)) throw badForm(say("It is JSON, but not one object in braces."));
  bound(value);
  return value;
}

function bound(value) {
  const pending = [[value, 0]];
  for (let parts = 0; pending.length; parts++) {
    const [item, depth] = pending.pop();
    if (depth > MAX_DEPTH || parts > MAX_PARTS) {
      throw badForm(say("It is nested more deeply or has more parts than a credential needs."));
    }
    if (Array.isArray(item) && item.length > MAX_ITEMS) {
      throw badForm(say("One of its lists is longer than {most} items.", { most: MAX_ITEMS }));
    }
    if (typeof item === "object" && item !== null) {
      for (const part of Object.values(item)) pending.push([part, depth + 1]);
    }
  }
}
