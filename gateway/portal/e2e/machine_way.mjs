// Of main_way.mjs: a machine in the page, and the films of what was done there.
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PORTAL, check, film_made, logged, look, open, sign_in, times_logged, touched, until, visitor, wicked} from './stage.mjs';

const {MACHINE, MACHINE_DISPLAY, DESK, CLIENT_DISPLAY, CERTIFICATE} = process.env;

// The screen in the page has the keys, and a picture; `terminal`: with the paper of the target's terminal in it; `fits`: of the page's size, which not every target takes.
const shows = (page, terminal, fits = true) => page.waitForFunction(([wanted, least]) => {
  const canvas = document.querySelector('[role=application] canvas');
  if (!canvas || canvas.width < least || !canvas.closest('[role=application]').contains(document.activeElement)) return false;
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  const paper = pixels.reduce((sum, pixel) => sum + (pixel === 0xfffafafa ? 1 : 0), 0);
  return wanted ? paper > pixels.length / 5 : paper < pixels.length / 5 && new Set(pixels).size > 3;
}, [terminal, fits ? 1025 : 1024], {polling: 200});

// A page that behaves otherwise than ours: its own WebSocket with a ticket, by which it gets a session, and then what `badly` says.
const speak = (page, badly) => page.evaluate(async (which) => {
  const {csrf} = await (await fetch('/api/v1/session')).json();
  const issued = await fetch('/api/v1/targets/machine/screen-ticket', {method: 'POST', headers: {'X-Frostgate-CSRF': csrf}});
  const {ticket} = await issued.json(), url = `wss://${location.host}/api/v1/targets/machine/screen?ticket=`;
  const over = (socket) => new Promise((resolve) => (socket.onclose = ({code}) => resolve(code)));
  if (which === 'forged') return over(new WebSocket(url + ticket.replaceAll(/./g, '0'), ['binary']));
  if (which === 'other') return over(new WebSocket(url + ticket, ['chat']));
  const socket = new WebSocket(url + ticket, ['binary']);
  socket.binaryType = 'arraybuffer';
  const end = over(socket);
  let heard = 0;
  const more = (bytes) => new Promise((resolve) => {
    const look = () => heard >= bytes ? resolve() : setTimeout(look, 20);
    look();
  });
  socket.onmessage = ({data}) => (heard += data.byteLength);
  await more(12);
  if (which === 'again') return over(new WebSocket(url + ticket, ['binary']));
  if (which === 'text') socket.send('RFB 003.008\n');
  else {
    socket.send(new TextEncoder().encode('RFB 003.008\n'));
    await more(14);
    socket.send(new Uint8Array([1]));
    await more(18);
    socket.send(new Uint8Array([1]));
    await more(40);
    if (which === 'paste') socket.send(new Uint8Array([6, 0, 0, 0, 0, 0, 0, 5, ...new TextEncoder().encode('smuggled text'.slice(0, 5))]));
    if (which === 'sign-out') await fetch('/api/v1/session', {method: 'DELETE', headers: {'X-Frostgate-CSRF': csrf}});
    if (which === 'sign-out') return 'signed out';
    if (which === 'paste') {
      globalThis.hang_up = () => (socket.close(), end);
      return 'sent';
    }
  }
  return end;
}, badly);

// An auditor watches it while it runs, and writes down what there is to look at again.
async function mark_live(auditor) {
  await open(auditor, 'Live sessions');
  const row = auditor.getByRole('row').filter({hasText: 'Browser → VNC'});
  await row.getByRole('button', {name: 'Watch'}).click();
  await auditor.waitForFunction(() => document.querySelector('video')?.currentTime > 0, null, {timeout: film_made});
  await auditor.getByText(/Now \d+ s behind/).waitFor();
  check(/^audrey · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/.test(await auditor.locator('.watermark').innerText()), 'the live picture says how far behind it is, and who looks at it, when');
  await auditor.getByLabel('Note').fill('what was this?');
  await auditor.getByRole('button', {name: 'Mark this moment'}).click();
  await auditor.waitForFunction(() => document.querySelector('form input').value === '');  // it is taken
  await look(auditor, 'live-marked');
}

// From the page of a machine that needs approval: it asks in its screen for what is missing, waits, and shows the machine once somebody agrees.
export async function approved_in_the_page(operator, approver) {
  await operator.goto(`${PORTAL}/connect/prod-db`);
  await operator.getByRole('button', {name: 'Disconnect'}).waitFor();
  await shows(operator, false);
  await look(operator, 'machine-reason');
  await shows(operator, false);
  await operator.keyboard.type('Rebuild it in the page', {delay: 30});
  await operator.keyboard.press('Tab');
  await operator.keyboard.type('CHG-43', {delay: 30});
  await operator.keyboard.press('Enter');
  await open(approver, 'Approvals');
  await approver.locator('tbody tr').filter({hasText: 'CHG-43'}).getByRole('link').first().click();
  await look(operator, 'machine-waiting');
  await approver.getByRole('button', {name: 'Approve'}).click();
  await approver.getByText('Approves', {exact: true}).waitFor();
  await until('the wait in the page ends', () => logged(/alice was approved/));
  await shows(operator, true);
  await touched(operator, `${MACHINE}/approved`, 'who waits in the page is let in when somebody agrees');
  await operator.getByRole('button', {name: 'Disconnect'}).click();
  await operator.getByText('The session is over').waitFor();
}

