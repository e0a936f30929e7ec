/**
 * Makes the parts of a schedule in isolation: a real backlog and real counters, and a dispatcher and timeouts that only
 * record their calls.
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
  /** Calls with the id of the job, in order. */
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

/** A dispatcher without threads; a test decides its answers. */
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

/** Casts the dispatcher to the type that the classes expect. */
export function asDispatcher(dispatcher: ReturnType<typeof dispatcherOf>): Dispatcher {
  return dispatcher as unknown as Dispatcher;
}
