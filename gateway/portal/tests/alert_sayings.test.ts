import {expect, test} from 'vitest';
import {alert_sentence, alert_words} from '../src/lib/alert_sayings';
import {preferences} from '../src/lib/i18n.svelte';
import {timed} from '../src/lib/refusals';
import alert_kinds from '../../alerts/README.md?raw';
import original_handlers from '../../http/original_handlers.cpp?raw';
import alarms from '../../serve/alarms.cpp?raw';
import custodians from '../../serve/custodians.cpp?raw';
import house from '../../serve/house.cpp?raw';
import original from '../../serve/original.cpp?raw';
import joining from '../../serve/joining.cpp?raw';
import pause_watch from '../../serve/pause_watch.cpp?raw';
import policy_requests from '../../serve/policy_requests.cpp?raw';
import quarantine from '../../serve/quarantine.cpp?raw';
import recovery from '../../serve/recovery.cpp?raw';
import relay_broker from '../../serve/relay_broker.cpp?raw';
import retention from '../../serve/retention.cpp?raw';
import target_account from '../../serve/target_account.cpp?raw';
import target_trust from '../../serve/target_trust.cpp?raw';
import trouble from '../../serve/trouble.cpp?raw';
import unusual_sessions from '../../serve/unusual_sessions.cpp?raw';
import {hostile} from './shown';

