import type {ApiError} from './api';
import {t, type Key} from './i18n.svelte';

// What the gateway says in sentences of its own, in the reader's language. What stands in a group is not translated: names, and what somebody typed.
type Saying = [RegExp, Key, string[]?];

const endings: Saying[] = [
  [/^the user left$/, 'ending_left'], [/^the user did not go on$/, 'ending_did_not_go_on'], [/^the client fell silent$/, 'ending_silent'],
  [/^the connection to the client is lost$/, 'ending_lost'], [/^ended by the gateway: (.*)$/s, 'ending_ordered', ['message']], [/^the gateway stopped( while the user's connection was lost)?$/, 'ending_gateway'],
  [/^the longest time for a session is over$/, 'ending_longest'], [/^nothing was typed or clicked for (\d+) s$/, 'ending_idle', ['seconds']], [/^not approved: (.*)$/s, 'ending_not_approved', ['message']],
  [/^recording failed: (.*)$/s, 'ending_recording', ['message']], [/^target: (.*)$/s, 'ending_target', ['message']], [/^the relay died(?: \((.*)\))?$/s, 'ending_died', ['message']],
];
const reasons_to_keep: Saying[] = [
  [/^kept: legal hold \((.*)\)$/s, 'keep_hold', ['reason']], [/^kept: quarantined, somebody has to decide$/, 'keep_quarantined'], [/^kept: not finished$/, 'keep_unfinished'],
  [/^kept: its rule named the retention class "(.*)", which is not configured$/, 'keep_class_missing', ['name']], [/^kept: no retention class names it$/, 'keep_no_class'],
  [/^kept: class "(.*)" for another (\d+) days?$/, 'keep_class', ['name', 'days']], [/^kept: class "(.*)" for another (\d+) days?, in the archive$/, 'keep_class_archived', ['name', 'days']],
  [/^class "(.*)" archives films (\d+) days? after the session, which are over$/, 'archive_class', ['name', 'days']], [/^class "(.*)" keeps recordings for (\d+) days? after the session, which are over$/, 'delete_class', ['name', 'days']],
];
const objections: Saying[] = [
  [/^a password has at least (\d+) characters$/, 'objection_short', ['count']], [/^a password does not contain the user's name$/, 'objection_name'], [/^this password is one character repeated$/, 'objection_repeated'],
];

// A newer gateway may say something else: then that.
function said(text: string, sayings: Saying[]): string {
  for (const [pattern, key, names = []] of sayings) {
    const found = pattern.exec(text);
    if (found) return t(key, Object.fromEntries(names.map((name, n) => [name, found[n + 1] ?? ''])));
  }
  return text;
}

// Why a session ended.
export function ending(text: string): string {
  const [, before = text, gone] = /^(.*)(, and the user did not come back)$/s.exec(text) ?? [];
  return said(before, endings) + (gone ? t('ending_not_back') : '');
}

// Why the retention plan keeps a recording, or lets it go.
export const why_kept = (text: string): string => said(text, reasons_to_keep);

// Why something that was asked for did not happen, in a sentence.
export function reason(error: ApiError): string {
  switch (error.code) {
    case 'offline': return t('error_offline');
    case 'denied': return error.detail ? t('error_denied_because', {detail: error.detail}) : t('error_denied');
    case 'not_found': return t('error_not_found');
    case 'wrong_credentials': return t('error_wrong_credentials');
    case 'provider_refused': return t('error_provider_refused');
    case 'too_many_tries': return t('error_too_many_tries');
    case 'busy': return t('error_busy');
    case 'changed': return t('error_changed');
    case 'conflict': return t('error_conflict', {detail: error.detail});
    case 'invalid': return t('error_invalid', {detail: said(error.detail, objections)});
    default: return t('error_code', {code: error.detail || error.code});
  }
}
