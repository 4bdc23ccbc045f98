import {counted, t, type Key} from './i18n.svelte';

// The kinds of secrets that a reader of a report tells apart. The rules' names are redaction's (redaction/detectors).
export const kinds = ['password', 'key', 'token', 'hash', 'pin', 'card', 'iban', 'labelled', 'random', 'strict', 'named'] as const;
export type SecretKind = (typeof kinds)[number];

const exact: Record<string, SecretKind> = {
  'label.password': 'password', 'label.pin': 'pin', 'label.token': 'token', 'label.key': 'token', 'label.secret': 'token', 'label.authorization': 'token', 'command.bearer': 'token', 'command.set_token': 'token',
  'url.signature': 'token', 'url.user_info': 'password', 'file.netrc': 'password', 'file.pgpass': 'password', 'entropy.password': 'password', 'entropy.run': 'random', 'strict.token': 'strict', 'number.card': 'card', 'number.iban': 'iban',
};
const families: Record<string, SecretKind> = {token: 'token', pem: 'key', file: 'hash', command: 'password', known: 'password', label: 'labelled', custom: 'named'};

// What no rule of redaction's own found, the policy names: its regions and detectors.
export function kind_of(rule: string): SecretKind {
  return exact[rule] ?? families[family_of(rule)] ?? 'named';
}

const family_of = (rule: string): string => rule.split('.')[0] ?? '';

// Of a kind, the rules as the list of recordings is asked for them: each, whole families, and with a hyphen what is of another kind there.
export function rules_of(kind: SecretKind): string {
  const whole = Object.keys(families).filter((one) => families[one] === kind), rules = Object.keys(exact);
  return [
    ...rules.filter((rule) => exact[rule] === kind && !whole.includes(family_of(rule))), ...whole.map((one) => `${one}.*`),
    ...rules.filter((rule) => exact[rule] !== kind && whole.includes(family_of(rule))).map((rule) => `-${rule}`),
  ].join(',');
}

export const kind_name = (kind: SecretKind): string => t(`secrets_${kind}` as Key);

export function by_kind(masks_by_rule: Record<string, number>): [SecretKind, number][] {
  const out = new Map<SecretKind, number>();
  for (const [rule, count] of Object.entries(masks_by_rule)) out.set(kind_of(rule), (out.get(kind_of(rule)) ?? 0) + count);
  return [...out].sort((a, b) => b[1] - a[1] || kinds.indexOf(a[0]) - kinds.indexOf(b[0]));
}

// "3 passwords, 1 private key"
export function in_a_row(masks_by_rule: Record<string, number>): string {
  return by_kind(masks_by_rule).map(([kind, count]) => counted(`secret_${kind}` as Key, count)).join(', ');
}
