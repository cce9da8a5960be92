// Canonicalizes documents with Digital Bazaar's libraries. Reads JSON from standard input:
//   {documents: [document], contexts: {address: context}}
// Writes the list of their canonical N-Quads.
import {text} from 'node:stream/consumers';

import jsonld from 'jsonld';

const {documents, contexts} = JSON.parse(await text(process.stdin));

async function documentLoader(address) {
  return {contextUrl: null, documentUrl: address, document: contexts[address]};
}

const options = {algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, documentLoader};
const canonical = [];
for(const document of documents) {
  canonical.push(await jsonld.canonize(document, options));
}
console.log(JSON.stringify(canonical));
