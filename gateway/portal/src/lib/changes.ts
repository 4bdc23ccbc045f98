import {en} from '../texts/en';
import type {Change} from './api';
import {counted, t, type Key} from './i18n.svelte';

// What a changed policy would ask and impose otherwise, as gateway/policy/simulation.cpp says it, in the reader's language. Names, patterns and numbers are the policy's.
const key = (prefix: string, words: string): Key | null => {
  const name = `${prefix}_${words.toLowerCase().replaceAll(/[^a-z]+/g, '_')}`;
  return name in en ? (name as Key) : null;
};
const minutes = (count: string) => counted('change_minutes', Number(count));
const who = (names: string) => names.replace(/(^|, )groups (.*)$/s, (_, before: string, groups: string) => before + t('change_groups', {names: groups}));

function gate(text: string): string | null {
  const [, free, count, of = '', , reason, , pattern, emergency] = /^(?:(without approval)|(\d+) approval\(s\) of (.*?))((, a reason)?)((?:, a ticket like (.*?))?)(, or in an emergency)?$/s.exec(text) ?? [];
  if (!free && !count) return null;
  return (free ? t('change_free') : t('change_of', {approvals: counted('needs_approvals', Number(count)), who: who(of)})) + (reason ? t('change_reason') : '') + (pattern ? t('change_ticket', {pattern}) : '') + (emergency ? t('change_emergency') : '');
}
function terms(text: string): string | null {
  const [, once, within, patience, , later, also] = /^(?:(for one use)|as often as wanted) within (\d+) minutes, asked for during (\d+) minutes(, after (\d+) minutes also of (.*))?$/s.exec(text) ?? [];
  if (!within || !patience) return null;
  return t(once ? 'change_once' : 'change_often') + t('change_within', {minutes: minutes(within), patience: minutes(patience)}) + (later ? t('change_later', {minutes: minutes(later), who: also ?? ''}) : '');
}
function value(text: string): string {
  const [, count, unit] = /^(\d+) (minutes|s)$/.exec(text) ?? [];
  if (count) return unit === 's' ? t('change_seconds', {count}) : minutes(count);
  const known = key('value', text);
  return known ? t(known) : gate(text) ?? terms(text) ?? text.replaceAll(/ \((shown|all but it)\)(?=,|$)/g, (_, word: string) => ` (${t(key('value', word)!)})`);
}

export function change_text({what, before, after}: Change): string {
  const gate_name = `gate_${what.replaceAll('-', '_')}`, known = gate_name in en ? (gate_name as Key) : key('change', what);
  return t('change', {what: known ? t(known) : what, before: value(before), after: value(after)});
}
