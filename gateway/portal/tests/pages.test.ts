import {flushSync, mount, unmount, type Component} from 'svelte';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {Events} from '../src/lib/events.svelte';
import {preferences, t, type Key} from '../src/lib/i18n.svelte';
import {in_words} from '../src/lib/report';
import {signed_in} from '../src/lib/session.svelte';
import Connect from '../src/pages/Connect.svelte';
import Live from '../src/pages/Live.svelte';
import Recordings from '../src/pages/Recordings.svelte';
import {de} from '../src/texts/de';
import {en} from '../src/texts/en';

const hostile = '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>\u202e"\'{user}';
let shown: Record<string, unknown> | undefined;

function answer(by_path: Record<string, {status?: number; body: unknown}>): void {
  vi.stubGlobal('fetch', vi.fn(async (url: string) => {
    const found = Object.entries(by_path).find(([path]) => url.startsWith(`/api/v1${path}`));
    if (!found) throw new TypeError('no network');
    return new Response(JSON.stringify(found[1].body), {status: found[1].status ?? 200});
  }));
}
async function show(page: Component): Promise<HTMLElement> {
  shown = mount(page, {target: document.body});
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelector('.waiting')).toBeNull();
  });
  return document.body;
}
beforeEach(() => {
  preferences.language = 'en';
  signed_in.session = {user: 'audrey', roles: ['auditor', 'operator'], csrf: 'c', idle_until: '', ends: '', totp: true};
});
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  document.body.innerHTML = '';
  vi.unstubAllGlobals();
  expect((globalThis as {owned?: number}).owned).toBeUndefined();
});

const recording = {id: 'r1', user: hostile, target: hostile, front: 'vnc', back: 'rdp', peer: hostile, rule: hostile, policy_digest: 'd', started: '2026-03-01T12:00:00.000Z', ended: null, end_reason: hostile, status: 'clean', interrupted: false, progress: 1, duration: 61, width: 8, height: 8, generation: 1, masks_by_rule: {[hostile]: 3}};

test('hostile names in recordings are text', async () => {
  answer({'/recordings': {body: {items: [recording], next: null}}});
  const page = await show(Recordings);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});
test('hostile names of live sessions and targets are text', async () => {
  answer({'/live-sessions': {body: {items: [{id: 's', user: hostile, target: hostile, front: 'vnc', back: 'rdp', started: recording.started, watchable: true}]}}, '/targets': {body: {items: [{name: hostile, protocol: 'vnc', tags: {[hostile]: hostile}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}}]}}});
  const page = await show(Live);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  if (shown) await unmount(shown);
  await show(Connect);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});
test('each reason why nothing is there is said', async () => {
  const cases: [Record<string, {status?: number; body: unknown}>, Key][] = [
    [{}, 'error_offline'], [{'/recordings': {status: 403, body: {code: 'denied'}}}, 'error_denied'], [{'/recordings': {status: 500, body: 'no object'}}, 'error_other'], [{'/recordings': {body: {items: [], next: null}}}, 'recordings_empty']];
  for (const [answers, key] of cases) {
    answer(answers);
    const page = await show(Recordings);
    expect(page.textContent).toContain(t(key));
    if (shown) await unmount(shown);
    document.body.innerHTML = '';
  }
  shown = undefined;
});
test('both languages say everything, with the same values', () => {
  for (const key of Object.keys(en) as Key[]) {
    expect(de[key], key).not.toBe('');
    expect(de[key].match(/\{\w+\}/g)?.sort() ?? [], key).toEqual(en[key].match(/\{\w+\}/g)?.sort() ?? []);
  }
  preferences.language = 'de';
  expect(t('sign_out')).toBe('Abmelden');
});
test('a value is put in as it is, also when it looks like another', () => {
  expect(t('home_lead', {user: '{user} $& {name}'})).toBe('Signed in as {user} $& {name}');
});
test('a report reads as sentences', () => {
  const area = {total: 1000, masked: 20, covered: 0.2, held: 0, moving: 0};
  const words = in_words({status: 'clean', reasons: [], states: 12, masks_by_rule: {'label.password': 3, pem: 1}, masks_total: 4, masks: [], unread_total: 0, unread: [], area_time_pixel_seconds: area});
  expect(words).toEqual(['3 × label.password, 1 × pem covered.', '2 % of the picture was covered over time by rules.', 'less than 0.1 % was covered because it could not be read.', '12 screen states were read.']);
  const all_read = in_words({status: 'clean', reasons: [], states: 1, masks_by_rule: {}, masks_total: 0, masks: [], unread_total: 0, unread: [], area_time_pixel_seconds: {...area, masked: 0, covered: 0, held: 0}});
  expect(all_read).toContain('Everything was read or covered by a rule.');
});
test('a lost stream says so, comes back, and has everything read again', () => {
  vi.useFakeTimers();
  const made: {onopen?: () => void; onerror?: () => void; close: () => void; addEventListener: (kind: string, act: () => void) => void}[] = [];
  const events = new Events(() => {
    const source = {close: vi.fn(), addEventListener: vi.fn()};
    made.push(source);
    return source as unknown as EventSource;
  });
  const tell = vi.fn();
  events.on(['session'], tell);
  events.start();
  made[0]?.onopen?.();
  expect([events.state, tell.mock.calls.length]).toEqual(['open', 0]);
  made[0]?.onerror?.();
  expect(events.state).toBe('lost');
  vi.advanceTimersByTime(1000);
  expect(made.length).toBe(2);
  made[1]?.onerror?.();
  vi.advanceTimersByTime(1000);
  expect(made.length).toBe(2);  // later each time
  vi.advanceTimersByTime(1000);
  made[2]?.onopen?.();
  expect([events.state, tell.mock.calls.length]).toEqual(['open', 1]);
  events.stop();
  vi.useRealTimers();
});