// What nobody may do alone: asked for in the dialog that is open, approved, and pressed again.
async function with_a_word(asker, approver, button, why) {
  const press = async () => {
    await button.click();
    await asker.getByRole('dialog').getByLabel('Reason').fill(why);
    await asker.keyboard.press('Enter');
    await asker.getByRole('dialog').waitFor({state: 'detached'});
  };
  await press();
  await open(approver, 'Approvals');
  await approver.locator('tbody tr').filter({hasText: why}).getByRole('link').click();
  await approver.getByRole('button', {name: 'Approve'}).click();
  await approver.getByText('Approves', {exact: true}).waitFor();
  await press();
}

// Somebody else looks on, uncovered, and types nothing; the user is told.
async function joined(operator, auditor, approver) {
  await open(auditor, 'Live sessions');
  await with_a_word(auditor, approver, auditor.getByRole('row').filter({hasText: 'Browser → VNC'}).getByRole('button', {name: /^Join: /}), 'a second pair of eyes');
  await auditor.waitForFunction(() => {
    const canvas = document.querySelector('.screen canvas');
    return canvas?.width > 640 && new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 3;
  }, null, {polling: 200});
  check(logged(/looks on/), 'who was let in looks on in a running session');
  await auditor.locator('.screen canvas').click();
  await auditor.keyboard.type('touch typed-by-a-guest\n', {delay: 20});
  await look(auditor, 'live-joined');
  await goes_on(operator, 'still-mine');
  check(!existsSync(`${MACHINE}/typed-by-a-guest`), 'what a guest types does not arrive');
  await auditor.getByRole('button', {name: 'Close'}).first().click();
  await until('and that the guest has left is in the log', () => logged(/looks on no more/));
  await goes_on(operator, 'mine-again');
}

// Its user is told of guests on the screen, and goes on by Enter, which a shell without a notice before it takes, too.
async function goes_on(operator, file) {
  await operator.locator('[role=application] canvas').click();
  await touched(operator, `${MACHINE}/${file}`, `its user goes on working: ${file}`, '\n');
}

