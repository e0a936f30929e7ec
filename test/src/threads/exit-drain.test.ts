import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { drainAtExit, forgetAtExit, type Leaving } from '../../../src/threads/exit-drain.js';

/** Threads whose time to leave the test decides. */
class StandIn implements Leaving {
  readonly takesMs: number;

  constructor(takesMs = 0) {
    this.takesMs = takesMs;
  }

  leave(): void {
    log.push([nameOf(this), 'leave']);
  }

  awaitEnd(limitMs: number): void {
    log.push([nameOf(this), 'awaitEnd', limitMs]);
    vi.advanceTimersByTime(Math.min(this.takesMs, Math.max(limitMs, 0)));
  }
}

const log: unknown[][] = [];
const all = new Map<Leaving, string>();
let listenersBefore: NodeJS.ExitListener[];

function nameOf(threads: Leaving): string {
  return all.get(threads) as string;
}

/** Threads that take part in the drain, under a name. */
function add(name: string, takesMs?: number): StandIn {
  const threads = new StandIn(takesMs);
  all.set(threads, name);
  drainAtExit(threads);
  return threads;
}

/** Exit listeners that were added since the test began. */
function listeners(): NodeJS.ExitListener[] {
  return process.listeners('exit').filter((each) => !listenersBefore.includes(each));
}

/** Calls the listeners as the process does when it exits. */
function exit(): void {
  for (const listener of listeners()) listener(0);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  listenersBefore = process.listeners('exit');
  log.length = 0;
});
afterEach(() => {
  for (const threads of all.keys()) forgetAtExit(threads);
  all.clear();
  expect(listeners()).toEqual([]);
  vi.useRealTimers();
});

test('one listener is there for all, from the first to the last of them', () => {
  expect(listeners()).toHaveLength(0);
  const first = add('first');
  expect(listeners()).toHaveLength(1);
  const second = add('second');
  drainAtExit(second);
  expect(listeners()).toHaveLength(1);
  forgetAtExit(first);
  forgetAtExit(first);
  expect(listeners()).toHaveLength(1);
  forgetAtExit(second);
  expect(listeners()).toHaveLength(0);
  forgetAtExit(second);
  add('third');
  expect(listeners()).toHaveLength(1);
});

describe('at the exit', () => {
  test('all are told before any is waited for', () => {
    add('first');
    add('second');
    exit();
    expect(log).toEqual([
      ['first', 'leave'],
      ['second', 'leave'],
      ['first', 'awaitEnd', 1000],
      ['second', 'awaitEnd', 1000],
    ]);
  });

  test('they have a second in all', () => {
    add('first', 300);
    add('second', 2000);
    add('third');
    exit();
    expect(log.slice(3)).toEqual([
      ['first', 'awaitEnd', 1000],
      ['second', 'awaitEnd', 700],
      ['third', 'awaitEnd', 0],
    ]);
  });

  test('those that take no part any more are left alone', () => {
    forgetAtExit(add('first'));
    add('second');
    exit();
    expect(log).toEqual([
      ['second', 'leave'],
      ['second', 'awaitEnd', 1000],
    ]);
  });
});
