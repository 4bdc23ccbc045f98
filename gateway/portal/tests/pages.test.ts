import {flushSync, mount, unmount, type Component} from 'svelte';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {Role} from '../src/lib/api';
import {Events} from '../src/lib/events.svelte';
import {preferences, t, type Key} from '../src/lib/i18n.svelte';
import {notices} from '../src/lib/notices.svelte';
import {in_words} from '../src/lib/report';
import {signed_in} from '../src/lib/session.svelte';
import Alerts from '../src/pages/Alerts.svelte';
import Approvals from '../src/pages/Approvals.svelte';
import Audit from '../src/pages/Audit.svelte';
import Connect from '../src/pages/Connect.svelte';
import Home from '../src/pages/Home.svelte';
import Live from '../src/pages/Live.svelte';
import Original from '../src/pages/Original.svelte';
import Player from '../src/pages/Player.svelte';
import Recordings from '../src/pages/Recordings.svelte';
import Request from '../src/pages/Request.svelte';
import Retention from '../src/pages/Retention.svelte';
import Targets from '../src/pages/Targets.svelte';
import Users from '../src/pages/Users.svelte';
import Policy from '../src/pages/Policy.svelte';
import Clip from '../src/ui/Clip.svelte';
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
async function show(page: Component<never>, props: Record<string, unknown> = {}): Promise<HTMLElement> {
  shown = mount(page as Component, {target: document.body, props});
  await vi.waitFor(() => {
    flushSync();
    expect(document.querySelector('.waiting')).toBeNull();
  });
  return document.body;
}
beforeEach(() => {
  preferences.language = 'en';
  signed_in.session = {user: 'audrey', roles: ['auditor', 'operator'], everywhere: ['operator', 'approver', 'auditor', 'compliance', 'admin'], csrf: 'c', idle_until: '', ends: '', totp: true};
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
  expect([...page.querySelectorAll('tbody img')].map((one) => one.getAttribute('src'))).toEqual(['/api/v1/recordings/r1/thumbnails/0']);
  expect(page.querySelector('tbody script')).toBeNull();
});
test('hostile names of live sessions and targets are text', async () => {
  answer({'/live-sessions': {body: {items: [{id: 's', user: hostile, target: hostile, front: 'vnc', back: 'rdp', started: recording.started, watchable: true, may_pause: false, paused_until: null}]}}, '/targets': {body: {items: [{name: hostile, protocol: 'vnc', tags: {[hostile]: hostile}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}}]}}});
  const page = await show(Live);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  if (shown) await unmount(shown);
  await show(Connect);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});
