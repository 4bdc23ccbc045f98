import type {Mask, Redaction} from './api';
import {counted, number, t, type Key} from './i18n.svelte';
import {in_a_row, kind_of} from './secrets';

function percent(part: number | undefined, whole: number | undefined): string | null {
  if (!whole || !part || whole < 0 || part < 0) return null;
  const share = (100 * part) / whole;
  return share < 0.1 ? t('percent_small') : number(share, 1);
}

const known_reasons = ['journal_damaged', 'journal_cut', 'lossy_source', 'keystrokes_missing', 'keystrokes_damaged', 'engine_restarted'];

// Each line of a private key is a mask of its own: lines that stand under each other at one time, and the same line elsewhere, are one key.
export function keys_among(masks: Mask[]): number {
  const lines = masks.filter((one) => kind_of(one.rule) === 'key'), joined = lines.map((_, n) => n);
  const root = (n: number): number => (joined[n] === n ? n : (joined[n] = root(joined[n]!)));
  lines.forEach((a, i) => {
    lines.slice(0, i).forEach((b, j) => {
      const together = a.from_ms < b.to_ms && b.from_ms < a.to_ms && a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) <= 2 * Math.max(a.height, b.height);
      if (together || a.secret === b.secret) joined[root(i)] = root(j);
    });
  });
  return lines.filter((_, n) => root(n) === n).length;
}
const most_masks = 2000;  // of which it is worked out what is one secret; of more, each counts

// Secrets by rule.
function secrets(report: Redaction): Record<string, number> {
  const masks = report.masks ?? [];
  if (masks.length < report.masks_total || masks.length > most_masks) return report.masks_by_rule ?? {};
  const out: Record<string, number> = {}, known = new Set<string>();
  for (const {rule, secret} of masks) {
    if (kind_of(rule) === 'key' || known.has(`${rule} ${secret}`)) continue;
    known.add(`${rule} ${secret}`);
    out[rule] = (out[rule] ?? 0) + 1;
  }
  const key = masks.find((one) => kind_of(one.rule) === 'key');
  return key ? {...out, [key.rule]: keys_among(masks)} : out;
}

// The redaction report as sentences.
export function in_words(report: Redaction | undefined): string[] {
  if (!report) return [t('report_absent')];
  const masks = secrets(report);
  const out = [Object.keys(masks).length ? t('report_masked', {list: in_a_row(masks)}) : t('report_nothing')];
  const area = report.area_time_pixel_seconds;
  const covered = percent(area?.covered, area?.total), held = percent(area?.held, area?.total), moving = percent(area?.moving, area?.total);
  const named = [...new Set((report.regions ?? []).map((one) => one.region))];
  if (named.length) out.push(t('report_regions', {list: named.join(', ')}));
  if (covered) out.push(t('report_unread', {percent: covered}));
  if (held) out.push(t('report_held', {percent: held}));
  if (moving) out.push(t('report_moving', {percent: moving}));
  if (!covered && !held && !moving) out.push(t('report_clean'));
  for (const reason of report.reasons ?? []) {
    if (known_reasons.includes(reason)) out.push(t(`reason_${reason}` as Key));
    else if (reason !== 'unread_area') out.push(t('reason_other', {reason}));
  }
  if (report.status === 'degraded') out.push(t('report_degraded'));
  if (report.typed_secrets) out.push(counted('report_typed', report.typed_secrets));
  const lost = report.journal?.states_coalesced ?? 0;
  out.push(counted('report_states', report.states));
  if (lost) out.push(counted('report_coalesced', lost));
  return out;
}
