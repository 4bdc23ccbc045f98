// The portal in Firefox, spoken to by WebDriver BiDi (playwright-core wants a Firefox of its own); tests/e2e/firefox.sh starts it.
//   FIREFOX the program · PORTAL https://... · RECORDING whose film is played · MACHINE home folder of the target "machine" · TMPDIR for the profile
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const {FIREFOX, PORTAL, RECORDING, MACHINE} = process.env;
const soon = 120_000;
const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
const browser = spawn(FIREFOX, ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile, 'about:blank'], {env: {...process.env, HOME: profile}, stdio: ['ignore', 'ignore', 'pipe']});
const address = await new Promise((resolve, reject) => {
  let said = '';
  browser.stderr.on('data', (bytes) => {
    said += bytes;
    const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
    if (found) resolve(found[1]);
  });
  browser.once('exit', () => reject(new Error(`Firefox ended: ${said}`)));
});
const socket = new WebSocket(`${address}/session`);
await new Promise((resolve, reject) => (socket.onopen = resolve, socket.onerror = reject));
const waiting = new Map();
let last = 0;
socket.onmessage = ({data}) => {
  const {id, type, result, error, message} = JSON.parse(data);
  const [resolve, reject] = waiting.get(id) ?? [];
  if (resolve) type === 'success' ? resolve(result) : reject(new Error(`${error}: ${message}`));
};
const command = (method, params) => new Promise((resolve, reject) => {
  waiting.set(++last, [resolve, reject]);
  socket.send(JSON.stringify({id: last, method, params}));
});

const {capabilities} = await command('session.new', {capabilities: {alwaysMatch: {acceptInsecureCerts: true}}});
console.log(`Firefox ${capabilities.browserVersion}`);
const {contexts: [{context}]} = await command('browsingContext.getTree', {});
// What an expression in the page says, as JSON.
async function value(expression) {
  const {type, result, exceptionDetails} = await command('script.evaluate', {expression: `(async () => JSON.stringify(await (${expression})))()`, target: {context}, awaitPromise: true});
  if (type !== 'success') throw new Error(`${expression}: ${exceptionDetails.text}`);
  return result.value === undefined ? undefined : JSON.parse(result.value);
}
async function until(what, holds) {
  for (const end = Date.now() + soon; ;) {
    const found = await holds().catch(() => false);  // the page may just be another
    if (found) return console.log(`ok   ${what}`), found;
    if (Date.now() > end) throw new Error(`${what}: not within ${soon / 1000} s; the page says: ${await value('document.body.innerText').catch(() => '')}`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
const go = (path) => command('browsingContext.navigate', {context, url: PORTAL + path, wait: 'complete'});
const type = (text) => command('input.performActions', {context, actions: [{type: 'key', id: 'keys', actions: [...text].flatMap((key) => [{type: 'keyDown', value: key}, {type: 'pause', duration: 30}, {type: 'keyUp', value: key}])}]});
const enter = '\uE007';

let failed = '';
try {
  await go('/');
  await until('the page that asks who is there', () => value(`!!document.querySelector('input[autocomplete=username]')`));
  await value(`document.querySelector('input[autocomplete=username]').focus()`);
  await type('alice');
  await value(`document.querySelector('input[type=password]').focus()`);
  await type(`Correct-Horse-alice${enter}`);
  await until('a user is signed in', () => value(`!!document.querySelector('nav a[href="/recordings"]')`));

  await go(`/recordings/${RECORDING}`);
  await until('a film is there', () => value(`document.querySelector('video')?.readyState >= 2`));
  await value(`document.querySelector('video').play().then(() => true)`);
  await until('and plays: H.264 by MSE', () => value(`document.querySelector('video').currentTime > 1 && document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 1 && !document.querySelector('video').error`));
  await until('with what was covered on its timeline', () => value(`document.querySelectorAll('svg[data-lane=mask] rect').length > 0`));

  await go('/connect/machine');
  await until('a machine is in the page', () => value(`(() => {
    const canvas = document.querySelector('[role=application] canvas');
    if (!canvas || canvas.width < 640) return false;
    return new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 3;
  })()`));
  await until('it has the keys', () => value(`document.querySelector('[role=application]').contains(document.activeElement)`));
  await type(`touch from-firefox${enter}`);
  await until('and what is typed there arrives', async () => existsSync(`${MACHINE}/from-firefox`));
} catch (error) {
  failed = error.stack;
}
const over = new Promise((resolve) => browser.once('exit', resolve));
browser.kill();
await over;
if (failed) console.error(`FAILED: ${failed}`);
process.exit(failed ? 1 : 0);
