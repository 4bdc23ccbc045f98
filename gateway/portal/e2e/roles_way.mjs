// Of main_way.mjs: films behind a gate, administration, the keyboard alone, and a gateway that is started again.
import {createHmac} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PORTAL, check, film_made, look, open, sign_in, times_logged, visitor, wicked} from './stage.mjs';

const {SIGNALS} = process.env;

// A film behind a gate: who says why sees it, and that is noted.
export async function behind_a_gate(auditor) {
  const film = () => auditor.evaluate(async () => (await (await fetch('/api/v1/recordings?target=prod-db')).json()).items.find((one) => ['clean', 'degraded'].includes(one.status)));
  await open(auditor, 'Recordings');
  const row = auditor.locator('tbody tr').filter({hasText: 'prod-db'}).filter({hasText: /Clean|Degraded/});
  await row.first().waitFor({timeout: film_made});
  const {id, front, masks_by_rule} = await film();
  check(front === 'browser' && masks_by_rule === undefined, 'the list says that it was a session in the page, and nothing of what is in the film');
  await row.first().getByRole('link').click();
  await auditor.getByText('This film is not open to you yet').waitFor();
  check((await auditor.locator('video').count()) === 0 && (await auditor.getByText('Browser → VNC').count()) === 1, 'the film is not there before');
  await look(auditor, 'player-gate');
  await auditor.getByRole('button', {name: 'Ask to watch'}).click();
  await auditor.getByText(/does not accept this/).waitFor();
  await auditor.getByLabel('Reason').fill(`Case 8 ${wicked}`);
  await auditor.getByRole('button', {name: 'Ask to watch'}).click();
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  const noted = await auditor.evaluate(async (subject) => (await (await fetch('/api/v1/requests?list=mine')).json()).items.filter((one) => one.kind === 'watch' && one.recording === subject).map((one) => one.reason), id);
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
  await row.getByText('night-shift').waitFor();
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

// The auditor's way by keyboard alone: each place that has the keys is to be seen, and nothing is a trap.
export async function by_keyboard() {
  const page = await visitor();
  let stops = 0, unseen = '';
  const at = () => page.evaluate(() => {
    const one = document.activeElement, style = getComputedStyle(one), label = one.id && document.querySelector(`label[for="${one.id}"]`);
    return {name: (one.getAttribute('aria-label') ?? label?.textContent ?? one.textContent ?? '').trim(), seen: style.outlineStyle !== 'none' || one.className === 'skip', tag: one.tagName, href: one.getAttribute('href') ?? '', html: one.outerHTML.slice(0, 100)};
  });
  const is = (now, wanted) => typeof wanted === 'string' ? now.name === wanted : wanted instanceof RegExp ? wanted.test(now.name) : wanted(now);
  const tab_to = async (wanted, key = 'Tab') => {
    for (let n = 0; n < 90; ++n) {
      await page.keyboard.press(key);
      const now = await at();
      ++stops;
      if (!now.seen && now.tag !== 'BODY') unseen ||= now.html;
      if (now.tag !== 'BODY' && is(now, wanted)) return;
    }
    throw new Error(`by keyboard, ${wanted} is not reached`);
  };
  await page.goto(`${PORTAL}/`);
  await page.getByLabel('User name').waitFor();
  await tab_to('User name');
  await page.keyboard.type('kim');
  await tab_to('Password');
  await page.keyboard.type('Correct-Horse-kim');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', {name: 'Pages'}).waitFor();
  await tab_to('Recordings');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {level: 1, name: 'Recordings'}).waitFor();
  await tab_to('Words on the screen');  // it is ahead: the keys are in the page that came
  await page.keyboard.type('weekly');
  await page.waitForURL(/q=weekly/);
  // The oldest of them: later sessions saw the same terminal.
  await page.waitForFunction(() => document.querySelector('tbody a[href^="/recordings/"][href*="weekly"]'));
  const film = await page.evaluate(() => [...document.querySelectorAll('tbody a[href^="/recordings/"]')].at(-1).getAttribute('href'));
  await tab_to((now) => now.href === film);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  await tab_to('Play');
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 0.3);
  // Where nobody looked for long enough, it has come to its end by itself.
  if (!(await page.evaluate(() => document.querySelector('video').paused))) await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('video').paused);
  await tab_to('Speed');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('video').playbackRate === 1.5);
  await tab_to('Timeline');
  await page.keyboard.press('End');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 2);
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('video').currentTime < 0.1);
  await tab_to('Begin here');
  await page.keyboard.press('Enter');
  await tab_to('From');
  check(/^0:00:00\.\d$/.test(await page.evaluate(() => document.activeElement.value)), 'by keyboard, a clip is begun');
  await tab_to(/^Comment at/);
  await page.keyboard.type('by keyboard');
  await page.keyboard.press('Enter');
  await page.getByRole('region', {name: 'Comments'}).getByText('by keyboard').waitFor();
  await tab_to('Retention', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {level: 1, name: 'Retention'}).waitFor();
  await tab_to('All recordings');
  await page.keyboard.press('Enter');
  await page.getByRole('button', {name: /^Hold: /}).first().waitFor();
  await tab_to(/^Hold: /);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  check(await page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), 'a dialog takes the keys');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({state: 'detached'});
  check(/^Hold: /.test((await at()).name), 'and gives them back where they were');
  await tab_to('Sign out', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByLabel('User name').waitFor();
  check(unseen === '', `by keyboard alone, ${stops} stops, each of which is to be seen; not: ${unseen || 'none'}`);
  await page.close();
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
