// Of main_way.mjs: films behind a gate, administration, the keyboard alone, and a gateway that is started again.
import {createHmac} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PORTAL, check, film_made, look, open, sign_in, times_logged, visitor, wicked} from './stage.mjs';

const {SECRET, SIGNALS} = process.env;

// A film behind a gate: who says why sees it, and that is noted.
export async function behind_a_gate(auditor) {
  const film = () => auditor.evaluate(async () => (await (await fetch('/api/v1/recordings?target=prod-db')).json()).items.find((one) => ['clean', 'degraded'].includes(one.status)));
  await open(auditor, 'Recordings');
  await auditor.locator('tbody tr').filter({hasText: 'prod-db'}).filter({hasText: /Clean|Degraded/}).first().waitFor({timeout: film_made});
  const {id, front, masks_by_rule} = await film();
  check(front === 'browser' && masks_by_rule === undefined, 'the list says that it was a session in the page, and nothing of what is in the film');
  await auditor.locator(`tbody a[href^="/recordings/${id}"]`).click();
  await auditor.getByText('This film is not open to you yet').waitFor();
  check((await auditor.locator('video').count()) === 0 && (await auditor.getByText('Browser → VNC').count()) === 1, 'the film is not there before');
  await look(auditor, 'player-gate');
  await auditor.getByRole('button', {name: 'Ask to watch'}).click();
  await auditor.getByText(/does not accept this/).waitFor();
  await auditor.getByLabel('Reason').fill(`Case 8 ${wicked}`);
  await auditor.getByRole('button', {name: 'Ask to watch'}).click();
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  const noted = await auditor.evaluate(async (subject) => (await (await fetch('/api/v1/requests?list=mine')).json()).items.filter((one) => one.kind === 'watch' && one.recording === subject).map((one) => one.reason), id);
  await auditor.getByRole('region', {name: 'Details'}).getByText('paula approved').waitFor();
  check(noted.length === 1 && noted[0].startsWith('Case 8'), 'it opens for the reason, which is kept');
}

