// A sealed original through the portal in headless Chromium: asked for, approved, opened by two of three custodians with stock openssl, watched by who asked; then a
// request that is refused. tests/e2e/original.sh starts it.
//   RECORDING its id · CUSTODIANS folder of N.crt and N.key · SHOWN where the picture that was watched goes; and stage.mjs's
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PORTAL, check, film_made, look, sign_in, travel, visitor} from './stage.mjs';

const {RECORDING, CUSTODIANS, SHOWN} = process.env;
const folder = mkdtempSync(join(tmpdir(), 'frostgate-shares-'));
const page_of = (page) => page.goto(`${PORTAL}/originals/${RECORDING}`);
const status_of = (page, method, path) => page.evaluate(async ([how, where]) => {
  const {csrf} = await (await fetch('/api/v1/session')).json();
  return (await fetch(`/api/v1${where}`, {method: how, headers: how === 'GET' ? {} : {'X-Frostgate-CSRF': csrf}})).status;
}, [method, path]);
async function someone(name) {
  const page = await visitor();
  await sign_in(page, name, `Correct-Horse-${name}`);
  return page;
}

async function ask(auditor, why) {
  await auditor.getByLabel('Reason').fill(why);
  await auditor.getByRole('button', {name: 'Ask for approval'}).click();
  await auditor.getByText('Waits for approval').first().waitFor();
  return auditor.evaluate(async (id) => (await (await fetch(`/api/v1/recordings/${id}/original`)).json()).openings[0].request, RECORDING);
}
async function decide(approver, request, button) {
  await approver.goto(`${PORTAL}/approvals/${request}`);
  await approver.getByText(/Watch the original/).first().waitFor();
  await approver.getByRole('button', {name: button}).click();
  await approver.getByText(button === 'Approve' ? 'Approves' : 'Refuses', {exact: true}).waitFor();
}

