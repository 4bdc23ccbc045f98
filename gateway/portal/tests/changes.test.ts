// What a changed policy would change, and what is wrong with a part of the gateway: said in the reader's language, as long as the gateway says it so.
import {expect, test} from 'vitest';
import {change_text} from '../src/lib/changes';
import {health_name, health_trouble, place_of_key} from '../src/lib/health';
import {preferences, type Language} from '../src/lib/i18n.svelte';
import {mark} from '../src/lib/refusals';
import disk_space from '../../serve/disk_space.cpp?raw';
import gates from '../../policy/gate.cpp?raw';
import health from '../../http/health.cpp?raw';
import key_provider from '../../serve/key_provider.cpp?raw';
import key_trouble from '../../serve/trouble.cpp?raw';
import redaction_job from '../../serve/redaction_job.cpp?raw';
import simulation from '../../policy/simulation.cpp?raw';
import {hostile} from './shown';

function in_language<T>(language: Language, act: () => T): T {
  preferences.language = language;
  const out = act();
  preferences.language = 'en';
  return out;
}
const both = (what: string, before = '', after = '') => (['en', 'de'] as const).map((language) => in_language(language, () => change_text({what, before, after})));

// A new word there has to be said here, too.
test('whatever a policy can be changed in has a name in both languages', () => {
  const named = [...simulation.matchAll(/found\.(?:text|flag|limit)\("([^"]+)"/g)].map(([, what]) => what!), kinds = [...gates.matchAll(/case GateKind::\w+: return "([a-z-]+)";/g)].map(([, kind]) => kind!);
  expect([named.length, kinds.length]).toEqual([30, 8]);
  for (const what of [...named, ...kinds]) {
    const [english, german] = both(what, '1', '2');
    expect(english, what).toMatch(/^[A-Z].*: 2 instead of 1$/);
    expect(german, what).toMatch(/^[A-ZÄÖÜ].*: 2 statt 1$/);
    if (what !== 'regions' && what !== 'detectors') expect(german!.split(':')[0], what).not.toBe(english!.split(':')[0]);
    if (named.includes(what)) expect(german!.split(':')[0], what).not.toBe(what);
  }
});
test('and so has each value that is no name, pattern or number', () => {
  const literals = [...simulation.slice(simulation.indexOf('std::string listed'), simulation.indexOf('bool named_in')).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!);
  const names = [...simulation.matchAll(/found\.(?:text|flag|limit)\("([^"]+)"/g)].map(([, what]) => what!);
  expect(new Set(literals.filter((one) => !names.includes(one)))).toEqual(new Set(['', ', ', 'none', ' minutes', 'groups ', 'nobody', 'without approval', ' approval(s) of ', ', a reason', ', a ticket like ', ', or in an emergency', 'for one use', 'as often as wanted', ' within ', ', asked for during ', ', after ', ' also of ',
    'allowed', 'denied', 'can be read', 'no limit', 'no notice', '\\"', 'goes on', 'ends', 'by its conditions', ' s', ' (shown)', ' (all but it)', ' ', ' near ', 'all', 'can be searched', 'cannot be searched', "the gateway's"]));
  for (const [value, english, german] of [
    ['nobody', 'nobody', 'niemand'], ['without approval', 'without approval', 'ohne Freigabe'], ['2 approval(s) of paula, groups leads, night, a reason, a ticket like CHG-[0-9]+, or in an emergency', '2 approvals of paula, groups leads, night, a reason, a ticket like CHG-[0-9]+, or in an emergency', '2 Freigaben von paula, Gruppen leads, night, mit Grund, mit Ticketnummer nach CHG-[0-9]+, oder im Notfall'],
    ['1 approval(s) of groups leads', '1 approval of groups leads', '1 Freigabe von Gruppen leads'], ['without approval, a ticket like x', 'without approval, a ticket like x', 'ohne Freigabe, mit Ticketnummer nach x'],
    ['for one use within 10 minutes, asked for during 1 minutes', 'for one use within 10 minutes, asked for during 1 minute', 'für ein Mal innerhalb von 10 Minuten, angefragt für 1 Minute'],
    ['as often as wanted within 1 minutes, asked for during 60 minutes, after 5 minutes also of bosses, night', 'as often as wanted within 1 minute, asked for during 60 minutes, after 5 minutes also of bosses, night', 'beliebig oft innerhalb von 1 Minute, angefragt für 60 Minuten, nach 5 Minuten auch von bosses, night'],
    ['allowed', 'allowed', 'erlaubt'], ['denied', 'denied', 'verweigert'], ['can be read', 'can be read', 'lesbar'], ['no limit', 'no limit', 'unbegrenzt'], ['no notice', 'none', 'keiner'], ['goes on', 'goes on', 'läuft weiter'], ['ends', 'ends', 'endet'], ['by its conditions', 'by its conditions', 'nach ihren Bedingungen'],
    ['30 minutes', '30 minutes', '30 Minuten'], ['60 s', '60 s', '60 s'], ['none', 'none', 'keine'], ['all', 'all', 'alle'], ['taskbar (shown), editor (all but it)', 'taskbar (shown), editor (all but it)', 'taskbar (gezeigt), editor (alles andere)'], ['can be searched', 'can be searched', 'durchsuchbar'], ['cannot be searched', 'cannot be searched', 'nicht durchsuchbar'], ["the gateway's", 'the gateway’s', 'die des Gateways'], ['strict', 'strict', 'streng'], ['balanced', 'balanced', 'ausgewogen'],
    ['"to be agreed to"', '"to be agreed to"', '"to be agreed to"'], [hostile, hostile, hostile],
  ] as const) expect(both('to come', value, '7'), value).toEqual([`to come: 7 instead of ${english}`, `to come: 7 statt ${german}`]);
});
test('what is wrong with a part is said in both languages, what a machine said in it is marked', () => {
  const whole = (source: string) => source.replaceAll(/\s*\n\s*/g, ' ');
  const sentences = [health, disk_space].flatMap((source) => [...whole(source).matchAll(/Error\{ErrorKind::\w+, ((?:[^{};"]|"(?:[^"\\]|\\.)*")+)\}/g)].map(([, expression]) =>
    expression!.split(/("(?:[^"\\]|\\.)*")/).map((part) => (part.startsWith('"') ? JSON.parse(part) as string : part.includes('to_text(') ? '2026-03-01T12:00:00.000Z' : /\w/.test(part) ? '7' : '')).join('')));
  expect(sentences.length).toBe(5);
  for (const words of ['"it is another key than the one in use"', '"a redaction worker could not be started"']) expect(key_trouble + redaction_job).toContain(words);
  for (const sentence of [...sentences, 'it is another key than the one in use', `a redaction worker could not be started: ${hostile}`]) {
    const [english, german] = (['en', 'de'] as const).map((language) => in_language(language, () => health_trouble(sentence)));
    expect(german, sentence).not.toMatch(new RegExp(`^${mark}`));
    expect([english, german].join(), sentence).not.toMatch(/\{(?!user)\w+\}|undefined/);
    expect(german, sentence).not.toBe(english);
  }
  expect(in_language('de', () => health_trouble('database is locked'))).toBe(`${mark}database is locked${mark}`);
  for (const words of ['"key file "', '"credential "', '"key \\""', '"\\" of the token \\""']) expect(key_provider).toContain(words);
  expect(in_language('de', () => ['key file /k', 'credential /run/k', 'key "a" of the token "b"', hostile].map(place_of_key))).toEqual(['Datei /k', 'Dienstgeheimnis /run/k', 'Schlüssel „a“ des Tokens „b“', hostile]);
  expect(in_language('de', () => health_name('provider corp'))).toBe('Identitätsanbieter corp');
});