// An operator works on a machine in the page: what is typed reaches it, what is copied there comes back, and what the policy denies does not pass.
export async function in_the_page(operator, auditor, approver) {
  await open(operator, 'Connect');
  await operator.getByRole('button', {name: 'Open here: machine'}).click();
  await operator.getByRole('button', {name: 'Disconnect'}).waitFor();
  const screen = operator.locator('[role=application] canvas');
  await operator.waitForFunction(() => document.querySelector('[role=application] canvas')?.width > 1024);
  check(true, 'the machine took the size of the page');
  const id = await operator.evaluate(async () => (await (await fetch('/api/v1/live-sessions')).json()).items.map((one) => one.id).sort().at(-1));
  await operator.keyboard.type('echo written from a page | tee page.txt\n', {delay: 30});
  await until('what is typed in the page reaches the machine', () => existsSync(`${MACHINE}/page.txt`) && readFileSync(`${MACHINE}/page.txt`, 'utf8') === 'written from a page\n');
  await operator.keyboard.type(`echo '${wicked}' | tee markup.txt\n`, {delay: 30});
  await until('markup, too', () => existsSync(`${MACHINE}/markup.txt`) && readFileSync(`${MACHINE}/markup.txt`, 'utf8') === `${wicked}\n`);
  const came = times_logged(/clipboard to the client: .* passed on/);
  const copied = spawn('xclip', ['-quiet', '-selection', 'clipboard', '-in'], {env: {...process.env, DISPLAY: MACHINE_DISPLAY}, stdio: ['pipe', 'ignore', 'ignore']});
  copied.stdin.end('copied on the machine');
  await until('what is copied there comes to the page', () => times_logged(/clipboard to the client: .* passed on/) > came);
  await operator.keyboard.press('Control+Alt+Home');
  await operator.waitForFunction(() => document.activeElement?.tagName === 'BUTTON');
  check(true, 'a key leads out of the screen');
  await operator.getByRole('button', {name: 'Clipboard'}).click();
  await operator.waitForFunction(() => document.querySelector('dialog textarea')?.value === 'copied on the machine');
  check(true, 'what is copied on the machine is in the page');
  check((await operator.getByRole('button', {name: 'Send to the machine'}).count()) === 0, 'no text is sent where the policy lets none go');
  await look(operator, 'machine-clipboard');
  await operator.getByRole('dialog').getByRole('button', {name: 'Close'}).click();
  copied.kill();
  await look(operator, 'machine');
  await operator.getByRole('button', {name: 'Full screen'}).click();
  await operator.waitForFunction(() => document.fullscreenElement !== null);
  await touched(operator, `${MACHINE}/full-screen`, 'the machine fills the screen, and what is typed there reaches it');
  await operator.keyboard.press('Control+Alt+Home');
  await operator.waitForFunction(() => document.fullscreenElement === null);
  check(true, 'the same key leads out of the full screen');
  await mark_live(auditor);
  await joined(operator, auditor, approver);

  const stranger = await visitor();
  await sign_in(stranger, 'alice', 'Correct-Horse-alice');
  check((await speak(stranger, 'forged')) === 1006, 'a forged ticket opens nothing');
  check((await speak(stranger, 'other')) === 1006, 'nor does another protocol');
  check((await speak(stranger, 'again')) === 1006, 'a ticket opens one connection');
  check((await speak(stranger, 'text')) === 1003, 'who sends text is cut');
  await until('and that is in the log', () => logged(/the browser sends text/));
  await speak(stranger, 'paste');
  await until('the gateway denies what a page sends all the same', () => logged(/clipboard to the target: 5 bytes of text.*: denied by the policy/));
  check([1000, 1005].includes(await stranger.evaluate(() => globalThis.hang_up())), 'and the session goes on until the page ends it');
  await speak(stranger, 'sign-out');
  await until('a session ends with its sign-in', () => logged(/ending the session: You have signed out/));
  await stranger.close();

  await screen.click();
  await touched(operator, `${MACHINE}/still-there`, 'a session is not held up by others');
  await operator.getByRole('button', {name: 'Disconnect'}).click();
  await operator.getByText('The session is over').waitFor();
  await look(operator, 'machine-over');
  await operator.goto(`${PORTAL}/connect/desk`);
  await operator.getByRole('button', {name: 'Disconnect'}).waitFor();
  await shows(operator, true, false);
  await touched(operator, `${DESK}/from-a-page`, 'an RDP machine works in the page, too');
  await orders(operator, auditor);
  await by_file(operator, approver);
  return id;
}

