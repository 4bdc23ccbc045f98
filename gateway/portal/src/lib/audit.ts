import type {AuditEntry, Role} from './api';
import {t, type Key} from './i18n.svelte';
import {clock} from './times';

export const audit_kinds = ['login', 'decision', 'begun', 'ended', 'published', 'view', 'exported', 'approval', 'deleted', 'restored', 'policy', 'key', 'configuration', 'alert', 'node'] as const;
export type AuditKind = (typeof audit_kinds)[number];

// A newer gateway may have kinds of its own.
export function kind_text(event: string): string {
  return (audit_kinds as readonly string[]).includes(event) ? t(`audit_${event}` as Key) : event;
}

// Session times are microseconds there, and digests longer than anybody reads.
function word(name: string, value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number' && name.endsWith('_us')) return clock(value / 1e6, true);
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value;
}

// What was asked for comes first.
export function in_short(entry: AuditEntry): string {
  const {request, what, ...rest} = entry.detail ?? {};
  const first = [request, what].filter((one) => typeof one === 'string' && one);
  return [...first, ...Object.entries(rest).filter(([, value]) => value !== '').map(([name, value]) => `${name.replace(/_us$/, '')}: ${word(name, value)}`)].join(' · ');
}

// Whether the gateway said no.
export function refused(entry: AuditEntry): boolean {
  const detail = entry.detail ?? {};
  return 'denied' in detail || [detail.accepted, detail.allowed, detail.taken].includes(false);
}

// The page of what the entry is about, where these roles have one.
export function link_of(entry: AuditEntry, roles: Role[]): string | null {
  const watches = roles.includes('auditor') || roles.includes('compliance');
  if (!watches || (entry.event === 'decision' && refused(entry)) || !/^[A-Za-z0-9._-]{1,64}$/.test(entry.subject)) return null;
  if (entry.event === 'approval') return `/approvals/${entry.subject}`;
  if (['begun', 'published', 'ended', 'view', 'decision'].includes(entry.event) || (entry.event === 'exported' && entry.subject !== 'audit')) return `/recordings/${entry.subject}`;
  return null;
}