// What the sources write: adjacent literals are one, and a quote in one is itself.
const source = [original_handlers, alarms, custodians, house, joining, original, pause_watch, policy_requests, quarantine, recovery, relay_broker, retention, target_account, target_trust, trouble, unusual_sessions].join('\n').replace(/"\s*\n\s*"/g, '').replace(/\\"/g, '"');
// A sentence as the gateway makes it: what stands between the values is looked for in the sources, so whoever changes it there is told to change it here.
const unheard: string[] = [];
function said(literals: TemplateStringsArray, ...values: string[]): string {
  unheard.push(...literals.filter((literal) => !source.includes(literal)));
  return literals.reduce((text, literal, n) => text + (values[n - 1] ?? '') + literal);
}
const who = said`${'bob'} on ${'dc1'} (session ${'2026-1'})`;
const why = 'some/file: No such file';
const sentences: [kind: string, text: string, german: string][] = [
  ['redaction.failed', said`The redaction of ${'bob'} on ${'dc1'} (session ${'2026-1'}) has failed (${why}); nothing of it is published. frostgate recordings retry ${'2026-1'} tries again.`, 'konnte nicht geschwärzt werden'],
  ['redaction.degraded', said`The film of ${who} is ready, but degraded: ${'unread_area, lossy_source, motion_new'}.`, 'vieles war nicht lesbar und ist verdeckt, das Ziel schickte unscharfe Bilder, motion_new'],
  ['redaction.lagging', said`${'3'} recordings have waited for more than an hour for a worker that redacts them.`, 'warten seit über einer Stunde auf ihre Schwärzung: 3'],
  ['worker.starved', said`${'3'} recordings have waited for more than a quarter of an hour, though only ${'0'} of ${'2'} workers are busy${'.'}`, 'nur 0 von 2 Arbeitsprozessen'],
  ['worker.starved', said`${'3'} recordings have waited for more than a quarter of an hour, though only ${'0'} of ${'2'} workers are busy${`: ${why}.`}`, why],
  ['evidence.head_failed', said`The signed head of the audit log did not reach every place that it goes to: ${why}.`, why],
  ['secret.label.password', said`A secret of the kind ${'label.password'} was on the screen of ${who}, and is covered in the film.`, 'Passwörter: auf dem Bildschirm von bob auf dc1'],
  ['recording.paused', said`The recording of ${'bob'} on ${'dc1'} (${'2026-1'}) is paused until ${'2026-03-01T12:00:00.000Z'} at the latest (request ${'r-1'}${', approved by paula'}).`, 'paula stimmte zu'],
  ['guest.joined', said`${'paula'} looks on in the session of ${'bob'} on ${'dc1'} (${'2026-1'}), uncovered (request ${'r-1'}, approved by ${'carl'}).`, 'paula sieht der Sitzung von bob'],
  ['recording.stopped', said`The recording of ${'bob'} on ${'dc1'} (${'2026-1'}) is stopped for as long as the session lasts (request ${'r-1'}${', approved by paula'}).`, 'paula stimmte zu'],
  ['recording.stopped', said`The recording of ${'bob'} on ${'dc1'} (${'2026-1'}) is stopped for as long as the session lasts (request ${'r-1'}).`, 'ist bis zu deren Ende beendet'],
  ['recording.paused', said`The recording of ${'bob'} on ${'dc1'} (${'2026-1'}) is paused until ${'2026-03-01T12:00:00.000Z'} at the latest (request ${'r-1'}).`, `ruht bis spätestens ${timed('2026-03-01T12:00:00.000Z')}`],
  ['recording.failed', said`A session of ${'bob'} on ${'dc1'} (${'2026-1'}) cannot be recorded: ${why}.`, why],
  ['recording.failed', said`The session of ${'bob'} on ${'dc1'} (${'2026-1'}) goes on, as its rule "${'open'}" says, but is not recorded any more: ${why}.`, 'wie ihre Regel „open“'],
  ['tamper.found', said`Catalog and vault disagree (${'2'} problems): ${why}.`, 'Katalog und Tresor'],
  ['tamper.found', said`Retention leaves ${'2026-1'} alone: ${why}.`, 'löscht die Sitzung 2026-1 nicht'],
  ['tamper.found', said`The audit log is not what was written: ${'entry 4'}: ${why} (${'2'} problems).`, 'Fehler: 2'],
  ['disk.low', said`The disk is filling up: less than twice the reserve for running sessions is free in ${'/var/lib'}.`, 'frei in /var/lib'],
  ['disk.full', said`No session begins any more: ${why}.`, 'Keine Sitzung beginnt mehr'],
  ['key.trouble', said`The ${'token'} cannot be used: ${why}. ${'Until it answers no session begins, and no film is made or opened.'}`, 'Träger des Hauptschlüssels'],
  ['key.trouble', said`The ${'key file'} cannot be used: ${why}. ${'Serve goes on with the key in its memory, and will not start again without it: put your copy back.'}`, 'Legen Sie Ihre Kopie zurück'],
  ['provider.unreachable', said`The identity provider ${'Our Login'} cannot be asked, so nobody signs in through it: ${why}.`, 'Our Login antwortet nicht'],
  ['directory.unreachable', said`No server of the directory can be asked, so only local users sign in: ${why}.`, 'nur lokale Benutzer'],
  ['directory.degraded', said`A server of the directory cannot be asked, others answer: ${why}.`, 'andere antworten'],
  ['certificate.expires', said`The certificate that clients see ${'ends on '}${'2026-03-01'}; put a new one in its place.`, 'endet am 2026-03-01'],
  ['certificate.expires', said`The certificate that clients see ${'has ended on '}${'2026-03-01'}; put a new one in its place.`, 'ist am 2026-03-01 abgelaufen'],
  ['custodian.expires', said`Originals cannot be sealed: ${why}.`, 'können nicht versiegelt werden'],
  ...([['is not valid before', 'gilt erst ab 2026-03-01'], ['ended on', 'endete am 2026-03-01'], ['ends on', 'endet am 2026-03-01']] as const).map(([when, german]): [string, string, string] => ['custodian.expires', `${said`the certificate of the custodian ${'CN=a'}${said` ${when} `}${'2026-03-01'}`}${said`: put a new one in its place, or originals wait unsealed.`}`, `Das Zertifikat des Verwahrers CN=a ${german}`]),
  ['original.opened', said`${'kim'} opens the original of the session of ${'bob'} on ${'dc1'} (${'2026-1'}) with the approval ${'r-1'}: ${'Case 7'}`, 'kim öffnet das Original'],
  ['original.opened', said`${'kim'} watches the original of ${'2026-1'} with the approval ${'r-1'}: ${'Case 7'}`, 'kim sieht das Original von 2026-1 an: Case 7'],
  ['certificate.changed', said`The target ${'dc1'} shows the certificate ${'ab'} instead of ${'cd'}: ${'it was let in, because it is pinned or vouched for'}`, 'weil ihm vertraut wird'],
  ['certificate.changed', said`The target ${'dc1'} shows the certificate ${'ab'} instead of ${'cd'}: ${'refused. Somebody may be in between. If it was renewed, run: frostgate target pin dc1'}`, 'Nächstem Zertifikat trauen'],
  ['target.credential_refused', said`The target ${'dc1'} refused its stored credential${''}, which is set aside from now on. When it is right again, run: frostgate target credential ${'dc1'}, or target retry ${'dc1'}`, 'dc1 hat das hinterlegte Passwort abgelehnt'],
  ['target.credential_refused', said`The target ${'dc1'} refused its stored credential${' of bob'}, which is set aside from now on. When it is right again, run: frostgate target credential ${'dc1 --of bob'}, or target retry ${'dc1 --of bob'}`, 'dc1 hat das hinterlegte Passwort abgelehnt'],
  ['access.unauthorised', said`${'bob'} from ${'::1'} wanted to connect to ${'dc1'}, which the policy does not allow.`, 'was die Richtlinie nicht erlaubt'],
  ['access.brute_force', said`Logins from ${'192.0.2.1'} are refused: ${why}.`, 'Anmeldungen von 192.0.2.1'],
  ['access.changed', said`${'adam'} ${said`made the ${'user'} ${'bob'} ${'auditor'} of "${'*'}"`}.`, 'adam gab dem Benutzer bob die Rolle Revision auf „Alle Ziele“'],
  ['access.changed', said`${'root@gate on the command line'} ${said`let ${'bob'} in again`}.`, 'root@gate (Kommandozeile) ließ bob wieder zu'],
  ['access.changed', said`${'adam'} ${said`made the ${'group'} ${'leads'} ${'approver'} of "${'env=prod'}"`}.`, 'der Gruppe leads die Rolle'],
  ['access.changed', said`${'adam'} ${said`put ${'bob'} into the group ${'leads'}`}.`, 'in die Gruppe leads'],
  ['access.changed', said`${'adam'} ${said`let ${'bob'} in again`}.`, 'ließ bob wieder zu'],
  ['access.changed', said`${'adam'} ${said`gave ${'bob'} another password`}.`, 'ein anderes Passwort'],
  ['access.changed', said`${'adam'} ${said`took the second factor of ${'bob'} away`}.`, 'zweiten Faktor von bob'],
  ['access.changed', said`${'adam'} ${said`made an API token of ${'bob'} with ${'auditor'}`}.`, 'API-Token von bob'],
  ['access.review', said`Who may do what is to be reviewed by ${'2026-03-01T12:00:00.000Z'}${'.'}`, `ist zu prüfen bis ${timed('2026-03-01T12:00:00.000Z')}`],
  ['access.overdue', said`Who may do what is to be reviewed by ${'2026-03-01T12:00:00.000Z'}${', which is over.'}`, `war zu prüfen bis ${timed('2026-03-01T12:00:00.000Z')}`],
  ['approval.requested', said`${'bob'} for ${'start'} on ${'dc1'} waits for approval: ${'the outage'}. Sign in to decide on request ${'r-1'}${' at https://gate/requests/r-1'}.`, 'bob bittet um „Sitzung“ auf dc1: the outage'],
  ['approval.requested', said`${'bob'}${said` (asked for by ${'eve'})`} for ${'watch-original'} on ${'dc1'} waits for approval: ${'the outage'}. Sign in to decide on request ${'r-1'}.`, 'eve bittet für bob um „'],
  ['approval.requested', said`${'root@gate on the command line'} for ${'export'} on ${'dc1'} waits for approval: ${'the outage'}. Sign in to decide on request ${'r-1'}.`, 'root@gate (Kommandozeile) bittet um „'],
  ['approval.emergency', said`${'bob'} for ${'start'} on ${'dc1'} began without approval, in an emergency: ${'fire'}. One of its approvers must review it: frostgate request review ${'r-1'}`, 'als Notfall: fire'],
  ['approval.emergency', said`${'bob'} for ${'start'} on ${'dc1'} goes on without approval: ${'fire'}. One of its approvers must review it: frostgate request review ${'r-1'}`, 'ohne Freigabe weiter: fire'],
  ['approval.escalated', said`${'bob for start on dc1'} still waits for approval: ${'fire'}. Nobody decided in time, so these groups may, too: ${'bosses, night'}. Sign in to decide on request ${'r-1'}.`, 'auch diese Gruppen: bosses, night'],
  ['approval.unreviewed', said`${'bob for start on dc1'} began without approval on ${'2026-03-01'}, and nobody has signed for it yet: frostgate request review ${'r-1'}.`, 'noch niemand hat dafür unterschrieben'],
  ['approval.missing', said`${who}${' is in'} by the rule "${'prod'}", which asks for an approval, and none was used for it. ${said`End it (frostgate sessions end ${'2026-1'}) and find out how it began.`}`, 'bob ist auf dc1 durch die Regel „prod“'],
  ['approval.missing', said`${who}${' was let in'} by the rule "${'prod'}", which asks for an approval, and none was used for it. ${'Find out how it began.'}`, 'bob kam auf dc1'],
  ['policy.refused', said`The policy was not taken anew, and the one before stays in force: ${why}`, 'die vorige gilt weiter'],
  ['policy.wider', said`The policy that is now in force gives more than the one before: ${why}${'; and 3 more (frostgate audit list --event policy)'}.`, 'erlaubt mehr als die vorige'],
  ['policy.review', said`${'the rule "x"'} is to be reviewed by ${'2026-03-01'}${'.'}`, 'Die Regel „x“ ist zu prüfen bis 2026-03-01'],
  ['policy.overdue', said`${'the policy prod.yaml'} is to be reviewed by ${'2026-03-01'}${', which is over.'}`, 'Die Richtlinie prod.yaml war zu prüfen bis 2026-03-01'],
  ['session.begun', said`${who} from ${'192.0.2.1'} has begun.`, 'bob begann eine Sitzung auf dc1 von 192.0.2.1.'],
  ['session.off_hours', said`${who} from ${'192.0.2.1'} has begun outside working hours.`, 'außerhalb der Arbeitszeit'],
  ['session.first_time', said`${who} from ${'192.0.2.1'}: no earlier recording shows this user on this target.`, 'keine frühere Aufzeichnung'],
  ...([['duration', 'lasted', 'minutes', 'dauerte 90 Minuten'], ['input', 'pressed keys and buttons', 'times', '90 Mal'], ['clipboard', 'passed text by the clipboard,', 'KiB', '90 KiB kopiert'], ['files', 'passed files and pictures,', 'KiB', '90 KiB an Dateien']] as const).map(([kind, happened, unit, german]): [string, string, string] => {
    unheard.push(...[happened, unit].filter((word) => !source.includes(`"${word}"`)));
    return [`unusual.${kind}`, said`${who} ${happened} ${`90 ${unit}`}. The middle of this user's last ${'40'} sessions is ${`20 ${unit}`}, and half of them are within ${`5 ${unit}`} of it.`, german];
  }),
];

test('each alert is said in the reader’s language, as long as the gateway says it so', () => {
  expect(unheard).toEqual([]);
  for (const language of ['de', 'en'] as const) {
    preferences.language = language;
    for (const [kind, text, german] of sentences) {
      const words = alert_words({kind, text});
      expect(words.text, text).not.toBe('');
      expect(words.text, text).not.toMatch(/\{\w+\}|undefined/);
      if (language === 'de') expect(alert_sentence({kind, text}), text).toContain(german);
      if (text.includes(why)) expect(words.detail, text).toContain(why);
    }
  }
});
test('each kind of alert that the gateway has is among them', () => {
  const kinds = alert_kinds.split('\n').filter((line) => /^\| [a-z_]+\.[a-z_]+.* \| (info|warning|critical)/.test(line)).flatMap((line) => line.split('|')[1]!.split(',').map((one) => one.trim()));
  const known = new Set(sentences.map(([kind]) => kind.replace(/^secret\..*/, 'secret.RULE')));
  expect(kinds.filter((kind) => !known.has(kind))).toEqual([]);
});
test('what is new goes as it is, in English, and hostile words stay words', () => {
  expect(alert_words({kind: 'to.come', text: hostile})).toEqual({text: '', detail: hostile});
  expect(alert_words({kind: 'session.begun', text: hostile})).toEqual({text: '', detail: hostile});
  preferences.language = 'de';
  expect(alert_words({kind: 'approval.requested', text: `bob for start on dc1 waits for approval: ${hostile}. Sign in to decide on request r-1.`}).text).toBe(`bob bittet um „Sitzung“ auf dc1: ${hostile}`);
});
