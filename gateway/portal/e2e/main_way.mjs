// The portal's main way in headless Chromium against a running gateway; tests/e2e/portal.sh starts it.
//   LINK set-up link · SIGNALS folder in which `restart` asks for another serve, once `lost` is there · MACHINE, DESK home folders of a VNC and an RDP target · MACHINE_DISPLAY the first one's X display · LOG what serve writes; and stage.mjs's
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {approved_in_the_page, film_in_parts, in_the_page} from './machine_way.mjs';
import {watched_by_keyboard, worked_by_keyboard} from './keyboard_way.mjs';
import {accounts, administration, behind_a_gate, started_again} from './roles_way.mjs';
import {states} from './states.mjs';
import {PICTURES, PORTAL, check, film_made, look, looked, open, sign_in, soon, travel, unpacked, visitor, wicked} from './stage.mjs';

const {LINK} = process.env;
// An operator asks, with words that would do harm as markup; the approver's open page shows it by itself, and so does the operator's the answer.
async function approval(operator, approver) {
  await sign_in(approver, 'paula', 'Correct-Horse-paula');
  await open(approver, 'Approvals');
  await approver.getByText('Nothing waits for you').waitFor();
  await look(approver, 'approvals-empty');
  await sign_in(operator, 'alice', 'Correct-Horse-alice');
  await open(operator, 'Connect');
  await operator.getByRole('button', {name: 'Ask for approval: prod-db'}).click();
  await operator.getByLabel('Reason').fill(`Rebuild the index ${wicked}`);
  await operator.getByLabel('Ticket number').fill('none');
  await look(operator, 'connect-ask');
  await operator.keyboard.press('Enter');
  await operator.getByText(/does not accept this/).waitFor();
  await operator.getByLabel('Ticket number').fill('CHG-42');
  await operator.keyboard.press('Enter');
  await operator.getByRole('dialog').waitFor({state: 'detached'});
  await operator.getByText('Waits for approval').waitFor();
  await look(operator, 'connect-waiting');

  const row = approver.locator('tbody tr').filter({hasText: 'CHG-42'});
  await row.waitFor();
  check((await row.innerText()).includes(wicked) && (await approver.locator('main img').count()) === 0, 'a new request appears by itself, its reason is text');
  await look(approver, 'approvals');
  await open(approver, 'Overview');
  await approver.getByText('Wait for your decision: 1').waitFor();
  await look(approver, 'overview-approver');
  await approver.getByRole('link', {name: /alice → prod-db/}).click();
  await approver.getByLabel('Comment').fill('after eight');
  await look(approver, 'request');
  await approver.getByRole('button', {name: 'Approve'}).click();
  await approver.getByText('Approves', {exact: true}).waitFor();
  await operator.getByText('You can connect').waitFor();
  check(true, 'the answer appears where it was asked for, by itself');
  await operator.getByRole('link', {name: 'You can connect'}).click();
  await operator.getByText('after eight').waitFor();
  check((await operator.getByRole('button', {name: 'Revoke'}).count()) === 0, 'who asked revokes nothing');
  await approver.getByRole('button', {name: 'Revoke'}).click();
  await operator.getByText('Revoked', {exact: true}).waitFor();
  await look(operator, 'request-revoked');
}

