import {expect, test} from 'vitest';
import {ApiError} from '../src/lib/api';
import {preferences} from '../src/lib/i18n.svelte';
import {mark, reason} from '../src/lib/refusals';
import contract from '../../http/openapi.yaml?raw';

const said_in = (language: 'en' | 'de', code: string, detail = ''): string => {
  preferences.language = language;
  const out = reason(new ApiError(code, 400, detail));
  preferences.language = 'en';
  return out;
};

test('each code of the contract has a text of its own in both languages', () => {
  const codes = /^ {4}Problem:$[\s\S]*?code: \{type: string, enum: \[([^\]]+)\]/m.exec(contract)?.[1]?.split(', ') ?? [];
  expect(codes.length).toBeGreaterThan(15);
  for (const code of [...codes, 'offline']) {
    const [english, german] = [said_in('en', code), said_in('de', code)];
    for (const text of [english, german]) expect(text, code).not.toMatch(/The gateway says|Das Gateway sagt|\{|_/);
    expect(english, code).not.toBe(german);
  }
  expect(said_in('de', 'to_come')).toBe(`Das Gateway sagt: ${mark}to_come${mark}`);
});

// What those sources answer with, each sentence with something in place of what it names. Whoever adds one there is told to say it here.
const sources = import.meta.glob<string>([
  '../../http/*_handlers.cpp', '../../http/{api,call,authentication,idempotency,message}.cpp', '../../approvals/*.cpp', '../../access/{web_access,entitlements}.cpp', '../../policy/gate.cpp',
  '../../serve/{decision,export,exports,joining,live_hub,openings,original,quarantine,recording_pause,reviews,session_control,target_account,target_opening,target_probe}.cpp',
  '../../../storage/custody/shares.cpp', '../../../storage/catalog/{columns,deletions,remarks,reviews,roles,sign_ins,targets,text_index,users}.cpp',
], {query: '?raw', import: 'default', eager: true});
const codes: Record<string, string> = {invalid: 'invalid', unsupported: 'unsupported', exists: 'conflict', denied: 'denied', unavailable: 'busy'};
function sentences(source: string): [code: string, sentence: string][] {
  const whole = source.replaceAll(/\s*\n\s*/g, ' ');
  const with_values = (expression: string) => expression.split(/("(?:[^"\\]|\\.)*")/).map((part) => (part.startsWith('"') ? JSON.parse(part) as string : /\w/.test(part) ? '7' : '')).join('');
  return [
    ...[...whole.matchAll(/ErrorKind::(\w+), ((?:[^{};"]|"(?:[^"\\]|\\.)*")+)\}/g)].filter(([, kind]) => kind! in codes).map(([, kind, expression]): [string, string] => [codes[kind!]!, with_values(expression!)]),
    ...[...whole.matchAll(/problem\(\d+, "(\w+)", ("(?:[^"\\]|\\.)*")\)/g)].map(([, code, text]): [string, string] => [code!, JSON.parse(text!) as string]),
  ];
}
// What no page can make the gateway say: of the command line, of tokens for programs, of sign-in, which tells less, and of its own mistakes.
const for_others = [
  /^a token needs/, /^there is no role "/, /^member "name" must not be empty$/, /^recording 7 (?:is not finished|is under a legal hold: )/, /^a recording is deleted with its signed tombstone$/, /^no token of ours$/,
  /^(?:".*" has not the role|wrong |this is no API token|API token|user "|web session|".*" has signed out|".*" is no user's name|too many people sign in|a secret's digest)/, /^this code of/,
  /^it was not 7 that used/, /^breaking the glass|no glass to break$/, /^what is reviewed is/, /^member "files"/, /^this segment is outside/, /^no gate of this kind$/, /^others ask for much/, /^there is no memory to/, /^you may give the password of your own account only$/, /^a target's account is/, /^nobody may sign in to target/, /^no share was given$/, /custodians cannot be$/, /^this is no journal key$/, /is no recording's id$/, /^too many idempotency keys/, /^7 \(rule "7"\)/, /custodians to seal the original for$|^the original cannot be sealed: /, /must be UTF-8 text without NUL|lower-case hex digits$/, /^7$/, /^77*$/,
];
test('each sentence that a page can be refused with is said in German, or is of those for others', () => {
  const all = Object.entries(sources).flatMap(([file, text]) => sentences(text).map((one) => [file, ...one] as const));
  expect(Object.keys(sources).length).toBeGreaterThan(35);
  expect(all.length).toBeGreaterThan(120);
  const unsaid = all.filter(([, code, sentence]) => said_in('de', code, sentence).includes(mark) || (code === 'busy' && said_in('de', code, sentence) === said_in('de', 'busy'))).filter(([, , sentence]) => !for_others.some((one) => one.test(sentence)));
  expect(unsaid).toEqual([]);
  expect(for_others.filter((one) => !all.some(([, , sentence]) => one.test(sentence)))).toEqual([]);
});