const request = {
  id: 'r-1', kind: 'start', state: 'requested', requester: hostile, target: hostile, recording: null, from: null, to: null, area: null, rule: hostile, policy_digest: 'd', reason: hostile, ticket: hostile,
  created: recording.started, expires: recording.started, needed: 2, users: [hostile], groups: [hostile], later_groups: [], decisions: [{by: 'paula', approve: true, comment: hostile, at: recording.started}], used: null,
  emergency: false, ended_by: '', end_comment: '', reviewed: null, reviewer: '', review: '', may_decide: false, may_review: false, may_revoke: false, may_cancel: false,
  sessions: [{id: 's', started: recording.started, ended: recording.started, end_reason: hostile}],
};
const buttons = () => [...document.querySelectorAll('main button, .page button, form button')].map((one) => one.textContent?.trim());
test('a request shows hostile words as text, and only what the viewer may do', async () => {
  const ways: [Partial<typeof request>, string[]][] = [[{}, []], [{may_decide: true}, ['Approve', 'Refuse']], [{may_cancel: true}, ['Cancel request']], [{may_revoke: true, state: 'approved'}, ['Revoke']], [{may_review: true, emergency: true, state: 'used'}, ['Sign']]];
  for (const [change, expected] of ways) {
    answer({'/requests/r-1': {body: {...request, ...change}}});
    const page = await show(Request, {id: 'r-1'});
    expect(page.textContent).toContain(hostile);
    expect(page.querySelector('img, script')).toBeNull();
    expect([...new Set(buttons())]).toEqual(expected);
    if (shown) await unmount(shown);
    document.body.innerHTML = '';
  }
  shown = undefined;
});
test('the inbox is what an approver sees first, and says where nothing waits', async () => {
  signed_in.session = {...signed_in.session!, roles: ['approver']};
  answer({'/requests?list=to_decide': {body: {items: [], next: null}}});
  expect((await show(Approvals)).textContent).toContain(t('approvals_to_decide_empty'));
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  answer({'/requests?list=to_decide': {body: {items: [request], next: null}}, '/health': {body: {ready: true, parts: []}}});
  expect((await show(Approvals)).querySelector('tbody')?.textContent).toContain('1 of 2');
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  const page = await show(Home);
  await vi.waitFor(() => expect(page.textContent).toContain('Wait for your decision: 1'));
});
test('a target that needs approval is asked for with reason and ticket', async () => {
  const target = {name: 'db', protocol: 'vnc', tags: {}, mine: true, needs: {approvals: 1, reason: true, ticket: true, consent: ''}};
  const sent: unknown[] = [];
  HTMLDialogElement.prototype.showModal ??= () => {};
  answer({'/targets': {body: {items: [target]}}, '/requests': {body: {items: [], next: null}}});
  const page = await show(Connect);
  const by_text = (text: string) => [...page.querySelectorAll('button')].filter((one) => one.textContent?.trim() === text);
  by_text('Ask for approval')[0]?.click();
  flushSync();
  const [reason, number] = [...page.querySelectorAll<HTMLInputElement>('dialog input')];
  for (const [field, text] of [[reason, hostile], [number, 'CHG-1']] as const) {
    field!.value = text;
    field!.dispatchEvent(new Event('input', {bubbles: true}));
  }
  vi.stubGlobal('fetch', vi.fn(async (_url: string, init?: RequestInit) => {
    if (init?.body) sent.push(JSON.parse(String(init.body)));
    return new Response(JSON.stringify({items: [{...request, target: 'db'}], next: null}));
  }));
  page.querySelector('form')?.dispatchEvent(new Event('submit', {cancelable: true}));
  await vi.waitFor(() => expect(page.querySelector('tbody')?.textContent).toContain(t('standing_requested')));
  expect(sent).toEqual([{kind: 'start', target: 'db', reason: hostile, ticket: 'CHG-1'}]);
  expect(by_text('Ask for approval').length).toBe(0);
});
test('what is held, and what goes, is listed with hostile reasons as text; only compliance holds', async () => {
  const one = {recording: 'r1', user: hostile, target: hostile, started: recording.started};
  answer({'/holds': {body: {items: [{...one, reason: hostile, by: hostile, placed: recording.started}]}}, '/retention/plan': {body: {items: [{...one, recording: 'r2', remove: true, class: hostile, why: hostile}], next: null}}});
  const page = await show(Retention);
  expect(page.textContent).toContain(hostile);
  expect(page.querySelector('img, script')).toBeNull();
  expect([...page.querySelectorAll('td button')].length).toBe(0);
  signed_in.session = {...signed_in.session!, roles: ['compliance']};
  await vi.waitFor(() => expect([...page.querySelectorAll('td button')].map((button) => button.textContent?.trim())).toEqual(['Release', 'Hold']));
});
test('the audit log shows hostile words as text, what was refused, and what its verification found; its export has its filters', async () => {
  const entry = {number: 7, at: recording.started, actor: hostile, event: 'login', subject: hostile, detail: {[hostile]: hostile, count: 3, accepted: false, from_us: 61_500_000, request: hostile, policy: 'ab'.repeat(32)}};
  answer({'/audit/verification': {body: {valid: false, entries: 6, problem: hostile, problems: [hostile]}}, '/audit': {body: {items: [entry, {...entry, number: 6, event: 'a kind to come', detail: undefined}, {...entry, number: 5, event: 'view', subject: 'r1', detail: {}}], next: null}}});
  const page = await show(Audit);
  const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
  expect(rows[0]).toContain(`${hostile} · ${hostile}: ${hostile} · count: 3 · accepted: No · from: 0:01:01.5 · policy: abababababab…`);
  expect(rows.map((row) => row.includes(t('audit_refused')))).toEqual([true, false, false]);
  expect(rows[1]).toContain('a kind to come');
  expect([...page.querySelectorAll('tbody a')].map((one) => one.getAttribute('href'))).toEqual(['/recordings/r1']);
  const by_text = (text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
  by_text(t('audit_verify'))?.click();
  await vi.waitFor(() => expect(page.querySelector('li')?.textContent).toBe(hostile));
  expect(page.querySelector('img, script')).toBeNull();
  const who = page.querySelectorAll<HTMLInputElement>('input[type=search]')[0]!;
  who.value = 'anna & co';
  who.dispatchEvent(new Event('input', {bubbles: true}));
  flushSync();
  expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/audit/export?actor=anna+%26+co*');
});
test('alerts say how bad, how often, and who was told; only an administrator sees and tests the sinks', async () => {
  const alert = {id: 2, at: recording.started, last: recording.started, kind: 'redaction.failed', severity: 'critical', subject: 'r1', text: hostile, repeats: 4, deliveries: [{sink: hostile, state: 'given_up', attempts: 200}, {sink: 'pager', state: 'sent', attempts: 1}]};
  const sink = {name: 'pager', type: 'webhook', severity: 'warning', sent: 3, waiting: 0, given_up: 1, last_error: hostile};
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method === 'POST') {
      sent.push([url, JSON.parse(String(init.body))]);
      return new Response(JSON.stringify({items: [{name: 'pager', error: hostile}]}));
    }
    return new Response(JSON.stringify({items: url.includes('sinks') ? [sink] : [alert, {...alert, id: 1, kind: 'secret.label.pin', subject: hostile, repeats: 0, deliveries: []}], next: null}));
  }));
  let page = await show(Alerts);
  const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
  for (const words of ['Redaction failed', 'Critical', hostile, '5', 'Given up', 'after 200 tries', 'Sent']) expect(rows[0]).toContain(words);
  expect(rows[1]).toContain('Nobody');
  expect(rows.length).toBe(2);
  expect([...page.querySelectorAll('tbody a')].map((one) => one.getAttribute('href'))).toEqual(['/recordings/r1']);
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  signed_in.session = {...signed_in.session!, roles: ['admin']};
  page = await show(Alerts);
  expect(page.querySelector('tbody a')).toBeNull();
  page.querySelector<HTMLButtonElement>('button[aria-label="Test: pager"]')?.click();
  await vi.waitFor(() => expect(page.textContent).toContain('Failed'));
  expect(sent).toEqual([['/api/v1/alert-sinks/test', {sink: 'pager'}]]);
  expect(page.querySelector('img, script')).toBeNull();
});
test('the overview says to each role what waits for it', async () => {
  const alert = {id: 1, at: recording.started, last: new Date().toISOString(), kind: 'redaction.failed', severity: 'critical', subject: 'r1', text: hostile, repeats: 2, deliveries: []};
  const answers = {'/health': {body: {ready: true, parts: []}}, '/alerts': {body: {items: [alert, {...alert, id: 0, last: recording.started, kind: 'disk.low', severity: 'warning'}], next: null}}, '/jobs': {body: {items: [{}]}},
    '/requests?list=mine': {body: {items: [{...request, state: 'approved', target: 'db'}, {...request, id: 'r-2', state: 'expired', target: 'old'}], next: null}}, '/live-sessions': {body: {items: []}}, '/targets': {body: {items: []}}};
  const shows = async (roles: Role[], words: string[], not: string[]) => {
    if (shown) await unmount(shown);
    document.body.innerHTML = '';
    signed_in.session = {...signed_in.session!, roles};
    answer(answers);
    const page = await show(Home);
    await vi.waitFor(() => words.forEach((one) => expect(page.textContent).toContain(one)));
    not.forEach((one) => expect(page.textContent).not.toContain(one));
    expect(page.querySelector('img, script')).toBeNull();
  };
  await shows(['admin'], ['Redaction failed', '1 job was given up', 'Disk filling up', 'Latest alerts'], ['You may now', 'Nothing needs you']);
  await shows(['operator'], ['You may now', 'Session: db'], ['Latest alerts', 'given up', ': old']);
});
test('beside a film stand its events, its report and who watched, with hostile words as text', async () => {
  const events = [{at: -30, kind: 'approval', what: 'approved', by: hostile, text: hostile}, {at: 2.5, kind: 'clipboard', what: 'to_target_denied', by: '', text: ''}, {at: 3, kind: 'resized', what: '800 x 600', by: '', text: ''}, {at: 4, kind: hostile, what: hostile, by: hostile, text: hostile}];
  const remark = {id: 4, user: hostile, written: recording.started, at: 6, text: hostile, mine: true};
  const mask = {rule: 'label.password', from_ms: 1000, to_ms: 2000, x: 0, y: 0, width: 64, height: 16};
  answer({
    '/recordings/r1/events': {body: {items: events}}, '/recordings/r1/remarks': {body: {items: [remark, {...remark, id: 5, at: 7, mine: false}]}}, '/recordings/r1/report': {body: {redaction: {status: 'clean', reasons: [], states: 3, masks_by_rule: {'label.password': 1}, masks_total: 1, masks: [mask], unread_total: 0, unread: [], area_time_pixel_seconds: {total: 1, masked: 0, covered: 0, held: 0, moving: 0}}}},
    '/recordings/r1/index': {body: {generation: 1, duration: 10, parts: []}}, '/recordings/r1/views': {body: {items: [{user: hostile, at: recording.started, from: 1, to: 4, live: false}]}}, '/recordings/r1/storyboard': {body: {items: []}}, '/recordings/r1': {body: recording},
  });
  const page = await show(Player, {id: 'r1'});
  await vi.waitFor(() => expect(page.querySelectorAll('svg[data-lane=event] rect').length).toBe(3));
  for (const words of ['Clipboard text for the target was kept back', 'The screen became 800 × 600', `${hostile} approved: ${hostile}`, '1 password masked.', '0:00:01 to 0:00:04']) expect(page.textContent).toContain(words);
  const jumps = [...page.querySelectorAll('section[aria-label=Events] button')].map((button) => button.textContent?.trim());
  expect(jumps).toEqual(['0:00:02.5', '0:00:03.0', '0:00:04.0']);
  expect(page.querySelectorAll('svg[data-lane=remark] rect').length).toBe(2);
  expect([...page.querySelectorAll('section[aria-label=Comments] li button')].map((button) => button.textContent?.trim())).toEqual(['0:00:06.0', 'Remove', '0:00:07.0']);
  expect(page.querySelector('img, script')).toBeNull();
});
test('a film that the policy keeps closed is asked for with a reason, and opens where that is enough', async () => {
  const film = {generation: 1, duration: 61, parts: []};
  const closed = {status: 403, body: {code: 'denied', detail: 'a reason is required'}};
  const others = {'/recordings/r1/report': closed, '/recordings/r1/storyboard': closed, '/recordings/r1/events': {body: {items: []}}, '/recordings/r1/remarks': {body: {items: []}}, '/recordings/r1/views': {body: {items: []}}};
  const made = {...others, '/requests': {body: {items: [], next: null}}};
  answer({...made, '/recordings/r1/index': closed, '/recordings/r1': {body: recording}});
  const page = await show(Player, {id: 'r1'});
  await vi.waitFor(() => {
    flushSync();
    expect(page.textContent).toContain(t('watch_gate'));
  });
  expect(page.querySelector('video')).toBeNull();
  expect(page.textContent).not.toContain(t('error_denied'));
  const [why, ticket] = [...page.querySelectorAll<HTMLInputElement>('.wish input')];
  for (const [field, value] of [[why, 'the outage'], [ticket, 'INC42']] as const) {
    field!.value = value;
    field!.dispatchEvent(new Event('input', {bubbles: true}));
  }
  const sent: unknown[] = [];
  answer({...made, '/recordings/r1/index': {body: film}, '/recordings/r1': {body: recording}});
  const reads = fetch;
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method !== 'POST') return reads(url, init);
    sent.push([url, JSON.parse(init.body as string)]);
    return new Response(JSON.stringify({id: 'q1', kind: 'watch', recording: 'r1', state: 'approved'}), {status: 201});
  }));
  page.querySelector<HTMLFormElement>('.wish form')!.requestSubmit();
  await vi.waitFor(() => {
    flushSync();
    expect(page.querySelector('video')).not.toBeNull();
  });
  expect(sent).toEqual([['/api/v1/requests', {kind: 'watch', recording: 'r1', reason: 'the outage', ticket: 'INC42'}]]);
});

