import {expect, test, vi} from 'vitest';
import {Events} from '../src/lib/events.svelte';

test('a lost stream says so, comes back, and has everything read again', () => {
  vi.useFakeTimers();
  const made: {onopen?: () => void; onerror?: () => void; close: () => void; addEventListener: (kind: string, act: () => void) => void}[] = [];
  const still_signed_in = vi.fn();
  const events = new Events(() => {
    const source = {close: vi.fn(), addEventListener: vi.fn()};
    made.push(source);
    return source as unknown as EventSource;
  }, still_signed_in);
  const tell = vi.fn();
  const end = events.on(['session'], tell);
  events.start();
  made[0]?.onopen?.();
  expect([events.state, tell.mock.calls.length]).toEqual(['open', 0]);
  made[0]?.onerror?.();
  expect(events.state).toBe('lost');
  expect(still_signed_in).toHaveBeenCalledTimes(1);  // else a sign-in that is over would look like a line that is cut
  vi.advanceTimersByTime(1000);
  expect(made.length).toBe(2);
  made[1]?.onerror?.();
  vi.advanceTimersByTime(1000);
  expect(made.length).toBe(2);  // later each time
  vi.advanceTimersByTime(1000);
  made[2]?.onopen?.();
  expect([events.state, tell.mock.calls.length]).toEqual(['open', 1]);
  const arrive = vi.mocked(made[2]!.addEventListener).mock.calls.find(([kind]) => kind === 'session')![1];
  for (let n = 0; n < 50; ++n) arrive();
  expect(tell).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(tell).toHaveBeenCalledTimes(2);  // of many events in a second one is told
  arrive();
  end();
  vi.advanceTimersByTime(5000);
  expect(tell).toHaveBeenCalledTimes(2);
  events.stop();
  vi.useRealTimers();
});
