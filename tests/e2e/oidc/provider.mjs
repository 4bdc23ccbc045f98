// A real identity provider (node-oidc-provider) on a free port of the loopback, for oidc.sh. Whoever types a name at it is that person; dora is in "Prod Operators".
//   provider.mjs CERTIFICATE KEY REDIRECT SECRET PORT-FILE
import {generateKeyPairSync} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:https';
import Provider from 'oidc-provider';

const [certificate, key, redirect, secret, port_file] = process.argv.slice(2);
const jwk = (name, type, options) => ({...generateKeyPairSync(type, options).privateKey.export({format: 'jwk'}), kid: name, use: 'sig'});
let answer;
const server = createServer({cert: readFileSync(certificate), key: readFileSync(key)}, (request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const {port} = server.address();
  const provider = new Provider(`https://localhost:${port}`, {
    clients: [{client_id: 'frostgate', client_secret: secret, redirect_uris: [redirect], post_logout_redirect_uris: [redirect.replace('/sign-in/callback', '/signed-out')], grant_types: ['authorization_code'], response_types: ['code'], id_token_signed_response_alg: 'ES256'}],
    jwks: {keys: [jwk('first', 'rsa', {modulusLength: 2048}), jwk('second', 'ec', {namedCurve: 'P-256'})]},
    cookies: {keys: ['a key for the test']},
    claims: {openid: ['sub'], profile: ['preferred_username', 'groups']},
    conformIdTokenClaims: false,
    pkce: {required: () => true},
    findAccount: (_, id) => ({accountId: id, claims: () => ({sub: `subject-${id}`, preferred_username: `${id}@corp.example`, groups: id === 'dora' ? ['Prod Operators', 'Staff'] : ['Staff']})}),
    features: {devInteractions: {enabled: true}},
  });
  provider.on('server_error', (_, error) => console.error(error));
  provider.on('grant.error', (_, error) => console.error(error));
  answer = provider.callback();
  writeFileSync(port_file, `${port}\n`);
});
