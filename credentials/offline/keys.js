// Public keys as Multikey and JWK, and the signatures that they make, by the browser's own crypto.

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
// Of P-256, to find the half of a point that a compressed key leaves out.
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const CURVE_B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ALGORITHMS = { ES256: "P-256", EdDSA: "Ed25519", RS256: "RSA" };

function fromBase58(text) {
  if (typeof text !== "string" || !text.startsWith("z") || text.length > 200) throw new Error("not base58btc");
  let number = 0n;
  for (const digit of text.slice(1)) {
    const value = BASE58.indexOf(digit);
    if (value < 0) throw new Error("not base58btc");
    number = number * 58n + BigInt(value);
  }
  const bytes = [];
  for (; number; number >>= 8n) bytes.unshift(Number(number & 255n));
  for (const digit of text.slice(1)) {
    if (digit !== "1") break;
    bytes.unshift(0);
  }
  return Uint8Array.from(bytes);
}

function fromBase64url(text) {
  if (!/^[\w-]*$/.test(text)) throw new Error("not base64url");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** {kind, bytes} of a verification method; an RSA key has its JWK instead. Throws for others. */
function keyOf(method) {
  const jwk = method.publicKeyJwk;
  if (jwk && typeof jwk === "object") return fromJwk(jwk);
  const bytes = fromBase58(method.publicKeyMultibase);
  if (bytes[0] === 0xed && bytes[1] === 0x01 && bytes.length === 34) return { kind: "Ed25519", bytes: bytes.slice(2) };
  if (bytes[0] === 0x80 && bytes[1] === 0x24 && bytes.length === 35) return { kind: "P-256", bytes: wholePoint(bytes.slice(2)) };
  throw new Error("a key of another kind");
}

function fromJwk(jwk) {
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") return { kind: "Ed25519", bytes: fromBase64url(jwk.x) };
  if (jwk.kty === "EC" && jwk.crv === "P-256") {
    return { kind: "P-256", bytes: Uint8Array.from([4, ...fromBase64url(jwk.x), ...fromBase64url(jwk.y)]) };
  }
  if (jwk.kty === "RSA") return { kind: "RSA", jwk: { kty: "RSA", n: jwk.n, e: jwk.e } };
  throw new Error("a key of another kind");
}

function wholePoint(compressed) {
  const x = compressed.slice(1).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  let y = power((((x * x) % PRIME) * x - 3n * x + CURVE_B) % PRIME, (PRIME + 1n) / 4n);
  if ((y & 1n) !== BigInt(compressed[0] & 1)) y = PRIME - y;
  const half = y.toString(16).padStart(64, "0").match(/../g);
  return Uint8Array.from([4, ...compressed.slice(1), ...half.map((byte) => parseInt(byte, 16))]);
}

function power(base, exponent) {
  let result = 1n;
  for (base = ((base % PRIME) + PRIME) % PRIME; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % PRIME;
    base = (base * base) % PRIME;
  }
  return result;
}

function isSameKey(one, other) {
  return one.kind === other.kind && String(one.bytes) === String(other.bytes) &&
    one.jwk?.n === other.jwk?.n && one.jwk?.e === other.jwk?.e;
}

/** Throws where the browser has no such algorithm, or the key is none. */
async function isSignatureOf(key, signature, data) {
  const [form, material, algorithm] = {
    Ed25519: ["raw", key.bytes, { name: "Ed25519" }],
    "P-256": ["raw", key.bytes, { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }],
    RSA: ["jwk", key.jwk, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }],
  }[key.kind];
  const usable = await crypto.subtle.importKey(form, material, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, usable, signature, data);
}
