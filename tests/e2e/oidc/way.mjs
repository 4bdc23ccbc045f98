// Somebody signs in to the portal at an identity provider, in headless Chromium; oidc.sh starts both.
//   PORTAL https://... · PORTAL_MODULES where playwright-core is · PICTURES a folder, or empty
import {createRequire} from 'node:module';

const {PORTAL, PORTAL_MODULES, PICTURES = ''} = process.env;
const require = createRequire(`${PORTAL_MODULES}/`);
const {chromium} = require('playwright-core');
const {mkdirSync, readFileSync} = require('node:fs');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let failed = 0;
const check = (holds, what) => {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) ++failed;
};
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage']});
const visitor = async (locale) => {
  const page = await (await browser.newContext({ignoreHTTPSErrors: true, viewport: {width: 1200, height: 800}, locale, reducedMotion: 'reduce'})).newPage();
  page.setDefaultTimeout(120_000);
  page.on('pageerror', (error) => check(false, `script: ${error.message}`));
  return page;
};
if (PICTURES) mkdirSync(PICTURES, {recursive: true});
const look = async (page, name) => {
  await page.evaluate(axe);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    const {violations} = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
    check(violations.length === 0, `axe-core on ${name}, ${theme}: ${violations.map((one) => one.id).join(', ') || 'nothing'}`);
    if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-${theme}.png`});
  }
};
// At the provider: its sign-in, then its question whether we may know.
const as = async (page, name) => {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.getByRole('button', {name: 'Continue'}).click();
};

const dora = await visitor('en-US');
await dora.goto(`${PORTAL}/connect`);
await dora.getByRole('button', {name: 'Sign in with Corp account'}).waitFor();
await look(dora, 'sign-in-providers');
await dora.getByRole('button', {name: 'Sign in with Corp account'}).click();
await as(dora, 'dora');
await dora.getByRole('heading', {level: 1, name: 'Connect'}).waitFor();
check(new URL(dora.url()).pathname === '/connect', 'back where she wanted to go');
await dora.getByText('machine', {exact: true}).first().waitFor();
check(true, 'her group lets her connect to the machine');
check((await dora.context().cookies()).every((cookie) => !cookie.name.startsWith('__Host-') || (cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict')), 'cookies that no script reads and no other site sends');
await dora.goBack();
check(!dora.url().includes('code='), 'no code is left in the history');

await dora.goto(`${PORTAL}/connect`);
await dora.getByRole('button', {name: 'Sign out'}).click();
await dora.waitForURL((url) => url.hostname === 'localhost');
check(new URL(dora.url()).searchParams.get('client_id') === 'frostgate' && /^[0-9a-f]{32}$/.test(new URL(dora.url()).searchParams.get('state')), 'to the provider, with our name and a state');
await dora.getByRole('button', {name: 'Yes, sign me out'}).click();
await dora.getByText('You are signed out here and at your identity provider.').waitFor();
check(!dora.url().includes('state='), 'no state is left in the address');
await look(dora, 'signed-out');
await dora.goto(`${PORTAL}/signed-out?state=${'0'.repeat(32)}`);
await dora.getByText('Nobody is signed out by opening this address.').waitFor();
await dora.goto(`${PORTAL}/connect`);
await dora.getByRole('button', {name: 'Sign in with Corp account'}).click();
await dora.locator('input[name=login]').waitFor();
check(true, 'the provider asks who it is again');

const german = await visitor('de-DE');
await german.goto(`${PORTAL}/sign-in/callback?code=stolen&state=stolen&iss=https%3A%2F%2Flocalhost`);
await german.getByRole('alert').filter({hasText: 'Die Antwort des Identitätsanbieters wurde nicht angenommen'}).waitFor();
check(!german.url().includes('stolen'), 'the address is cleaned of an answer that nobody asked for');
await look(german, 'callback-refused');
await german.getByRole('button', {name: 'Zurück zur Anmeldung'}).click();
await german.getByRole('button', {name: 'Mit Corp account anmelden'}).click();
await as(german, 'bob');
await german.getByRole('link', {name: 'bob', exact: true}).waitFor();
check(await german.getByRole('link', {name: 'Verbinden', exact: true}).count() === 0, 'bob is in, and may nothing');

await browser.close();
process.exit(failed === 0 ? 0 : 1);
