// What the portal's end-to-end ways share: headless Chromium, and what must hold on every page: nothing breaks the content security policy, nothing goes
// to another host, axe-core finds nothing, and it fits a narrow window.
//   PORTAL https://... · PICTURES folder for a picture of every page, or empty · LOG what serve writes, where that is looked at
import {mkdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

export const {PORTAL, PICTURES = ''} = process.env;
const {LOG} = process.env;
export const wicked = '<img src=x onerror=document.title=1>';  // would do harm as markup
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const problems = [];
let checks = 0;
export function check(holds, what) {
  ++checks;
  if (!holds) problems.push(what);
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
}

const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage']});
export async function visitor() {
  const context = await browser.newContext({ignoreHTTPSErrors: true, viewport: {width: 1360, height: 850}, locale: 'en-US', reducedMotion: 'reduce'});
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(`policy: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(PORTAL)) problems.push(`another host: ${request.url()}`);
  });
  return page;
}
if (PICTURES) mkdirSync(PICTURES, {recursive: true});
export const looked = new Set();
export async function look(page, name) {
  looked.add(name);
  for (const theme of PICTURES ? ['light', 'dark'] : ['light']) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}));
    check(violations.length === 0, `axe-core on ${name}, ${theme}: ${violations.map((one) => `${one.id} (${one.nodes[0].html} ${one.nodes[0].failureSummary})`).join('; ') || 'nothing'}`);
    if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-${theme}.png`});
  }
  const wide = page.viewportSize();
  await page.setViewportSize({width: 390, height: 844});
  check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), `${name} fits a narrow window`);
  if (PICTURES) await page.screenshot({path: `${PICTURES}/${name}-narrow.png`, fullPage: true});
  await page.setViewportSize(wide);
}
export async function sign_in(page, user, password) {
  await page.goto(`${PORTAL}/`);
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', {name: 'Pages'}).waitFor();
}
export const open = async (page, name) => {
  await page.getByRole('navigation', {name: 'Pages'}).getByRole('link', {name, exact: true}).click();
  await page.getByRole('heading', {level: 1, name}).waitFor();
  await page.waitForLoadState('load');
  await page.waitForFunction(() => !document.querySelector('.waiting'));
};

export async function until(what, holds, seconds = 15) {
  for (const end = Date.now() + seconds * 1000; !holds(); await new Promise((wake) => setTimeout(wake, 50))) if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
  check(true, what);
}

export const times_logged = (words) => readFileSync(LOG, 'utf8').match(new RegExp(words, 'g'))?.length ?? 0;
export const logged = (words) => times_logged(words) > 0;

// Runs the way, says what was wrong, and ends.
export async function travel(way, least_checks) {
  try {
    await way();
  } catch (error) {
    problems.push(error.stack);
  } finally {
    await browser.close();
  }
  for (const problem of problems) console.error(`FAILED: ${problem}`);
  console.log(`${checks} checks, ${problems.length} problems`);
  process.exit(problems.length === 0 && checks >= least_checks ? 0 : 1);
}
