import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Told } from '../../src/wire/job-words.js';
import { LiveSignal } from '../../workers/live-signal.js';

/** What the main thread has told the job, a `Told`. */
let told: number;

beforeEach(() => {
  told = Told.not;
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function make(): { live: LiveSignal; signal: AbortSignal; events: unknown[] } {
  const live = new LiveSignal(() => told);
  const { signal } = live;
  const events: unknown[] = [];
  signal.addEventListener('abort', (event) => events.push(event.target));
  return { live, signal, events };
}

test('it is a standard signal', () => {
  const { signal } = make();
  expect(signal).toBeInstanceOf(AbortSignal);
  expect(Object.getPrototypeOf(signal)).toBe(AbortSignal.prototype);
  expect(Object.prototype.toString.call(signal)).toBe('[object AbortSignal]');
  expect(Object.keys(signal)).toEqual([]);
  expect([signal.aborted, signal.reason, signal.throwIfAborted()]).toEqual([
    false,
    undefined,
    undefined,
  ]);
});

describe('the first look that sees the order aborts it there and then', () => {
  test.each<[string, (given: ReturnType<typeof make>) => unknown]>([
    ['aborted', ({ signal }) => signal.aborted],
    ['reason', ({ signal }) => signal.reason as unknown],
    [
      'throwIfAborted()',
      ({ signal }) => {
        try {
          return signal.throwIfAborted();
        } catch (error) {
          return error;
        }
      },
    ],
    ['the message', ({ live }) => live.look()],
  ])('%s', (_, look) => {
    const given = make();
    look(given);
    expect(given.events).toEqual([]);
    told = Told.cancelled;
    expect(given.events, 'nobody has looked').toEqual([]);
    const seen = look(given);
    expect(given.events).toEqual([given.signal]);
    expect([true, given.signal.reason, undefined]).toContain(seen);
    look(given);
    expect(given.events, 'once').toHaveLength(1);
  });

  test('also in the middle of a loop that nothing interrupts', () => {
    const { signal, events } = make();
    let turns = 0;
    for (; !signal.aborted; turns += 1) if (turns === 1000) told = Told.cancelled;
    expect(turns).toBe(1001);
    expect(events).toHaveLength(1);
  });

  test('and a listener may look again', () => {
    const { signal } = make();
    const seen: unknown[] = [];
    signal.addEventListener('abort', () => seen.push(signal.aborted, signal.reason));
    told = Told.cancelled;
    expect(signal.aborted).toBe(true);
    expect(seen).toEqual([true, signal.reason]);
  });
});

test('it has aborted from the beginning, if the job was told before', () => {
  told = Told.cancelled;
  const { signal, events } = make();
  expect(signal.aborted).toBe(true);
  expect(events).toEqual([]);
});

describe('the reason', () => {
  test.each([
    [Told.cancelled, 'AbortError', 'The job was cancelled'],
    [Told.timedOut, 'TimeoutError', 'The job timed out'],
    [Told.closing, 'AbortError', 'The pool is closing'],
    [Told.ending, 'AbortError', 'The thread is ending'],
  ] as const)('says what the job was told: %i', (why, name, message) => {
    const { signal } = make();
    told = why;
    const { reason } = signal as { reason: unknown };
    expect(reason).toBeInstanceOf(DOMException);
    expect(reason).toMatchObject({ name, message });
    expect(() => signal.throwIfAborted()).toThrow(reason as Error);
    expect(signal.reason, 'always the same').toBe(reason);
  });

  test('is that of the first order, if another one follows', () => {
    const { live, signal, events } = make();
    told = Told.timedOut;
    live.look();
    told = Told.closing;
    live.look();
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(events).toHaveLength(1);
  });
});

test('what a job module makes of these classes is nothing to it', () => {
  const forbidden = function (): never {
    throw new Error('not mine');
  };
  vi.stubGlobal('AbortController', forbidden);
  vi.stubGlobal('AbortSignal', forbidden);
  vi.stubGlobal('DOMException', forbidden);
  const { signal, events } = make();
  told = Told.cancelled;
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: 'AbortError' });
  expect(events).toEqual([signal]);
});
