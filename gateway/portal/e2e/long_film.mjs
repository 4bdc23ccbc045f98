// Seeks in a film of hours, and what its page weighs, in headless Chromium against a running gateway; tests/e2e/long_film.sh starts it.
//   FILM a recording · HOURS its length; and stage.mjs's
import {PORTAL, check, look, open, sign_in, travel, visitor} from './stage.mjs';

const {FILM, HOURS} = process.env;
const most = 300;  // milliseconds, of a seek
const seeks = 24;

// Always the same places.
function* places(length) {
  for (let state = 2026, n = 0; n < seeks; ++n) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield (state / 2 ** 31) * (length - 1);
  }
}
const seek = (page, place) => page.evaluate(async (at) => {
  const video = document.querySelector('video'), begun = performance.now();
  await new Promise((resolve, reject) => {
    video.addEventListener('seeked', resolve, {once: true});
    setTimeout(() => reject(new Error(`no picture at ${at} s`)), 20_000);
    video.currentTime = at;
  });
  return {took: performance.now() - begun, at: video.currentTime, width: video.videoWidth, error: video.error?.message};
}, place);

await travel(async () => {
  const page = await visitor();
  await sign_in(page, 'audrey', 'Correct-Horse-audrey');
  await open(page, 'Recordings');
  await page.locator('tbody tr').first().waitFor();
  const began = Date.now();
  await page.locator(`tbody a[href^="/recordings/${FILM}"]`).first().click();
  await page.waitForFunction(() => document.querySelector('video')?.readyState >= 2);
  console.log(`the first picture came after ${Date.now() - began} ms`);
  const {film, bytes, took: fetched} = await page.evaluate(async (id) => {
    const begun = performance.now(), text = await (await fetch(`/api/v1/recordings/${id}/index`)).text();
    return {film: JSON.parse(text), bytes: text.length, took: performance.now() - begun};
  }, FILM);
  const segments = film.parts.reduce((sum, part) => sum + part.segments.length, 0);
  console.log(`${film.duration} s, ${film.parts.length} parts, ${segments} segments; the index has ${bytes} bytes and came in ${fetched.toFixed(0)} ms`);
  check(Math.abs(film.duration - HOURS * 3600) < 15 * 60 && film.parts.length === 4, 'the film has its length and four parts');
  check(bytes < 2_000_000, 'the index is small enough to be read at once');

  const took = [];
  for (const place of places(film.duration)) {
    const seen = await seek(page, place), part = film.parts.findLast((one) => one.start <= place);
    took.push(seen.took);
    console.log(`${place.toFixed(1)} s: ${seen.took.toFixed(0)} ms`);
    if (seen.error || Math.abs(seen.at - place) > 0.1 || Math.abs(seen.width - part.width) > 1) check(false, `at ${place} s: ${JSON.stringify(seen)}, part of ${part.width} pixels`);
  }
  took.sort((a, b) => a - b);
  const median = took[took.length >> 1];
  check(median <= most, `${took.length} seeks take ${median.toFixed(0)} ms (median), ${took[Math.floor(took.length * 0.95)].toFixed(0)} ms (p95), ${took.at(-1).toFixed(0)} ms at most`);

  // The page stays as light as a short film's: the timeline is drawn at so many places, however long the film.
  const drawn = await page.evaluate(() => ({rects: document.querySelectorAll('svg rect').length, nodes: document.querySelectorAll('*').length}));
  check(drawn.rects < 6000 && drawn.nodes < 12_000, `the page has ${drawn.nodes} elements, ${drawn.rects} of them on the timeline`);
  const track = await page.getByRole('slider', {name: 'Timeline'}).boundingBox();
  await page.mouse.move(track.x + track.width / 2, track.y + 10);
  await page.waitForFunction(() => document.querySelector('.track img')?.complete && document.querySelector('.track img').naturalWidth > 0);
  const moved = await page.evaluate(async () => {
    const begun = performance.now(), bar = document.querySelector('[role=slider]'), box = bar.getBoundingClientRect();
    for (let n = 0; n < 60; ++n) {
      bar.dispatchEvent(new PointerEvent('pointermove', {bubbles: true, clientX: box.left + (n * box.width) / 60, clientY: box.top + 5}));
      await new Promise(requestAnimationFrame);
    }
    return (performance.now() - begun) / 60;
  });
  check(moved < 100, `hovering over the timeline takes ${moved.toFixed(0)} ms a step`);
  await look(page, 'player-long');
}, 7);
