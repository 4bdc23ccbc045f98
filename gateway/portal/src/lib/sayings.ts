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

// Why somebody may not, or why it cannot be.
const refusals: Saying[] = [
  [/^nobody decides on a request of their own$/, 'refusal_own'], [/^(?:you are|\S+ is) none of those who may (?:decide|review)\b.*$/s, 'refusal_not_named'], [/^\S+ has decided on the request already$/, 'refusal_decided'],
  [/^the request \S+ is \w+ and cannot be .*$/, 'refusal_over'], [/^nobody has decided on the request \S+ yet$/, 'refusal_waiting'], [/^somebody who approved the request \S+ has been disabled since; ask again$/, 'refusal_disabled'],
  [/^no rule of the policy (?:lets you|allows \S+ to) connect to (\S+?)(?: .*)?$/s, 'refusal_connect', ['target']], [/^the policy does not allow (?:it|exports of this recording)(?:, whoever agrees)?(?: \(rule ".*"\))?$/, 'refusal_policy'],
  [/^the policy does not let the recording pause \(rule ".*"\)$/, 'refusal_pause'], [/^the policy knows no emergency here$/, 'refusal_emergency'], [/^nobody has to approve it$/, 'refusal_free'], [/^it has to be asked for first\b.*$/s, 'refusal_ask_first'],
  [/^[Aa] reason is required\.?$/, 'refusal_reason'], [/^A ticket number is required that looks like (.*)\.$/s, 'refusal_ticket', ['pattern']], [/^(?:an export|an emergency) needs a reason$/, 'refusal_reason'], [/^the reason or the ticket is too long$/, 'refusal_long'],
  [/^You have as many sessions as you may have at a time \((\d+)\b.*$/s, 'refusal_your_sessions', ['count']], [/^The target ".*" has as many sessions as it may have at a time \((\d+)\b.*$/s, 'refusal_target_sessions', ['count']],
  [/^The target "(.*)" has refused the stored credential, which is set aside\b.*$/s, 'refusal_credential', ['target']], [/^it takes the shares of (\d+) custodians; (\d+) were given$/, 'refusal_shares', ['needed', 'given']],
  [/^(?:this needs an administrator of everything|this takes (?:an administrator|a role) whose scope is everything|this needs a role that is not bound to some targets)$/, 'refusal_everything'], [/^your role does not cover a target with these tags$/, 'refusal_tags'],
  [/^you cannot disable yourself$/, 'refusal_yourself'], [/^nobody changes their own rights; another administrator does$/, 'refusal_own_rights'], [/^the role was taken back$/, 'refusal_taken_back'],
  [/^the emergency was reviewed already, by (\S+)$/, 'refusal_reviewed', ['reviewer']], [/^the end must be later than the beginning$/, 'refusal_order'], [/^a review says what was found$/, 'refusal_review'],
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
    case 'denied': return error.detail ? t('error_denied_because', {detail: said(error.detail, refusals)}) : t('error_denied');
    case 'not_found': return t('error_not_found');
    case 'wrong_credentials': return t('error_wrong_credentials');
    case 'provider_refused': return t('error_provider_refused');
    case 'too_many_tries': return t('error_too_many_tries');
    case 'busy': return t('error_busy');
    case 'changed': return t('error_changed');
    case 'conflict': return t('error_conflict', {detail: said(error.detail, refusals)});
    case 'invalid': return t('error_invalid', {detail: said(error.detail, [...objections, ...refusals])});
    default: return t('error_code', {code: error.detail || error.code});
  }
}
