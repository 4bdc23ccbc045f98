import type {ApiError} from './api';
import {en} from '../texts/en';
import {preferences, t, type Key} from './i18n.svelte';
import {said, type Saying} from './said';

// Why the gateway did not do what was asked, in the reader's language: by the code of its problem document (openapi.yaml, Problem), and by the sentence
// in it. texts.test.ts fails when the contract has a code, or its handlers a sentence, that is not here.
const refusals: Saying[] = [
  // Deciding, and what is to be decided first.
  [/^nobody decides on a request of their own$/, 'refusal_own'], [/^(?:you are|\S+ is) none of those who may (?:decide|review)\b.*$/s, 'refusal_not_named'], [/^\S+ has decided on the request already$/, 'refusal_decided'],
  [/^the request \S+ is \w+ and cannot be .*$/, 'refusal_over'], [/^the request \S+ was no emergency$/, 'refusal_over'], [/^nobody has agreed to this request, or it is over$/, 'refusal_over'], [/^only \S+ can cancel the request \S+$/, 'refusal_cancel'],
  [/^nobody has decided on the request \S+ yet$/, 'refusal_waiting'], [/^somebody who approved the request \S+ has been disabled since; ask again$/, 'refusal_disabled'], [/^somebody has to agree to this export first$/, 'refusal_ask_first'],
  [/^no rule of the policy (?:lets you|allows \S+ to) connect to (\S+?)(?: .*)?$/s, 'refusal_connect', ['target']], [/^the policy does not allow (?:it|exports of this recording)(?:, whoever agrees)?(?: \(rule ".*"\))?$/, 'refusal_policy'],
  [/^the policy lets nobody watch this original \(rule ".*"\)$/, 'refusal_policy'], [/^nobody opens an original alone, .*$/, 'refusal_policy'], [/^the policy lets nobody join this session \(rule ".*"\)$/, 'refusal_policy'], [/^nobody joins a session of their own$/, 'refusal_policy'], [/^nobody joins without somebody's word$/, 'refusal_ask_first'],
  [/^the policy does not let the recording \w+ \(rule ".*"\)$/, 'refusal_pause'], [/^the policy knows no emergency here$/, 'refusal_emergency'], [/^nobody has to approve it$/, 'refusal_free'], [/^it has to be asked for first\b.*$/s, 'refusal_ask_first'],
  [/^it needs \d+ approval\(s\) \(rule .*$/s, 'refusal_ask_first'], [/^the film of \S+ is not open to you$/, 'refusal_ask_first'], [/^too many are at the request \S+ at the same time; try again$/, 'refusal_crowd'],
  [/^the emergency was reviewed already, by (\S+)$/, 'refusal_reviewed', ['reviewer']], [/^a review says what was found$/, 'refusal_review'], [/^only an auditor or compliance officer of everything signs reviews$/, 'refusal_signs'],
  [/^it has changed since it was looked at; look again$/, 'refusal_looked'], [/^it is signed already by (\S+); .*$/s, 'refusal_signed', ['reviewer']],
  // Reasons, tickets, times, names.
  [/^[Aa] reason is required\.?(?: \(rule .*)?$/s, 'refusal_reason'], [/^A ticket number is required that looks like (.*?)\.(?: \(rule .*)?$/s, 'refusal_ticket', ['pattern']], [/^(?:an export|an emergency|a legal hold) needs a reason(?:, and who asks for it)?$/, 'refusal_reason'],
  [/^a hold is placed, and released, for a reason$/, 'refusal_reason'], [/^an original is opened by somebody, for a reason$/, 'refusal_reason'], [/^the reason or the ticket is too long$/, 'refusal_long'], [/^a comment has at most (\d+) bytes$/, 'refusal_too_long', ['count']], [/^a review's texts have (\d+) bytes at most$/, 'refusal_too_long', ['count']],
  [/^the end must be later than the beginning$/, 'refusal_order'], [/^member "to" must be later than "from"(?:, and both are needed)?$/, 'refusal_order'], [/^member "area" must be x, y, width and height within a screen$/, 'region_wrong'], [/^member "share" must be hexadecimal digits.*$/, 'share_wrong'], [/^.* is no share, or was cut or changed: .*$/s, 'share_wrong'],
  [/^.* has 1 to 64 letters, digits, .*$/s, 'refusal_name_form'], [/^a group's name has 1 to 256 bytes, and no control characters$/, 'refusal_group_form'], [/^a scope is "\*", or terms .*$/s, 'refusal_scope'], [/^a role's scope has at most 512 bytes$/, 'refusal_scope'],
  [/^member "(\w+)" must be text of at most (\d+) bytes$/, 'refusal_member_long', ['field', 'count']], [/^member "(\w+)" must be a (?:whole )?number from (\S+) to (\S+)$/, 'refusal_member_number', ['field', 'least', 'most']], [/^member "(\w+)" must .*$/s, 'refusal_member', ['field']],
  [/^parameter "(\w+)" (?:must be|is) .*$/s, 'refusal_parameter', ['field']], [/^this is no cursor$/, 'refusal_page_old'], [/^a page has 1 to \d+ rows$/, 'refusal_page_old'], [/^".*" is no (status) of a recording$/s, 'refusal_parameter', ['field']],
  [/^the beginning of a word has two letters at least$/, 'refusal_letters'], [/^there is no word to look for$/, 'refusal_no_word'],
  [/^(?:the body .*|there is no member ".*" here|the address .*|this is for a WebSocket .*|an Idempotency-Key has .*|this idempotency key .*)$/s, 'refusal_page_old'], [/^the first request with this idempotency key is still being worked on$/, 'refusal_working'],
  // What is there already, and what is not.
  [/^there is already a target (\S+)$/, 'refusal_exists', ['name']], [/^there is already a user (\S+)$/, 'refusal_exists', ['name']], [/^\S+ .* has the role \S+ on ".*" already$/s, 'refusal_has_role'], [/^a target needs a host$/, 'refusal_host'], [/^a target needs a port from 1 to 65535$/, 'refusal_port'], [/^a tag needs a name$/, 'refusal_tag'],
  [/^recording \S+ is under a legal hold already$/, 'refusal_held'], [/^by the audit log recording \S+ is under a legal hold \(.*$/s, 'refusal_hold_missing'], [/^recording \S+ (?:has not failed|is not quarantined; .*)$/s, 'refusal_not_failed'], [/^recording \S+ is quarantined: .*$/s, 'refusal_quarantined'], [/^recording \S+ has no film(?: yet)?\b.*$/s, 'refusal_no_film'],
  [/^the recording of \S+ is paused or stopped already$/, 'refusal_paused'], [/^a remark has a text and a moment$/, 'refusal_remark'], [/^recording \S+ has as many remarks as it may$/, 'refusal_remarks'], [/^\S+ has a second factor already$/, 'refusal_factor'], [/^the password of \S+ is the directory's, and is changed there$/, 'refusal_directory'],
  [/^the export \S+ is not done$/, 'error_not_ready'], [/^there are too many exports; .*$/, 'refusal_exports'], [/^another backup is being made$/, 'refusal_working'],
  // Sessions and machines.
  [/^You have as many sessions as you may have at a time \((\d+)\b.*$/s, 'refusal_your_sessions', ['count']], [/^The target ".*" has as many sessions as it may have at a time \((\d+)\b.*$/s, 'refusal_target_sessions', ['count']],
  [/^The target "(.*)" has refused the stored credential, which is set aside\b.*$/s, 'refusal_credential', ['target']], [/^No account of yours is stored for the target "(.*)"\. Tell\b.*$/s, 'refusal_no_account', ['target']], [/^who connects to (\S+) types their own password: .*$/, 'refusal_asked', ['target']], [/^everybody has an account of their own on (\S+); .*$/, 'refusal_whose', ['target']], [/^nobody has an account of their own on (\S+)$/, 'refusal_nobodys', ['target']],
  [/^The gateway has no account that it could use on the target "(.*)"\. Tell\b.*$/s, 'refusal_account', ['target']], [/^The target "(.*)" has refused too many passwords lately\b.*$/s, 'refusal_passwords', ['target']], [/^the gateway does not listen for RDP clients$/, 'refusal_no_rdp'], [/^the recording of a session pauses or stops for its own user alone, .*$/s, 'refusal_their_own'],
  [/^The gateway's disk is nearly full\b.*$/s, 'refusal_disk'], [/^The target "(.*)" cannot be reached\b.*$/s, 'refusal_unreachable', ['target']],
  [/^session \S+ cannot be watched: .*$/s, 'refusal_not_followed'], [/^too many watch already$/, 'refusal_watchers'], [/^a WebSocket of another site's page, or of no page$/, 'refusal_other_site'],
  // Originals.
  [/^it takes the shares of (\d+)(?: of \d+)? custodians; (?:only )?(\d+) were given$/, 'refusal_shares', ['needed', 'given']], [/^.* is of the recording \S+, not of \S+$/s, 'refusal_share_other'], [/^.* does not belong together with share \d+: .*$/s, 'refusal_share_split'], [/^.* is the same as .*$/s, 'refusal_share_twice'],
  [/^who watches an original gives no share of it$/, 'refusal_watches'], [/^only (\S+), who asked for it, opens it$/, 'refusal_asker', ['user']], [/^this original is open already$/, 'refusal_open'], [/^this original is not open$/, 'refusal_not_open'],
  [/^there is no custodian \d+$/, 'refusal_custodian'], [/^the share of custodian (\d+) is here already$/, 'refusal_share_here', ['number']], [/^too many originals are open at this moment$/, 'refusal_openings'], [/^this span of film is too large: .*$/, 'refusal_span'], [/^recording \S+ has no original: .*$/s, 'original_none'],
  [/^the journal of recording \S+ lies on (.*): open it there$/, 'refusal_node', ['node']], [/^the session shows nothing in that span$/, 'refusal_nothing'],
  // Rights.
  [/^your roles do not let you do this$/, 'error_denied_hint'], [/^(?:this needs an administrator of everything|this takes (?:an administrator|a role) whose scope is everything|this needs a role that is not bound to some targets)$/, 'refusal_everything'], [/^your role does not cover a target with these tags$/, 'refusal_tags'],
  [/^you cannot disable yourself$/, 'refusal_yourself'], [/^nobody changes their own rights; another administrator does$/, 'refusal_own_rights'], [/^the role was taken back$/, 'refusal_taken_back'], [/^change your own password by giving the one you have$/, 'refusal_own_password'], [/^this needs a sign-in, not a token$/, 'refusal_token'],
  // Passwords.
  [/^a password has at least (\d+) characters$/, 'objection_short', ['count']], [/^a password does not contain the user's name$/, 'objection_name'], [/^this password is one character repeated$/, 'objection_repeated'],
];

// Codes whose text says all, by the key of it; the others' have the gateway's sentence in them.
const codes: Record<string, Key> = {
  offline: 'error_offline', not_signed_in: 'error_not_signed_in', totp_needed: 'error_totp_needed', wrong_credentials: 'error_wrong_credentials', provider_refused: 'error_provider_refused', too_many_tries: 'error_too_many_tries', csrf: 'error_csrf',
  not_found: 'error_not_found', method_not_allowed: 'error_page_old', changed: 'error_changed', too_large: 'error_too_large', range: 'error_range', not_ready: 'error_not_ready_hint', internal: 'error_internal',
};
const with_a_sentence: Record<string, [why: Key, alone: Key]> = {
  denied: ['error_denied_because', 'error_denied'], approval_needed: ['error_denied_because', 'clip_needs_approval'], conflict: ['error_conflict', 'error_other'], invalid: ['error_invalid', 'error_other'], unsupported: ['error_invalid', 'error_page_old'], busy: ['error_conflict', 'error_busy'],
};

// What such a sentence says.
export const explained = (sentence: string): string => said(sentence, refusals) ?? foreign(sentence);

// A member of a request, as the page calls its field.
const field = (name: string): string => (`field_${name}` in en ? t(`field_${name}` as Key) : name);

// Why something that was asked for did not happen, in a sentence. What is in it of a machine, or of a newer gateway, is marked as foreign().
export function reason(error: ApiError): string {
  const {code, detail} = error;
  if (code in codes) return t(codes[code]!);
  if (!(code in with_a_sentence)) return t('error_code', {code: foreign(detail || code)});
  const [why, alone] = with_a_sentence[code]!;
  const known = said(detail, refusals, (name, value) => (name === 'field' ? field(value) : value));
  if (code === 'busy' && known === null) return t('error_busy');  // of what is ours nothing is told
  return detail ? t(why, {detail: known ?? foreign(detail)}) : t(alone);
}

// English for a reader of another language stands between two of these, which nobody sees, and a time of ISO 8601 between two of the others; Words.svelte makes marked-up
// text of them.
export const mark = '\u2063', time_mark = '\u2064';
export const foreign = (text: string): string => (preferences.language === 'en' ? text : `${mark}${text.replaceAll(mark, '')}${mark}`);
export const timed = (iso: string): string => `${time_mark}${iso}${time_mark}`;

export interface Piece {text: string; kind: 'ours' | 'foreign' | 'time'}
// What Words.svelte shows of a text. What looks like a time and is none stays text.
export function pieces(text: string): Piece[] {
  return text.split(new RegExp(`(${mark}[^${mark}]*${mark}|${time_mark}[-0-9T:.]{10,30}Z${time_mark})`)).filter((part) => part !== '').map((part) => {
    const inside = part.slice(1, -1);
    const between = (sign: string) => part.length > 1 && part.startsWith(sign) && part.endsWith(sign);
    if (between(mark)) return {text: inside, kind: 'foreign'};
    if (between(time_mark) && !Number.isNaN(Date.parse(inside))) return {text: inside, kind: 'time'};
    return {text: part, kind: 'ours'};
  });
}
