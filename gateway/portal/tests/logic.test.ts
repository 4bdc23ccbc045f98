import {Paged} from '../src/lib/paged.svelte';
import {SavedFilters} from '../src/lib/saved_filters.svelte';
import {describe, expect, test} from 'vitest';
import {name_typed, words_typed} from '../src/lib/typing';
import {found, groups, lines, operations, type Contract} from '../src/lib/contract';
import {codec_of} from '../src/lib/live_film';
import {safe_return} from '../src/lib/router.svelte';
import {samples, timescale_of} from '../src/lib/samples';
import {drawn_region} from '../src/lib/region';
import {kind_of, kinds, rules_of} from '../src/lib/secrets';
import {hex_of_base64} from '../src/lib/shares';
import {tags_of} from '../src/lib/tags';
import {activity_of, after_idle, idle_spans, lanes, merged, neighbour, shortcomings, shown_at, watchers} from '../src/lib/timeline';
import {clock, from_field, moment_of, seconds_of, to_field, utc_time} from '../src/lib/times';
import {query, type ApprovalRequest, type Redaction} from '../src/lib/api';
import {wish_of} from '../src/lib/requests';

const box = (type: string, ...parts: number[][]): number[] => {
  const body = parts.flat(), size = body.length + 8;
  return [...u32(size), ...[...type].map((letter) => letter.charCodeAt(0)), ...body];
};
const u32 = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
const bytes = (list: number[]): ArrayBuffer => new Uint8Array(list).buffer;

describe('pictures of a fragment', () => {
  const init = bytes(box('moov', box('trak', box('mdia', box('mdhd', u32(0), u32(0), u32(0), u32(1000), u32(0), u32(0))))));
  const moof = (sizes: number[], from: number) => box('moof', box('traf', box('tfhd', u32(0x20008), u32(1), u32(500)), box('tfdt', u32(0), u32(from)), box('trun', u32(0x201), u32(sizes.length), u32(0), ...sizes.map(u32))));

  test('have the times and sizes that the boxes say', () => {
    expect(timescale_of(init)).toBe(1000);
    expect(samples(bytes([...moof([9000, 40], 2000), ...box('mdat', [1, 2, 3]), ...moof([50], 3000)]), 1000)).toEqual([
      {at: 2, duration: 0.5, size: 9000}, {at: 2.5, duration: 0.5, size: 40}, {at: 3, duration: 0.5, size: 50}]);
  });
  test('of a fragment cut anywhere are those before the cut, and nothing breaks', () => {
    const whole = moof([9000, 40, 41], 0);
    for (let length = 0; length < whole.length; ++length) expect(samples(bytes(whole.slice(0, length)), 1000)).toEqual([]);
    const lying = moof([1], 0);
    lying[lying.length - 9] = 200;  // as if it held 200 pictures
    expect(samples(bytes(lying), 1000).length).toBeLessThanOrEqual(1);
  });
  test('of a beginning without a track are none', () => {
    expect(timescale_of(bytes([0, 0, 0, 8]))).toBe(0);
    expect(samples(bytes(moof([1], 0)), 0)).toEqual([]);
  });
});

