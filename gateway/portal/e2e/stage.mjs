// What the portal's end-to-end ways share: headless Chromium, and what must hold on every page: nothing breaks the content security policy, nothing goes
// to another host, axe-core finds nothing, and it fits a narrow window.
//   PORTAL https://... · FEW another, where two are compared · PICTURES folder for a picture of every page, or empty · LOG what serve writes, where that is looked at
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
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

// The gateway's own certificate is let pass by the whole browser, too: of what a page lets pass, a download that needs another connection knows nothing, and is cancelled.
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--ignore-certificate-errors']});
// No wait is for a time: each is for something to be there. These are how long a machine under load may take, and cost nothing where it comes sooner.
export const soon = 180_000, film_made = 1_200_000;
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
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// What German says otherwise, in two words or more: none of it may stand on a page in German. Read as text, since not every Node that builds the portal takes TypeScript.
const texts = (language) => [...readFileSync(new URL(`../src/texts/${language}.ts`, import.meta.url), 'utf8').matchAll(/\w+: '((?:[^'\\]|\\.)*)'/g)].flatMap(([, text]) => text.split('|'));
const german = new Set(texts('de'));
const english = texts('en').filter((text) => / /.test(text) && !/\{/.test(text) && !german.has(text));
async function speak(page, language) {
  await page.evaluate((value) => {
    localStorage.setItem('language', value);
    dispatchEvent(new StorageEvent('storage', {key: 'language'}));  // as another tab's choice comes
  }, language);
  await page.waitForFunction((value) => document.documentElement.lang === value, language);
}
const english_on = (page) => page.evaluate((texts) => {
  const known = new Set(texts), out = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (known.has(walker.currentNode.data.trim()) && !walker.currentNode.parentElement.closest('[lang=en], option')) out.push(walker.currentNode.data.trim());
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (known.has(one.getAttribute(name))) out.push(one.getAttribute(name));
  return out;
}, english);
const fits = (page) => page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth));
// A page as it stands, in both themes and languages, wide and narrow.
export async function look(page, name) {
  looked.add(name);
  const wide = page.viewportSize();
  for (const theme of ['light', 'dark']) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
    // Of the second theme, what colours alone can break.
    const {violations} = await page.evaluate((which) => globalThis.axe.run(document, {runOnly: which}), theme === 'light' || PICTURES ? rules : {type: 'rule', values: ['color-contrast']});
    check(violations.length === 0, `axe-core on ${name}, ${theme}: ${violations.map((one) => `${one.id} (${one.nodes[0].html} ${one.nodes[0].failureSummary})`).join('; ') || 'nothing'}`);
    if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-${theme}.png`});
  }
  if (await page.evaluate(() => document.getAnimations().some((one) => one.playState === 'running'))) problems.push(`${name} moves, though less motion is wanted`);
  const spoken = await page.evaluate(() => document.documentElement.lang), fitted = await fits(page);
  await speak(page, 'de');
  const left = await english_on(page);
  check(fitted && (await fits(page)), `nothing of ${name} is cut off in either language`);
  check(left.length === 0, `${name} is all German where that is wanted; not: ${left.join(' | ') || 'none'}`);
  if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-german.png`});
  await page.setViewportSize({width: 390, height: 844});
  const narrow = await fits(page);
  if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-narrow.png`, fullPage: true});
  await speak(page, spoken);
  check(narrow && (await fits(page)), `${name} fits a narrow window in both languages, and so do its tables`);
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

// Types into the machine in the page that a file shall be there, until it is: on a busy machine a key that is let go late repeats.
export async function touched(page, path, what, before = '') {
  for (let tries = 0; tries < 10 && !existsSync(path); ++tries) {
    await page.keyboard.type(`${before}touch ${basename(path)}\n`, {delay: 30});
    for (const end = Date.now() + soon / 10; !existsSync(path) && Date.now() < end;) await new Promise((wake) => setTimeout(wake, 50));
  }
  check(existsSync(path), what);
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