// What a custodian does: the share is fetched from the page, opened with the custodian's own key, and left as a file.
async function opened_share(page, number) {
  await page_of(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', {name: `Download share ${number}`}).click()]);
  const enclosed = join(folder, file.suggestedFilename()), open = join(folder, `share-${number}`);
  await file.saveAs(enclosed);
  execFileSync('openssl', ['cms', '-decrypt', '-inform', 'DER', '-in', enclosed, '-recip', `${CUSTODIANS}/${number}.crt`, '-inkey', `${CUSTODIANS}/${number}.key`, '-out', open]);
  return {enclosed, open};
}

async function collect(auditor, first, second) {
  await auditor.getByText('0 of 2 shares are here').waitFor();
  check(await auditor.getByRole('button', {name: 'Open the original'}).isDisabled(), 'nothing is opened without shares');
  const one = await opened_share(first, 1);
  await first.getByLabel('File that openssl wrote').setInputFiles(one.enclosed);
  await first.getByRole('button', {name: 'Give the share'}).click();
  await first.getByText('This is no opened share.').waitFor();
  await first.getByLabel('File that openssl wrote').setInputFiles(one.open);
  await look(first, 'original-share');
  await first.getByRole('button', {name: 'Give the share'}).click();
  await first.getByText('1 of 2 shares are here').waitFor();
  const two = await opened_share(second, 2);
  await second.getByLabel('Or pasted as Base64').fill(Buffer.from('no share at all, whatever its length').toString('base64'));
  await second.getByRole('button', {name: 'Give the share'}).click();
  await second.getByText(/does not accept this: This is no opened share/).waitFor();
  await second.getByLabel('Or pasted as Base64').fill(execFileSync('openssl', ['base64', '-in', two.open]).toString());
  await second.getByRole('button', {name: 'Give the share'}).click();
  await second.getByText('2 of 2 shares are here').waitFor();
  await auditor.getByText('2 of 2 shares are here').waitFor();
  check(true, 'who asked sees by itself that there are enough shares');
  await look(auditor, 'original-collected');
}

async function watch(auditor, custodian, stranger, request) {
  await auditor.getByRole('button', {name: 'Open the original'}).click();
  await auditor.getByRole('button', {name: 'Watch', exact: true}).click({timeout: film_made});
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  const shown = await auditor.evaluate(async () => {
    const video = document.querySelector('video');
    const wanted = Math.max(0, video.duration - 0.5);
    // A film has a picture each second. "seeked" comes before the picture does on a busy machine.
    await new Promise((resolve, reject) => {
      const presented = (_, {mediaTime}) => (mediaTime > wanted - 1.5 ? resolve() : video.requestVideoFrameCallback(presented));
      video.requestVideoFrameCallback(presented);
      setTimeout(() => reject(new Error(`no picture of ${wanted} s`)), 60000);
      video.currentTime = wanted;
    });
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    return {picture: canvas.toDataURL('image/png'), error: video.error?.message ?? null, width: video.videoWidth};
  });
  check(!shown.error && shown.width > 400, `the original plays in the page: ${shown.width} pixels wide`);
  writeFileSync(SHOWN, Buffer.from(shown.picture.split(',')[1], 'base64'));
  await look(auditor, 'original-open');
  await custodian.getByText(/who asked for it, watches it/).waitFor();
  const base = `/recordings/${RECORDING}/original/openings/${request}`;
  check((await status_of(custodian, 'GET', `${base}/index`)) === 403 && (await status_of(custodian, 'GET', `${base}/segments/0/1`)) === 403, 'a custodian with the same role does not watch it');
  check((await status_of(stranger, 'GET', `${base}/index`)) === 404 && (await status_of(stranger, 'GET', `/recordings/${RECORDING}/original`)) === 404, 'to a foreign scope there is no such original');
  await auditor.getByRole('button', {name: 'Wipe shares and film'}).click();
  await auditor.getByRole('button', {name: 'Wipe shares and film'}).waitFor({state: 'detached'});
  check((await status_of(auditor, 'GET', `${base}/index`)) === 409 && (await status_of(auditor, 'POST', base)) === 409, 'what was wiped is gone, and the approval is used up');
}

await travel(async () => {
  const auditor = await someone('audrey'), approver = await someone('carol'), first = await someone('uma'), second = await someone('vic'), stranger = await someone('walt');
  await auditor.goto(`${PORTAL}/recordings/${RECORDING}`);
  await auditor.getByRole('link', {name: 'Unredacted original'}).click();
  await auditor.getByText(/^Any 2 of these 3/).waitFor();
  await auditor.getByRole('button', {name: 'Draw on the picture'}).click();
  await auditor.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  const box = await auditor.locator('video').boundingBox();
  await auditor.mouse.move(box.x + box.width * 0.01, box.y + box.height * 0.01);
  await auditor.mouse.down();
  await auditor.mouse.move(box.x + box.width * 0.99, box.y + box.height * 0.6, {steps: 3});
  await auditor.mouse.up();
  const region = await auditor.getByLabel('Part of the screen').inputValue();
  check(/^\d+, \d+, 100\d, \d{3}$/.test(region), `a region is drawn on the redacted picture: ${region}`);
  await look(auditor, 'original-ask');

  const request = await ask(auditor, 'a dispute');
  check((await status_of(auditor, 'POST', `/recordings/${RECORDING}/original/openings/${request}`)) === 409, 'nothing is opened before somebody agrees');
  await page_of(first);
  await first.getByText('Waits for approval').waitFor();
  check((await first.getByRole('button', {name: 'Give the share'}).count()) === 0, 'no share is taken before somebody agrees');
  await decide(approver, request, 'Approve');
  await collect(auditor, first, second);
  check((await auditor.getByRole('button', {name: 'Give the share'}).count()) === 0, 'who watches gives no share');
  await watch(auditor, first, stranger, request);

  const another = await ask(auditor, 'once more');
  await decide(approver, another, 'Refuse');
  await auditor.getByText('Refused', {exact: true}).waitFor();
  check((await status_of(auditor, 'POST', `/recordings/${RECORDING}/original/openings/${another}`)) === 409, 'what was refused is not opened');
  await look(auditor, 'original-refused');
}, 18);