const mask = (rule: string, from_ms: number, to_ms: number) => ({rule, secret: 0, from_ms, to_ms, x: 0, y: 0, width: 8, height: 8});
const report: Redaction = {status: 'clean', reasons: [], states: 1, masks_by_rule: {}, masks_total: 0, masks: [], unread_total: 0, unread: [], area_time_pixel_seconds: {total: 1, masked: 0, covered: 0, held: 0, moving: 0}};
describe('the timeline', () => {
  const still = (at: number, size = 60) => ({at, duration: 1, size});
  test('calls idle what stands still for three seconds', () => {
    const list = [still(0, 9000), still(1), still(2), still(3), still(4, 5000), still(5), still(6, 4000)];
    expect(idle_spans(list, 10)).toEqual([{from: 10, to: 14}]);
    expect(idle_spans([], 0)).toEqual([]);
  });
  test('goes on shortly before something happens', () => {
    const idle = [{from: 10, to: 20}];
    expect(after_idle(idle, 12)).toBe(19.5);
    expect(after_idle(idle, 19.5)).toBeNull();
    expect(after_idle(idle, 5)).toBeNull();
  });
  test('has a lane for each rule and finds the next place', () => {
    const all = lanes({...report, masks: [mask('pem.body', 0, 1000), mask('token.slack', 5000, 6000), mask('label.key', 5500, 9000)]}, 60);
    expect(all.map((lane) => [lane.kind, lane.rules, lane.count, lane.spans])).toEqual([['token', ['label.key', 'token.slack'], 2, [{from: 5, to: 9}]], ['key', ['pem.body'], 1, [{from: 0, to: 1}]]]);
    const starts = all.flatMap((lane) => lane.spans.map((span) => span.from));
    expect(neighbour(starts, 2, true)).toBe(5);
    expect(neighbour(starts, 6, false)).toBe(5);
    expect(neighbour(starts, 9, true)).toBeNull();
  });
  test('a region of the policy is what it names, whatever name it has there', () => {
    const region = {region: 'token', from_ms: 0, to_ms: 60_000, x: 0, y: 0, width: 8, height: 8};
    expect(lanes({...report, regions: [region]}, 60)).toEqual([{kind: 'named', rules: ['token'], count: 1, spans: [{from: 0, to: 60}]}]);
  });
  test('draws 20 000 masks as few shapes', () => {
    const masks = Array.from({length: 20_000}, (_, n) => ({rule: 'token', secret: n, from_ms: n * 1440, to_ms: n * 1440 + 100, x: 0, y: 0, width: 8, height: 8}));
    expect(lanes({...report, masks}, 28_800)[0]?.spans.length).toBeLessThanOrEqual(2001);
  });
  test('shows all that a cut list leaves out, where it is', () => {
    const cut = {
      ...report, masks: [mask('token.slack', 0, 1000)], masks_by_rule: {'token.slack': 25_000, 'pem.body': 30_000}, masks_total: 55_000, unread: [mask('', 0, 10)], unread_total: 30_000, moving: [{...mask('', 0, 10), covered: true}], regions: [{...mask('', 0, 10), region: 'corner'}],
      all_at: {masks: {'token.slack': [[0, 50_000]], 'pem.body': [[10_000, 20_000], [55_000, 60_000]]}, unread: {unread: [[0, 30_000]]}, moving: {covered: [[0, 5000]], held: [[40_000, 41_000]]}, regions: {corner: [[0, 60_000]]}} satisfies Redaction['all_at'],
    };
    expect(lanes(cut, 60)).toEqual([{kind: 'key', rules: ['pem.body'], count: 30_000, spans: [{from: 10, to: 20}, {from: 55, to: 60}]}, {kind: 'token', rules: ['token.slack'], count: 25_000, spans: [{from: 0, to: 50}]}, {kind: 'named', rules: ['corner'], count: 1, spans: [{from: 0, to: 60}]}]);
    expect(shortcomings(cut, 60)).toEqual({unread: [{from: 0, to: 30}], moving: [{from: 0, to: 5}], held: [{from: 40, to: 41}]});
    expect(shortcomings(undefined, 60)).toEqual({unread: [], moving: [], held: []});
  });
  test('who watched is said person by person, the last first', () => {
    const view = (user: string, at: string, from: number, to: number, live = false) => ({user, at, from, to, live});
    const all = watchers([view('anna', '2026-03-01T12:00:00.000Z', 0, 5), view('bob', '2026-03-01T13:00:00.000Z', 7, 7), view('anna', '2026-03-01T12:01:00.000Z', 5.5, 9), view('anna', '2026-03-01T12:02:00.000Z', 0, 0, true)]);
    expect(all.map((one) => [one.user, one.spans, one.live])).toEqual([['bob', [{from: 7, to: 7}], false], ['anna', [{from: 0, to: 9}], true]]);
  });
  test('joins what touches, in any order', () => {
    expect(merged([{from: 5, to: 6}, {from: 1, to: 2}, {from: 2, to: 3}])).toEqual([{from: 1, to: 3}, {from: 5, to: 6}]);
  });
});

