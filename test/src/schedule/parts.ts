/**
 * The parts of a schedule with nothing behind them: a real backlog and real counters, and a dispatcher and
 * timeouts that only write down what they are asked for.
 */
import { vi } from 'vitest';
import type { Dispatcher } from '../../../src/dispatch/dispatcher.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Signals } from '../../../src/job/signals.js';
import { Stats } from '../../../src/job/stats.js';
import { Backlog, type BacklogLimits } from '../../../src/schedule/backlog.js';
import { Settling } from '../../../src/schedule/settling.js';
import type { Timeouts } from '../../../src/schedule/timeouts.js';

export const ROOMY: BacklogLimits = { jobs: 10, bytes: 1000, waiters: 10 };

export function partsOf(slots = 1, limits: BacklogLimits = ROOMY) {
  /** What was asked for, with the number of the job, in order. */
  const log: string[] = [];
  const note =
    (what: string) =>
    (job: JobRecord): void =>
      void log.push(`${what} ${job.id}`);
  const backlog = new Backlog<JobRecord>(slots, limits);
  const signals = new Signals<JobRecord>(() => log.push('abort'));
  const stats = new Stats(0);
  const timeouts = {
    add: note('add'),
    reschedule: note('reschedule'),
    remove: note('remove'),
  } as unknown as Timeouts;
  const settling = new Settling(backlog, timeouts, signals, stats, note('failed unread'));
  return { log, backlog, signals, stats, timeouts, settling };
}

/** A dispatcher that has no thread; a test says what it answers. */
export function dispatcherOf(log: string[]) {
  return {
    lanes: { sent: vi.fn<() => JobRecord[]>(() => []) },
    collect: vi.fn<() => void>(() => void log.push('collect')),
    ring: vi.fn<() => void>(() => void log.push('ring')),
    relieve: vi.fn<() => boolean>(() => false),
    laneFor: vi.fn<(job: JobRecord) => unknown>(() => undefined),
    send: vi.fn<Dispatcher['send']>((job) => void log.push(`send ${job.id}`)),
    withdraw: vi.fn<Dispatcher['withdraw']>((job) => {
      log.push(`withdraw ${job.id}`);
      return false;
    }),
    tellAll: vi.fn<Dispatcher['tellAll']>(() => {
      log.push('tell all');
      return [];
    }),
    close: vi.fn<() => void>(() => void log.push('close')),
    isGivingTime: false,
  };
}

/** As the classes want it. */
export function asDispatcher(dispatcher: ReturnType<typeof dispatcherOf>): Dispatcher {
  return dispatcher as unknown as Dispatcher;
}