test('a clip is asked for where the policy wants an approval, and then its bundle is fetched', async () => {
  const made = (state: string, more = {}) => ({id: 'e-1', recording: 'r1', from: 1, to: 3, reason: hostile, burn_in: false, state, progress: 0.4, error: null, created: recording.started, ...more});
  const sent: [string, unknown][] = [];
  let refuses = true, exports: unknown[] = [], requests: unknown[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method === 'POST') {
      sent.push([url, JSON.parse(String(init.body))]);
      if (url.endsWith('/exports') && refuses) return new Response(JSON.stringify({code: 'approval_needed'}), {status: 403});
      return new Response(JSON.stringify({}), {status: 202});
    }
    return new Response(JSON.stringify({items: url.includes('/exports') ? exports : requests, next: null}));
  }));
  const page = await show(Clip, {recording: 'r1', duration: 60, at: 0, span: {from: 1, to: 3}, selecting: false, onpreview: () => {}});
  const press = (text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text)?.click();
  const reason = [...page.querySelectorAll('input')].at(-1)!;
  reason.value = hostile;
  reason.dispatchEvent(new Event('input', {bubbles: true}));
  flushSync();
  page.querySelector('form')?.dispatchEvent(new Event('submit', {cancelable: true}));
  await vi.waitFor(() => expect(page.textContent).toContain(t('clip_needs_approval')));
  requests = [{...request, kind: 'export', recording: 'r1', from: 1, to: 3, state: 'approved'}];
  press(t('ask'));
  await vi.waitFor(() => expect(page.textContent).toContain(t('clip_export_approved')));
  refuses = false;
  exports = [made('running')];
  press(t('clip_export_approved'));
  await vi.waitFor(() => expect(page.querySelector('progress')?.value).toBe(0.4));
  expect(page.textContent).toContain(hostile);
  expect(page.querySelector('img, script')).toBeNull();
  exports = [made('done')];
  await vi.waitFor(() => expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/exports/e-1/bundle'), {timeout: 3000});
  expect(sent.map(([url]) => url)).toEqual(['/api/v1/exports', '/api/v1/requests', '/api/v1/exports']);
  expect(sent[1]?.[1]).toEqual({kind: 'export', recording: 'r1', from: 1, to: 3, reason: hostile});
});
test('an original shows whose shares are there; who watches gives none, and others do not watch', async () => {
  const opening = {request: 'q1', request_state: 'approved', requester: hostile, reason: hostile, from: 1, to: 3, area: [1, 2, 3, 4], created: recording.started, expires: recording.started, mine: true, state: 'collecting', given: [{number: 2, by: hostile, at: recording.started}], progress: 0, failure: hostile, until: recording.started};
  const original = {recording: 'r1', user: hostile, target: hostile, started: recording.started, duration: 60, rule: hostile, kept: true, allowed: true, sealed: recording.started, threshold: 2, custodians: [1, 2, 3].map((number) => ({number, subject: hostile, fingerprint: 'f'})), openings: [opening]};
  const shown_as = async (change: object) => {
    if (shown) await unmount(shown);
    document.body.innerHTML = '';
    answer({'/recordings/r1/original': {body: {...original, ...change}}});
    return show(Original as unknown as Component<never>, {id: 'r1'});
  };
  const button = (page: HTMLElement, text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
  let page = await shown_as({});
  expect(page.textContent).toContain(t('quorum', {given: 1, threshold: 2}));
  expect(page.textContent).toContain(t('original_failed', {why: hostile}));
  expect(page.querySelector('img, script')).toBeNull();
  expect(button(page, t('original_open'))?.disabled).toBe(true);
  expect(button(page, t('share_give'))).toBeUndefined();
  expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/recordings/r1/original/shares/1');
  page = await shown_as({openings: [{...opening, given: [...opening.given, {number: 1, by: 'b', at: recording.started}]}]});
  expect(button(page, t('original_open'))?.disabled).toBe(false);
  page = await shown_as({openings: [{...opening, mine: false}]});
  expect(button(page, t('share_give'))).toBeDefined();
  expect(button(page, t('original_open'))).toBeUndefined();
  page = await shown_as({openings: [{...opening, mine: false, state: 'open'}]});
  expect(page.textContent).toContain(t('original_others', {user: hostile}));
  expect(button(page, t('original_watch'))).toBeUndefined();
  for (const [change, key] of [[{kept: false}, 'original_none'], [{sealed: null}, 'original_unsealed'], [{allowed: false, openings: []}, 'original_forbidden']] as [object, Key][]) expect((await shown_as(change)).textContent).toContain(t(key));
});
test('a changed policy is tried, and what it would change is said; whose role is bound to some targets is shown no closed door', async () => {
  const found = {days: 30, digest: 'd', decisions: 5, same: 3, without_target: 1, films: 2, lost_masks: [{rule: 'token.slack', films: 1, masks: 4}], cut: false,
    differences: [{user: hostile, target: 'dc1', allowed_before: true, allowed_after: false, rule_before: hostile, rule_after: '', changes: [hostile], decisions: 2, last: recording.started}]};
  const asked: unknown[] = [];
  let status = 422;
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (url.endsWith('/policy/simulation')) {
      asked.push(JSON.parse(String(init?.body)));
      return new Response(JSON.stringify(status === 200 ? found : {code: 'invalid', detail: `the policy:3: ${hostile}`}), {status});
    }
    return new Response(JSON.stringify(url.endsWith('/reviews') ? {policy_digest: 'd', policy: [], access: {digest: 'd', due: null, last: null, bindings: []}} : {digest: 'd', text: 'rules: []', rules: []}));
  }));
  signed_in.session = {...signed_in.session!, roles: ['admin']};
  const page = await show(Policy);
  const field = page.querySelector('textarea')!;
  expect(field.value).toBe('rules: []');
  field.value = 'rules: [x]';
  field.dispatchEvent(new Event('input', {bubbles: true}));
  const run = () => field.closest('form')?.dispatchEvent(new Event('submit', {cancelable: true}));
  run();
  await vi.waitFor(() => expect(page.textContent).toContain(`the policy:3: ${hostile}`));
  status = 200;
  run();
  await vi.waitFor(() => expect(page.textContent).toContain(t('simulate_found', {same: 3, decisions: 5, days: 30})));
  expect(asked[1]).toEqual({text: 'rules: [x]', days: 30});
  for (const words of [t('explain_default'), t('simulate_lost', {masks: 4, films: 1}), hostile]) expect(page.textContent).toContain(words);
  expect(page.querySelector('img, script')).toBeNull();
  if (shown) await unmount(shown);
  document.body.innerHTML = '';
  signed_in.session = {...signed_in.session!, everywhere: []};
  const scoped = await show(Policy);
  expect(scoped.textContent).not.toContain(t('simulate'));
  expect(scoped.textContent).not.toContain(t('reviews'));
  expect(scoped.textContent).not.toContain(t('error_denied'));
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
test('a report reads as sentences, without the names of rules', () => {
  const area = {total: 1000, masked: 20, covered: 2, held: 0, moving: 0};
  const report = {status: 'clean', reasons: [], states: 12, masks_by_rule: {'label.password': 2, 'command.mysql': 1, 'pem.private_key': 1}, masks_total: 4, masks: [], unread_total: 0, unread: [], area_time_pixel_seconds: area};
  expect(in_words(report)).toEqual(['3 passwords, 1 private key masked.', '0.2 % of the screen was covered because it could not be read.', '12 screen states were looked at.']);
  preferences.language = 'de';
  expect(in_words(report)[0]).toBe('3 Passwörter, 1 privater Schlüssel verdeckt.');
  preferences.language = 'en';
  const none = {...report, masks_by_rule: {}, area_time_pixel_seconds: {...area, masked: 0, covered: 0.2}};
  expect(in_words(none).slice(0, 2)).toEqual(['No secret was found.', 'less than 0.1 % of the screen was covered because it could not be read.']);
  const all_read = {...none, states: 1, area_time_pixel_seconds: {...area, masked: 0, covered: 0}};
  expect(in_words(all_read)).toEqual(['No secret was found.', 'Everything else was read, and is shown.', '1 screen state was looked at.']);
  const worse = in_words({...all_read, status: 'degraded', reasons: ['lossy_source', hostile], typed_secrets: 2, journal: {states_coalesced: 1}, masks_by_rule: {[hostile]: 1}});
  expect(worse).toContain('1 place that the policy names masked.');
  expect(worse).toContain(`The gateway says: ${hostile}.`);
  expect(worse).toContain('So this film counts as degraded.');
  expect(worse).toContain('2 secrets were learned from what was typed.');
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
  const end = events.on(['session'], tell);
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
  const arrive = vi.mocked(made[2]!.addEventListener).mock.calls.find(([kind]) => kind === 'session')![1];
  for (let n = 0; n < 50; ++n) arrive();
  expect(tell).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(tell).toHaveBeenCalledTimes(2);  // of many events in a second one is told
  arrive();
  end();
  vi.advanceTimersByTime(5000);
  expect(tell).toHaveBeenCalledTimes(2);
  events.stop();
  vi.useRealTimers();
});

