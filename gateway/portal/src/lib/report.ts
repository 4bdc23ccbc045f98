import type {Redaction} from './api';
import {counted, number, t, type Key} from './i18n.svelte';
import {in_a_row} from './secrets';

function percent(part: number | undefined, whole: number | undefined): string | null {
  if (!whole || !part || whole < 0 || part < 0) return null;
  const share = (100 * part) / whole;
  return share < 0.1 ? t('percent_small') : number(share, 1);
}

const known_reasons = ['journal_damaged', 'journal_cut', 'lossy_source', 'keystrokes_missing', 'keystrokes_damaged', 'engine_restarted'];

// The redaction report as sentences.
export function in_words(report: Redaction | undefined): string[] {
  if (!report) return [t('report_absent')];
  const masks = report.masks_by_rule ?? {};
  const out = [Object.keys(masks).length ? t('report_masked', {list: in_a_row(masks)}) : t('report_nothing')];
  const area = report.area_time_pixel_seconds;
  const covered = percent(area?.covered, area?.total), held = percent(area?.held, area?.total), moving = percent(area?.moving, area?.total);
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
