// The portal's lists over a catalog of many recordings, in headless Chromium against a running gateway; tests/e2e/long_lists.sh starts it.
//   ROWS recordings, and entries of the audit log; a fifth as many requests, a twentieth users and targets; FEW: a gateway with some thousand, for comparison; and stage.mjs's
import {readFileSync} from 'node:fs';
import {FEW, PORTAL, check, open, sign_in, travel, visitor} from './stage.mjs';

const rows = Number(process.env.ROWS);
const tries = 5;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

await travel(async () => {
  // The same step here and there by turns, so that what else the machine does weighs on both.
  const many = await visitor(), few = await visitor(), both = [many, few];
  const asked = new Map(both.map((page) => [page, 0]));
  for (const page of both) {
    page.on('request', (request) => { if (/api\/v1\/(recordings|audit|requests|targets|users)\b/.test(request.url()) && !/thumbnails/.test(request.url())) asked.set(page, asked.get(page) + 1); });
  }
  await sign_in(many, 'audrey', 'Correct-Horse-audrey', PORTAL);
  await sign_in(few, 'audrey', 'Correct-Horse-audrey', FEW);
  const compare = (what, times, most_requests) => {
    const here = median(times.get(many)), there = median(times.get(few));
    check(here <= 3 * there + 500, `${what}: ${here} ms; ${there} ms with few (medians of ${times.get(many).length}), at most ${most_requests} requests`);
  };
  const timed = async (what, before, act, shown) => {
    const times = new Map(both.map((page) => [page, []]));
    let most_requests = 0;
    for (let n = 0; n < tries; ++n) {
      for (const page of both) {
        await before(page);
        asked.set(page, 0);
        const began = Date.now();
        await act(page);
        await page.waitForFunction(shown, null, {polling: 20});
        times.get(page).push(Date.now() - began);
        most_requests = Math.max(most_requests, asked.get(page));
      }
    }
    check(most_requests >= 1 && most_requests <= 2, `${what}: asks the gateway once, or once more for what was typed meanwhile`);
    compare(what, times, most_requests);
  };
  const full = () => document.querySelectorAll('tbody tr').length === 100;
  const none_but = (text) => new Function(`const rows = [...document.querySelectorAll('tbody tr')]; return rows.length > 0 && rows.every((row) => row.innerText.includes(${JSON.stringify(text)}));`);
  const elsewhere = (page) => open(page, 'Overview');
  // Without a filter.
  const afresh = (name) => async (page) => {
    await elsewhere(page);
    await open(page, name);
    await page.waitForFunction(full, null, {polling: 20});
  };
  const step = (page) => page.evaluate(async () => {
    const times = [];
    const end = document.documentElement.scrollHeight - innerHeight;
    for (let n = 0; n < 60; ++n) {
      const begun = performance.now();
      scrollTo(0, (n * 800) % end);
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b)[30];
  });
  const scroll = async (what, pages) => {
    const times = new Map(both.map((page) => [page, []]));
    const short = await step(many);
    for (let n = 0; n < pages; ++n) {
      for (const page of both) {
        const before = await page.locator('tbody tr').count(), began = Date.now();
        asked.set(page, 0);
        await page.getByRole('button', {name: 'Show more'}).click();
        await page.waitForFunction((had) => document.querySelectorAll('tbody tr').length > had, before, {polling: 20});
        times.get(page).push(Date.now() - began);
        if (asked.get(page) !== 1) check(false, `${what}: ${asked.get(page)} requests for one more page`);
      }
    }
    compare(`${what}: each of ${pages} more pages`, times, 1);
    const long = await step(many);
    check(long <= 5 * short + 100, `${what}: scrolling through ${await many.locator('tbody tr').count()} rows takes ${long.toFixed(0)} ms a step, ${short.toFixed(0)} ms through the first page`);
  };

  await timed('the first page of recordings', elsewhere, (page) => page.getByRole('link', {name: 'Recordings', exact: true}).click(), full);
  await scroll('recordings', 20);
  await timed('a user is found by the first letters', afresh('Recordings'), (page) => page.getByLabel('User').fill('user-19'), none_but('user-19'));
  await timed('one of few', afresh('Recordings'), (page) => page.getByLabel('User').fill('user-199'), none_but('user-199'));
  await timed('a word that three films show', afresh('Recordings'), (page) => page.getByLabel('Words on the screen').fill('needl'), () => document.querySelectorAll('tbody tr').length === 3);
  await afresh('Recordings')(many);
  const began = Date.now();
  const [table] = await Promise.all([many.waitForEvent('download'), many.getByRole('link', {name: 'Export as CSV'}).click()]);
  const lines = readFileSync(await table.path(), 'utf8').trim().split('\r\n').length - 1;
  check(lines === rows, `the CSV file has all ${lines} recordings after ${Date.now() - began} ms`);

  await timed('the first page of the audit log', elsewhere, (page) => page.getByRole('link', {name: 'Audit log'}).click(), full);
  await scroll('audit log', 20);
  await timed('an actor is found by the first letters', afresh('Audit log'), (page) => page.getByLabel('Who').fill('user-19'), none_but('user-19'));

  await timed('the first page of all requests', async (page) => {
    await elsewhere(page);
    await open(page, 'Approvals');
  }, (page) => page.getByRole('button', {name: 'All', exact: true}).click(), full);
  await scroll('requests', 4);

  await timed('the first page of targets', elsewhere, (page) => page.getByRole('link', {name: 'Targets'}).click(), full);
  await timed('a target is found by the first letters', afresh('Targets'), (page) => page.getByLabel('Name').fill('machine-0001'), none_but('machine-0001'));
  // Role bindings stand below: one table for each.
  const people = () => document.querySelector('table')?.querySelectorAll('tbody tr').length === 100;
  await timed('the first page of users', elsewhere, (page) => page.getByRole('link', {name: 'Users'}).click(), people);
  const drawn = await many.locator('table').last().locator('tbody tr').count();
  check(drawn === 100, `of ${rows / 20} role bindings ${drawn} are drawn`);
}, 28);