test('an administrator lets a user in again, sets a password, drops a lost factor and changes groups, but nothing of their own', async () => {
  const asked: string[] = [];
  const users = {items: [
    {name: 'audrey', disabled: false, password: true, totp: true, created: recording.started, roles: ['admin'], groups: []},
    {name: 'dora', disabled: true, password: true, totp: true, created: recording.started, roles: [], groups: ['night', 'ops']},
  ]};
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method !== 'GET') {
      asked.push(`${init?.method} ${url.replace('/api/v1', '')} ${init?.body ?? ''}`.trim());
      return new Response(null, {status: 204});
    }
    return new Response(JSON.stringify(url.endsWith('/users') ? users : {items: []}));
  }));
  const page = await show(Users);
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
  const button = (name: string) => [...page.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name);
  const fill = (text: string) => {
    const field = page.querySelector<HTMLInputElement>('dialog input')!;
    field.value = text;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    flushSync();
  };
  const submit = async () => {
    page.querySelector('dialog form')!.dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}));
    await vi.waitFor(() => { flushSync(); expect(page.querySelector('dialog')).toBeNull(); });
  };
  for (const what of ['Groups', 'Set password', 'Disable', 'Drop second factor']) expect(button(`${what}: audrey`), what).toBeUndefined();
  expect(button('Disable: dora')).toBeUndefined();
  button('Let in again: dora')!.click();
  await vi.waitFor(() => expect(asked).toEqual(['PUT /users/dora/enabled']));
  button('Set password: dora')!.click();
  flushSync();
  fill('a long enough one');
  await submit();
  button('Drop second factor: dora')!.click();
  flushSync();
  await submit();
  button('Groups: dora')!.click();
  flushSync();
  fill('ops, days,<b>');
  page.querySelector('dialog form')!.dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}));
  flushSync();
  expect(page.querySelector('dialog')?.textContent).toContain('Names have letters');
  fill('ops, days, days');
  await submit();
  expect(asked.slice(1)).toEqual(['PUT /users/dora/password {"password":"a long enough one"}', 'DELETE /users/dora/second-factor', 'PUT /groups/days/members/dora', 'DELETE /groups/night/members/dora']);
});

