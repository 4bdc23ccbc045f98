import type {Alert} from './api';
import {en} from '../texts/en';
import {t, type Key} from './i18n.svelte';
import {kind_name, kind_of} from './secrets';
import {timed} from './refusals';
import {person} from './said';
import {reviewed} from './sayings';

// What the gateway's alerts say (gateway/serve, mostly alarms.cpp and trouble.cpp), in the reader's language, by the kind of alert. Values are not translated, but for
// those that have a name here. A `detail` is what a machine said, in English. texts.test.ts fails when a source says it otherwise.
const session = String.raw`(?<user>\S+) on (?<target>\S+) \(session (?<id>[^)]+)\)`;
const by = String.raw`(?<by>\S+(?: on the command line)?)`;
const wish = String.raw`(?<user>\S+(?: on the command line)?) for (?<kind>[a-z-]+) on (?<target>\S*)`;
const unusual = (happened: string, unit: string) =>
  String.raw`${session} ${happened} (?<value>\d+) ${unit}\. The middle of this user's last (?<count>\d+) sessions is (?<middle>\d+) ${unit}, and half of them are within (?<spread>\d+) ${unit} of it\.`;

const sayings: Record<string, [string, Key][]> = {
  'redaction.failed': [[String.raw`The redaction of (?<user>\S+) on (?<target>\S+) \(session [^)]+\) has failed \((?<detail>.*)\); nothing of it is published\. frostgate recordings retry .*`, 'told_redaction_failed']],
  'redaction.degraded': [[String.raw`The film of ${session} is ready, but degraded: (?<reasons>.*)\.`, 'told_redaction_degraded']],
  'redaction.lagging': [[String.raw`(?<count>\d+) recordings have waited for more than an hour for a worker that redacts them\.`, 'told_redaction_lagging']],
  'worker.starved': [[String.raw`(?<count>\d+) recordings have waited for more than a quarter of an hour, though only (?<busy>\d+) of (?<workers>\d+) workers are busy(?:: (?<detail>.*))?\.`, 'told_worker_starved']],
  'evidence.head_failed': [[String.raw`The signed head of the audit log did not reach every place that it goes to: (?<detail>.*)\.`, 'told_head_failed']],
  secret: [[String.raw`A secret of the kind (?<rule>\S+) was on the screen of ${session}, and is covered in the film(?: \(\d+ masks\))?\.`, 'told_secret']],
  'recording.paused': [
    [String.raw`The recording of (?<user>\S+) on (?<target>\S+) \([^)]+\) is paused until (?<until>\S+) at the latest \(request [^,)]+, approved by (?<by>[^)]+)\)\.`, 'told_recording_paused_by'],
    [String.raw`The recording of (?<user>\S+) on (?<target>\S+) \([^)]+\) is paused until (?<until>\S+) at the latest \(request [^,)]+\)\.`, 'told_recording_paused'],
  ],
  'guest.joined': [[String.raw`(?<by>\S+) looks on in the session of (?<user>\S+) on (?<target>\S+) \([^)]+\), uncovered \(request [^,)]+, approved by (?<approver>[^)]+)\)\.`, 'told_joined']],
  'recording.stopped': [
    [String.raw`The recording of (?<user>\S+) on (?<target>\S+) \([^)]+\) is stopped for as long as the session lasts \(request [^,)]+, approved by (?<by>[^)]+)\)\.`, 'told_recording_stopped_by'],
    [String.raw`The recording of (?<user>\S+) on (?<target>\S+) \([^)]+\) is stopped for as long as the session lasts \(request [^,)]+\)\.`, 'told_recording_stopped'],
  ],
  'recording.failed': [
    [String.raw`A session of (?<user>\S+) on (?<target>\S+) \([^)]+\) cannot be recorded: (?<detail>.*)\.`, 'told_recording_failed'],
    [String.raw`The session of (?<user>\S+) on (?<target>\S+) \([^)]+\) goes on, as its rule "(?<rule_name>[^"]*)" says, but is not recorded any more: (?<detail>.*)\.`, 'told_recording_lost'],
  ],
  'tamper.found': [
    [String.raw`Catalog and vault disagree \((?<count>\d+) problems\): (?<detail>.*)\.`, 'told_tamper_vault'],
    [String.raw`Retention leaves (?<id>\S+) alone: (?<detail>.*)\.`, 'told_tamper_retention'],
    [String.raw`The audit log is not what was written: (?<detail>.*) \((?<count>\d+) problems\)\.`, 'told_tamper_audit'],
  ],
  'disk.low': [[String.raw`The disk is filling up: less than twice the reserve for running sessions is free in (?<place>.*)\.`, 'told_disk_low']],
  'disk.full': [[String.raw`No session begins any more: (?<detail>.*)\.`, 'told_disk_full']],
  'key.trouble': [
    [String.raw`The (?:.*?) cannot be used: (?<detail>.*)\. Until it answers no session begins, and no film is made or opened\.`, 'told_key_token'],
    [String.raw`The (?:.*?) cannot be used: (?<detail>.*)\. Serve goes on with the key in its memory, and will not start again without it: put your copy back\.`, 'told_key_file'],
  ],
  'provider.unreachable': [[String.raw`The identity provider (?<name>.*?) cannot be asked, so nobody signs in through it: (?<detail>.*)\.`, 'told_provider']],
  'directory.unreachable': [[String.raw`No server of the directory can be asked, so only local users sign in: (?<detail>.*)\.`, 'told_directory_gone']],
  'directory.degraded': [[String.raw`A server of the directory cannot be asked, others answer: (?<detail>.*)\.`, 'told_directory_degraded']],
  'certificate.expires': [
    [String.raw`The certificate that clients see ends on (?<day>[\d-]+); put a new one in its place\.`, 'told_certificate_ends'],
    [String.raw`The certificate that clients see has ended on (?<day>[\d-]+); put a new one in its place\.`, 'told_certificate_ended'],
  ],
  'custodian.expires': [
    [String.raw`Originals cannot be sealed: (?<detail>.*)\.`, 'told_custodians_none'],
    ...[['is not valid before', 'told_custodian_early'], ['ended on', 'told_custodian_ended'], ['ends on', 'told_custodian_ends']].map(([when, key]): [string, Key] => [String.raw`the certificate of the custodian (?<name>.*) ${when!} (?<day>[\d-]+): put a new one in its place, or originals wait unsealed\.`, key as Key]),
  ],
  'original.opened': [
    [String.raw`(?<by>\S+) opens the original of the session of (?<user>\S+) on (?<target>\S+) \([^)]+\) with the approval (?:\S+): (?<reason>.*)`, 'told_original_opened'],
    [String.raw`(?<by>\S+) watches the original of (?<id>\S+) with the approval (?:\S+): (?<reason>.*)`, 'told_original_watched'],
  ],
  'certificate.changed': [
    [String.raw`The target (?<target>\S+) shows the certificate (?<shown>\S+) instead of (?<before>\S+): it was let in, because it is pinned or vouched for`, 'told_pin_let_in'],
    [String.raw`The target (?<target>\S+) shows the certificate (?<shown>\S+) instead of (?<before>\S+): refused\. Somebody may be in between\. If it was renewed, run: .*`, 'told_pin_refused'],
  ],
  'target.credential_refused': [[String.raw`The target (?<target>\S+) refused its stored credential(?: of (?<user>\S+))?, which is set aside from now on\. When it is right again, run: .*`, 'told_credential']],
  'access.unauthorised': [[String.raw`(?<user>\S+) from (?<address>\S+) wanted to connect to (?<target>\S+), which the policy does not allow\.`, 'told_unauthorised']],
  'access.brute_force': [[String.raw`Logins from (?<address>\S+) are refused: (?<detail>.*)\.`, 'told_brute_force']],
  'access.changed': [
    [String.raw`${by} made the user (?<user>\S+) (?<role>\S+) of "(?<scope>.*)"\.`, 'told_role_user'], [String.raw`${by} made the group (?<group>\S+) (?<role>\S+) of "(?<scope>.*)"\.`, 'told_role_group'],
    [String.raw`${by} put (?<user>\S+) into the group (?<group>\S+)\.`, 'told_group'], [String.raw`${by} let (?<user>\S+) in again\.`, 'told_enabled'],
    [String.raw`${by} gave (?<user>\S+) another password\.`, 'told_password'], [String.raw`${by} took the second factor of (?<user>\S+) away\.`, 'told_factor'],
    [String.raw`${by} made an API token of (?<user>\S+) with (?<roles>.*)\.`, 'told_token'],
  ],
  'access.review': [[String.raw`Who may do what is to be reviewed by (?<until>\S+)\.`, 'told_access_review']],
  'access.overdue': [[String.raw`Who may do what is to be reviewed by (?<until>\S+), which is over\.`, 'told_access_overdue']],
  'approval.requested': [
    [String.raw`(?<user>\S+) \(asked for by ${by}\) for (?<kind>[a-z-]+) on (?<target>\S*) waits for approval: (?<reason>.*)\. Sign in to decide on request .*`, 'told_approval_by'],
    [String.raw`${wish} waits for approval: (?<reason>.*)\. Sign in to decide on request .*`, 'told_approval'],
  ],
  'approval.emergency': [
    [String.raw`${wish} began without approval, in an emergency: (?<reason>.*)\. One of its approvers must review it: .*`, 'told_emergency'],
    [String.raw`${wish} goes on without approval: (?<reason>.*)\. One of its approvers must review it: .*`, 'told_emergency_on'],
  ],
  'approval.escalated': [[String.raw`${wish} still waits for approval: (?<reason>.*)\. Nobody decided in time, so these groups may, too: (?<groups>.*)\. Sign in to decide on request .*`, 'told_escalated']],
  'approval.unreviewed': [[String.raw`${wish} began without approval on (?<day>[\d-]+), and nobody has signed for it yet: .*`, 'told_unreviewed']],
  'approval.missing': [
    [String.raw`${session} is in by the rule "(?<rule_name>[^"]*)", which asks for an approval, and none was used for it\. End it .*`, 'told_missing_now'],
    [String.raw`${session} was let in by the rule "(?<rule_name>[^"]*)", which asks for an approval, and none was used for it\. Find out how it began\.`, 'told_missing'],
  ],
  'policy.refused': [[String.raw`The policy was not taken anew, and the one before stays in force: (?<detail>.*)`, 'told_policy_refused']],
  'policy.wider': [[String.raw`The policy that is now in force gives more than the one before: (?<detail>.*)\.`, 'told_policy_wider']],
  'policy.review': [[String.raw`(?<what>.*) is to be reviewed by (?<day>[\d-]+)\.`, 'told_policy_review']],
  'policy.overdue': [[String.raw`(?<what>.*) is to be reviewed by (?<day>[\d-]+), which is over\.`, 'told_policy_overdue']],
  'session.begun': [[String.raw`${session} from (?<address>\S+) has begun\.`, 'told_begun']],
  'session.off_hours': [[String.raw`${session} from (?<address>\S+) has begun outside working hours\.`, 'told_off_hours']],
  'session.first_time': [[String.raw`${session} from (?<address>\S+): no earlier recording shows this user on this target\.`, 'told_first_time']],
  'unusual.duration': [[unusual('lasted', 'minutes'), 'told_long']],
  'unusual.input': [[unusual('pressed keys and buttons', 'times'), 'told_input']],
  'unusual.clipboard': [[unusual('passed text by the clipboard,', 'KiB'), 'told_clipboard']],
  'unusual.files': [[unusual('passed files and pictures,', 'KiB'), 'told_files']],
};

