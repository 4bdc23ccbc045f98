import {flushSync} from 'svelte';
import {expect, test, vi} from 'vitest';
import {preferences, t} from '../src/lib/i18n.svelte';
import {notices} from '../src/lib/notices.svelte';
import {signed_in} from '../src/lib/session.svelte';
import Connect from '../src/pages/Connect.svelte';
import TargetAccounts from '../src/pages/TargetAccounts.svelte';
import Notices from '../src/ui/Notices.svelte';
import {clear, hostile, recording, show, soon} from './shown';

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
const target = {name: 'db1', protocol: 'rdp', tags: {}, mine: true, needs: {approvals: 0, reason: false, ticket: false, consent: ''}};
const button = (name: string) => [...document.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name);
function fill(label: string, value: string, within: ParentNode = document): void {
  const of = [...within.querySelectorAll('label')].find((one) => one.textContent === label)!.htmlFor, field = document.getElementById(of) as HTMLInputElement | HTMLSelectElement;
  field.value = value;
  field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}));
  flushSync();
}
const submit = (form: Element | null) => form!.dispatchEvent(new Event('submit', {bubbles: true, cancelable: true}));
const no_dialog = () => soon(() => { flushSync(); expect(document.querySelector('dialog')).toBeNull(); });
// A gateway with these answers; what was sent to it.
function gateway(answers: Record<string, () => unknown>, refused?: () => Response | undefined): string[] {
  const sent: string[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    const place = url.replace('/api/v1', '');
    if (init?.method === 'GET') return new Response(JSON.stringify(Object.entries(answers).find(([path]) => place.startsWith(path))![1]()));
    sent.push(`${init?.method} ${place} ${init?.body ?? ''} ${(init?.headers as Record<string, string>)['If-Match'] ?? ''}`.trim());
    const no = refused?.();
    if (no) return no;
    return place.includes('/test') ? new Response(JSON.stringify({outcome: 'credential', reason: hostile, certificate: ''})) : new Response(null, {status: 204});
  }));
  return sent;
}

