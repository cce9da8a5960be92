// Fetches one credential as a wallet does, with the OpenID4VCI client of the OpenWallet Foundation.
// Reads JSON from standard input:
//   {link, transactionCode, configuration}
// Writes {format, credential, refused}; `refused` is the error of a token request with another code.
import {createHash, webcrypto} from 'node:crypto';
import {text} from 'node:stream/consumers';

import {clientAuthenticationAnonymous, setGlobalConfig} from '@openid4vc/oauth2';
import {Openid4vciClient} from '@openid4vc/openid4vci';

const {link, transactionCode, configuration} = JSON.parse(await text(process.stdin));

// The site under test listens on this machine, without TLS.
setGlobalConfig({allowInsecureUrls: true});

const client = new Openid4vciClient({
  callbacks: {
    clientAuthentication: clientAuthenticationAnonymous(),
    generateRandom: length => webcrypto.getRandomValues(new Uint8Array(length)),
    hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
  },
});

const credentialOffer = await client.resolveCredentialOffer(link);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);

async function redeem(txCode) {
  const {accessTokenResponse} = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer, issuerMetadata, txCode,
  });
  return accessTokenResponse.access_token;
}

const refused = await redeem('------').then(() => '', error => error.errorResponse?.error ?? String(error));
const accessToken = await redeem(transactionCode);

const {credentialResponse} = await client.retrieveCredentials({
  issuerMetadata, accessToken, credentialConfigurationId: configuration,
});
await client.sendNotification({
  issuerMetadata, accessToken,
  notification: {notificationId: credentialResponse.notification_id, event: 'credential_accepted'},
});

process.stdout.write(JSON.stringify({
  format: issuerMetadata.credentialIssuer.credential_configurations_supported[configuration].format,
  credential: credentialResponse.credentials[0].credential,
  refused,
}));
