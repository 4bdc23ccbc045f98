import {flushSync} from 'svelte';
import {expect, test, vi} from 'vitest';
import {preferences, t, type Key} from '../src/lib/i18n.svelte';
import {notices} from '../src/lib/notices.svelte';
import {router} from '../src/lib/router.svelte';
import {signed_in} from '../src/lib/session.svelte';
import {utc_time} from '../src/lib/times';
import Alerts from '../src/pages/Alerts.svelte';
import Audit from '../src/pages/Audit.svelte';
import Retention from '../src/pages/Retention.svelte';
import System from '../src/pages/System.svelte';
import Targets from '../src/pages/Targets.svelte';
import Users from '../src/pages/Users.svelte';
import Policy from '../src/pages/Policy.svelte';
import {answer, clear, hostile, recording, show, soon} from './shown';

test('what is held, and what goes, is listed with hostile reasons as text; only compliance holds', async () => {
  const one = {recording: 'r1', user: hostile, target: hostile, started: recording.started};
  answer({'/holds': {body: {items: [{...one, reason: hostile, by: hostile, placed: recording.started}]}}, '/retention/plan': {body: {items: [{...one, recording: 'r2', remove: true, class: hostile, why: hostile}], at: '2026-01-08T02:00:00.000Z', next: null}}});
  const page = await show(Retention);
  expect(page.textContent).toContain(hostile);
  expect(page.querySelector('img, script')).toBeNull();
  expect([...page.querySelectorAll('time')].map((one) => one.dateTime)).toContain('2026-01-08T02:00:00.000Z');
  expect([...page.querySelectorAll('td button')].length).toBe(0);
  signed_in.session = {...signed_in.session!, roles: ['compliance']};
  await soon(() => expect([...page.querySelectorAll('td button')].map((button) => button.textContent?.trim())).toEqual(['Release', 'Hold']));
});
test('the audit log shows hostile words as text, what was refused, and what its verification found; its export has its filters', async () => {
  const entry = {number: 7, at: recording.started, actor: hostile, event: 'login', subject: hostile, detail: {[hostile]: hostile, count: 3, accepted: false, from_us: 61_500_000, request: hostile, policy: 'ab'.repeat(32)}};
  answer({'/audit/verification': {body: {valid: false, entries: 6, problem: hostile, problems: [hostile]}}, '/audit': {body: {items: [entry, {...entry, number: 6, event: 'a kind to come', detail: undefined}, {...entry, number: 5, event: 'view', subject: 'r1', detail: {}}], next: null}}});
  const page = await show(Audit);
  const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
  expect(rows[0]).toContain(`${hostile} · ${hostile}: ${hostile} · how many: 3 · accepted: No · from: 0:01:01.5 · policy: abababababab…`);
  expect(rows.map((row) => row.includes(t('audit_refused')))).toEqual([true, false, false]);
  expect(rows[1]).toContain('a kind to come');
  expect([...page.querySelectorAll('tbody a')].map((one) => one.getAttribute('href'))).toEqual(['/recordings/r1']);
  const by_text = (text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
  by_text(t('audit_verify'))?.click();
  await soon(() => expect(page.querySelector('li')?.textContent).toBe(hostile));
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
  await clear();
  signed_in.session = {...signed_in.session!, roles: ['admin']};
  page = await show(Alerts);
  expect(page.querySelector('tbody a')).toBeNull();
  page.querySelector<HTMLButtonElement>('button[aria-label="Test: pager"]')?.click();
  await soon(() => expect(page.textContent).toContain('Failed'));
  expect(sent).toEqual([['/api/v1/alert-sinks/test', {sink: 'pager'}]]);
  expect(page.querySelector('img, script')).toBeNull();
});
test('a changed policy is tried, and what it would change is said; whose role is bound to some targets is shown no closed door', async () => {
  const found = {days: 30, digest: 'd', decisions: 5, same: 3, without_target: 1, films: 2, closed_films: 1, lost_masks: [{rule: 'token.slack', films: 1, masks: 4}], cut: false,
    differences: [{user: hostile, target: 'dc1', allowed_before: true, allowed_after: false, rule_before: hostile, rule_after: '', changes: [{what: hostile, before: hostile, after: hostile}], compared: false, decisions: 2, last: recording.started}]};
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
  await soon(() => expect(page.textContent).toContain(`the policy:3: ${hostile}`));
  status = 200;
  run();
  await soon(() => expect(page.textContent).toContain(t('simulate_found', {same: 3, decisions: 5, days: 30})));
  expect(asked[1]).toEqual({text: 'rules: [x]', days: 30});
  for (const words of [t('explain_default'), t('simulate_lost', {masks: 4, films: 1}), hostile]) expect(page.textContent).toContain(words);
  expect(page.querySelector('img, script')).toBeNull();
  await clear();
  signed_in.session = {...signed_in.session!, everywhere: []};
  const scoped = await show(Policy);
  expect(scoped.textContent).not.toContain(t('simulate'));
  expect(scoped.textContent).not.toContain(t('reviews'));
  expect(scoped.textContent).not.toContain(t('error_denied'));
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
    return new Response(JSON.stringify(url.includes('/users?') ? users : {items: []}));
  }));
  signed_in.session = {...signed_in.session!, roles: ['admin']};
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
    await soon(() => { flushSync(); expect(page.querySelector('dialog')).toBeNull(); });
  };
  for (const what of ['Groups', 'Set password', 'Disable', 'Drop second factor']) expect(button(`${what}: audrey`), what).toBeUndefined();
  expect(button('Disable: dora')).toBeUndefined();
  button('Let in again: dora')!.click();
  await soon(() => expect(asked).toEqual(['PUT /users/dora/enabled']));
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
  const target = {name: 'db', protocol: 'vnc', host: 'db.example', port: 5900, user: '', tags: {}, mine: false, account: 'shared', needs: {approvals: 0, reason: false, ticket: false, consent: ''}};
  let outcome = 'works';
  vi.stubGlobal('fetch', vi.fn(async (url: string) => new Response(JSON.stringify(url.endsWith('/test') ? {outcome, reason: outcome === 'works' ? '' : hostile, certificate: 'shown-now'} : {items: [{...target, pinned_certificate: 'trusted-before'}]}))));
  const page = await show(Targets);
  for (outcome of ['works', 'name', 'port', 'certificate', 'credential', 'set_aside', 'protocol']) {
    for (const language of ['en', 'de'] as const) {
      preferences.language = language;
      flushSync();
      [...page.querySelectorAll('button')].find((one) => one.textContent === t('target_test'))!.click();
      await soon(() => { flushSync(); expect(page.querySelector('tbody')?.textContent).toContain(t(`test_${outcome}` as Key)); });
      expect(page.querySelector('tbody')?.textContent?.includes(hostile)).toBe(!['works', 'certificate'].includes(outcome));
      expect(['shown-now', 'trusted-before'].map((print) => page.querySelector('tbody')?.textContent?.includes(print)), outcome).toEqual(Array(2).fill(outcome === 'certificate'));
    }
  }
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});
test('long lists of users come page by page and by the beginning of a name, and long ones without pages are drawn part by part', async () => {
  const user = (name: string) => ({name, disabled: false, password: true, totp: false, created: recording.started, roles: [], groups: []});
  const bindings = Array.from({length: 450}, (_, n) => ({id: `b${n}`, role: 'auditor', subject_kind: 'user', subject: `user-${n}`, scope: '*'}));
  const asked: string[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string) => {
    if (url.startsWith('/api/v1/groups')) return new Response(JSON.stringify({items: [{name: hostile, members: Array.from({length: 450}, (_, n) => `user-${n}`), version: 'v'}]}));
    if (!url.startsWith('/api/v1/users')) return new Response(JSON.stringify({items: bindings}));
    asked.push(url.slice('/api/v1/users?'.length));
    const {cursor, name} = Object.fromEntries(new URLSearchParams(asked.at(-1)));
    const names = Array.from({length: 100}, (_, n) => user(`u${(cursor ? 200 : 100) + n}`));
    return new Response(JSON.stringify(name ? {items: [user('u299')], next: null} : {items: names, next: cursor ? null : 'u199'}));
  }));
  const page = await show(Users);
  const [people, groups, roles] = [...page.querySelectorAll('table')], rows = (of: Element) => of.querySelectorAll('tbody tr').length;
  const more = () => [...page.querySelectorAll('button')].filter((one) => one.textContent?.trim() === t('more'));
  expect([rows(people!), rows(roles!)]).toEqual([100, 100]);
  expect(groups!.textContent).toContain(hostile);
  expect(groups!.textContent).toMatch(/user-29, …450$/);  // so many that nobody reads them all
  expect(groups!.querySelector('img, script')).toBeNull();
  more()[0]!.click();
  await soon(() => { flushSync(); expect(rows(people!)).toBe(200); });
  for (let n = 0; n < 4; ++n) {
    more()[0]!.click();
    flushSync();
  }
  expect([rows(roles!), more().length]).toEqual([450, 0]);
  const field = page.querySelector<HTMLInputElement>('form[role=search] input')!;
  field.value = 'u29';
  field.dispatchEvent(new Event('input', {bubbles: true}));
  await soon(() => { flushSync(); expect(rows(people!)).toBe(1); });
  expect(asked).toEqual(['limit=100', 'limit=100&cursor=u199', 'name=u29*&limit=100']);
  expect(page.querySelector('form[role=search] input')).toBe(field);
});
test('who changes a target sends the version that was shown; when somebody was quicker, it is said and read again', async () => {
  let version = 'v1';
  const sent: (string | undefined)[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (url.startsWith('/api/v1/targets?')) return new Response(JSON.stringify({items: [{name: 'dc1', version, protocol: 'rdp', tags: {}, mine: false, account: 'shared', needs: {approvals: 0, reason: false, ticket: false, consent: ''}, host: 'h', port: 3389, user: ''}]}));
    sent.push((init?.headers as Record<string, string>)['If-Match']);
    version = 'v2';
    return sent.length === 1 ? new Response(JSON.stringify({code: 'changed', status: 412}), {status: 412}) : new Response(null, {status: 204});
  }));
  const page = await show(Targets);
  const remove = async () => {
    page.querySelector<HTMLButtonElement>('button[aria-label="Remove: dc1"]')!.click();
    flushSync();
    page.querySelector('dialog form')!.dispatchEvent(new Event('submit', {cancelable: true, bubbles: true}));
    await soon(() => {
      flushSync();
      expect(page.querySelector('dialog')).toBeNull();
    });
  };
  await remove();
  expect(sent).toEqual(['"v1"']);
  expect(notices.list.at(-1)).toMatchObject({bad: true});
  expect(notices.list.at(-1)!.text()).toBe(t('error_changed'));
  await soon(() => expect((fetch as ReturnType<typeof vi.fn>).mock.calls.filter(([url]) => url.startsWith('/api/v1/targets?')).length).toBe(2));
  await new Promise((done) => setTimeout(done));
  flushSync();
  await remove();
  expect(sent).toEqual(['"v1"', '"v2"']);
});
test('whose role of administrator is bound to some targets sees people, and is offered nothing that would be refused', async () => {
  const user = {name: 'dora', disabled: false, password: true, totp: true, created: recording.started, roles: [], groups: []};
  answer({'/users': {body: {items: [user], next: null}}, '/groups': {body: {items: []}}, '/role-bindings': {body: {items: [{id: 'b', role: 'auditor', subject_kind: 'user', subject: 'dora', scope: '*'}]}}});
  signed_in.session = {...signed_in.session!, roles: ['admin'], everywhere: []};
  const page = await show(Users);
  await soon(() => { flushSync(); expect(page.querySelectorAll('tbody tr').length).toBe(2); });
  expect(page.querySelector('button')).toBeNull();
});
test('the system’s page has its keys and certificates, its workers, and what was given up to be tried again', async () => {
  const job = {id: 7, kind: 'redact', key: 'r1', state: 'dead', attempts: 5, max_attempts: 5, run_after: recording.started, worker: hostile, last_error: hostile, progress: 0.4};
  const settings = {listen: {rdp: '127.0.0.1:3389', vnc: null, https: '[::1]:443'}, data_dir: '/data', policy: hostile, catalog: 'sqlite', tls: {certificate: null, target_authorities: '/authorities.pem'}, redaction: {workers: 2, sessions: 1}, evidence: {certificate: '/signer.pem', timestamps: 'https://time.example', heads: null, custodians: 3, threshold: 2}};
  let jobs = [job, {...job, id: 8, kind: 'follow', key: 'r2'}];
  const sent: string[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    const place = url.replace('/api/v1', '');
    if (init?.method === 'POST') {
      sent.push(place);
      jobs = [];
      return new Response(null, {status: 202});
    }
    const bodies: Record<string, unknown> = {'/health': {ready: true, parts: []}, '/about': {version: '1', node: 'n', signing_fingerprint: 'abc', tls_fingerprint: 'def', tls_until: recording.started, key_place: 'key file /kek'}, '/settings': settings};
    return new Response(JSON.stringify(place.startsWith('/jobs') ? {items: jobs, exports: []} : bodies[place]));
  }));
  signed_in.session = {...signed_in.session!, roles: ['admin']};
  router.go('/system?jobs=dead', true);
  const page = await show(System);
  expect(vi.mocked(fetch).mock.calls.some(([url]) => url === '/api/v1/jobs?state=dead')).toBe(true);  // where the overview leads
  await soon(() => { flushSync(); expect(page.textContent).toContain('/signer.pem'); });
  for (const words of ['abc', 'def', 'File /kek', t('tls_own'), '/authorities.pem', '2 of 3 open an original', 'https://time.example', '127.0.0.1:3389', '2 workers for films, 1 for live pictures', hostile]) expect(page.textContent).toContain(words);
  const again = [...page.querySelectorAll<HTMLButtonElement>('tbody button')];
  expect(again.map((one) => one.getAttribute('aria-label'))).toEqual(['Redact again: r1']);
  again[0]!.click();
  await soon(() => { flushSync(); expect(page.textContent).toContain(t('jobs_empty')); });
  expect(sent).toEqual(['/recordings/r1/retry']);
  expect(page.querySelector('img, script')).toBeNull();
  await clear();
  signed_in.session = {...signed_in.session!, everywhere: []};
  router.go('/', true);
  expect((await show(System)).textContent).not.toContain('/signer.pem');
  expect(vi.mocked(fetch).mock.calls.filter(([url]) => String(url).endsWith('/settings')).length).toBe(1);
});
test('a day that is looked for is written in one way; what is no day is said, and filters nothing', async () => {
  answer({'/audit': {body: {items: [], next: null}}});
  const page = await show(Audit);
  const field = (label: string) => document.getElementById([...page.querySelectorAll('label')].find((one) => one.textContent === label)!.htmlFor) as HTMLInputElement;
  const fill = (label: string, text: string) => {
    const one = field(label);
    one.value = text;
    one.dispatchEvent(new Event('input', {bubbles: true}));
    flushSync();
    one.dispatchEvent(new Event('change', {bubbles: true}));
    flushSync();
  };
  const asked = () => new URLSearchParams(page.querySelector('a[download]')!.getAttribute('href')!.split('?')[1]);
  fill(t('audit_since'), '2026-11-27 18:05');
  fill(t('audit_until'), '2026-11-27');
  expect([asked().get('since'), asked().get('until')]).toEqual([new Date(2026, 10, 27, 18, 5).toISOString(), new Date(2026, 10, 28).toISOString()]);
  expect(field(t('audit_since')).title).toBe(utc_time(new Date(2026, 10, 27, 18, 5).getTime()));
  fill(t('audit_since'), '11/27/2026');
  expect(page.textContent).toContain(t('moment_wrong', {form: t('moment_form')}));
  expect(asked().get('since')).toBeNull();
  [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === t('clear_filters'))!.click();
  flushSync();
  expect([field(t('audit_since')).value, page.textContent?.includes(t('moment_form'))]).toEqual(['', false]);
});