// Compliance chooses a span of the film that is open, asks, and gets a bundle that stock tools check.
async function clip(compliance, approver) {
  const panel = compliance.getByRole('region', {name: 'Clip and evidence'});
  await panel.getByRole('button', {name: 'Select on the timeline'}).click();
  const track = compliance.getByRole('slider', {name: 'Timeline'});
  await track.scrollIntoViewIfNeeded();
  const box = await track.boundingBox();
  await compliance.mouse.move(box.x + box.width * 0.2, box.y + 8);
  await compliance.mouse.down();
  await compliance.mouse.move(box.x + box.width * 0.6, box.y + 8, {steps: 4});
  await compliance.mouse.up();
  const picture = track.locator('img');
  await picture.waitFor();
  await compliance.waitForFunction(() => document.querySelector('[role=slider] img')?.naturalWidth > 0);
  check(true, 'a picture of the moment is at the pointer');
  const dragged = await panel.getByLabel('From', {exact: true}).inputValue();
  check(/^0:0\d:\d\d\.\d$/.test(dragged) && dragged !== '0:00:00.0', `what was dragged is in the fields: ${dragged}`);
  await look(compliance, 'clip-span');
  await panel.getByLabel('From', {exact: true}).fill('0:00:09');
  await panel.getByLabel('To', {exact: true}).fill('0:00:05');
  await panel.getByLabel('Reason').focus();
  await panel.getByText(/the end later than the beginning/).waitFor();
  await panel.getByLabel('From', {exact: true}).fill('1');
  await panel.getByLabel('To', {exact: true}).fill('2.5');
  await panel.getByLabel('Reason').fill(`Case 7 ${wicked}`);
  await panel.getByRole('button', {name: 'Preview'}).click();
  await compliance.waitForFunction(() => { const video = document.querySelector('video'); return video.paused && Math.abs(video.currentTime - 2.5) < 0.05; });
  check(true, 'the preview plays the span and stops at its end');
  await panel.getByRole('button', {name: 'Export', exact: true}).click();
  await panel.getByText('The policy asks for somebody’s approval').waitFor();
  await look(compliance, 'clip-needs-approval');
  await panel.getByRole('button', {name: 'Ask for approval'}).click();
  await panel.getByText('Undecided').waitFor();
  await open(approver, 'Approvals');
  await approver.locator('tbody tr').filter({hasText: 'Export a film, 0:00:01.0 to 0:00:02.5'}).getByRole('link').click();
  await approver.getByRole('button', {name: 'Approve'}).click();
  await panel.getByRole('button', {name: 'Export now'}).click();
  const link = panel.getByRole('link', {name: 'Download bundle'});
  await link.waitFor({timeout: film_made});
  await panel.getByText('How to verify').click();
  await look(compliance, 'clip-done');
  const folder = await unpacked(compliance, link);
  const run = (...command) => execFileSync(command[0], command.slice(1), {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']}).toString();
  run('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', 'manifest.json.p7s', '-content', 'manifest.json', '-CAfile', 'signer.pem', '-partial_chain', '-purpose', 'any', '-out', '/dev/null');
  run('sha256sum', '-c', '--quiet', 'SHA256SUMS');
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
  check(manifest.includes(run('sha256sum', 'SHA256SUMS').slice(0, 64)) && readdirSync(folder).includes('clip.mp4'), 'the bundle that was downloaded verifies with openssl and sha256sum');
  check(manifest.includes('clara') && manifest.includes('Case 7'), 'it says who exported it, and why');
  const watched = await compliance.evaluate(async () => (await (await fetch('/api/v1/audit?event=view&actor=clara')).json()).items.map((one) => one.detail.request).filter((one) => one));
  check(watched.join() === 'export', `the export is one look at the film in the audit log: ${watched}`);
  await panel.getByRole('button', {name: 'Remove'}).click();
  await link.waitFor({state: 'detached'});
  await panel.getByText('Approved').first().waitFor({state: 'detached'});
  check(true, 'the approval is used up');
}

// Of a session that runs in a client of its own: its user asks, and with somebody's word nothing is stored for a while.
async function paused(operator, approver) {
  await open(operator, 'Live sessions');
  const press = () => operator.getByRole('button', {name: 'Pause recording'}).first().click();
  await press();
  await operator.getByRole('dialog').getByLabel('Reason').fill('a private key is shown');
  await look(operator, 'live-pause');
  await operator.keyboard.press('Enter');
  await operator.getByRole('dialog').waitFor({state: 'detached'});
  await open(approver, 'Approvals');
  await approver.locator('tbody tr').filter({hasText: 'a private key is shown'}).getByRole('link').click();
  await approver.getByLabel('Comment').waitFor();
  await look(approver, 'request-pause');
  await approver.getByRole('button', {name: 'Approve'}).click();
  await approver.getByText('Approves', {exact: true}).waitFor();
  await press();
  await operator.getByRole('dialog').getByLabel('Reason').fill('a private key is shown');
  await operator.keyboard.press('Enter');
  await operator.getByRole('button', {name: 'Record again'}).waitFor();
  await look(operator, 'live-paused');
  await operator.getByRole('button', {name: 'Record again'}).click();
  await operator.getByRole('button', {name: 'Pause recording'}).waitFor();
  check(true, 'the recording of a session pauses with somebody’s word, and goes on');
}

await travel(async () => {
  // The first administrator, by the link that serve printed.
  const admin = await visitor();
  const first = await admin.goto(LINK);
  const policy = first.headers()['content-security-policy'];
  check(/default-src 'none'/.test(policy) && /frame-ancestors 'none'/.test(policy) && !/unsafe/.test(policy), `the policy is strict: ${policy}`);
  await admin.getByLabel('New password').waitFor();
  await look(admin, 'set-up');
  await admin.getByLabel('New password').fill('Wide-Harbour-Nine');
  await admin.getByLabel('Repeat the password').fill('Wide-Harbour-Nine');
  await admin.keyboard.press('Enter');
  await admin.getByRole('navigation', {name: 'Pages'}).waitFor();
  // What the first page costs; how long it takes depends on the machine.
  const cost = await admin.evaluate(() => ({
    files: performance.getEntriesByType('resource').filter((one) => !/\/api\//.test(one.name)).length, bytes: performance.getEntriesByType('resource').reduce((sum, one) => sum + one.encodedBodySize, 0),
  }));
  check(cost.files <= 6 && cost.bytes > 50_000 && cost.bytes < 150_000, `the first page is ${cost.bytes} bytes in ${cost.files} files`);
  const cookie = (await admin.context().cookies()).find((one) => one.name.startsWith('__Host-'));
  await admin.waitForFunction(() => {
    const times = [...document.querySelectorAll('time')];
    return times.length > 0 && times.every((one) => one.title.endsWith(' UTC'));
  });
  check(true, 'each time says on hover what it is in UTC');
  const forged = await admin.evaluate(async () => (await fetch('/api/v1/users', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"name":"mallory","password":"Quiet-Meadow-Nine"}'})).status);
  check(forged === 403, `a request without the page's own token does nothing: ${forged}`);
  check(cookie?.secure && cookie.httpOnly && cookie.sameSite === 'Strict', 'the cookie is Secure, HttpOnly, SameSite=Strict');

  // An administrator adds a target whose tags are hostile; it shows as text.
  await open(admin, 'Targets');
  await admin.getByRole('button', {name: 'Add target'}).click();
  await admin.getByLabel('Name').fill('lab-2');
  await admin.getByLabel('Host').fill('<img src=x onerror=document.title=1>');
  await admin.getByLabel('Tags').fill('note=<script>document.title="owned"</script>');
  await admin.getByRole('dialog').getByRole('button', {name: 'Add target'}).click();
  await admin.getByText(/does not accept this/).waitFor();
  check(await admin.getByRole('dialog').isVisible(), 'a host that is none is refused, and the dialog stays');
  await admin.getByLabel('Host').fill('192.0.2.7');
  await admin.getByRole('dialog').getByRole('button', {name: 'Add target'}).click();
  await admin.getByRole('dialog').waitFor({state: 'detached'});
  await admin.getByText('note=<script>').waitFor();
  check(!/owned|^1/.test(await admin.title()) && (await admin.locator('main script, main img').count()) === 0, 'a hostile tag is text');
  await look(admin, 'targets');
  const denied = await admin.goto(`${PORTAL}/recordings`);
  check(denied.status() === 200 && (await admin.getByText('You may not see this').isVisible().catch(() => false) || await admin.getByText('You may not see this').waitFor().then(() => true)), 'a page of other roles is denied in words');
  await look(admin, 'denied');
  await admin.goto(`${PORTAL}/sign-in?to=${encodeURIComponent('//example.org/')}`);
  await admin.getByRole('navigation', {name: 'Pages'}).waitFor();
  check(admin.url() === `${PORTAL}/`, 'no open redirect after sign-in');

  const outside = await admin.context().newPage();
  await outside.setContent(`<iframe src="${PORTAL}/" title="framed"></iframe>`);
  const framed = async () => (await outside.frames()[1]?.evaluate(() => location.href).catch(() => '')) ?? '';
  for (const end = Date.now() + soon; !/^(chrome-error|https):/.test(await framed()) && Date.now() < end;) await new Promise((wake) => setTimeout(wake, 50));
  check((await framed()).startsWith('chrome-error:'), `no other page can hold the portal in a frame: ${await framed()}`);
  await outside.close();

  // The auditor: wrong password, sign-in, table, film.
  const auditor = await visitor();
  await auditor.goto(`${PORTAL}/recordings`);
  await auditor.getByLabel('User name').fill('audrey');
  await auditor.getByLabel('Password').fill('wrong-password-here');
  await auditor.keyboard.press('Enter');
  await auditor.getByText('User name, password or code is wrong.').waitFor();
  await look(auditor, 'sign-in');
  await auditor.getByLabel('Password').fill('Correct-Horse-audrey');
  await auditor.keyboard.press('Enter');
  await auditor.getByRole('heading', {level: 1, name: 'Recordings'}).waitFor();
  check(auditor.url() === `${PORTAL}/recordings`, 'after sign-in the page that was asked for');
  const rows = auditor.locator('tbody tr').filter({hasText: /Clean|Degraded/});
  await rows.first().waitFor();
  check(await auditor.getByRole('button', {name: 'Save filters'}).isDisabled(), 'without filters there are none to save');
  await auditor.getByLabel('Target').fill('nowhere-like-this');
  await auditor.getByText('No recordings', {exact: true}).waitFor();
  await auditor.getByRole('button', {name: 'Save filters'}).click();
  await auditor.getByLabel('Name').fill('nowhere');
  await auditor.keyboard.press('Enter');
  await auditor.getByRole('button', {name: 'Clear filters'}).click();
  await rows.first().waitFor();
  await auditor.getByRole('combobox', {name: 'Saved filters'}).selectOption('nowhere');
  await auditor.waitForURL(/[?]target=nowhere-like-this/);
  await auditor.getByText('No recordings', {exact: true}).waitFor();
  await auditor.getByRole('button', {name: 'Forget this filter'}).click();
  await auditor.getByRole('button', {name: 'Clear filters'}).click();
  await rows.first().waitFor();
  const [table] = await Promise.all([auditor.waitForEvent('download'), auditor.getByRole('link', {name: 'Export as CSV'}).click()]);
  const [head, ...cells] = readFileSync(await table.path(), 'utf8').trim().split('\r\n');
  check(head.startsWith('id,started,ended,user,target') && cells.length >= 1 && cells.every((line) => line.includes(',alice,machine,')), 'the list is exported as CSV');
  await look(auditor, 'recordings');

  // A word that was on the screen; the secret that was covered is not found by the same way.
  await auditor.getByLabel('Words on the screen').fill('Tr0ub4dorX9kQz');
  await auditor.getByText('No recordings', {exact: true}).waitFor();
  await auditor.getByLabel('Words on the screen').fill('');
  await auditor.getByLabel('Target').fill('mach');
  await rows.first().waitFor();
  check(true, 'a name is found while it is being typed');
  await auditor.getByLabel('Target').fill('');
  const covered = auditor.getByLabel('What was covered');
  await covered.selectOption({label: 'Private keys'});
  await auditor.getByText('No recordings', {exact: true}).waitFor();
  await covered.selectOption({label: 'Passwords'});
  await rows.first().waitFor();
  await auditor.waitForURL(/[?]mask=label[.]password/);
  check(true, 'what was covered is looked for by its kind');
  await covered.selectOption({label: 'Any'});
  await auditor.getByLabel('Words on the screen').fill('weekl');
  await rows.first().waitFor();
  await auditor.getByLabel('Words on the screen').fill('weekly');
  await rows.first().waitFor();
  await auditor.waitForURL(/[?]q=weekly/);
  await rows.first().getByRole('link').focus();
  await auditor.keyboard.press('Enter');
  await auditor.locator('svg[data-lane=mask] rect').first().waitFor();
  check(true, 'a mask is on the timeline');
  await auditor.locator('svg[data-lane=hit] rect').first().waitFor();
  check((await auditor.getByRole('region', {name: /^Found on the screen/}).locator('tbody').innerText()).includes('weekly'), 'the word that was searched for is listed with its time');
  await auditor.locator('svg[data-lane=event] rect').first().waitFor();
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  // From the film's end backwards: how soon after its beginning something happened depends on the machine.
  const led_back = async (key, list, what) => {
    const moments = (await list.getByRole('button', {name: /^[0-9]+:/}).allInnerTexts()).map((text) => text.trim());
    const shown = auditor.getByTestId('time'), before = await shown.innerText();
    await auditor.evaluate(() => (document.querySelector('video').currentTime = document.querySelector('video').duration));
    await auditor.waitForFunction((text) => document.querySelector('[data-testid=time]').innerText !== text && !document.querySelector('video').seeking, before);
    await auditor.locator('body').press(key);
    await shown.filter({hasText: new RegExp(`^\\s*(${moments.join('|').replaceAll('.', '\\.')}) `)}).waitFor();
    check(true, `a key leads to ${what}, at ${await shown.innerText()}`);
  };
  const events = auditor.getByRole('region', {name: 'Events', exact: true});
  await events.locator('tbody tr').filter({hasText: 'The clipboard went to the user'}).getByRole('button').waitFor();
  await led_back('E', events, 'what happened');
  await led_back('H', auditor.getByRole('region', {name: /^Found on the screen/}), 'what was searched for');
  await auditor.evaluate(() => (document.querySelector('video').currentTime = 0));
  await auditor.locator('body').press('k');
  await auditor.waitForFunction(() => document.querySelector('video').currentTime > 1);
  if (!(await auditor.evaluate(() => document.querySelector('video').paused))) await auditor.locator('body').press('k');
  await auditor.waitForFunction(() => document.querySelector('video').paused);
  const film = await auditor.evaluate(() => {
    const video = document.querySelector('video'), canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const pen = canvas.getContext('2d');
    pen.drawImage(video, 0, 0);
    const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
    return {width: video.videoWidth, colours: new Set(new Uint32Array(pixels.buffer)).size, error: video.error?.message ?? null};
  });
  check(film.width === 1024 && film.colours > 20 && !film.error, `the film plays and shows a picture: ${JSON.stringify(film)}`);
  await auditor.locator('body').press('n');
  const took = await auditor.evaluate(async () => {
    const video = document.querySelector('video'), begun = performance.now();
    await new Promise((resolve) => {
      video.addEventListener('seeked', resolve, {once: true});
      video.currentTime = video.duration / 2;
    });
    return performance.now() - begun;
  });
  console.log(`a seek to the middle took ${took.toFixed(0)} ms`);
  await auditor.getByText(/^\d+ passwords? masked\.$/).waitFor();
  // What one writes down at a moment stands there for all who may watch.
  await auditor.locator('body').press('b');
  await auditor.getByRole('region', {name: 'Comments'}).getByText('★ Bookmark').waitFor();
  await auditor.locator('body').press('c');
  await auditor.getByLabel(/^Comment at 0:00:/).fill(`Who allowed this? ${wicked}`);
  await auditor.keyboard.press('Enter');
  await auditor.getByRole('region', {name: 'Comments'}).getByText('Who allowed this?').waitFor();
  check((await auditor.locator('svg[data-lane=remark] rect').count()) === 2 && (await auditor.getByRole('region', {name: 'Comments'}).innerText()).includes(wicked) && (await auditor.locator('main section img').count()) === 0, 'a comment is text, and on the timeline');
  await look(auditor, 'player');
  const script = await auditor.evaluate(() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).length);
  check(script === 1, 'one script, nothing else');

  const operator = await visitor(), approver = await visitor();
  await approval(operator, approver);
  const film_of_the_clip = auditor.url();
  const in_page = await in_the_page(operator, auditor, approver);
  await approved_in_the_page(operator, approver);
  const compliance = await visitor();
  await sign_in(compliance, 'clara', 'Correct-Horse-clara');
  await look(compliance, 'overview-compliance');
  await compliance.goto(`${film_of_the_clip}&t=1.5`);
  await compliance.waitForFunction(() => document.querySelector('video')?.readyState >= 2 && document.querySelector('video').currentTime >= 1.4);
  check(true, 'a link to a moment leads there');
  await clip(compliance, approver);
  await Promise.all([behind_a_gate(auditor), watched_by_keyboard(), worked_by_keyboard(), administration(admin).then(() => accounts(admin, operator))]);

  // What is held is not deleted, until somebody says why it may be.
  await open(compliance, 'Retention');
  await compliance.getByText('No recording is held').waitFor();
  await compliance.getByRole('button', {name: 'All recordings'}).click();
  await compliance.getByRole('button', {name: /^Hold: /}).first().click();
  await compliance.getByRole('dialog').getByLabel('Reason').fill(`Lawsuit ${wicked}`);
  await compliance.keyboard.press('Enter');
  await compliance.getByRole('button', {name: /^Release: /}).waitFor();
  await look(compliance, 'retention');

  // What was done stands in the log, and the log is whole.
  await open(auditor, 'Audit log');
  await auditor.locator('tbody tr').first().waitFor();
  await auditor.getByRole('combobox', {name: 'What'}).selectOption('exported');
  await auditor.waitForURL(/[?]event=exported/);
  await auditor.locator('tbody tr').filter({hasText: 'clara'}).filter({hasText: 'Case 7'}).first().waitFor();
  await auditor.locator('tbody tr').filter({hasText: 'Sign-in'}).first().waitFor({state: 'detached'});
  check(true, 'the audit log shows what is asked for');
  await auditor.getByRole('button', {name: 'Verify'}).click();
  await auditor.getByText('the signed heads agree').waitFor();
  const [log] = await Promise.all([auditor.waitForEvent('download'), auditor.getByRole('link', {name: 'Export these as JSON Lines'}).click()]);
  const lines = readFileSync(await log.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  check(lines.length >= 2 && lines.every((line) => line.event === 'exported' && ['audrey', 'clara'].includes(line.actor)) && lines[0].detail.what === 'audit log' && lines.at(-1).link.length === 64, `the log is exported as JSON Lines, and that stands in it: ${lines.length} lines`);
  await auditor.getByRole('button', {name: 'Clear filters'}).click();
  await auditor.locator('tbody tr').filter({hasText: 'Sign-in'}).first().waitFor();
  await look(auditor, 'audit');

  // That somebody asked was told to those who must know, and it shows whom it reached.
  await open(admin, 'Alerts');
  const asked = admin.getByRole('row').filter({hasText: 'Approval asked for'}).first();
  await asked.getByText('Sent').waitFor();
  check(/Waiting\s*siem/.test(await asked.innerText()), 'an alert says which sink has it and which has not');
  await admin.getByRole('button', {name: 'Test: pager'}).click();
  await admin.getByText('Took the test').waitFor();
  await admin.getByRole('button', {name: 'Test: siem'}).click();
  await admin.getByText('Failed', {exact: true}).waitFor();
  await look(admin, 'alerts');

  // Who reads the rules signs for them; an administrator asks which of them decides, and tries a changed policy before it is in force.
  await open(auditor, 'Policy');
  await auditor.getByRole('button', {name: /^Sign ?: /}).first().click();
  await auditor.getByLabel('What was found').fill(`as it should be ${wicked}`);
  await auditor.keyboard.press('Enter');
  await auditor.getByText('Signed by audrey').first().waitFor();
  check(true, 'a review is signed');
  await open(admin, 'Policy');
  await admin.getByLabel('User', {exact: true}).fill('alice');
  await admin.getByLabel('Target', {exact: true}).fill('machine');
  await admin.keyboard.press('Enter');
  await admin.getByText('Allowed by everybody-everywhere').waitFor();
  const changed = admin.getByRole('textbox', {name: 'Changed policy'});
  await admin.waitForFunction(() => document.querySelector('textarea')?.value.includes('everybody-everywhere'));
  await changed.fill((await changed.inputValue()).replace('targets: ["*"]', 'targets: [nowhere]'));
  await admin.getByRole('button', {name: 'Simulate'}).click();
  const difference = admin.getByRole('row').filter({hasText: 'alice → machine'});
  await difference.first().waitFor();
  check(/everybody-everywhere/.test(await difference.first().innerText()), 'a changed policy says whom it would have kept out');
  await look(admin, 'policy-simulated');
  await changed.fill('rules: [{name: 7');
  await admin.getByRole('button', {name: 'Simulate'}).click();
  await admin.getByText(/The gateway does not accept this/).waitFor();

  // Every page there is, for whoever has it, is looked at.
  for (const [page, names] of [[auditor, ['Overview', 'Live sessions', 'Policy']], [admin, ['Overview', 'Users', 'System']]]) {
    for (const name of names) {
      await open(page, name);
      await look(page, `${name.toLowerCase().replaceAll(' ', '-')}${page === admin && name === 'Overview' ? '-admin' : ''}`);
    }
  }
  await admin.goto(`${PORTAL}/account`);
  await admin.getByRole('heading', {level: 1, name: 'Account'}).waitFor();
  await look(admin, 'account');
  await open(admin, 'System');
  await admin.getByRole('link', {name: 'The API'}).click();
  await admin.getByRole('searchbox', {name: 'Search'}).fill('hold recordings');
  await admin.getByText('PUT /recordings/{id}/hold').click();
  await admin.getByRole('table', {name: 'Body'}).getByText('reason').first().waitFor();
  await look(admin, 'api-reference');
  await admin.goto(`${PORTAL}/no-such-page`);
  await admin.getByText('There is no such page').waitFor();
  await look(admin, 'no-such-page');
  const seen = new Set();
  for (const page of [auditor, compliance, approver, operator, admin]) for (const link of await page.getByRole('navigation', {name: 'Pages'}).getByRole('link').all()) seen.add((await link.innerText()).trim());
  const missed = [...seen].filter((name) => ![...looked].some((one) => one.startsWith(name.toLowerCase().replaceAll(' ', '-').replace('audit-log', 'audit'))) && !['Frostgate', 'audrey', 'paula', 'alice', 'admin', 'clara'].includes(name));
  check(missed.length === 0, `axe-core has seen each page of the navigation; not: ${missed.join(', ') || 'none'}`);

  await film_in_parts(auditor, in_page);

  if (PICTURES) {
    await open(auditor, 'Live sessions');
    await auditor.getByRole('button', {name: 'Watch'}).first().click();
    await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2, null, {timeout: film_made});
    await look(auditor, 'live-picture');
    await paused(operator, approver);
    await open(operator, 'Connect');
    await look(operator, 'connect');
    await operator.getByRole('button', {name: 'VNC ticket: machine'}).click();
    await operator.getByText('It works once.').waitFor();
    await look(operator, 'connect-ticket');
    await operator.getByRole('dialog').getByRole('button', {name: 'Close'}).click();
    await auditor.context().setOffline(true);
    await auditor.evaluate(() => fetch('/').catch(() => {}));
    await auditor.getByRole('link', {name: 'Recordings'}).click();
    await auditor.getByText('The gateway cannot be reached').waitFor();
    await look(auditor, 'offline');
    await auditor.context().setOffline(false);
    await auditor.getByRole('button', {name: 'Try again'}).click();
    await auditor.locator('tbody tr').first().waitFor();
    await states({admin, auditor, compliance, approver, operator}, new URL(film_of_the_clip).pathname.split('/').at(-1));
  }
  await started_again(auditor);
}, 50);
