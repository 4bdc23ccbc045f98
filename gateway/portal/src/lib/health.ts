import {en} from '../texts/en';
import {t, type Key} from './i18n.svelte';
import {foreign, timed} from './refusals';
import {said, type Saying} from './said';

// A part that must work; one of a newer gateway by the name that it has there.
export const health_name = (part: string): string => (part.startsWith('provider ') ? t('health_provider', {name: part.slice('provider '.length)}) : `health_${part}` in en ? t(`health_${part}` as Key) : part);

// What is wrong with one (gateway/http/health.cpp, and whom it asks). What a machine says is English, and marked as foreign().
const troubles: Saying[] = [
  [/^(.*) cannot be written to$/s, 'health_not_written', ['place']], [/^(.*) is nearly full: (\d+) MiB are free, and (\d+) MiB are kept for the sessions that run$/s, 'health_full', ['place', 'free', 'reserve']],
  [/^cannot see how much is free in (.*): (.*)$/s, 'health_space', ['place', 'machine']], [/^the listeners' certificate ends at (\S+)$/, 'health_certificate_ends', ['moment']], [/^it is another key than the one in use$/, 'health_other_key'],
  [/^a redaction worker could not be started: (.*)$/s, 'health_worker', ['machine']], [/^(\S+) does not take what waits for it: (.*)$/s, 'health_sink', ['sink', 'machine']],
];
// Where the main key is (gateway/serve/key_provider.cpp).
const places: Saying[] = [[/^key file (.*)$/s, 'place_file', ['place']], [/^credential (.*)$/s, 'place_credential', ['place']], [/^key "(.*)" of the token "(.*)"$/s, 'place_token', ['key', 'token']]];
export const place_of_key = (text: string): string => said(text, places) ?? text;

export const health_trouble = (detail: string): string =>
  said(detail, troubles, (name, value) => (name === 'machine' ? foreign(value) : name === 'moment' ? timed(value) : value)) ?? foreign(detail);
