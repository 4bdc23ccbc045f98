// What the portal's end-to-end ways share: headless Chromium, and what must hold on every page: nothing breaks the content security policy, nothing goes
// to another host, axe-core finds nothing, and it fits a narrow window.
//   PORTAL https://... · FEW another, where two are compared · PICTURES folder for a picture of every page, or empty · LOG what serve writes, where that is looked at
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {chromium} from 'playwright-core';

export const {PORTAL, PICTURES = '', FEW = ''} = process.env;
const {LOG} = process.env;
export const wicked = '<img src=x onerror=document.title=1>';  // would do harm as markup
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const problems = [];
let checks = 0;
const begun = Date.now();
export function check(holds, what) {
  ++checks;
  if (!holds) problems.push(what);
  console.log(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} ${holds ? 'ok  ' : 'FAIL'} ${what}`);
}

const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage']});
// No wait is for a time: each is for something to be there. These are how long a machine under load may take, and cost nothing where it comes sooner.
export const soon = 60_000, film_made = 1_200_000;
export async function visitor() {
  const context = await browser.newContext({ignoreHTTPSErrors: true, viewport: {width: 1360, height: 850}, locale: 'en-US', reducedMotion: 'reduce'});
  const page = await context.newPage();
  page.setDefaultTimeout(soon);
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(`policy: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && ![PORTAL, FEW].some((host) => host && request.url().startsWith(host))) problems.push(`another host: ${request.url()}`);
  });
  return page;
}
if (PICTURES) mkdirSync(PICTURES, {recursive: true});
export const looked = new Set();
export async function look(page, name) {
  looked.add(name);
  for (const theme of PICTURES ? ['light', 'dark'] : ['light']) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
    const {violations} = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
    check(violations.length === 0, `axe-core on ${name}, ${theme}: ${violations.map((one) => `${one.id} (${one.nodes[0].html} ${one.nodes[0].failureSummary})`).join('; ') || 'nothing'}`);
    if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-${theme}.png`});
  }
  if (await page.evaluate(() => document.getAnimations().some((one) => one.playState === 'running'))) problems.push(`${name} moves, though less motion is wanted`);
  const wide = page.viewportSize();
  await page.setViewportSize({width: 390, height: 844});
  check(await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth)), `${name} fits a narrow window, and so do its tables`);
  if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-narrow.png`, fullPage: true});
  await page.setViewportSize(wide);
}
export async function sign_in(page, user, password, portal = PORTAL) {
  await page.goto(`${portal}/`);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', {name: 'Pages'}).waitFor();
}
export const open = async (page, name) => {
  await page.getByRole('navigation', {name: /^(Pages|Seiten)$/}).getByRole('link', {name, exact: true}).click();
  await page.getByRole('heading', {level: 1, name}).waitFor();
  await page.waitForLoadState('load');
  await page.waitForFunction(() => !document.querySelector('.waiting'));
};

export async function until(what, holds) {
  for (const end = Date.now() + soon; !holds(); await new Promise((wake) => setTimeout(wake, 50))) if (Date.now() > end) throw new Error(`${what}: not within ${soon / 1000} s`);
  check(true, what);
}

// The folder of the evidence bundle that the link leads to.
export async function unpacked(page, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const folder = mkdtempSync(join(tmpdir(), 'frostgate-bundle-'));
  await download.saveAs(join(folder, 'bundle.tar'));
  execFileSync('tar', ['-xf', 'bundle.tar', '--strip-components=1'], {cwd: folder});
  return folder;
}

export const times_logged = (words) => readFileSync(LOG, 'utf8').match(new RegExp(words, 'g'))?.length ?? 0;
export const logged = (words) => times_logged(words) > 0;

// What each page shows when the way stops, beside what serve writes: those logs are kept then.
async function pictures_of_failure() {
  if (!LOG) return;
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [n, page] of pages.entries()) await page.screenshot({path: join(dirname(LOG), `failed-${n}.png`), timeout: soon}).catch(() => {});
}

// Runs the way, says what was wrong, and ends.
export async function travel(way, least_checks) {
  try {
    await way();
  } catch (error) {
    problems.push(error.stack);
    await pictures_of_failure();
  } finally {
    await browser.close();
  }
  for (const problem of problems) console.error(`FAILED: ${problem}`);
  console.log(`${checks} checks, ${problems.length} problems`);
  process.exit(problems.length === 0 && checks >= least_checks ? 0 : 1);
}
