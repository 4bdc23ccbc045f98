import {counted, t} from './i18n.svelte';
import {explained} from './refusals';
import {said, type Saying} from './said';

// What the gateway says of sessions and recordings in sentences of its own, in the reader's language; why it refuses something, refusals.ts.

const endings: Saying[] = [
  [/^the user left$/, 'ending_left'], [/^the user did not go on$/, 'ending_did_not_go_on'], [/^the client fell silent$/, 'ending_silent'],
  [/^the connection to the client is lost$/, 'ending_lost'], 
  [/^ended by the gateway: You have signed out of the portal, or your sign-in has run out\.$/, 'ending_signed_out'], [/^ended by the gateway: Your account was disabled(?: in the directory)?\.$/, 'ending_disabled'],
  [/^ended by the gateway: The approval of this session was revoked by ([A-Za-z0-9._-]+)\.$/, 'ending_revoked', ['user']], [/^ended by the gateway: The approval of this session was revoked by ([A-Za-z0-9._-]+): (.*)$/s, 'ending_revoked_for', ['user', 'message']],
  [/^not approved: Nobody has decided on the request \S+ in time\.$/, 'ending_undecided'], [/^not approved: The request \S+ was cancelled by (\S+)\.$/, 'ending_cancelled', ['user']], [/^not approved: The approval \S+ was revoked by (\S+)\.$/, 'ending_revoked', ['user']],
  [/^ended by the gateway: (.*)$/s, 'ending_ordered', ['message']], [/^the gateway stopped( while the user's connection was lost)?$/, 'ending_gateway'],
  [/^the longest time for a session is over$/, 'ending_longest'], [/^nothing was typed or clicked for (\d+) s$/, 'ending_idle', ['seconds']], [/^not approved: (.*)$/s, 'ending_not_approved', ['message']],
  [/^recording failed: (.*)$/s, 'ending_recording', ['machine']], [/^target: (.*)$/s, 'ending_target', ['machine']], [/^denied: (.*)$/s, 'ending_denied', ['machine']], [/^the relay died(?: \((.*)\))?$/s, 'ending_died', ['machine']],
];
const reasons_to_keep: Saying[] = [
  [/^kept: legal hold \((.*)\)$/s, 'keep_hold', ['reason']], [/^kept: quarantined, somebody has to decide$/, 'keep_quarantined'], [/^kept: not finished$/, 'keep_unfinished'],
  [/^kept: its rule named the retention class "(.*)", which is not configured$/, 'keep_class_missing', ['name']], [/^kept: no retention class names it$/, 'keep_no_class'],
  [/^kept: class "(.*)" for another (\d+) days?$/, 'keep_class', ['name', 'left']], [/^kept: class "(.*)" for another (\d+) days?, in the archive$/, 'keep_class_archived', ['name', 'left']],
  [/^class "(.*)" archives films (\d+) days? after the session, which are over$/, 'archive_class', ['name', 'days']], [/^class "(.*)" keeps recordings for (\d+) days? after the session, which are over$/, 'delete_class', ['name', 'days']],
];
const to_review: Saying[] = [[/^the policy (.*)$/s, 'review_of_policy', ['file']], [/^the rule "(.*)"$/s, 'review_of_rule', ['name']]];
// What of the policy is to be reviewed.
export const reviewed = (text: string): string => said(text, to_review) ?? text;

// Why a session ended.
export function ending(text: string): string {
  const [, before = text, gone] = /^(.*)(, and the user did not come back)$/s.exec(text) ?? [];
  return (said(before, endings, (name, value) => (name === 'machine' ? explained(value) : value)) ?? before) + (gone ? t('ending_not_back') : '');
}

// Why the retention plan keeps a recording, or lets it go.
export const why_kept = (text: string): string => said(text, reasons_to_keep, (name, value) => (name === 'left' ? counted('days_left', Number(value)) : value)) ?? text;
