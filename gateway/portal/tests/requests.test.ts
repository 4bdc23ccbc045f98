import {flushSync} from 'svelte';
import {expect, test, vi} from 'vitest';
import type {Role} from '../src/lib/api';
import {t} from '../src/lib/i18n.svelte';
import {notices} from '../src/lib/notices.svelte';
import {router} from '../src/lib/router.svelte';
import {signed_in} from '../src/lib/session.svelte';
import App from '../src/App.svelte';
import Approvals from '../src/pages/Approvals.svelte';
import Connect from '../src/pages/Connect.svelte';
import Home from '../src/pages/Home.svelte';
import Live from '../src/pages/Live.svelte';
import Request from '../src/pages/Request.svelte';
import {answer, begin, clear, hostile, recording, request, show, soon} from './shown';

const buttons = () => [...document.querySelectorAll('main button, .page button, form button')].map((one) => one.textContent?.trim());
test('a request shows hostile words as text, and only what the viewer may do', async () => {
  const ways: [Partial<typeof request>, string[]][] = [[{}, []], [{may_decide: true}, ['Approve', 'Refuse']], [{may_cancel: true}, ['Cancel request']], [{may_revoke: true, state: 'approved'}, ['Revoke']], [{may_review: true, emergency: true, state: 'used'}, ['Sign']]];
  for (const [change, expected] of ways) {
    answer({'/requests/r-1': {body: {...request, ...change}}});
    const page = await show(Request, {id: 'r-1'});
    expect(page.textContent).toContain(hostile);
    expect(page.querySelector('img, script')).toBeNull();
    expect([...new Set(buttons())]).toEqual(expected);
    await clear();
  }
});
test('the inbox is what an approver sees first, and says where nothing waits', async () => {
  signed_in.session = {...signed_in.session!, roles: ['approver']};
  answer({'/requests?list=to_decide': {body: {items: [], next: null}}});
  expect((await show(Approvals)).textContent).toContain(t('approvals_to_decide_empty'));
  await clear();
  answer({'/requests?list=to_decide': {body: {items: [request], next: null}}, '/health': {body: {ready: true, parts: []}}});
  expect((await show(Approvals)).querySelector('tbody')?.textContent).toContain('1 of 2');
  await clear();
  const page = await show(Home);
  await soon(() => expect(page.textContent).toContain('Wait for your decision: 1'));
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
  await soon(() => expect(page.querySelector('tbody')?.textContent).toContain(t('standing_requested')));
  expect(sent).toEqual([{kind: 'start', target: 'db', reason: hostile, ticket: 'CHG-1'}]);
  expect(by_text('Ask for approval').length).toBe(0);
});
test('a button that is pressed twice makes one ticket', async () => {
  const target = {name: 'db', protocol: 'vnc', tags: {}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}};
  answer({'/targets/db/tickets': {body: {value: 'once', login: 'alice@db', target: 'db', expires: recording.started, address: '127.0.0.1:5900'}}, '/targets': {body: {items: [target]}}, '/requests': {body: {items: [], next: null}}});
  const page = await show(Connect);
  const button = [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === t('vnc_ticket'));
  button?.click();
  button?.click();
  await soon(() => { flushSync(); expect(page.querySelector('dialog')?.textContent).toContain('once'); });
  expect(vi.mocked(fetch).mock.calls.filter(([url]) => String(url).endsWith('/tickets')).length).toBe(1);
});
test('hostile names of live sessions and targets are text', async () => {
  answer({'/live-sessions': {body: {items: [{id: 's', user: hostile, target: hostile, front: 'vnc', back: 'rdp', started: recording.started, watchable: true, may_pause: false, may_stop: false, may_join: false, paused_until: null, stopped: false, input_locked: true}]}}, '/targets': {body: {items: [{name: hostile, protocol: 'vnc', tags: {[hostile]: hostile}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}}]}}});
  const page = await show(Live);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  const offered = [...page.querySelectorAll('tbody button')].map((one) => one.textContent?.trim());
  expect([offered.includes(t('unlock')), offered.includes(t('lock')), page.querySelector('tbody')?.textContent?.includes(t('input_locked'))]).toEqual([true, false, true]);  // it is locked
  await clear();
  await show(Connect);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  expect(page.querySelector('tbody img, tbody script')).toBeNull();
});
test('the overview says to each role what waits for it', async () => {
  const alert = {id: 1, at: recording.started, last: new Date().toISOString(), kind: 'redaction.failed', severity: 'critical', subject: 'r1', text: hostile, repeats: 2, deliveries: []};
  const answers = {'/health': {body: {ready: true, parts: []}}, '/alerts': {body: {items: [alert, {...alert, id: 0, last: recording.started, kind: 'disk.low', severity: 'warning'}], next: null}}, '/jobs': {body: {items: [{}]}},
    '/requests?list=mine': {body: {items: [{...request, state: 'approved', target: 'db'}, {...request, id: 'r-2', state: 'expired', target: 'old'}], next: null}}, '/live-sessions': {body: {items: []}}, '/targets': {body: {items: []}}};
  const shows = async (roles: Role[], words: string[], not: string[]) => {
    await clear();
    signed_in.session = {...signed_in.session!, roles};
    answer(answers);
    const page = await show(Home);
    await soon(() => words.forEach((one) => expect(page.textContent).toContain(one)));
    not.forEach((one) => expect(page.textContent).not.toContain(one));
    expect(page.querySelector('img, script')).toBeNull();
  };
  await shows(['admin'], ['Redaction failed', '1 job was given up', 'Disk filling up', 'Latest alerts'], ['You may now', 'Nothing needs you']);
  expect([...document.querySelectorAll('a')].map((one) => one.getAttribute('href'))).toContain('/system?jobs=dead');
  await shows(['operator'], ['You may now', 'Session: db'], ['Latest alerts', 'given up', ': old']);
});
test('the overview says that nothing waits only where all was read, and what could not be read', async () => {
  const all = {'/health': {body: {ready: true, parts: []}}, '/requests?list=to_decide': {body: {items: [], next: null}}};
  signed_in.session = {...signed_in.session!, roles: ['approver']};
  let reply: (response: Response) => void = () => {};
  answer(all);
  const known = fetch;
  vi.stubGlobal('fetch', vi.fn((url: string, init?: RequestInit) => (url.includes('/requests') ? new Promise<Response>((resolve) => (reply = resolve)) : known(url, init))));
  begin(Home);
  await soon(() => { flushSync(); expect(document.body.textContent).toContain(t('loading')); });
  expect(document.body.textContent).not.toContain(t('home_nothing'));
  reply(new Response(JSON.stringify({items: [], next: null})));
  await soon(() => { flushSync(); expect(document.body.textContent).toContain(t('home_nothing')); });
  await clear();
  answer({...all, '/requests?list=to_decide': {status: 500, body: {code: 'internal'}}});
  const page = await show(Home);
  await soon(() => expect(page.textContent).toContain(t('home_unread')));
  expect(page.textContent).not.toContain(t('home_nothing'));
  answer(all);
  [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === t('reload'))!.click();
  await soon(() => { flushSync(); expect(page.textContent).toContain(t('home_nothing')); });
});
test('what the browser lets no page copy is said, and what went wrong stays until somebody leaves the page', async () => {
  const target = {name: 'db', protocol: 'vnc', tags: {}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}};
  answer({'/targets/db/tickets': {body: {value: 'once', login: 'alice@db', target: 'db', expires: recording.started, address: '127.0.0.1:5900'}}, '/targets': {body: {items: [target]}}, '/requests': {status: 500, body: {code: 'internal'}}});
  vi.stubGlobal('navigator', {...navigator, clipboard: {writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError'))}});
  const page = await show(Connect);
  await soon(() => { flushSync(); expect(page.textContent).toContain(t('error_internal')); });  // of the list of what was asked for
  const press = (name: string) => [...page.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name)!.click();
  press(`${t('vnc_ticket')}: db`);
  await soon(() => { flushSync(); expect(page.querySelector('dialog')?.textContent).toContain('once'); });
  press(`${t('copy')}: ${t('ticket_address')}`);
  await soon(() => { flushSync(); expect(page.querySelector('dialog')?.textContent).toContain(t('copy_refused', {text: '127.0.0.1:5900'})); });
  notices.list = [];
  notices.say(() => 'it broke', true);
  notices.say(() => 'it went well');
  notices.forget_failures();
  expect(notices.list.map((one) => one.text())).toEqual(['it went well']);
});
test('a link to the page where one is already begins it anew, and the address says what is shown', async () => {
  vi.stubGlobal('EventSource', class { addEventListener() {} close() {} });
  vi.stubGlobal('scrollTo', () => {});
  answer({'/session': {body: signed_in.session}, '/recordings': {body: {items: [recording], next: null}}, '/health': {body: {ready: true, parts: []}}});
  history.replaceState({}, '', '/recordings?user=nobody');
  router.go('/recordings?user=nobody', true);
  const page = await show(App);
  const user = () => document.getElementById([...page.querySelectorAll('label')].find((one) => one.textContent === t('filter_user'))?.htmlFor ?? '') as HTMLInputElement | null;
  await soon(() => { flushSync(); expect(user()?.value).toBe('nobody'); });
  page.querySelector<HTMLAnchorElement>('nav a[href="/recordings"]')!.click();
  await soon(() => { flushSync(); expect(user()?.value).toBe(''); });
  expect(location.search).toBe('');
  history.replaceState({}, '', '/');
});
