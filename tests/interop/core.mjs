// Verifies one credential with the Digital Credentials Consortium's verifier, as its web pages do.
// Reads JSON from standard input:
//   {credential, documents: {address: document}}
// where documents are all that it may load: what its own libraries do not bring along, DID documents
// and status lists. Writes {accepted, reason}; it checks against the time of now.
import {text} from 'node:stream/consumers';

const {credential, documents} = JSON.parse(await text(process.stdin));

globalThis.fetch = async request => {
  const address = typeof request === 'string' ? request : request.url;
  const found = documents[address];
  const headers = {'content-type': 'application/ld+json'};
  return found ? new Response(JSON.stringify(found), {headers}) : new Response('{}', {status: 404, headers});
};
// It speaks of schemas that ajv finds fault with.
console.log = console.warn = console.error = () => {};

const {verifyCredential} = await import('@digitalcredentials/verifier-core');
const {errors, log, additionalInformation} = await verifyCredential({credential, knownDIDRegistries: []});

const faults = (errors ?? []).map(({name}) => name);
for(const {id, valid, error} of log ?? []) {
  // Which issuers are registered is not asked here.
  if(id !== 'registered_issuer' && !valid) {
    faults.push(error?.name ?? id);
  }
}
for(const {results} of additionalInformation ?? []) {
  if(Array.isArray(results) && !results.every(({result}) => result.valid)) {
    faults.push('schema');
  }
}
process.stdout.write(JSON.stringify({accepted: faults.length === 0, reason: faults.join(' ')}));