test('times read as clocks', () => {
  expect(clock(0)).toBe('0:00:00');
  expect(clock(28_799.96, true)).toBe('7:59:59.9');
  expect(clock(-3)).toBe('0:00:00');
  expect(utc_time('2026-03-01T12:00:00.500Z')).toBe('2026-03-01 12:00:00 UTC');
});
test('only a path of ours is returned to after signing in', () => {
  expect(safe_return('/recordings?user=a')).toBe('/recordings?user=a');
  for (const hostile of [null, '', '//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)', '/sign-in?to=/sign-in', '/sign-in/callback?code=a']) expect(safe_return(hostile)).toBe('/');
});
test('tags are read, or refused', () => {
  expect(tags_of('env=prod, team = db')).toEqual({env: 'prod', team: 'db'});
  expect(tags_of('')).toEqual({});
  expect(tags_of('env')).toBeNull();
});
test('the codec is read from a film as it begins', () => {
  expect(codec_of(new Uint8Array([0, 0, 0x61, 0x76, 0x63, 0x43, 1, 0x64, 0, 0x28]))).toBe('avc1.640028');
  expect(codec_of(new Uint8Array([0x61, 0x76, 0x63, 0x43, 1]))).toBeNull();
});
test('what is empty is not asked for', () => {
  expect(query({user: '', target: 'a&b', limit: 5})).toBe('?target=a%26b&limit=5');
});

test('times are read as they are written, and shorter; nothing else is a time', () => {
  for (const seconds of [0, 59.9, 60, 3599.5, 3600, 100_000]) expect(seconds_of(clock(seconds, true))).toBeCloseTo(seconds, 5);
  expect([seconds_of('90'), seconds_of('1:30'), seconds_of(' 1:02:03,5 '), seconds_of('0:00')]).toEqual([90, 90, 3723.5, 0]);
  for (const wrong of ['', '-1', '1:60', '1:99:00', '1:2:3:4', 'abc', '1e3', '1:', ':5', '12:00pm']) expect(seconds_of(wrong), wrong).toBeNull();
});
test('the picture of a moment is the last one before it', () => {
  const all = [{at: 1, n: 'a'}, {at: 5, n: 'b'}];
  expect([shown_at(all, 0)?.n, shown_at(all, 4.9)?.n, shown_at(all, 5)?.n, shown_at([], 5)]).toEqual(['a', 'a', 'b', undefined]);
});

test('a list that is read again keeps its length, and another begins anew', async () => {
  const asked: (string | null)[] = [];
  const list = new Paged<number>(async (cursor) => {
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    return {items: [at], next: at < 2 ? String(at + 1) : null};
  }, (one) => one);
  await list.load();
  await list.more();
  expect(list.value).toEqual({items: [0, 1], next: '2'});
  await list.load();
  expect(list.value).toEqual({items: [0, 1], next: '2'});
  await list.more();
  await list.more();
  expect(list.value).toEqual({items: [0, 1, 2], next: null});
  await list.restart();
  expect(list.value).toEqual({items: [0], next: '1'});
  expect(asked).toEqual([null, '1', null, '1', '2', null]);
});

test('of a long list that is read again the beginning is asked for, and what stood below stays', async () => {
  let newest = 100, asked = 0;
  const list = new Paged<number>(async (cursor) => {
    ++asked;
    const from = Number(cursor ?? newest);
    return {items: [from, from - 1], next: from > 2 ? String(from - 2) : null};
  }, (one) => one);
  await list.load();
  for (let n = 0; n < 9; ++n) await list.more();
  expect(list.value?.items).toHaveLength(20);
  asked = 0;
  newest = 101;
  await list.load();
  expect(asked).toBe(3);
  expect(list.value).toEqual({items: Array.from({length: 21}, (_, n) => 101 - n), next: '80'});
  newest = 200;  // so much is new that nothing of what was read is among it
  await list.load();
  expect(list.value).toEqual({items: [200, 199, 198, 197, 196, 195], next: '194'});
  await list.more();
  expect(list.value?.items.at(-1)).toBe(193);
});

