// Of main_way.mjs: each role's way by keyboard alone. Each place that has the keys is to be seen, and nothing is a trap.
import {PORTAL, check, film_made, touched, visitor} from './stage.mjs';

const {MACHINE} = process.env;

// Somebody without a mouse, who signs in.
class Keys {
  stops = 0;
  unseen = '';

  static async of(user, password = `Correct-Horse-${user}`) {
    const keys = new Keys();
    keys.page = await visitor();
    await keys.page.goto(`${PORTAL}/`);
    await keys.page.getByLabel('User name').waitFor();
    await keys.fill('User name', user);
    await keys.fill('Password', password, 'Enter');
    await keys.page.getByRole('navigation', {name: 'Pages'}).waitFor();
    return keys;
  }
  at() {
    return this.page.evaluate(() => {
      const one = document.activeElement, style = getComputedStyle(one), label = one.id && document.querySelector(`label[for="${one.id}"]`);
      return {name: (one.getAttribute('aria-label') ?? label?.textContent ?? one.textContent ?? '').trim(), seen: style.outlineStyle !== 'none' || one.className === 'skip', tag: one.tagName, href: one.getAttribute('href') ?? '', html: one.outerHTML.slice(0, 100)};
    });
  }
  async to(wanted, key = 'Tab') {
    const is = (now) => typeof wanted === 'string' ? now.name === wanted : wanted instanceof RegExp ? wanted.test(now.name) : wanted(now);
    for (let n = 0; n < 120; ++n) {
      await this.page.keyboard.press(key);
      const now = await this.at();
      ++this.stops;
      if (!now.seen && now.tag !== 'BODY') this.unseen ||= now.html;
      if (now.tag !== 'BODY' && is(now)) return;
    }
    throw new Error(`by keyboard, ${wanted} is not reached`);
  }
  async press(wanted, key = 'Enter') {
    await this.to(wanted);
    await this.page.keyboard.press(key);
  }
  async fill(label, text, then = '') {
    await this.to(label);
    await this.page.keyboard.type(text);
    if (then) await this.page.keyboard.press(then);
  }
  async open(name) {
    await this.to((now) => now.name === name && now.tag === 'A', 'Shift+Tab');
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('heading', {level: 1, name}).waitFor();
    await this.page.waitForFunction(() => !document.querySelector('.waiting'));
  }
  async dialog() {
    await this.page.getByRole('dialog').waitFor();
    check(await this.page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), `a dialog takes the keys: ${await this.page.getByRole('dialog').getByRole('heading').innerText()}`);
  }
  no_dialog() {
    return this.page.getByRole('dialog').waitFor({state: 'detached'});
  }
  async over(whose) {
    await this.to('Sign out', 'Shift+Tab');
    await this.page.keyboard.press('Enter');
    await this.page.getByLabel('User name').waitFor();
    check(this.unseen === '', `${whose} by keyboard alone, ${this.stops} stops, each of which is to be seen; not: ${this.unseen || 'none'}`);
    await this.page.close();
  }
}

// Auditor and compliance officer: a film, a clip, a comment, a hold, a review.
export async function watched_by_keyboard() {
  const keys = await Keys.of('kim'), {page} = keys;
  await keys.press('Recordings');
  await page.getByRole('heading', {level: 1, name: 'Recordings'}).waitFor();
  await keys.fill('Words on the screen', 'weekly');  // it is ahead: the keys are in the page that came
  await page.waitForURL(/q=weekly/);
  // The oldest of them: later sessions saw the same terminal.
  await page.waitForFunction(() => document.querySelector('tbody a[href^="/recordings/"][href*="weekly"]'));
  const film = await page.evaluate(() => [...document.querySelectorAll('tbody a[href^="/recordings/"]')].at(-1).getAttribute('href'));
  await keys.press((now) => now.href === film);
  await page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  await keys.press('Play', 'Space');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 0.3);
  // Where nobody looked for long enough, it has come to its end by itself.
  if (!(await page.evaluate(() => document.querySelector('video').paused))) await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('video').paused);
  await keys.press('Speed', 'ArrowDown');
  await page.waitForFunction(() => document.querySelector('video').playbackRate === 1.5);
  await keys.press('Timeline', 'End');
  await page.waitForFunction(() => document.querySelector('video').currentTime > 2);
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('video').currentTime < 0.1);
  await keys.press('Begin here');
  await keys.to('From');
  check(/^0:00:00\.\d$/.test(await page.evaluate(() => document.activeElement.value)), 'by keyboard, a clip is begun');
  await keys.fill(/^Comment at/, 'by keyboard', 'Enter');
  await page.getByRole('region', {name: 'Comments'}).getByText('by keyboard').waitFor();
  await keys.open('Retention');
  await keys.press('All recordings');
  await page.getByRole('button', {name: /^Hold: /}).first().waitFor();
  await keys.press(/^Hold: /);
  await keys.dialog();
  await page.keyboard.press('Escape');
  await keys.no_dialog();
  check(/^Hold: /.test((await keys.at()).name), 'and gives them back where they were');
  await keys.open('Policy');
  await keys.press(/^Sign\s*: /);
  await keys.dialog();
  await keys.fill('What was found', 'as it should be', 'Enter');
  await page.getByText('Signed by kim').first().waitFor();
  await keys.over('auditor and compliance officer go their way');
}

