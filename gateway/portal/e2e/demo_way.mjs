// What the README says that one finds where `samples/demo.sh --stay` has ended, each of its users with the password that it printed; tests/e2e/demo_stay.sh starts it.
// Its pictures are the README's.
//   USERS "name password" lines · DB1 home folder of db1 · CUSTODIANS folder of N.crt and N.key; and stage.mjs's
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PICTURES, check, film_made, look, open, sign_in, travel, unpacked, until, visitor} from './stage.mjs';

const passwords = Object.fromEntries(process.env.USERS.trim().split('\n').map((line) => line.split(' ')));
const {DB1, CUSTODIANS} = process.env;
async function as(user) {
  const page = await visitor();
  await sign_in(page, user, passwords[user]);
  return page;
}
const playable = (page) => page.waitForFunction(() => document.querySelector('video')?.readyState >= 2, null, {timeout: film_made});

// For the root README.
async function picture(page, name) {
  if (!PICTURES) return;
  mkdirSync(`${PICTURES}/readme`, {recursive: true});
  await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
  await page.evaluate(() => Promise.all([...document.images].map((one) => {
    one.loading = 'eager';
    return one.decode().catch(() => {});
  })));
  await page.screenshot({path: `${PICTURES}/readme/${name}.png`});
}

// "Connect", "Open here" at db1; meanwhile somebody watches.
async function connect(alice, audrey) {
  await open(alice, 'Connect');
  await alice.getByRole('button', {name: 'Open here: db1'}).click();
  await alice.getByRole('button', {name: 'Disconnect'}).waitFor();
  await alice.waitForFunction(() => document.querySelector('[role=application]')?.contains(document.activeElement));
  await alice.keyboard.type('touch from-the-portal\n', {delay: 40});
  await until('alice works on db1 in the browser', () => existsSync(`${DB1}/from-the-portal`));
  await open(audrey, 'Live sessions');
  await audrey.getByRole('button', {name: 'Watch'}).first().click();
  await playable(audrey);
  check(true, 'audrey watches meanwhile');
  await audrey.waitForFunction(() => document.querySelector('video')?.currentTime > 1);
  await picture(audrey, 'live');
  await look(audrey, 'demo-live');
  await alice.getByRole('button', {name: 'Disconnect'}).click();
  await alice.getByText('The session is over').waitFor();
}

// At production one has to say why, and somebody has to agree.
async function production(alice, paula) {
  await open(alice, 'Connect');
  await alice.getByRole('button', {name: 'Ask for approval: production'}).click();
  await alice.getByLabel('Reason').fill('A look at the queue');
  await alice.getByLabel('Ticket number').fill('CHG-1');
  await alice.keyboard.press('Enter');
  await open(paula, 'Approvals');
  await paula.locator('tbody tr').filter({hasText: 'CHG-1'}).getByRole('link').click();
  await paula.getByRole('button', {name: 'Approve'}).click();
  await paula.getByText('Approves', {exact: true}).waitFor();
  await alice.getByText('You can connect').waitFor();
  await look(alice, 'demo-connect');
  await alice.getByRole('button', {name: 'Open here: production'}).click();
  await alice.getByRole('button', {name: 'Disconnect'}).waitFor();
  check(true, 'alice reaches production once paula agrees');
  await alice.getByRole('button', {name: 'Disconnect'}).click();
}

// A word like `deploy`, then the film's date; C writes a comment.
async function film(audrey) {
  await open(audrey, 'Recordings');
  await audrey.getByLabel('Words on the screen').fill('deploy');
  await audrey.waitForURL(/q=deploy/);
  await audrey.locator('tbody a[href$="q=deploy"]').first().waitFor();
  await look(audrey, 'demo-recordings');
  await picture(audrey, 'recordings');
  await audrey.locator('tbody a[href$="q=deploy"]').last().click();  // the oldest: what the demo did itself
  await playable(audrey);
  await audrey.locator('svg[data-lane=mask] rect').first().waitFor();
  await audrey.locator('svg[data-lane=hit] rect').first().waitFor();
  await audrey.getByText(/\d+ passwords?,? .*masked\./).waitFor();
  await audrey.locator('body').press('c');
  await audrey.getByLabel(/^Comment at/).fill('Was this agreed?');
  await audrey.keyboard.press('Enter');
  await audrey.getByRole('region', {name: 'Comments'}).getByText('Was this agreed?').waitFor();
  check(true, 'audrey finds a word, and watches its film with its masks');
  if (PICTURES) {
    await audrey.locator('svg[data-lane=mask] rect').last().waitFor();
    await audrey.evaluate(() => (document.querySelector('video').currentTime = document.querySelector('video').duration * 0.6));
    await audrey.waitForFunction(() => !document.querySelector('video').seeking && document.querySelector('video').readyState >= 2);
  }
  await picture(audrey, 'player');
  await look(audrey, 'demo-player');
  return audrey.url();
}