test('filters are kept by user and name, and what is stored is not trusted', () => {
  localStorage.clear();
  const own = new SavedFilters('audrey', 'recordings');
  own.save('late', '?status=degraded');
  own.save('late', '?status=failed');
  own.save('anna', '?user=anna');
  expect(new SavedFilters('audrey', 'recordings').list).toEqual([{name: 'anna', query: '?user=anna'}, {name: 'late', query: '?status=failed'}]);
  expect(own.of('?user=anna')?.name).toBe('anna');
  expect(new SavedFilters('carl', 'recordings').list).toEqual([]);
  own.forget('late');
  expect(new SavedFilters('audrey', 'recordings').list).toEqual([{name: 'anna', query: '?user=anna'}]);
  for (const bad of ['{', '{}', '[1, null, {"name": 1, "query": ""}, {"name": "x"}]']) {
    localStorage.setItem('filters of carl on recordings', bad);
    expect(new SavedFilters('carl', 'recordings').list).toEqual([]);
  }
});

test('whoever decides on an original reads which moments and which part of the screen it is about', () => {
  const request = {kind: 'watch-original', from: 61, to: 75, area: [40, 20, 300, 80]} as ApprovalRequest;
  expect(wish_of(request)).toMatch(/1:01.* to .*1:15.*, the 300 × 80 pixels at 40, 20$/);
  expect(wish_of({...request, from: null, to: null, area: null})).not.toContain('pixels');
});

test('a region is what lies between two points on the screen, whichever came first', () => {
  const screen = {width: 100, height: 50};
  expect(drawn_region({x: 90.2, y: 40}, {x: 10.7, y: 5.5}, screen)).toEqual([10, 5, 81, 35]);
  expect(drawn_region({x: -20, y: -5}, {x: 500, y: 500}, screen)).toEqual([0, 0, 100, 50]);
  expect(drawn_region({x: 120, y: 10}, {x: 140, y: 20}, screen)).toBeNull();
  expect(drawn_region({x: 10, y: 10}, {x: 10, y: 10}, screen)).toBeNull();
});
test('a pasted share is what openssl base64 writes, and nothing else', () => {
  expect(hex_of_base64('RkdT\nAQ==\n')).toBe('46475301');
  for (const text of ['', 'RkdT=', 'RkdTAQ=', '-----BEGIN CMS-----', 'A'.repeat(1000)]) expect(hex_of_base64(text)).toBeNull();
});
test('the activity of a film of hours is drawn at so many places, and that of a short one where it was', () => {
  const segments = Array.from({length: 14_400}, (_, n) => ({index: n, start: 2 * n, duration: 2, size: n === 7200 ? 40_000 : 400}));
  const drawn = activity_of(segments, 28_800);
  expect(drawn).toHaveLength(500);
  expect(drawn.findIndex((one) => one.level === 1)).toBe(250);
  expect(drawn[3]!.level).toBeLessThan(0.6);
  const short = activity_of([{index: 1, start: 0, duration: 1, size: 100}, {index: 2, start: 3, duration: 1, size: 400}], 4, 4);
  expect(short.map((one) => [one.from, one.level])).toEqual([[0, 0.5], [3, 1]]);
  expect(activity_of([], 0)).toEqual([]);
});

test('a moment is typed in one way in each language, a day alone means its beginning or its end, and what is none is none', () => {
  const at = new Date(2026, 10, 27, 18, 5);
  for (const text of ['2026-11-27 18:05', ' 2026-11-27T18:05 ', '27.11.2026 18:05', '27.11.2026, 18:05']) expect(moment_of(text)?.getTime(), text).toBe(at.getTime());
  expect([moment_of('2026-2-1')?.getTime(), moment_of('1.2.2026', true)?.getTime()]).toEqual([new Date(2026, 1, 1).getTime(), new Date(2026, 1, 2).getTime()]);
  for (const text of ['', '2026-02-30', '2026-13-01', '11/27/2026', '2026-11-27 24:00', '2026-11-27 18:60', '2026-11', 'tomorrow', '0026-01-01']) expect(moment_of(text), text).toBeNull();
  expect([to_field(at.toISOString()), to_field('x'), to_field(null), from_field('2026-11-27 18:05'), from_field('soon')]).toEqual(['2026-11-27 18:05', '', '', at.toISOString(), '']);
});
test('what is typed is looked for as the beginning of a name, or of the last word', () => {
  expect([name_typed('au'), name_typed('au*'), name_typed('')]).toEqual(['au*', 'au*', '']);
  expect([words_typed('nginx rest'), words_typed('größ'), words_typed('done.'), words_typed('rest*'), words_typed('nginx r'), words_typed('')]).toEqual(['nginx rest*', 'größ*', 'done.', 'rest*', 'nginx r', '']);
});