test('a target that is tried says what is wrong and what to do, in both languages', async () => {
  const target = {name: 'db', protocol: 'vnc', host: 'db.example', port: 5900, user: '', tags: {}, mine: false, needs: {approvals: 0, reason: false, ticket: false, consent: ''}};
  let outcome = 'works';
  vi.stubGlobal('fetch', vi.fn(async (url: string) => new Response(JSON.stringify(url.endsWith('/test') ? {outcome, reason: outcome === 'works' ? '' : hostile, certificate: ''} : {items: [target]}))));
  const page = await show(Targets);
  for (outcome of ['works', 'name', 'port', 'certificate', 'credential', 'set_aside', 'protocol']) {
    for (const language of ['en', 'de'] as const) {
      preferences.language = language;
      flushSync();
      [...page.querySelectorAll('button')].find((one) => one.textContent === t('target_test'))!.click();
      await vi.waitFor(() => { flushSync(); expect(page.querySelector('tbody')?.textContent).toContain(t(`test_${outcome}` as Key)); });
      expect(page.querySelector('tbody')?.textContent?.includes(hostile)).toBe(outcome !== 'works');
    }
  }
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});

test('who changes a target sends the version that was shown; when somebody was quicker, it is said and read again', async () => {
  let version = 'v1';
  const sent: (string | undefined)[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (url === '/api/v1/targets') return new Response(JSON.stringify({items: [{name: 'dc1', version, protocol: 'rdp', tags: {}, mine: false, needs: {approvals: 0, reason: false, ticket: false, consent: ''}, host: 'h', port: 3389, user: ''}]}));
    sent.push((init?.headers as Record<string, string>)['If-Match']);
    version = 'v2';
    return sent.length === 1 ? new Response(JSON.stringify({code: 'changed', status: 412}), {status: 412}) : new Response(null, {status: 204});
  }));
  const page = await show(Targets);
  const remove = async () => {
    page.querySelector<HTMLButtonElement>('button[aria-label="Remove: dc1"]')!.click();
    flushSync();
    page.querySelector('dialog form')!.dispatchEvent(new Event('submit', {cancelable: true, bubbles: true}));
    await vi.waitFor(() => {
      flushSync();
      expect(page.querySelector('dialog')).toBeNull();
    });
  };
  await remove();
  expect(sent).toEqual(['"v1"']);
  expect(notices.list.at(-1)).toMatchObject({text: t('error_changed'), bad: true});
  await vi.waitFor(() => expect((fetch as ReturnType<typeof vi.fn>).mock.calls.filter(([url]) => url === '/api/v1/targets').length).toBe(2));
  await new Promise((done) => setTimeout(done));
  flushSync();
  await remove();
  expect(sent).toEqual(['"v1"', '"v2"']);
});
