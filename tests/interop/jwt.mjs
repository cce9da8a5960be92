// Verifies one JWT with the Decentralized Identity Foundation's did-jwt, for assertions.
// Reads JSON from standard input:
//   {token, didDocument, now}
// Writes {accepted, reason}.
import {text} from 'node:stream/consumers';

import {verifyJWT} from 'did-jwt';

const {token, didDocument, now} = JSON.parse(await text(process.stdin));

const resolver = {
  resolve: async did => did === didDocument.id ?
    {didDocument, didResolutionMetadata: {}, didDocumentMetadata: {}} :
    {didDocument: null, didResolutionMetadata: {error: 'notFound'}, didDocumentMetadata: {}},
};

const policies = {aud: false, now: Math.floor(Date.parse(now) / 1000)};
const answer = await verifyJWT(token, {resolver, proofPurpose: 'assertionMethod', policies}).then(
  ({verified}) => ({accepted: verified, reason: ''}),
  error => ({accepted: false, reason: error.message}),
);
process.stdout.write(JSON.stringify(answer));