test('an administrator says whose account a target takes, and sets or forgets its password, which no page shows', async () => {
  let one = {...target, version: 'v1', account: 'shared', host: 'h', port: 3389, user: hostile, domain: 'CORP', credential: true, credential_refused: recording.started as string | null};
  const sent = gateway({'/targets/db1/credentials': () => ({items: [], next: null}), '/targets/db1': () => one});
  const page = await show(TargetAccounts as never, {id: 'db1'});
  await soon(() => { flushSync(); expect(page.querySelectorAll('input').length).toBe(2); });
  expect(page.textContent).toContain(t('set_aside_since'));
  expect([...page.querySelectorAll('input')].map((field) => field.value)).toEqual([hostile, 'CORP']);
  expect(page.querySelector('table')).toBeNull();  // nobody has one of their own, and nobody needs one
  fill(t('login'), 'backup');
  fill(t('account_password'), 'is_set');
  fill(t('credential'), 'typed-here');
  one = {...one, version: 'v2', user: 'backup', credential_refused: null};
  submit(page.querySelector('form'));
  await soon(() => { flushSync(); expect(page.querySelectorAll('input').length).toBe(2); });
  expect(sent).toEqual(['PUT /targets/db1/account {"account":"shared","user":"backup","domain":"CORP","credential":"typed-here"} "v1"']);
  expect(document.documentElement.innerHTML).not.toContain('typed-here');
  button(t('target_test'))!.click();
  await soon(() => { flushSync(); expect(page.textContent).toContain(t('test_credential')); });
  // To each their own: the name is nobody's then, and the password for everybody can go.
  fill(t('account_kind'), 'personal');
  expect(page.querySelectorAll('form input').length).toBe(0);
  fill(t('account_password'), 'goes');
  one = {...one, version: 'v3', account: 'personal', credential: false};
  submit(page.querySelector('form'));
  await soon(() => { flushSync(); expect(page.textContent).toContain(t('accounts_empty')); });
  expect(sent.at(-1)).toBe('PUT /targets/db1/account {"account":"personal","credential":""} "v2"');
  expect(button(t('target_test'))).toBeUndefined();  // whose?
});
test('who has an account on a target is listed with what the target said of it; one is given, tried and forgotten', async () => {
  let items = [{name: 'alice', user: hostile, domain: hostile, refused: null as string | null}, {name: 'bob', user: '', domain: '', refused: recording.started}];
  const sent = gateway({'/targets/db1/credentials': () => ({items, next: null}), '/targets/db1': () => ({...target, version: 'v1', account: 'personal', host: 'h', port: 1, user: '', domain: '', credential: false})});
  const page = await show(TargetAccounts as never, {id: 'db1'});
  await soon(() => { flushSync(); expect(page.querySelectorAll('tbody tr').length).toBe(2); });
  expect([...page.querySelectorAll('tbody tr')].map((row) => row.textContent!.includes(t('credential_refused')))).toEqual([false, true]);
  expect(page.querySelector('img, script')).toBeNull();
  button(`${t('target_test')}: alice`)!.click();
  await soon(() => { flushSync(); expect(page.querySelector('tbody tr')!.textContent).toContain(t('test_credential')); });
  button(`${t('credential_set')}: bob`)!.click();
  flushSync();
  fill(t('login'), 'b.jones', page.querySelector('dialog')!);
  fill(t('credential'), 'bobs-own', page.querySelector('dialog')!);
  submit(page.querySelector('dialog form'));
  await no_dialog();
  button(t('account_add'))!.click();
  flushSync();
  fill(t('col_user'), 'carol', page.querySelector('dialog')!);
  fill(t('credential'), 'carols-own', page.querySelector('dialog')!);
  submit(page.querySelector('dialog form'));
  await no_dialog();
  items = items.slice(1);
  button(`${t('account_forget')}: alice`)!.click();
  flushSync();
  submit(page.querySelector('dialog form'));
  await no_dialog();
  await soon(() => { flushSync(); expect(page.querySelectorAll('tbody tr').length).toBe(1); });
  expect(sent).toEqual(['POST /targets/db1/test?of=alice', 'PUT /targets/db1/credentials/bob {"user":"b.jones","domain":"","credential":"bobs-own"}',
    'PUT /targets/db1/credentials/carol {"user":"","domain":"","credential":"carols-own"}', 'DELETE /targets/db1/credentials/alice']);
  expect(document.documentElement.innerHTML).not.toMatch(/(bobs|carols)-own/);
});
test('an operator sees where an account of their own is needed, missing or refused, and gives it there', async () => {
  const own = {user: 'a.smith', domain: '', refused: null as string | null};
  let items = [{...target, name: 'a', account: 'personal', own: null as typeof own | null}, {...target, name: 'b', account: 'personal', own: {...own, refused: recording.started}}, {...target, name: 'c', account: 'personal', own: {...own, user: hostile}}, {...target, name: 'd', account: 'asked', own: null}, {...target, name: 'e', account: 'shared', own: null}];
  const sent = gateway({'/targets': () => ({items, next: null}), '/requests': () => ({items: [], next: null})});
  signed_in.session = {...signed_in.session!, user: 'alice', roles: ['operator']};
  const page = await show(Connect as never);
  const words = () => [...page.querySelectorAll('tbody tr')].map((row) => row.querySelectorAll('td')[3]!.textContent!);
  await soon(() => { flushSync(); expect(words().length).toBe(5); });
  for (const [n, said] of [t('own_missing'), t('own_refused'), t('own_signs_in', {user: hostile}), 'Your login on the machine', t('needs_nothing')].entries()) expect(words()[n]).toContain(said);
  expect(['a', 'b', 'c', 'd', 'e'].map((name) => [button(`${t('own_account')}: ${name}`), button(`${t('account_forget')}: ${name}`)].map((one) => one !== undefined))).toEqual([[true, false], [true, true], [true, true], [false, false], [false, false]]);
  button(`${t('own_account')}: a`)!.click();
  flushSync();
  fill(t('login'), 'a.smith', page.querySelector('dialog')!);
  fill(t('credential'), 'my-own-secret', page.querySelector('dialog')!);
  items = [{...items[0]!, own}];
  submit(page.querySelector('dialog form'));
  await no_dialog();
  await soon(() => { flushSync(); expect(words()[0]).toContain('Signs in as a.smith'); });
  expect(sent).toEqual(['PUT /targets/a/credentials/alice {"user":"a.smith","domain":"","credential":"my-own-secret"}']);
  expect(page.querySelector('img, script')).toBeNull();
});
test('what went wrong is said in the language that is chosen afterwards, in a dialog and in a notice', async () => {
  const refusal = () => new Response(JSON.stringify({code: 'denied', status: 403, detail: 'you cannot disable yourself'}), {status: 403});
  gateway({'/targets': () => ({items: [{...target, account: 'personal', own: null}], next: null}), '/requests': () => ({items: [], next: null})}, refusal);
  const page = await show(Connect as never);
  await soon(() => { flushSync(); expect(button(`${t('own_account')}: db1`)).toBeDefined(); });
  button(`${t('own_account')}: db1`)!.click();
  flushSync();
  fill(t('credential'), 'x', page.querySelector('dialog')!);
  submit(page.querySelector('dialog form'));
  const alert = () => page.querySelector('dialog [role=alert]')!.textContent;
  await soon(() => { flushSync(); expect(alert()).toContain('yourself'); });
  preferences.language = 'de';
  flushSync();
  expect(alert()).toContain('sich nicht selbst');
  preferences.language = 'en';
  await clear();
  const shown = await show(Notices as never);
  await notices.attempt(async () => { await (await import('../src/lib/api')).send('DELETE', '/users/x'); });
  flushSync();
  expect(shown.textContent).toContain('yourself');
  preferences.language = 'de';
  flushSync();
  expect(shown.textContent).toContain('sich nicht selbst');
});
