import {t, type Key} from './i18n.svelte';

// A sentence of the gateway, and what it is in the reader's language. What stands in a group is not translated: names, and what somebody typed.
export type Saying = [sentence: RegExp, text: Key, groups?: string[]];

// `null` where it is none of these: a newer gateway may say something else.
export function said(sentence: string, sayings: Saying[], word = (_name: string, value: string): string => value): string | null {
  for (const [pattern, key, names = []] of sayings) {
    const found = pattern.exec(sentence);
    if (found) return t(key, Object.fromEntries(names.map((name, n) => [name, word(name, found[n + 1] ?? '')])));
  }
  return null;
}

// Who did something: a user's name, or an account of the gateway's machine (gateway/serve/admin_socket.cpp).
export function person(name: string): string {
  const [, account] = /^(.*) on the command line$/.exec(name) ?? [];
  return account === undefined ? name : t('on_command_line', {account});
}
