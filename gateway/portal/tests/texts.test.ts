import {expect, test} from 'vitest';
import {preferences, t, type Key} from '../src/lib/i18n.svelte';
import {alert_text} from '../src/lib/alerts';
import {ApiError} from '../src/lib/api';
import {in_short, subject_of} from '../src/lib/audit';
import {explained_rule} from '../src/lib/explanation';
import {health_name} from '../src/lib/health';
import {in_words, keys_among} from '../src/lib/report';
import {mark, pieces, reason, time_mark, timed} from '../src/lib/refusals';
import {person} from '../src/lib/said';
import {ending, why_kept} from '../src/lib/sayings';
import {de} from '../src/texts/de';
import {en} from '../src/texts/en';
import audit_requests from '../../serve/audit_requests.cpp?raw';
import alert_kinds from '../../alerts/README.md?raw';
import gates from '../../policy/gate.cpp?raw';
import conditions from '../../policy/policy.cpp?raw';
import explanations from '../../http/system_handlers.cpp?raw';
import health from '../../http/health.cpp?raw';
import retention from '../../policy/retention.cpp?raw';
import rdp_front from '../../relay/rdp/front.cpp?raw';
import session from '../../relay/session.cpp?raw';
import session_end from '../../relay/session_end.cpp?raw';
import session_flow from '../../relay/session_flow.cpp?raw';
import session_pause from '../../relay/session_pause.cpp?raw';
import admin from '../../serve/admin.cpp?raw';
import approval_wait from '../../serve/approval_wait.cpp?raw';
import directory_watch from '../../serve/directory_watch.cpp?raw';
import recovery from '../../serve/recovery.cpp?raw';
import session_return from '../../serve/session_return.cpp?raw';
import {hostile} from './shown';

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
test('a report counts secrets: lines of a private key are one, and so is what moves', () => {
  const mask = {x: 20, y: 50, width: 900, height: 16, from_ms: 1000, to_ms: 5000};
  const key = (secret: number, y: number, change = {}) => ({...mask, rule: 'pem.private_key', secret, y, ...change});
  const first = [key(1, 50), key(2, 67), key(3, 84), key(2, 300, {from_ms: 9000, to_ms: 9200})];
  expect(keys_among(first)).toBe(1);
  expect(keys_among([...first, key(7, 400)])).toBe(2);  // far below
  expect(keys_among([...first, key(8, 101, {from_ms: 20_000, to_ms: 21_000})])).toBe(2);  // later
  const masks = [...first, {...mask, rule: 'label.password', secret: 9}, {...mask, rule: 'label.password', secret: 9, y: 70}, {...mask, rule: 'label.password', secret: 10}];
  const report = {status: 'clean', reasons: [], states: 1, masks_by_rule: {'label.password': 3, 'pem.private_key': 4}, masks_total: 7, masks, unread_total: 0, unread: [], area_time_pixel_seconds: {total: 1000, masked: 20, covered: 0, held: 0, moving: 0}};
  expect(in_words(report)[0]).toBe('2 passwords, 1 private key masked.');
  expect(in_words({...report, masks_total: 8})[0]).toBe('4 private keys, 3 passwords masked.');  // not all are listed: each mask counts
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
test('what the gateway says in sentences of its own is said in the reader’s language, names and all; what is new goes as it is', () => {
  const german = (text: string) => {
    preferences.language = 'de';
    const out = ending(text);
    preferences.language = 'en';
    return out;
  };
  expect(german('the user left')).toBe('der Benutzer gegangen ist');
  expect(german('the connection to the client is lost, and the user did not come back')).toBe('die Verbindung zum Client verloren ging und der Benutzer nicht wiederkam');
  expect(german(`ended by the gateway: ${hostile}`)).toBe(`das Gateway sie beendete: ${hostile}`);
  expect(german('ended by the gateway: You have signed out of the portal, or your sign-in has run out.')).toBe('der Benutzer sich abgemeldet hat oder die Anmeldung ablief');
  expect(german(`ended by the gateway: The approval of this session was revoked by paula: ${hostile}`)).toBe(`paula die Freigabe widerrief: ${hostile}`);
  expect(german('not approved: The request r-1 was cancelled by alice.')).toBe('alice die Anfrage zurückzog');
  expect(german('something to come')).toBe('something to come');
  expect([person('root@gate on the command line'), person('bob'), person('')]).toEqual(['root@gate (command line)', 'bob', '']);
  expect(ending('nothing was typed or clicked for 90 s')).toBe('nothing was typed or clicked for 90 s');
  expect(why_kept('kept: class "dba" for another 12 days, in the archive')).toBe('Class “dba”, for another 12 days, in the archive');
  expect(why_kept('kept: class "dba" for another 1 day')).toBe('Class “dba”, for another 1 day');
  expect(why_kept('kept: legal hold (kept: not finished)')).toBe('Legal hold: kept: not finished');
  preferences.language = 'de';
  expect(why_kept('kept: no retention class names it')).toBe('Keine Aufbewahrungsklasse nennt sie');
  expect(reason(new ApiError('invalid', 422, "a password does not contain the user's name"))).toBe('Das nimmt das Gateway nicht an: ein Passwort enthält nicht den Benutzernamen');
});
test('what a person may not do is said in the reader’s language, whatever the gateway names besides', () => {
  preferences.language = 'de';
  for (const [code, detail, german] of [
    ['denied', 'no rule of the policy allows bob to connect to dc1 from 192.0.2.1', 'Nicht erlaubt: keine Regel der Richtlinie lässt Sie zu dc1'], ['denied', 'paula is none of those who may decide on the request r-1', 'die Regel nennt Sie nicht'],
    ['denied', `it has to be asked for first (rule "${hostile}"): frostgate request create --user "bob"`, 'es muss erst erbeten werden'], ['invalid', 'the request r-1 is used and cannot be approved', 'sehen Sie sich die Anfrage noch einmal an'],
    ['denied', 'A ticket number is required that looks like CHG-[0-9]+.', 'nach dem Muster CHG-[0-9]+'], ['denied', 'it takes the shares of 2 custodians; 1 were given', 'die Teile von 2 Verwahrern; 1 sind da'], ['denied', hostile, `Nicht erlaubt: ${mark}${hostile}${mark}`],
  ] as const) expect(reason(new ApiError(code, 403, detail))).toContain(german);
  preferences.language = 'en';
});
// As the sources say them: whoever changes a sentence there is told to change it here.
test('the gateway still says it as it is understood here', () => {
  for (const [source, words] of [
    [session, 'end("the user left")'], [session_flow, 'end("the user did not go on")'], [session_end, 'end("the client fell silent"'], [session_end, '"ended by the gateway: " +'],
    [session_end, '"the longest time for a session is over"'], [session_end, '"nothing was typed or clicked for " + std::to_string(idle_seconds) + " s"'], [session_pause, '"recording failed: " +'],
    [session_flow, '"not approved: " +'], [approval_wait, '"You have signed out of the portal, or your sign-in has run out."'], [admin, '"Your account was disabled."'], [directory_watch, '"Your account was disabled in the directory."'], [approval_wait, '"The approval of this session was revoked by " +'], [approval_wait, '"Nobody has decided on the request " +'], [approval_wait, '" was cancelled by " +'], [approval_wait, '" was revoked by " +'], [rdp_front, '"the connection to the client is lost"'], [session_return, '", and the user did not come back"'], [recovery, '"the gateway stopped"'],
    [retention, '"kept: legal hold ("'], [retention, '"kept: quarantined, somebody has to decide"'], [retention, '"kept: not finished"'], [retention, '"kept: no retention class names it"'],
    [retention, '"kept: class \\"" + found->name + "\\" for another "'],
  ] as const) expect(source).toContain(words);
});
test('the audit log says kinds and severities in words', () => {
  const entry = {number: 1, at: '2026-03-01T12:00:00.000Z', actor: '', event: 'alert', subject: 'dc1'};
  expect(in_short({...entry, detail: {kind: 'target.credential_refused', severity: 'critical', text: 'x'}})).toBe('kind: A target refused its password · severity: Critical · text: x');
  expect(in_short({...entry, event: 'approval', detail: {what: 'used', kind: 'watch-original'}})).toBe('used · kind: Watch the original');
  expect(in_short({...entry, detail: {kind: 'to.come', severity: 'dire'}})).toBe('kind: to.come · severity: dire');
  preferences.language = 'de';
  expect(['who may do what', 'the rule "x"', 'the policy a.yaml', 'dc1'].map((subject) => subject_of({...entry, event: 'policy', subject}))).toEqual(['Wer was darf', 'Die Regel „x“', 'Die Richtlinie a.yaml', 'dc1']);
  expect(in_short({...entry, event: 'approval', detail: {what: 'approved', kind: 'export', requester: hostile, to_come: 'x', until: '2026-03-01T12:00:00.000Z'}})).toMatch(/^freigegeben · Art: Film exportieren · erbeten von: .* · to_come: x · bis: \u20642026-03-01T12:00:00\.000Z\u2064$/s);
  preferences.language = 'en';
});
test('why the policy decides so is said in the reader’s language', () => {
  for (const words of ['"\\" does not match: "', '"And more that do not match."', '"No rule matches, so the answer is no."', '"The first rule that matches is \\""', '"It denies."', '" approval(s) needed"', '", with a reason"', '", with a ticket that matches "']) expect(explanations).toContain(words);
  const names = (source: string, kind: string) => [...source.matchAll(new RegExp(`case ${kind}::\\w+: return "([a-z-]+)";`, 'g'))].map(([, name]) => name!);
  expect([names(conditions, 'Condition').length, names(gates, 'GateKind').length]).toEqual([9, 8]);
  preferences.language = 'de';
  for (const name of names(conditions, 'Condition')) expect(explained_rule(`"${hostile}" does not match: ${name}.`)).not.toContain(` ${name} `);
  for (const name of names(gates, 'GateKind')) expect(explained_rule(`${name}: allowed`), name).toMatch(/^[A-Z][a-zö ]+: erlaubt$/);
  expect(explained_rule('connect: 2 approval(s) needed, with a reason, with a ticket that matches CHG-[0-9]+')).toBe('Verbinden: 2 Freigaben; verlangt einen Grund, eine Ticketnummer (CHG-[0-9]+)');
  expect(explained_rule('to come')).toBe(`${mark}to come${mark}`);
  preferences.language = 'en';
});
test('whatever is noted of a request is said in words, and its values too', () => {
  const noted = [...audit_requests.matchAll(/^ {6}\{"([a-z_.]+)", \{LedgerEvent::\w+, "\w+", \{([^}]*)\}(?:, Noting::refusals)?\}\},$/gm)].map(([, request, members]) => [request!, [...members!.matchAll(/"(\w+)"/g)].map(([, name]) => name!)] as const);
  expect(noted.length).toBeGreaterThan(30);
  const entry = {number: 1, at: '2026-03-01T12:00:00.000Z', actor: '', event: 'configuration', subject: 'dc1'};
  for (const [request, members] of noted) {
    expect(in_short({...entry, detail: {request}}), request).not.toContain(request);
    for (const name of members) expect(`field_${name.replace(/_us$/, '')}` in en, name).toBe(true);
  }
  preferences.language = 'de';
  expect(in_short({...entry, detail: {request: 'target.test', outcome: 'port'}})).toMatch(/^Ziel getestet · Ergebnis: Dort antwortet nichts$/);
  expect(in_short({...entry, detail: {request: 'role.bind', role: 'auditor', subject_kind: 'group', scope: '*'}})).toBe('Rolle gegeben · Rolle: Revision · das ist: Gruppe · auf: Alle Ziele');
  expect(in_short({...entry, event: 'exported', detail: {what: 'audit log', event: 'login'}})).toBe(`Protokoll · was: ${t('audit_login')}`);
  preferences.language = 'en';
});
test('each kind of alert and each part of the health has a name', () => {
  const kinds = alert_kinds.split('\n').filter((line) => /^\| [a-z_]+\.[a-z_]+.* \| (info|warning|critical)/.test(line)).flatMap((line) => line.split('|')[1]!.split(',').map((one) => one.trim()));
  expect(kinds.length).toBeGreaterThan(30);
  for (const kind of kinds.filter((one) => one !== 'secret.RULE')) expect(alert_text(kind), kind).not.toBe(kind);
  const parts = [...health.matchAll(/part\("(\w+)",|\{"(\w+)", health\./g)].map(([, one, other]) => one ?? other!);
  expect(parts.length).toBeGreaterThan(6);
  for (const part of parts) expect(health_name(part), part).not.toBe(part);
});
test('times and English in a text are told apart from what only looks so', () => {
  const at = '2026-03-01T12:00:00.000Z';
  expect(pieces(`until ${timed(at)}: ${mark}no route${mark}.`)).toEqual([{text: 'until ', kind: 'ours'}, {text: at, kind: 'time'}, {text: ': ', kind: 'ours'}, {text: 'no route', kind: 'foreign'}, {text: '.', kind: 'ours'}]);
  for (const text of [timed('9999-99-99T99:99:99Z'), `${time_mark}${at}`, mark, timed(hostile), hostile, '']) expect(pieces(text).map((one) => one.kind).filter((kind) => kind !== 'ours'), text).toEqual([]);
});
test('no text is there that nothing says', () => {
  const sources = Object.values(import.meta.glob(['../src/**/*.svelte', '../src/**/*.ts', '!../src/texts/*'], {query: '?raw', import: 'default', eager: true}) as Record<string, string>).join('\n');
  const whole = new Set([...sources.matchAll(/['"`]([a-z0-9_]+)['"`]/g)].map(([, name]) => name!));
  // Of keys that are put together, their beginnings.
  const beginnings = [...sources.matchAll(/['"`]([a-z]+(?:_[a-z]+)*_)(?:\$\{|['"`])/g), ...sources.matchAll(/\bkey\('([a-z]+)'/g)].map(([, name]) => (name!.endsWith('_') ? name! : `${name}_`));
  expect(whole.size > 100 && beginnings.length > 10).toBe(true);
  expect(Object.keys(en).filter((name) => !whole.has(name) && !beginnings.some((one) => name.startsWith(one)))).toEqual([]);
});
