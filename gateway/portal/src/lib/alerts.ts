import type {Alert, Role} from './api';
import {en} from '../texts/en';
import {t, type Key} from './i18n.svelte';

export const severity_tone = {info: 'plain', warning: 'warn', critical: 'bad'} as const;
export const delivery_tone = {sent: 'good', waiting: 'warn', given_up: 'bad'} as const;

// secret.RULE is a family, and a newer gateway may have kinds of its own.
export function alert_text(kind: string): string {
  if (kind.startsWith('secret.')) return t('alert_secret', {rule: kind.slice('secret.'.length)});
  const key = `alert_${kind.replace('.', '_')}`;
  return key in en ? t(key as Key) : kind;
}

// The page of what it is about, where these roles have one.
export function alert_page(alert: Alert, roles: Role[]): string | null {
  const has = (...any: Role[]) => any.some((role) => roles.includes(role));
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(alert.subject)) return null;
  if (/^(redaction\.(failed|degraded)|recording\.failed|secret\.|session\.)/.test(alert.kind)) return has('auditor', 'compliance') ? `/recordings/${alert.subject}` : null;
  if (alert.kind.startsWith('approval.')) return has('approver', 'auditor', 'compliance') ? `/approvals/${alert.subject}` : null;
  return null;
}
