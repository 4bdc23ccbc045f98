// The portal's lists over a catalog of many recordings, in headless Chromium against a running gateway; tests/e2e/long_lists.sh starts it.
//   ROWS recordings, and entries of the audit log; a fifth as many requests; and stage.mjs's
import {readFileSync} from 'node:fs';
import {PORTAL, check, open, sign_in, travel, visitor} from './stage.mjs';

const rows = Number(process.env.ROWS);
const most = 2000;  // milliseconds, from a key or a click to the rows; the figures are printed
const pages = 20;

await travel(async () => {
  const page = await visitor();
  const asked = [];
  page.on('request', (request) => { if (/api\/v1\/(recordings|audit|requests)\b/.test(request.url()) && !/thumbnails/.test(request.url())) asked.push(request.url()); });
  const count = () => page.locator('tbody tr').count();
  const timed = async (what, act, shown) => {
    asked.length = 0;
    const began = Date.now();
    await act();
    await page.waitForFunction(shown, null, {polling: 20, timeout: 60_000});
    const took = Date.now() - began;
    check(took <= most && asked.length <= 2, `${what}: ${took} ms, ${asked.length} requests`);
  };
  const full = () => document.querySelectorAll('tbody tr').length === 100;
  const none_but = (text) => new Function(`const rows = [...document.querySelectorAll('tbody tr')]; return rows.length > 0 && rows.every((row) => row.innerText.includes(${JSON.stringify(text)}));`);
  await sign_in(page, 'audrey', 'Correct-Horse-audrey');
  const scroll = async (what) => {
    const times = [];
    for (let n = 0; n < pages; ++n) {
      const before = await count(), began = Date.now();
      asked.length = 0;
      await page.getByRole('button', {name: 'Show more'}).click();
      await page.waitForFunction((had) => document.querySelectorAll('tbody tr').length > had, before, {polling: 20, timeout: 60_000});
      times.push(Date.now() - began);
      if (asked.length !== 1) check(false, `${what}: ${asked.length} requests for one more page`);
    }
    const scrolled = await page.evaluate(async () => {
      const times = [];
      for (let n = 0; n < 60; ++n) {
        const begun = performance.now();
        scrollBy(0, 800);
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - begun);
      }
      return Math.max(...times);
    });
    times.sort((a, b) => a - b);
    check(times[pages >> 1] <= most && scrolled <= 500, `${what}: ${pages} more pages, ${times[pages >> 1]} ms each (median), ${times.at(-1)} ms at most; scrolling through ${await count()} rows ${scrolled.toFixed(0)} ms a step at most`);
  };

  await timed('the first page of recordings', () => page.getByRole('link', {name: 'Recordings', exact: true}).click(), full);
  await scroll('recordings');
  await timed('a user is found by the first letters', () => page.getByLabel('User').fill('user-19'), none_but('user-19'));
  await timed('one of few', () => page.getByLabel('User').fill('user-199'), none_but('user-199'));
  await page.getByLabel('User').fill('');
  await timed('a word that three films show', () => page.getByLabel('Words on the screen').fill('needl'), () => document.querySelectorAll('tbody tr').length === 3);
  await page.getByLabel('Words on the screen').fill('');
  await page.waitForFunction(full);
  const began = Date.now();
  const [table] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', {name: 'Export as CSV'}).click()]);
  const lines = readFileSync(await table.path(), 'utf8').trim().split('\r\n').length - 1;
  check(lines === rows, `the CSV file has all ${lines} recordings after ${Date.now() - began} ms`);

  await timed('the first page of the audit log', () => page.getByRole('link', {name: 'Audit log'}).click(), full);
  await scroll('audit log');
  await timed('an actor is found by the first letters', () => page.getByLabel('Who').fill('user-19'), none_but('user-19'));

  await open(page, 'Approvals');
  await timed('the first page of all requests', () => page.getByRole('button', {name: 'All', exact: true}).click(), full);
  await scroll('requests');
}, 12);