// "Unredacted original": paula approves, paula and audrey give two custodians' shares, carol watches.
async function original(carol, paula, audrey) {
  await carol.getByLabel('Reason').fill('Case 12');
  await carol.getByRole('button', {name: 'Ask for approval'}).click();
  await carol.getByText('Waits for approval').first().waitFor();
  await look(carol, 'demo-original');
  await open(paula, 'Approvals');
  await paula.locator('tbody tr').filter({hasText: 'Watch the original'}).getByRole('link').first().click();
  await paula.getByRole('button', {name: 'Approve'}).click();
  await paula.getByText('Approves', {exact: true}).waitFor();
  const folder = mkdtempSync(join(tmpdir(), 'frostgate-shares-'));
  for (const [page, number] of [[paula, 1], [audrey, 2]]) {
    await page.goto(carol.url());
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', {name: `Download share ${number}`}).click()]);
    const enclosed = join(folder, file.suggestedFilename()), opened = join(folder, `share-${number}`);
    await file.saveAs(enclosed);
    execFileSync('openssl', ['cms', '-decrypt', '-inform', 'DER', '-in', enclosed, '-recip', `${CUSTODIANS}/${number}.crt`, '-inkey', `${CUSTODIANS}/${number}.key`, '-out', opened]);
    await page.getByLabel('File that openssl wrote').setInputFiles(opened);
    await page.getByRole('button', {name: 'Give the share'}).click();
    await page.getByText(`${number} of 2 shares are here`).waitFor();
  }
  await carol.getByRole('button', {name: 'Open the original'}).click();
  await carol.getByRole('button', {name: 'Watch', exact: true}).click({timeout: film_made});
  await playable(carol);
  check(true, 'carol watches the original that paula and two custodians opened');
  await look(carol, 'demo-original-open');
}

// Beside the film: a span, a reason, "Export"; paula approves, carol downloads, and the bundle's own README says how it is verified.
async function clip(carol, paula, audrey, address) {
  await carol.goto(address);
  await playable(carol);
  const panel = carol.getByRole('region', {name: 'Clip and evidence'});
  await panel.getByLabel('From', {exact: true}).fill('10');
  await panel.getByLabel('To', {exact: true}).fill('20');
  await panel.getByLabel('Reason').fill('Case 12');
  await panel.getByRole('button', {name: 'Export', exact: true}).click();
  await panel.getByRole('button', {name: 'Ask for approval'}).click();
  await panel.getByText('Undecided').waitFor();
  await open(paula, 'Approvals');
  await paula.locator('tbody tr').filter({hasText: 'Case 12'}).getByRole('link').click();
  await paula.getByRole('button', {name: 'Approve'}).click();
  await panel.getByRole('button', {name: 'Export now'}).click();
  const link = panel.getByRole('link', {name: 'Download bundle'});
  await link.waitFor({timeout: film_made});
  const folder = await unpacked(carol, link);
  const commands = readFileSync(join(folder, 'README.txt'), 'utf8').replaceAll('\\\n', ' ').split('\n').map((line) => line.trim()).filter((line) => /^(openssl|sha256sum|ffprobe) /.test(line) && !/^openssl ts/.test(line));  // the demo has no time-stamping authority
  for (const command of commands) execFileSync('bash', ['-c', command], {cwd: folder, stdio: ['ignore', 'ignore', 'pipe']});
  check(commands.length >= 3, `the bundle verifies as its README says: ${commands.map((one) => one.split(' ').slice(0, 2).join(' ')).join(', ')}`);
  await carol.getByRole('link', {name: 'Unredacted original'}).click();
  await carol.getByText(/^Any 2 of these 3/).waitFor({timeout: film_made});
  check(true, 'the original is with three custodians');
  await original(carol, paula, audrey);
  await open(carol, 'Retention');
  await carol.getByRole('button', {name: 'All recordings'}).click();
  await carol.getByRole('button', {name: /^Hold: /}).first().click();
  await carol.getByRole('dialog').getByLabel('Reason').fill('Case 12');
  await carol.keyboard.press('Enter');
  await carol.getByRole('button', {name: /^Release: /}).waitFor();
  check(true, 'carol places a legal hold');
}

// Targets, users, policy, alerts, audit log, system; "Try a changed policy" under Policy.
async function administration(adam) {
  await open(adam, 'Targets');
  await adam.getByRole('button', {name: 'Test connection: db1'}).click();
  await adam.getByText(/It was reached and let the login in/).waitFor({timeout: film_made});
  await look(adam, 'demo-targets');
  await adam.getByRole('button', {name: 'Add target'}).click();
  await adam.getByLabel('Name').fill('lab-1');
  await adam.getByLabel('Host').fill('192.0.2.1');
  await adam.getByRole('dialog').getByRole('button', {name: 'Add target'}).click();
  await adam.getByRole('row').filter({hasText: 'lab-1'}).waitFor();
  await open(adam, 'Users');
  await adam.getByRole('button', {name: 'Add user'}).click();
  await adam.getByRole('dialog').getByLabel('Name').fill('newcomer');
  await adam.getByRole('dialog').getByLabel('Password').fill('Quiet-Meadow-Nine');
  await adam.keyboard.press('Enter');
  await adam.getByRole('row').filter({hasText: 'newcomer'}).waitFor();
  check(true, 'adam adds a target and a user');
  for (const name of ['Alerts', 'Audit log', 'System', 'Policy']) await open(adam, name);
  await adam.waitForFunction(() => document.querySelector('textarea')?.value.includes('everybody-everywhere'));
  await adam.getByRole('button', {name: 'Simulate'}).click();
  await adam.getByText('Nobody would have been treated otherwise').waitFor();
  check(true, 'a policy is tried');
}

await travel(async () => {
  const [alice, paula, audrey, carol, adam] = [await as('alice'), await as('paula'), await as('audrey'), await as('carol'), await as('adam')];
  for (const [name, page] of Object.entries({alice, paula, audrey, carol, adam})) await look(page, `demo-overview-${name}`);
  await connect(alice, audrey);
  await production(alice, paula);
  await clip(carol, paula, audrey, await film(audrey));
  await open(audrey, 'Overview');
  await picture(audrey, 'overview');
  await administration(adam);
}, 20);
