// Verifies one credential with Digital Bazaar's libraries. Reads JSON from standard input:
//   {credential, now, documents: {address: document}}
// where documents are the contexts, DID documents and status lists; nothing else is ever loaded.
// Writes {accepted, reason}.
import {text} from 'node:stream/consumers';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {verifyCredential} from '@digitalbazaar/vc';
import {checkStatus as checkBitstring} from '@digitalbazaar/vc-bitstring-status-list';

const {credential, now, documents} = JSON.parse(await text(process.stdin));

async function documentLoader(address) {
  const [base, fragment] = address.split('#');
  const document = fragment === undefined ? documents[address] : keyOf(documents[base], address);
  if(!document) {
    throw new Error(`Nothing is known of ${address}.`);
  }
  return {contextUrl: null, documentUrl: address, document};
}

// A verification method is part of its DID document; the library asks for it by its own address.
function keyOf(didDocument, address) {
  const key = didDocument?.verificationMethod.find(({id}) => id === address);
  return key && {'@context': 'https://w3id.org/security/multikey/v1', ...key};
}

const suite = new DataIntegrityProof({cryptosuite});

async function checkStatus({credential, documentLoader}) {
  const {verified, results, error} = await checkBitstring({credential, documentLoader, suite});
  const isRevoked = results?.some(({status}) => status);
  return {
    verified: verified && !isRevoked,
    error: isRevoked ? new Error('The credential is revoked.') : error,
  };
}

const result = await verifyCredential({credential, suite, now, checkStatus, documentLoader});
const error = result.error?.errors?.[0] ?? result.error ?? result.statusResult?.error;
console.log(JSON.stringify({
  accepted: result.verified,
  reason: result.verified ? '' : String(error?.message ?? error),
}));
