// What all tests of pages share: a page with fixed answers of the API, hostile ones among them.
import {flushSync, mount, unmount, type Component} from 'svelte';
import {afterEach, beforeEach, expect, vi} from 'vitest';
import {preferences} from '../src/lib/i18n.svelte';
import {signed_in} from '../src/lib/session.svelte';

export const hostile = '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>\u202e"\'{user}';
let shown: Record<string, unknown> | undefined;

// No test is for a time: a busy machine may take as long as it needs.
export const soon = (holds: () => unknown): Promise<unknown> => vi.waitFor(holds, {timeout: 60_000});

// By the beginning of the path; what none answers has no network.
export function answer(by_path: Record<string, {status?: number; body: unknown}>): void {
  vi.stubGlobal('fetch', vi.fn(async (url: string) => {
    const found = Object.entries(by_path).find(([path]) => url.startsWith(`/api/v1${path}`));
    if (!found) throw new TypeError('no network');
    return new Response(JSON.stringify(found[1].body), {status: found[1].status ?? 200});
  }));
}
// As it is at first, while it reads.
export function begin(page: Component<never>, props: Record<string, unknown> = {}): void {
  shown = mount(page as Component, {target: document.body, props});
}
export async function show(page: Component<never>, props: Record<string, unknown> = {}): Promise<HTMLElement> {
  begin(page, props);
  await soon(() => {
    flushSync();
    expect(document.querySelector('.waiting')).toBeNull();
  });
  return document.body;
}
export async function clear(): Promise<void> {
  if (shown) await unmount(shown);
  shown = undefined;
  document.body.innerHTML = '';
}
beforeEach(() => {
  preferences.language = 'en';
  signed_in.session = {user: 'audrey', roles: ['auditor', 'operator'], everywhere: ['operator', 'approver', 'auditor', 'compliance', 'admin'], csrf: 'c', idle_until: '', ends: '', totp: true};
});
afterEach(async () => {
  await clear();
  vi.unstubAllGlobals();
  expect((globalThis as {owned?: number}).owned).toBeUndefined();
});

export const recording = {id: 'r1', user: hostile, target: hostile, front: 'vnc', back: 'rdp', peer: hostile, rule: hostile, policy_digest: 'd', started: '2026-03-01T12:00:00.000Z', ended: null, end_reason: hostile, status: 'clean', interrupted: false, progress: 1, duration: 61, width: 8, height: 8, generation: 1, masks_by_rule: {[hostile]: 3}};
export const request = {
  id: 'r-1', kind: 'start', state: 'requested', requester: hostile, target: hostile, recording: null, from: null, to: null, area: null, rule: hostile, policy_digest: 'd', reason: hostile, ticket: hostile,
  created: recording.started, expires: recording.started, needed: 2, users: [hostile], groups: [hostile], later_groups: [], decisions: [{by: 'paula', approve: true, comment: hostile, at: recording.started}], used: null,
  emergency: false, ended_by: '', end_comment: '', reviewed: null, reviewer: '', review: '', may_decide: false, may_review: false, may_revoke: false, may_cancel: false,
  sessions: [{id: 's', started: recording.started, ended: recording.started, end_reason: hostile}],
};
