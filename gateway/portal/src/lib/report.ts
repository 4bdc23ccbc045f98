import type {Redaction} from './api';
import {number, t} from './i18n.svelte';

function percent(part: number, whole: number): string | null {
  if (!(whole > 0) || !(part > 0)) return null;
  const share = (100 * part) / whole;
  return share < 0.1 ? t('percent_small') : number(share, 1);
}

// The redaction report as sentences.
export function in_words(report: Redaction | undefined): string[] {
  if (!report) return [t('report_absent')];
  const rules = Object.entries(report.masks_by_rule ?? {}).sort((a, b) => b[1] - a[1]);
  const out = [rules.length ? t('report_masked', {list: rules.map(([rule, count]) => `${number(count)} × ${rule}`).join(', ')}) : t('report_nothing')];
  const area = report.area_time_pixel_seconds;
  const masked = percent(area?.masked, area?.total), covered = percent(area?.covered, area?.total), held = percent(area?.held, area?.total);
  if (masked) out.push(t('report_share', {percent: masked}));
  if (covered) out.push(t('report_unread', {percent: covered}));
  if (held) out.push(t('report_held', {percent: held}));
  if (report.status === 'degraded') out.push(t('report_degraded'));
  else if (!covered && !held) out.push(t('report_clean'));
  out.push(t('report_states', {count: number(report.states)}));
  return out;
}