// An operator asks, is refused and then let in; works on the machine and comes out of its screen. Meanwhile an auditor watches and marks a moment. An administrator ends it, and adds a target and a user.
export async function worked_by_keyboard() {
  // One after the other: who signs in when too many do at the same moment is asked to try again.
  const alice = await Keys.of('alice'), paula = await Keys.of('paula'), audrey = await Keys.of('audrey'), admin = await Keys.of('admin', 'Wide-Harbour-Nine');
  await alice.open('Connect');
  const asked = async (number, button, comment) => {
    await alice.press('Ask for approval: prod-db');
    await alice.dialog();
    await alice.fill('Reason', 'no mouse');
    await alice.fill('Ticket number', number, 'Enter');
    await alice.no_dialog();
    await paula.open('Approvals');
    await paula.page.locator('tbody tr').filter({hasText: number}).getByRole('link').waitFor();
    const request = await paula.page.locator('tbody tr').filter({hasText: number}).getByRole('link').getAttribute('href');
    await paula.press((now) => now.href === request);
    await paula.page.getByRole('button', {name: 'Approve'}).waitFor();
    await paula.fill('Comment', comment);
    await paula.press(button);
    await paula.page.getByText(comment).first().waitFor();
  };
  await asked('CHG-50', 'Refuse', 'not before noon');
  await alice.page.getByRole('button', {name: 'Ask for approval: prod-db'}).waitFor();
  await asked('CHG-51', 'Approve', 'now it may be');
  await alice.page.getByText('You can connect').waitFor();
  await alice.press('VNC ticket: machine');
  await alice.page.getByText('It works once.').waitFor();
  await alice.dialog();
  await alice.page.keyboard.press('Escape');
  await alice.no_dialog();
  await alice.open('Connect');
  await alice.press('Open here: prod-db');
  await alice.page.waitForFunction(() => {
    const canvas = document.querySelector('[role=application] canvas');
    return canvas?.width > 640 && canvas.closest('[role=application]').contains(document.activeElement) && new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 3;
  }, null, {polling: 200});
  await touched(alice.page, `${MACHINE}/by-keyboard`, 'by keyboard, a machine is worked on');
  await alice.page.keyboard.press('Control+Alt+Home');
  await alice.page.waitForFunction(() => document.activeElement?.tagName === 'BUTTON');
  await alice.to('Full screen');

  const who = 'alice → prod-db';
  await audrey.open('Live sessions');
  await audrey.page.getByRole('button', {name: `Watch: ${who}`}).waitFor();
  await audrey.press(`Watch: ${who}`);
  await audrey.page.getByText('This film is not open to you yet').waitFor();  // the rule wants a reason first
  await audrey.fill('Reason', 'Case 9');
  await audrey.press('Ask to watch');
  await audrey.page.waitForFunction(() => document.querySelector('video')?.currentTime > 0, null, {timeout: film_made});
  await audrey.fill('Note', 'seen without a mouse');
  await audrey.page.getByRole('button', {name: 'Mark this moment'}).and(audrey.page.locator(':enabled')).waitFor();
  await audrey.press('Mark this moment');
  await audrey.page.waitForFunction(() => document.querySelector('main form input').value === '');
  await audrey.over('who watches a running session goes on');

  await admin.open('Live sessions');
  await admin.page.getByRole('button', {name: `End session: ${who}`}).waitFor();
  await admin.press(`End session: ${who}`);
  await admin.dialog();
  await admin.fill('Message to the user', 'no mouse is needed', 'Enter');
  await admin.no_dialog();
  await alice.press('Disconnect');  // the message is shown for half a minute
  await alice.page.getByText('The session is over').waitFor();
  await alice.over('operator');
  await paula.over('approver');
  await admin.open('Targets');
  await admin.press('Add target');
  await admin.dialog();
  await admin.fill('Name', 'mouseless');
  await admin.fill('Host', '192.0.2.9', 'Enter');
  await admin.page.getByRole('row').filter({hasText: 'mouseless'}).waitFor();
  await admin.press(/Accounts: mouseless$/);
  await admin.page.getByRole('heading', {level: 1, name: 'Accounts on mouseless'}).waitFor();
  await admin.to('Whose account');
  await admin.page.keyboard.press('ArrowDown');
  await admin.press('Save');
  await admin.page.getByText('Nobody has one').waitFor();
  await admin.open('Users');
  await admin.press('Add user');
  await admin.dialog();
  await admin.fill('Name', 'mila');
  await admin.fill('Password', 'Quiet-Meadow-Nine', 'Enter');
  await admin.page.getByRole('row').filter({hasText: 'mila'}).waitFor();
  await admin.over('administrator');
}
