import {en} from '../texts/en';
import {counted, t, type Key} from './i18n.svelte';
import {foreign} from './refusals';
import {said, type Saying} from './said';

// Why the policy decides as it does (gateway/http/system_handlers.cpp), in the reader's language. Names, and patterns, are the policy's.
const sentences: Saying[] = [
  [/^"(.*)" does not match: (\w+)\.$/s, 'explain_passed', ['rule', 'condition']], [/^And more that do not match\.$/, 'explain_more'], [/^No rule matches, so the answer is no\.$/, 'explain_none'],
  [/^The first rule that matches is "(.*)"\.$/s, 'explain_first', ['rule']], [/^It denies\.$/, 'explain_denies'],
];
const named = (prefix: string, name: string): string => (`${prefix}${name.replaceAll('-', '_')}` in en ? t(`${prefix}${name.replaceAll('-', '_')}` as Key) : name);

export function explained_rule(sentence: string): string {
  const [, gate, needs, approvals, reason, , ticket] = /^([a-z-]+): (nobody|allowed|(\d+) approval\(s\) needed)(, with a reason)?(, with a ticket that matches (.*))?$/s.exec(sentence) ?? [];
  if (gate && needs) {
    const first = approvals ? counted('needs_approvals', Number(approvals)) : t(needs === 'nobody' ? 'explain_nobody' : 'explain_free');
    const asked = [...(reason ? [t('needs_reason')] : []), ...(ticket ? [`${t('needs_ticket')} (${ticket})`] : [])].join(', ');
    return `${named('gate_', gate)}: ${first}${asked ? t('explain_asks', {list: asked}) : ''}`;
  }
  return said(sentence, sentences, (name, value) => (name === 'condition' ? named('condition_', value) : value)) ?? foreign(sentence);
}
