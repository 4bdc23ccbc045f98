import {flushSync, type Component} from 'svelte';
import {expect, test, vi} from 'vitest';
import {preferences, t, type Key} from '../src/lib/i18n.svelte';
import {in_a_sentence} from '../src/lib/moments';
import Original from '../src/pages/Original.svelte';
import Player from '../src/pages/Player.svelte';
import Recordings from '../src/pages/Recordings.svelte';
import Clip from '../src/ui/Clip.svelte';
import {answer, clear, hostile, recording, request, show, soon} from './shown';

test('hostile names in recordings are text', async () => {
  answer({'/recordings': {body: {items: [recording], next: null}}});
  const page = await show(Recordings);
  expect(page.querySelector('tbody')?.textContent).toContain(hostile);
  expect([...page.querySelectorAll('tbody img')].map((one) => one.getAttribute('src'))).toEqual(['/api/v1/recordings/r1/thumbnails/0']);
  expect(page.querySelector('tbody script')).toBeNull();
});
test('what was covered is chosen by its kind, and each rule that is shown once besides, also where it is all of a kind', async () => {
  answer({'/recordings': {body: {items: [{...recording, masks_by_rule: {'entropy.run': 1, 'label.pin': 2, 'number.card': 1, 'label.password': 1, 'token.jwt': 1}}], next: null}}});
  const page = await show(Recordings);
  await soon(() => { flushSync(); expect(page.querySelectorAll('tbody tr').length).toBe(1); });
  const values = [...[...page.querySelectorAll('select')].find((one) => [...one.options].some((option) => option.value === 'pem.*'))!.options].map((option) => option.value);
  expect(new Set(values).size).toBe(values.length);
  expect(values.slice(-2)).toEqual(['label.password', 'token.jwt']);
});
test('beside a film stand its events, its report and who watched, with hostile words as text', async () => {
  const events = [{at: -30, kind: 'approval', what: 'approved', by: hostile, text: hostile}, {at: 2.5, kind: 'clipboard', what: 'to_target_denied', by: '', text: ''}, {at: 3, kind: 'resized', what: '800 x 600', by: '', text: ''}, {at: 4, kind: hostile, what: hostile, by: hostile, text: hostile}];
  const remark = {id: 4, user: hostile, written: recording.started, at: 6, text: hostile, mine: true};
  const mask = {rule: 'label.password', from_ms: 1000, to_ms: 2000, x: 0, y: 0, width: 64, height: 16};
  answer({
    '/recordings/r1/events': {body: {items: events}}, '/recordings/r1/remarks': {body: {items: [remark, {...remark, id: 5, at: 7, text: '★', mine: false}]}}, '/recordings/r1/report': {body: {redaction: {status: 'clean', reasons: [], states: 3, masks_by_rule: {'label.password': 1}, masks_total: 1, masks: [mask], unread_total: 0, unread: [], area_time_pixel_seconds: {total: 1, masked: 0, covered: 0, held: 0, moving: 0}}}},
    '/recordings/r1/index': {body: {generation: 1, duration: 10, parts: []}}, '/recordings/r1/views': {body: {items: [{user: hostile, at: recording.started, from: 1, to: 4, live: false}]}}, '/recordings/r1/storyboard': {body: {items: []}}, '/recordings/r1': {body: recording},
  });
  const page = await show(Player, {id: 'r1'});
  await soon(() => expect(page.querySelectorAll('svg[data-lane=event] rect').length).toBe(3));
  for (const words of ['The clipboard was kept back from the target', 'The screen became 800 × 600', `${hostile} approved: ${hostile}`, '1 password masked.', '0:00:01 to 0:00:04', '★ Bookmark']) expect(page.textContent).toContain(words);
  const jumps = [...page.querySelectorAll('section[aria-label=Events] button')].map((button) => button.textContent?.trim());
  expect(jumps).toEqual(['0:00:02.5', '0:00:03.0', '0:00:04.0']);
  expect(page.querySelectorAll('svg[data-lane=remark] rect').length).toBe(2);
  expect(page.querySelector('.watermark')?.textContent).toMatch(/^(audrey · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC){3}$/);
  expect([...page.querySelectorAll('section[aria-label=Comments] li button')].map((button) => button.textContent?.trim())).toEqual(['0:00:06.0', 'Remove', '0:00:07.0']);
  expect(page.querySelector('img, script')).toBeNull();
});
test('each thing that a machine did with a device of its user is said in both languages, with the file’s path as text', () => {
  for (const language of ['de', 'en'] as const) {
    preferences.language = language;
    const said = ['announced', 'read', 'written', 'read_and_written', 'changed', 'deleted', 'denied', 'used', 'more'].map((what) => in_a_sentence({at: 1, kind: 'device', what, by: '', text: `drive C: ${hostile}`}));
    for (const one of said) expect(one).toMatch(language === 'de' ? /^(Die Maschine|Eine Änderung|Weitere Dateien) .* (Gerät|Geräten) / : /device|devices/);
    for (const one of said) expect(one.endsWith(`: drive C: ${hostile}`)).toBe(true);
    expect(new Set(said).size).toBe(9);
  }
});
test('all places of a word are read, and long lists are drawn part by part', async () => {
  const hit = (n: number) => ({recording: 'r1', at: n, until: n + 0.5, text: `line ${n}`});
  const mask = (n: number) => ({rule: 'label.password', secret: n, from_ms: n * 10, to_ms: n * 10 + 5, x: 0, y: 0, width: 64, height: 16});
  const redaction = {status: 'clean', reasons: [], states: 3, masks_by_rule: {'label.password': 900}, masks_total: 900, masks: Array.from({length: 300}, (_, n) => mask(n)), unread_total: 0, unread: [], all_at: {masks: {'label.password': [[0, 1000], [900_000, 901_000]]}}, area_time_pixel_seconds: {total: 1, masked: 0, covered: 0, held: 0, moving: 0}};
  answer({
    '/search?q=line*&recording=r1&limit=200&cursor=more': {body: {items: Array.from({length: 60}, (_, n) => hit(200 + n)), next: null}}, '/search': {body: {items: Array.from({length: 200}, (_, n) => hit(n)), next: 'more'}},
    '/recordings/r1/events': {body: {items: []}}, '/recordings/r1/remarks': {body: {items: []}}, '/recordings/r1/report': {body: {redaction}}, '/recordings/r1/index': {body: {generation: 1, duration: 1000, parts: []}},
    '/recordings/r1/views': {body: {items: []}}, '/recordings/r1/storyboard': {body: {items: []}}, '/recordings/r1': {body: recording},
  });
  history.replaceState({}, '', '/recordings/r1?q=line');
  const page = await show(Player, {id: 'r1'});
  const rows = (name: string) => page.querySelectorAll(`section[aria-label="${name}"] tbody tr`).length;
  const found = 'Found on the screen: line', covered = t('masks_listed');
  await soon(() => expect([rows(found), rows(covered)]).toEqual([200, 200]));
  for (const name of [found, covered]) [...page.querySelectorAll<HTMLButtonElement>(`section[aria-label="${name}"] button`)].find((one) => one.textContent?.trim() === t('more'))?.click();
  flushSync();
  expect([rows(found), rows(covered)]).toEqual([260, 300]);
  expect(page.querySelector(`section[aria-label="${covered}"]`)?.textContent).toContain('The first 300 of 900. The timeline shows the others');
  // The end of the last hit, and the last of what the list of masks leaves out, are on the timeline.
  const ends = (lane: string) => Math.max(...[...page.querySelectorAll(`svg[data-lane=${lane}] rect`)].map((one) => Number(one.getAttribute('x')) + Number(one.getAttribute('width'))));
  expect([ends('hit') >= 259, ends('mask') >= 900]).toEqual([true, true]);
  expect([...page.querySelectorAll<HTMLElement>('.names span')].map((one) => one.title)).toContain('Passwords: label.password');
  // Another word is looked for beside the film, and then none.
  const look_for = (text: string) => {
    const field = page.querySelector<HTMLInputElement>('form[role=search] input')!;
    field.value = text;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    flushSync();
  };
  answer({'/search?q=other*&recording=r1': {body: {items: [hit(7)], next: null}}});
  look_for('other');
  await soon(() => { flushSync(); expect(rows('Found on the screen: other')).toBe(1); });
  expect(location.search).toBe('?q=other');
  look_for('');
  await soon(() => { flushSync(); expect(location.search).toBe(''); });
  expect(page.querySelectorAll('svg[data-lane=hit]').length).toBe(0);
  history.replaceState({}, '', '/');
});
test('covered, unread, moving and held places are marked apart: in the legend, on the timeline, over the picture and in words, in both languages', async () => {
  const box = {x: 0, y: 0, width: 64, height: 16};
  const redaction = {
    status: 'clean', reasons: [], states: 3, masks_by_rule: {'label.password': 1}, masks_total: 1, masks: [{...box, rule: 'label.password', secret: 1, from_ms: 1000, to_ms: 2000}],
    unread_total: 1, unread: [{...box, from_ms: 0, to_ms: 500}], regions: [{...box, region: hostile, from_ms: 0, to_ms: 10_000}],
    moving: [{...box, covered: true, from_ms: 0, to_ms: 4000}, {...box, covered: false, from_ms: 0, to_ms: 3000}, {...box, covered: false, from_ms: 6000, to_ms: 9000}],
    area_time_pixel_seconds: {total: 100, masked: 1, covered: 1, held: 2, moving: 3},
  };
  for (const language of ['en', 'de'] as const) {
    preferences.language = language;
    answer({
      '/recordings/r1/events': {body: {items: []}}, '/recordings/r1/remarks': {body: {items: []}}, '/recordings/r1/report': {body: {redaction}}, '/recordings/r1/index': {body: {generation: 1, duration: 10, parts: []}},
      '/recordings/r1/views': {body: {items: []}}, '/recordings/r1/storyboard': {body: {items: []}}, '/recordings/r1': {body: recording},
    });
    const page = await show(Player, {id: 'r1'});
    await soon(() => expect([...page.querySelectorAll('svg[data-lane]')].map((lane) => [lane.getAttribute('data-lane'), lane.querySelectorAll('rect').length])).toEqual([['mask', 1], ['mask', 1], ['unread', 1], ['moving', 1], ['held', 2]]));
    expect([...page.querySelectorAll('.names span')].map((one) => one.textContent)).toEqual([t('lane_activity'), t('secrets_named'), t('secrets_password'), t('lane_unreadable'), t('lane_moved'), t('lane_old_picture')]);
    expect(page.querySelector('.covered')?.textContent).toBe([t('lane_unread'), t('lane_moving'), t('lane_held')].join(' · '));
    for (const sentence of [t('report_regions', {list: hostile}), t('report_unread', {percent: 1}), t('report_held', {percent: 2}), t('report_moving', {percent: 3})]) expect(page.textContent).toContain(sentence);
    await clear();
  }
});
test('a film that the policy keeps closed is asked for with a reason, and opens where that is enough', async () => {
  const film = {generation: 1, duration: 61, parts: []};
  const closed = {status: 403, body: {code: 'denied', detail: 'a reason is required'}};
  const others = {'/recordings/r1/report': closed, '/recordings/r1/storyboard': closed, '/recordings/r1/events': {body: {items: []}}, '/recordings/r1/remarks': {body: {items: []}}, '/recordings/r1/views': {body: {items: []}}};
  const made = {...others, '/requests': {body: {items: [], next: null}}};
  answer({...made, '/recordings/r1/index': closed, '/recordings/r1': {body: recording}});
  const page = await show(Player, {id: 'r1'});
  await soon(() => {
    flushSync();
    expect(page.textContent).toContain(t('watch_gate'));
  });
  expect(page.querySelector('video')).toBeNull();
  expect(page.textContent).not.toContain(t('error_denied'));
  const [why, ticket] = [...page.querySelectorAll<HTMLInputElement>('.wish input')];
  for (const [field, value] of [[why, 'the outage'], [ticket, 'INC42']] as const) {
    field!.value = value;
    field!.dispatchEvent(new Event('input', {bubbles: true}));
  }
  const sent: unknown[] = [];
  answer({...made, '/recordings/r1/index': {body: film}, '/recordings/r1': {body: recording}});
  const reads = fetch;
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method !== 'POST') return reads(url, init);
    sent.push([url, JSON.parse(init.body as string)]);
    return new Response(JSON.stringify({id: 'q1', kind: 'watch', recording: 'r1', state: 'approved'}), {status: 201});
  }));
  page.querySelector<HTMLFormElement>('.wish form')!.requestSubmit();
  await soon(() => {
    flushSync();
    expect(page.querySelector('video')).not.toBeNull();
  });
  expect(sent).toEqual([['/api/v1/requests', {kind: 'watch', recording: 'r1', reason: 'the outage', ticket: 'INC42'}]]);
});
test('a clip is asked for where the policy wants an approval, and then its bundle is fetched', async () => {
  const made = (state: string, more = {}) => ({id: 'e-1', recording: 'r1', from: 1, to: 3, reason: hostile, burn_in: false, state, progress: 0.4, error: null, created: recording.started, ...more});
  const sent: [string, unknown][] = [];
  let refuses = true, exports: unknown[] = [], requests: unknown[] = [];
  vi.stubGlobal('fetch', vi.fn(async (url: string, init?: RequestInit) => {
    if (init?.method === 'POST') {
      sent.push([url, JSON.parse(String(init.body))]);
      if (url.endsWith('/exports') && refuses) return new Response(JSON.stringify({code: 'approval_needed'}), {status: 403});
      return new Response(JSON.stringify({}), {status: 202});
    }
    return new Response(JSON.stringify({items: url.includes('/exports') ? exports : requests, next: null}));
  }));
  const page = await show(Clip, {recording: 'r1', duration: 60, at: 0, span: {from: 1, to: 3}, selecting: false, onpreview: () => {}});
  const press = (text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text)?.click();
  const reason = [...page.querySelectorAll('input')].at(-1)!;
  reason.value = hostile;
  reason.dispatchEvent(new Event('input', {bubbles: true}));
  flushSync();
  page.querySelector('form')?.dispatchEvent(new Event('submit', {cancelable: true}));
  await soon(() => expect(page.textContent).toContain(t('clip_needs_approval')));
  requests = [{...request, kind: 'export', recording: 'r1', from: 1, to: 3, state: 'approved'}];
  press(t('ask'));
  await soon(() => expect(page.textContent).toContain(t('clip_export_approved')));
  refuses = false;
  exports = [made('running')];
  press(t('clip_export_approved'));
  await soon(() => expect(page.querySelector('progress')?.value).toBe(0.4));
  expect(page.textContent).toContain(hostile);
  expect(page.querySelector('img, script')).toBeNull();
  exports = [made('done')];
  await soon(() => expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/exports/e-1/bundle'));
  expect(sent.map(([url]) => url)).toEqual(['/api/v1/exports', '/api/v1/requests', '/api/v1/exports']);
  expect(sent[1]?.[1]).toEqual({kind: 'export', recording: 'r1', from: 1, to: 3, reason: hostile});
});
test('an original shows whose shares are there; who watches gives none, and others do not watch', async () => {
  const opening = {request: 'q1', request_state: 'approved', requester: hostile, reason: hostile, from: 1, to: 3, area: [1, 2, 3, 4], created: recording.started, expires: recording.started, mine: true, state: 'collecting', given: [{number: 2, by: hostile, at: recording.started}], progress: 0, failure: hostile, until: recording.started};
  const original = {recording: 'r1', user: hostile, target: hostile, started: recording.started, duration: 60, rule: hostile, kept: true, allowed: true, sealed: recording.started, threshold: 2, custodians: [1, 2, 3].map((number) => ({number, subject: hostile, fingerprint: 'f'})), openings: [opening]};
  const shown_as = async (change: object) => {
    await clear();
    answer({'/recordings/r1/original': {body: {...original, ...change}}});
    return show(Original as unknown as Component<never>, {id: 'r1'});
  };
  const button = (page: HTMLElement, text: string) => [...page.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
  let page = await shown_as({});
  expect(page.textContent).toContain(t('quorum', {given: 1, threshold: 2}));
  expect(page.textContent).toContain(t('original_failed', {why: hostile}));
  expect(page.querySelector('img, script')).toBeNull();
  expect(button(page, t('original_open'))?.disabled).toBe(true);
  expect(button(page, t('share_give'))).toBeUndefined();
  expect(page.querySelector('a[download]')?.getAttribute('href')).toBe('/api/v1/recordings/r1/original/shares/1');
  page = await shown_as({openings: [{...opening, given: [...opening.given, {number: 1, by: 'b', at: recording.started}]}]});
  expect(button(page, t('original_open'))?.disabled).toBe(false);
  page = await shown_as({openings: [{...opening, mine: false}]});
  expect(button(page, t('share_give'))).toBeDefined();
  expect(button(page, t('original_open'))).toBeUndefined();
  page = await shown_as({openings: [{...opening, mine: false, state: 'open'}]});
  expect(page.textContent).toContain(t('original_others', {user: hostile}));
  expect(button(page, t('original_watch'))).toBeUndefined();
  for (const [change, key] of [[{kept: false}, 'original_none'], [{sealed: null}, 'original_unsealed'], [{allowed: false, openings: []}, 'original_forbidden']] as [object, Key][]) expect((await shown_as(change)).textContent).toContain(t(key));
});
test('each reason why nothing is there is said', async () => {
  const cases: [Record<string, {status?: number; body: unknown}>, Key][] = [
    [{}, 'error_offline'], [{'/recordings': {status: 403, body: {code: 'denied'}}}, 'error_denied'], [{'/recordings': {status: 500, body: 'no object'}}, 'error_other'], [{'/recordings': {body: {items: [], next: null}}}, 'recordings_empty']];
  for (const [answers, key] of cases) {
    answer(answers);
    const page = await show(Recordings);
    expect(page.textContent).toContain(t(key));
    await clear();
  }
});
test('the times of a clip that somebody types are left as they are, and what they mean is on the timeline', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify({items: [], next: null}))));
  const page = await show(Clip, {recording: 'r1', duration: 60, at: 0, span: {from: 1, to: 3}, selecting: false, onpreview: () => {}});
  const [from, to] = [...page.querySelectorAll('input')] as [HTMLInputElement, HTMLInputElement];
  expect([from.value, to.value]).toEqual(['0:00:01.0', '0:00:03.0']);
  for (const [field, text] of [[to, '0:01:00.05'], [from, '3'], [to, '0:00:05'], [from, '2']] as const) {
    field.value = text;
    field.dispatchEvent(new Event('input', {bubbles: true}));
    field.dispatchEvent(new Event('change', {bubbles: true}));
    flushSync();
    expect(field.value).toBe(text);
    if (text === '3') expect(to.value).toBe('0:01:00.05');
  }
  expect([from.value, to.value]).toEqual(['2', '0:00:05']);
  expect(page.textContent).toContain(t('clip_length', {length: '0:00:03.0'}));
  from.value = '9';
  from.dispatchEvent(new Event('input', {bubbles: true}));
  from.dispatchEvent(new Event('change', {bubbles: true}));
  flushSync();
  expect([from.value, to.value]).toEqual(['9', '0:00:05']);
  expect(page.textContent).toContain(t('clip_wrong', {length: '0:01:00.0'}));
});