// The file of the button is signed by the gateway, and opens one session in the operator's own client.
async function by_file(operator, approver) {
  await open(operator, 'Connect');
  const [download] = await Promise.all([operator.waitForEvent('download'), operator.getByRole('button', {name: 'Download .rdp: desk'}).click()]);
  const folder = mkdtempSync(join(tmpdir(), 'frostgate-rdp-')), file = join(folder, 'desk.rdp');
  check(download.suggestedFilename() === 'desk.rdp', 'the file has the name of its target');
  await download.saveAs(file);
  // As mstsc: the settings that signscope names, in its order, then signscope itself.
  const lines = readFileSync(file).subarray(2).toString('utf16le').split('\r\n'), after = (name) => lines.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '';
  const names = after('signscope').replace(/^signscope:s:/, '').toLowerCase().split(',');
  writeFileSync(join(folder, 'content'), Buffer.from([...names.map(after), after('signscope'), '\0'].join('\r\n'), 'utf16le'));
  writeFileSync(join(folder, 'signature'), Buffer.from(after('signature').replace(/^signature:s:|\s/g, ''), 'base64').subarray(12));
  execFileSync('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'signature', '-content', 'content', '-CAfile', CERTIFICATE, '-purpose', 'any', '-out', '/dev/null'], {cwd: folder, stdio: 'ignore'});
  check(names.includes('full address'), 'the .rdp file is signed by the gateway, its address too');
  const client = spawn('xfreerdp', [file, '/p:', '/cert:ignore', '/size:640x480', '-grab-keyboard'], {env: {...process.env, DISPLAY: CLIENT_DISPLAY, HOME: folder}, stdio: 'ignore'});
  const over = new Promise((resolve) => client.once('exit', resolve));
  await open(operator, 'Live sessions');
  await operator.getByRole('row').filter({hasText: 'RDP → RDP'}).filter({hasText: 'desk'}).waitFor();
  check(client.exitCode === null, 'a client opens the session with the .rdp file');
  await with_a_word(operator, approver, operator.getByRole('row').filter({hasText: 'RDP → RDP'}).getByRole('button', {name: /^Stop recording: /}), 'nothing of this is kept');
  await operator.getByText('Not recorded any more').waitFor();
  await look(operator, 'live-stopped');
  check(true, 'its recording stops with somebody’s word');
  client.kill();
  await over;
  await operator.getByRole('row').filter({hasText: 'RDP → RDP'}).waitFor({state: 'detached'});
}

// Who sees it live takes the keys away, gives them back, and ends it with a message.
async function orders(operator, auditor) {
  await open(auditor, 'Live sessions');
  const row = auditor.getByRole('row').filter({hasText: 'Browser → RDP'});
  const type = (text) => operator.keyboard.type(`${text}\n`, {delay: 60});
  await row.getByRole('button', {name: 'Lock input'}).click();
  await until('an order to lock the input is in the log', () => logged(/user's input is locked/));
  await type('touch locked-out');
  await row.getByText('Input locked').waitFor();
  check((await row.getByRole('button', {name: /^Lock input/}).count()) === 0, 'what is locked is said, and can only be unlocked');
  await auditor.reload();
  await row.getByRole('button', {name: 'Unlock input'}).click();
  await row.getByRole('button', {name: /^Lock input/}).waitFor();
  await until('and one to unlock it', () => logged(/user's input is unlocked/));
  await touched(operator, `${DESK}/let-in`, 'who was locked out types again');
  check(!existsSync(`${DESK}/locked-out`), 'what was typed while the input was locked did not arrive');
  await row.getByRole('button', {name: 'End session'}).click();
  await auditor.getByRole('dialog').getByLabel('Message').fill('the night shift begins');
  await look(auditor, 'live-end');
  await auditor.keyboard.press('Enter');
  await until('a session is ended with a message', () => logged(/ended by the gateway: the night shift begins/));
  await operator.getByRole('button', {name: 'Disconnect'}).click();  // it is shown for half a minute
  await operator.getByText('The session is over').waitFor();
}

// The film of it has a part for each size of the page, and plays across them.
export async function film_in_parts(auditor, id) {
  await auditor.goto(`${PORTAL}/recordings?q=written`);
  await auditor.locator(`tbody a[href^="/recordings/${id}"]`).waitFor({timeout: film_made});
  check(true, 'what was typed in the page is found in its film');
  await auditor.getByLabel('Words on the screen').fill('onerror');
  await auditor.waitForURL(/q=onerror/);
  await auditor.locator(`tbody a[href="/recordings/${id}?q=onerror"]`).click();
  await auditor.getByRole('region', {name: /^Found on the screen/}).locator('tbody tr').filter({hasText: wicked}).first().waitFor();
  check((await auditor.locator('main section img').count()) === 0 && !/^1/.test(await auditor.title()), 'markup on the screen of a session is text in the portal');
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  const parts = await auditor.evaluate(async (which) => (await (await fetch(`/api/v1/recordings/${which}/index`)).json()).parts.map(({start, duration, width}) => ({start, duration, width})), id);
  check(parts.length > 1, `the film has parts: ${JSON.stringify(parts)}`);
  for (const {start, duration, width} of [...parts, parts[0]]) {
    const shown = await auditor.evaluate(async ([at, wanted]) => {
      const video = document.querySelector('video');
      const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, {once: true}));
      video.currentTime = at;
      await seeked;
      // The picture's size follows when the picture is drawn.
      for (const end = Date.now() + 60_000; Math.abs(video.videoWidth - wanted) > 1 && !video.error && Date.now() < end;) await new Promise((wake) => setTimeout(wake, 20));
      return {width: video.videoWidth, error: video.error?.message ?? null};
    }, [start + duration / 2, width]);
    check(Math.abs(shown.width - width) <= 1 && !shown.error, `a seek into the part of ${width} pixels shows it: ${JSON.stringify(shown)}`);
  }
  await auditor.evaluate(() => (document.querySelector('video').currentTime = 1));
  await auditor.waitForFunction(() => document.querySelector('video').currentTime === 1 && !document.querySelector('video').seeking);
  await auditor.locator('body').press('.');
  await auditor.waitForFunction(() => Math.abs(document.querySelector('video').currentTime - 1.2) < 0.01);
  await auditor.locator('body').press('-');
  await auditor.waitForFunction(() => document.querySelector('video').playbackRate === 0.5);
  for (let faster = 0; faster < 6; ++faster) await auditor.locator('body').press('+');
  await auditor.waitForFunction(() => document.querySelector('video').playbackRate === 16);
  await auditor.locator('body').press('i');
  await auditor.getByRole('button', {name: 'Skip idle time', pressed: true}).waitFor();
  check(true, 'keys step by one picture, go from half to sixteen times the speed, and skip what is idle');
  await auditor.locator('body').press('k');
  const last = parts.at(-1);
  await auditor.waitForFunction((end) => document.querySelector('video').currentTime > end, last.start + last.duration * 0.3, {timeout: film_made});
  check(true, 'it plays from the first part into the last');
  check((await auditor.getByRole('region', {name: 'Comments'}).innerText()).includes('what was this?'), 'what was marked live stands beside the film');
  await look(auditor, 'player-parts');
}
