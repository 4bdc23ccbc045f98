import {en} from '../texts/en';
import {alert_text} from './alerts';
import {alert_sentence} from './alert_sayings';
import type {AuditEntry, Role} from './api';
import {t, type Key} from './i18n.svelte';
import {timed} from './refusals';
import {person} from './said';
import {reviewed} from './sayings';
import {clock} from './times';

export const audit_kinds = ['login', 'decision', 'begun', 'ended', 'published', 'view', 'exported', 'approval', 'deleted', 'restored', 'policy', 'key', 'configuration', 'alert', 'node', 'paused', 'resumed', 'stopped', 'joined', 'left', 'refused_channel', 'copied', 'device'] as const;
export type AuditKind = (typeof audit_kinds)[number];

// A newer gateway may have kinds of its own.
export function kind_text(event: string): string {
  return (audit_kinds as readonly string[]).includes(event) ? t(`audit_${event}` as Key) : event;
}

// Session times are microseconds there, and digests longer than anybody reads.
function word(name: string, value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number' && name.endsWith('_us')) return clock(value / 1e6, true);
  if (name === 'roles' && Array.isArray(value)) return value.map((one) => text_of('role_', String(one))).join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  const wish = `kind_${value.replaceAll('-', '_')}`;
  if (name === 'kind') return wish in en ? t(wish as Key) : alert_text(value);
  if (name === 'outcome') return value === 'works' ? t('works') : text_of('test_', value).replace(/[.;].*$/s, '');
  if (name === 'by' || name === 'approved_by') return person(value);
  if (name === 'event') return kind_text(value);
  if (name === 'scope' && value === '*') return t('scope_all');
  if (name === 'severity' || name === 'role' || name === 'account') return text_of(`${name}_`, value);
  if (name === 'subject_kind') return text_of('subject_', value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return timed(value);
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value;
}

// Requests that change something (gateway/serve/audit_requests.cpp), as people say them; others go by their names.
const requests: Record<string, Key> = {
  'user.add': 'did_user_add',
  'user.disable': 'did_user_disable',
  'user.enable': 'did_user_enable',
  'user.password': 'did_user_password',
  'user.drop_second_factor': 'did_user_drop_second_factor',
  'target.add': 'did_target_add',
  'target.remove': 'did_target_remove',
  'target.credential': 'did_target_credential',
  'target.account': 'did_target_account',
  'target.forget_credential': 'did_target_forget_credential',
  'target.retry': 'did_target_retry',
  'target.test': 'did_target_test',
  'target.pin': 'did_target_pin',
  'ticket.issue': 'did_ticket_issue',
  'sessions.end': 'did_sessions_end',
  'sessions.lock_input': 'did_sessions_lock_input',
  'sessions.unlock_input': 'did_sessions_unlock_input',
  'recordings.retry': 'did_recordings_retry',
  'group.add': 'did_group_add',
  'group.remove': 'did_group_remove',
  'role.bind': 'did_role_bind',
  'role.unbind': 'did_role_unbind',
  'token.create': 'did_token_create',
  'token.revoke': 'did_token_revoke',
  'hold.add': 'did_hold_add',
  'hold.release': 'did_hold_release',
  'recordings.segments': 'did_watch',
  'recordings.segment': 'did_watch',
  'recordings.storyboard': 'did_pictures',
  'recordings.thumbnail': 'did_pictures',
  'live.watch': 'watched_live',
  'original.shares': 'did_shares',
  'original.open': 'did_original',
  'export.sign': 'did_export',
  'audit log': 'nav_audit',
  'list of recordings': 'nav_recordings',
};

const text_of = (prefix: string, name: string): string => (`${prefix}${name}` in en ? t(`${prefix}${name}` as Key) : name);

// What was asked for comes first.
export function in_short(entry: AuditEntry): string {
  const {request, what, ...rest} = entry.detail ?? {};
  if (entry.event === 'alert' && typeof rest.kind === 'string' && typeof rest.text === 'string') rest.text = alert_sentence({kind: rest.kind, text: rest.text});
  const first = [request, what].filter((one): one is string => typeof one === 'string' && one !== '').map((one) => (one in requests ? t(requests[one]!) : text_of('went_', one)));
  return [...first, ...Object.entries(rest).filter(([, value]) => value !== '' && JSON.stringify(value) !== '{}').map(([name, value]) => `${text_of('field_', name.replace(/_us$/, ''))}: ${word(name, value)}`)].join(' · ');
}

// Whether the gateway said no.
export function refused(entry: AuditEntry): boolean {
  const detail = entry.detail ?? {};
  return 'denied' in detail || (entry.event === 'device' && detail.what === 'denied') || [detail.accepted, detail.allowed, detail.taken].includes(false);
}

// The page of what the entry is about, where these roles have one.
export function link_of(entry: AuditEntry, roles: Role[]): string | null {
  const watches = roles.includes('auditor') || roles.includes('compliance');
  if (!watches || (entry.event === 'decision' && refused(entry)) || !/^[A-Za-z0-9._-]{1,64}$/.test(entry.subject)) return null;
  if (entry.event === 'approval') return `/approvals/${entry.subject}`;
  if (['begun', 'published', 'ended', 'view', 'decision', 'paused', 'resumed', 'stopped', 'joined', 'left', 'refused_channel', 'copied', 'device'].includes(entry.event) || (entry.event === 'exported' && entry.subject !== 'audit' && entry.subject !== 'recordings')) return `/recordings/${entry.subject}`;
  return null;
}

// What the entry is about. Alerts of rights have a sentence there, which their text says again.
export function subject_of(entry: AuditEntry): string {
  if (entry.event === 'alert' && / /.test(entry.subject)) return '–';
  return entry.subject === 'who may do what' ? t('review_access') : reviewed(entry.subject);
}