describe('the contract of the API', () => {
  const contract = {
    info: {version: '1', description: ''},
    components: {
      parameters: {id: {name: 'id', in: 'path', required: true, schema: {type: 'string'}}},
      responses: {Thing: {description: 'OK', content: {'application/json': {schema: {$ref: '#/components/schemas/Thing'}}}}},
      schemas: {
        Base: {type: 'object', properties: {at: {type: 'string', format: 'date-time'}}},
        Thing: {allOf: [{$ref: '#/components/schemas/Base'}], required: ['name'], properties: {name: {type: 'string', maxLength: 64}, parts: {type: 'array', items: {$ref: '#/components/schemas/Thing'}}}, additionalProperties: {type: ['integer', 'null']}},
      },
    },
    paths: {
      '/things/{id}': {parameters: [{$ref: '#/components/parameters/id'}], get: {operationId: 'thing', summary: 'One thing', 'x-roles': ['user'], 'x-scope': 'none', responses: {200: {$ref: '#/components/responses/Thing'}, 404: {$ref: '#/nowhere'}}},
        put: {operationId: 'later', summary: '', 'x-roles': [], 'x-scope': 'none', 'x-planned': true, responses: {}}},
      '/other': {post: {operationId: 'other', summary: 'Another', 'x-roles': ['admin'], 'x-scope': 'none', requestBody: {content: {'application/json': {schema: {type: 'object', properties: {kind: {enum: ['a', 'b']}}}}}}, responses: {204: {description: 'Done'}}}},
    },
  } as unknown as Contract;
  test('is a list of operations, with what their references stand for; what is planned is not there', () => {
    const list = operations(contract);
    expect(list.map((one) => `${one.method} ${one.path}`)).toEqual(['GET /things/{id}', 'POST /other']);
    expect(list[0]?.parameters[0]?.name).toBe('id');
    expect(list[0]?.answers.map((one) => [one.status, one.description, one.type])).toEqual([['200', 'OK', 'application/json'], ['404', '', '']]);
    expect(groups(list).map(([name]) => name)).toEqual(['things', 'other']);
    expect(found(list, 'admin POST').map((one) => one.id)).toEqual(['other']);
    expect(found(list, 'admin things')).toEqual([]);
  });
  test('has a line for each member, and what refers to itself has an end', () => {
    const all = lines(contract, {$ref: '#/components/schemas/Thing'});
    expect(all.slice(0, 3)).toEqual([
      {name: 'at', depth: 0, required: false, type: 'string (date-time)', about: ''},
      {name: 'name', depth: 0, required: true, type: 'string', about: 'maxLength 64'},
      {name: 'parts', depth: 0, required: false, type: 'object[]', about: ''}]);
    expect(all.at(-1)).toEqual({name: '*', depth: 0, required: false, type: 'integer | null', about: ''});
    expect(all.length).toBeLessThan(100);
    expect(lines(contract, operations(contract)[1]!.body!)[0]?.type).toBe('"a" | "b"');
  });
});

test('the rules of a kind of secrets are those that are said to be of it, and each rule is of one kind', () => {
  expect(rules_of('key')).toBe('pem.*');
  expect(rules_of('labelled')).toBe('label.*,-label.password,-label.pin,-label.token,-label.key,-label.secret,-label.authorization');
  expect(rules_of('password')).toBe('label.password,url.user_info,file.netrc,file.pgpass,entropy.password,command.*,known.*,-command.bearer,-command.set_token');
  const means = (list: string, rule: string) => list.split(',').some((one) => one === rule || (one.endsWith('*') && rule.startsWith(one.slice(0, -1)))) && !list.split(',').includes(`-${rule}`);
  for (const rule of ['label.password', 'label.field', 'command.bearer', 'command.mysql', 'token.jwt', 'pem.body', 'file.crypt_hash', 'file.netrc', 'number.card', 'entropy.run', 'custom.badge', 'known.secret', 'strict.token']) {
    expect(kinds.filter((kind) => means(rules_of(kind), rule)), rule).toEqual([kind_of(rule)]);
  }
});