const named = (prefix: string, value: string): string => (`${prefix}${value.replaceAll('-', '_')}` in en ? t(`${prefix}${value.replaceAll('-', '_')}` as Key) : value);
function word(name: string, value: string): string {
  if (name === 'kind') return named('kind_', value);
  if (name === 'by' || name === 'user') return person(value);
  if (name === 'scope' && value === '*') return t('scope_all');
  if (name === 'role') return named('role_', value);
  if (name === 'what') return reviewed(value);
  if (name === 'rule') return kind_name(kind_of(value));
  if (name === 'until' && /T.*Z$/.test(value)) return timed(value);
  if (name === 'reasons') return value.split(', ').map((one) => named('lack_', one)).join(', ');
  return value;
}

// `text` is in the reader's language; `detail` in English, all of it where the gateway says something new.
export function alert_words(alert: Pick<Alert, 'kind' | 'text'>): {text: string; detail: string} {
  for (const [pattern, key] of sayings[alert.kind.startsWith('secret.') ? 'secret' : alert.kind] ?? []) {
    const found = new RegExp(`^${pattern}$`, 's').exec(alert.text)?.groups;
    if (found) return {text: t(key, Object.fromEntries(Object.entries(found).map(([name, value]) => [name, word(name, value ?? '')]))), detail: found.detail ?? ''};
  }
  return {text: '', detail: alert.text};
}
export const alert_sentence = (alert: Pick<Alert, 'kind' | 'text'>): string => Object.values(alert_words(alert)).filter((part) => part).join(' ');