// RFC 6238, as an authenticator does it: six digits, of this half minute.
function code_of(base32) {
  const bits = [...base32.replace(/[\s=]/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
// Sets it up under Account; one of the recovery codes.
async function second_factor(page) {
  await page.goto(`${PORTAL}/account`);
  await page.getByRole('button', {name: 'Set up second factor'}).click();
  const key = (await page.locator('dl code').first().innerText()).trim();
  await page.getByLabel('Code of your authenticator').fill('000000');
  await page.keyboard.press('Enter');
  await page.getByText('This code is wrong.').waitFor();
  await look(page, 'account-factor');
  await page.getByLabel('Code of your authenticator').fill(code_of(key));
  await page.keyboard.press('Enter');
  const codes = page.getByRole('list', {name: 'Recovery codes'}).getByRole('listitem');
  await codes.first().waitFor();
  return (await codes.first().innerText()).trim();
}

// Users, as an administrator changes them; and a target that is tried before anybody needs it.
export async function administration(admin) {
  await open(admin, 'Users');
  await admin.getByRole('button', {name: 'Add user'}).click();
  await admin.getByRole('dialog').getByLabel('Name').fill('dora');
  await admin.getByRole('dialog').getByLabel('Password').fill('dora-dora-dora-dora');
  await admin.keyboard.press('Enter');
  await admin.getByRole('dialog').getByText(/does not contain the user’s name/).waitFor();
  check(true, 'what is wrong with what was filled in is said where it was');
  await look(admin, 'users-refused');
  await admin.getByRole('dialog').getByLabel('Password').fill('Quiet-Meadow-Nine');
  await admin.keyboard.press('Enter');
  const row = admin.getByRole('row').filter({hasText: 'dora'});
  await row.waitFor();
  const dora = await visitor();
  await sign_in(dora, 'dora', 'Quiet-Meadow-Nine');
  await dora.getByText('You have no role yet').waitFor();
  await look(dora, 'overview-no-role');
  const recovery = await second_factor(dora);
  await admin.reload();
  await admin.getByRole('button', {name: 'Groups: dora'}).click();
  await admin.getByRole('dialog').getByLabel('Groups').fill('night-shift, <b>');
  await admin.keyboard.press('Enter');
  await admin.getByText(/^Names have letters/).waitFor();
  await admin.getByRole('dialog').getByLabel('Groups').fill('night-shift');
  await look(admin, 'users-groups');
  await admin.keyboard.press('Enter');
  await admin.getByRole('region', {name: 'Groups', exact: true}).getByRole('row').filter({hasText: 'night-shift'}).getByText('dora').waitFor();
  check(true, 'a group stands there with who is in it');
  await admin.getByRole('button', {name: 'Set password: dora'}).click();
  await admin.getByRole('dialog').getByLabel('New password').fill('Loud-Meadow-Seven');
  await admin.keyboard.press('Enter');
  await admin.getByRole('dialog').waitFor({state: 'detached'});
  await dora.getByText('Your sign-in is over').waitFor();
  await look(dora, 'sign-in-over');
  check(new URL(dora.url()).searchParams.get('to') === '/account', 'another password ends the sign-ins of before: the open page goes by itself, and says why');
  await admin.getByRole('button', {name: 'Disable: dora'}).click();
  await admin.getByRole('dialog').getByRole('button', {name: 'Disable'}).click();
  await row.getByText('Disabled').waitFor();
  await admin.getByRole('button', {name: 'Let in again: dora'}).click();
  await row.getByText('Active').waitFor();
  await dora.getByLabel('User name').fill('dora');
  await dora.getByLabel('Password').fill('Loud-Meadow-Seven');
  await dora.keyboard.press('Enter');
  await dora.getByLabel('Code of your authenticator').fill('000000');
  await look(dora, 'sign-in-code');
  await dora.keyboard.press('Enter');
  await dora.getByText('User name, password or code is wrong.').waitFor();
  await dora.getByLabel('Code of your authenticator').fill(recovery);
  await dora.keyboard.press('Enter');
  await dora.getByRole('navigation', {name: 'Pages'}).waitFor();
  check(true, 'who has a second factor signs in with it, and not without');
  for (const path of ['/users', '/audit', '/recordings', '/live', '/connect', '/system', '/recordings/r1', '/originals/r1']) {
    await dora.goto(`${PORTAL}${path}`);
    await dora.getByText('You may not see this').waitFor();
  }
  check(true, 'pages of roles that one has not say so');
  await admin.getByRole('button', {name: 'Give a role'}).click();
  await admin.getByRole('dialog').getByLabel('Role').selectOption('auditor');
  await admin.getByRole('dialog').getByLabel('Name').fill('dora');
  await admin.getByRole('dialog').getByLabel('On targets').fill('team=nobody');
  await admin.keyboard.press('Enter');
  await row.getByText('Auditor').first().waitFor();
  await dora.goto(`${PORTAL}/recordings`);
  await dora.getByText('No recordings', {exact: true}).waitFor();
  check(true, 'who is given a role on some targets sees its pages, and nothing of other targets');
  await dora.close();

  await open(admin, 'Targets');
  const tried = async (target, words) => {
    await admin.getByRole('button', {name: `Test connection: ${target}`}).click();
    await admin.getByRole('row').filter({has: admin.getByText(target, {exact: true})}).getByText(words).waitFor();
    check(true, `the test of ${target} says: ${words.source}`);
  };
  await tried('machine', /It was reached and let the login in/);
  await tried('desk', /It was reached and let the login in/);
  await tried('nobody', /Nothing answers there/);
  await tried('mistaken', /the connection did not come about/);
  await tried('wrong', /It refused the login or its password/);
  await tried('wrong', /Not tried: it refused this password before/);
  check(times_logged(/target wrong was tried: credential/) === 1, 'a password that was refused is not tried a second time');
  await look(admin, 'targets-tested');
}

// A target takes another account: first the right password for everybody, then each user's own, which an operator gives and an administrator tries.
export async function accounts(admin, operator) {
  await open(admin, 'Targets');
  await admin.getByRole('link', {name: /Accounts: wrong$/}).click();
  await admin.getByRole('heading', {level: 1, name: 'Accounts on wrong'}).waitFor();
  const refused = admin.getByText('The target refused this password'), works = (page) => page.getByText(/It was reached and let the login in/);
  await refused.waitFor();
  await admin.getByLabel('Password of the account for everybody').selectOption({label: 'Is set'});
  await admin.getByLabel('Password of the login').fill(SECRET);
  await look(admin, 'target-account');
  await admin.getByRole('button', {name: 'Save'}).click();
  await refused.waitFor({state: 'detached'});
  await admin.getByRole('button', {name: 'Test connection'}).click();
  await works(admin).waitFor();
  await admin.getByRole('combobox', {name: 'Whose account'}).selectOption({label: 'Each user’s own'});
  await admin.getByRole('button', {name: 'Save'}).click();
  await admin.getByText('Nobody has one').waitFor();
  await open(operator, 'Connect');
  const row = operator.getByRole('row').filter({has: operator.getByText('wrong', {exact: true})});
  await row.getByText('No account of yours is kept').waitFor();
  await operator.getByRole('button', {name: 'My account there: wrong'}).click();
  await operator.getByLabel('Password of the login').fill(SECRET);
  await look(operator, 'connect-own-account');
  await operator.keyboard.press('Enter');
  await row.getByText('Your own account is kept').waitFor();
  await admin.reload();
  const alice = admin.getByRole('row').filter({hasText: 'alice'});
  await alice.getByRole('button', {name: 'Test connection: alice'}).click();
  await works(alice).waitFor();
  check(!(await admin.content()).includes(SECRET) && !(await operator.content()).includes(SECRET), 'an account of their own is given by an operator and tried by an administrator, and its password stands on no page');
  await look(admin, 'target-accounts');
}

// The gateway is started again while a page is open: it says so, comes back by itself, and reads again.
export async function started_again(page) {
  await open(page, 'Live sessions');
  writeFileSync(join(SIGNALS, 'restart'), '');
  await page.getByText('Connection lost. Trying again').waitFor({timeout: film_made});
  await look(page, 'connection-lost');
  const again = page.waitForResponse((response) => response.url().endsWith('/live-sessions') && response.ok(), {timeout: film_made});
  writeFileSync(join(SIGNALS, 'lost'), '');
  await again;
  await page.getByText('Connection lost. Trying again').waitFor({state: 'detached', timeout: film_made});
  check(true, 'a page whose gateway was started again says so, comes back and reads again');
}
