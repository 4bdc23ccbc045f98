import type {Box, Redaction, Segment, Stretch, View} from './api';
import type {Sample} from './samples';
import {kind_of, type SecretKind} from './secrets';

// A stretch of session time in seconds.
export interface Span {from: number; to: number}
export interface Lane {kind: SecretKind; rules: string[]; spans: Span[]; count: number}

// Overlapping and touching ones are one; what is nearer than `gap` too.
export function merged(spans: Span[], gap = 0): Span[] {
  const out: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && span.from <= last.to + gap) last.to = Math.max(last.to, span.to);
    else out.push({...span});
  }
  return out;
}

const span_of = (box: Box): Span => ({from: box.from_ms / 1000, to: box.to_ms / 1000});

const stretched = (list: Stretch[] = []): Span[] => list.map(([from, to]) => ({from: from / 1000, to: to / 1000}));

// One lane for each kind of secret, the most frequent first; the policy's regions are what it names. A film of hours is drawn at some thousand places, so nearer ones are one.
export function lanes(report: Redaction | undefined, duration: number): Lane[] {
  const by_kind = new Map<SecretKind, {rules: Set<string>; spans: Span[]; count: number}>();
  const put = (kind: SecretKind, rule: string, spans: Span[], count = spans.length) => {
    const lane = by_kind.get(kind) ?? {rules: new Set(), spans: [], count: 0};
    lane.rules.add(rule);
    for (const span of spans) lane.spans.push(span);
    lane.count += count;
    by_kind.set(kind, lane);
  };
  const {masks, regions} = report?.all_at ?? {};
  if (masks) for (const [rule, list] of Object.entries(masks)) put(kind_of(rule), rule, stretched(list), report?.masks_by_rule[rule]);
  else for (const mask of report?.masks ?? []) put(kind_of(mask.rule), mask.rule, [span_of(mask)]);
  if (regions) for (const [region, list] of Object.entries(regions)) put('named', region, stretched(list));
  else for (const region of report?.regions ?? []) put('named', region.region, [span_of(region)]);
  return [...by_kind].map(([kind, {rules, spans, count}]) => ({kind, rules: [...rules].sort(), count, spans: merged(spans, duration / 2000)})).sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}

// What could not be read, and what changed like a video: covered, or an older picture of it was held.
export function shortcomings(report: Redaction | undefined, duration: number): Record<'unread' | 'moving' | 'held', Span[]> {
  const {unread, moving} = report?.all_at ?? {};
  const moved = (covered: boolean) => (moving ? stretched(covered ? moving.covered : moving.held) : (report?.moving ?? []).filter((one) => one.covered === covered).map(span_of));
  const near = (spans: Span[]) => merged(spans, duration / 2000);
  return {unread: near(unread ? stretched(unread.unread) : (report?.unread ?? []).map(span_of)), moving: near(moved(true)), held: near(moved(false))};
}

export const within = (spans: Span[], at: number): boolean => spans.some((span) => at >= span.from && at < span.to);

// How much happened, drawn at so many places however long the film: each is what its segments had on average, from 0.05 to 1 of the most.
export function activity_of(segments: Segment[], duration: number, places = 500): (Span & {level: number})[] {
  const bytes = new Array<number>(places).fill(0), seconds = new Array<number>(places).fill(0);
  for (const one of segments) {
    if (one.duration <= 0 || duration <= 0) continue;
    const first = Math.min(places - 1, Math.max(0, Math.floor((places * one.start) / duration)));
    const last = Math.min(places - 1, Math.max(first, Math.ceil((places * (one.start + one.duration)) / duration) - 1));
    for (let place = first; place <= last; ++place) {
      bytes[place]! += one.size / (last - first + 1);
      seconds[place]! += one.duration / (last - first + 1);
    }
  }
  const rates = bytes.map((sum, place) => (seconds[place]! > 0 ? sum / seconds[place]! : -1)), most = Math.max(1, ...rates), width = duration / places;
  return rates.flatMap((rate, place) => (rate < 0 ? [] : [{from: place * width, to: (place + 1) * width, level: Math.max(0.05, Math.sqrt(rate / most))}]));
}

// A picture of at most this many bytes repeats the one before.
const repeat_bytes = 200;

// Stretches of at least `least` seconds in which no picture changed. `offset` is the session time at media time 0.
export function idle_spans(list: Sample[], offset: number, least = 3): Span[] {
  const out: Span[] = [];
  let from = -1, to = -1;
  const close = () => {
    if (from >= 0 && to - from >= least) out.push({from, to});
    from = -1;
  };
  for (const sample of list) {
    const at = sample.at + offset;
    if (sample.size > repeat_bytes) {
      close();
      from = at;  // what this picture shows stands still from here on
      to = at + sample.duration;
    } else {
      if (from < 0) from = at;
      to = at + sample.duration;
    }
  }
  close();
  return out;
}

// Where to go on from `at` when idle time is skipped: shortly before something happens, or nowhere else.
export function after_idle(idle: Span[], at: number, lead = 0.5): number | null {
  const span = idle.find((one) => at >= one.from + lead && at < one.to - 2 * lead);
  return span ? span.to - lead : null;
}

// The next of these times after `at`, or the one before it, which a film that plays on has not just left.
export function neighbour(times: number[], at: number, forward: boolean): number | null {
  const starts = [...times].sort((a, b) => a - b);
  const found = forward ? starts.find((start) => start > at + 0.25) : starts.findLast((start) => start < at - 0.75);
  return found ?? null;
}

// The last of those that begin at or before `at`; the first where none does. They are in the order of their times.
export function shown_at<T extends {at: number}>(all: T[], at: number): T | undefined {
  return all.findLast((one) => one.at <= at) ?? all[0];
}

export interface Watcher {user: string; spans: Span[]; live: boolean; last: string}

// Who watched what, the last first. Small pictures, which are spans of no length, count where they lie.
export function watchers(views: View[], gap = 1): Watcher[] {
  const by_user = new Map<string, Watcher>();
  for (const view of views) {
    const one = by_user.get(view.user) ?? {user: view.user, spans: [], live: false, last: view.at};
    if (view.live) one.live = true;
    else one.spans.push({from: view.from, to: view.to});
    if (view.at > one.last) one.last = view.at;
    by_user.set(view.user, one);
  }
  return [...by_user.values()].map((one) => ({...one, spans: merged(one.spans, gap)})).sort((a, b) => b.last.localeCompare(a.last));
}
