/** Makes a scheduler with a scripted thread, and helpers for tests of maps and groups. */
import { onTestFinished } from 'vitest';
import type { Overflow } from '../../../src/api/options.js';
import type { OnMapEnded } from '../../../src/map/mapping.js';
import { Mapping } from '../../../src/map/mapping.js';
import { MapRows } from '../../../src/map/rows.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { macrotask } from '../../helpers/outcomes.js';
import { ScriptedLink } from '../dispatch/scripted-link.js';

export function scripted({
  concurrency = 1,
  jobs = 10,
  overflow = 'reject' as Overflow,
  graceMs = 60_000,
} = {}) {
  const scheduler = new Scheduler(
    {
      threads: 1,
      concurrency,
      coalesce: true,
      graceMs,
      overflow,
      backlog: { jobs, bytes: 1_000_000, waiters: 10 },
    },
    { live() {}, saturated() {}, available() {}, failedUnread() {}, drained() {} },
  );
  // Other files of this process would see its timers.
  onTestFinished(() => scheduler.stop());
  const link = new ScriptedLink(concurrency + 64);
  scheduler.addThread(link);
  const map = (source: unknown, options?: unknown, onEnded?: OnMapEnded): MapRows<unknown> =>
    new MapRows(new Mapping(scheduler, 'job', source, options, onEnded));
  /** The thread starts jobs in all of its slots and ends them: with their input doubled, or with an error. */
  const turn = async (fails: (input: unknown) => boolean = () => false): Promise<unknown[]> => {
    const inputs: unknown[] = [];
    while (link.running.length < concurrency && link.left > 0) link.start();
    while (link.running.length > 0) {
      const { input } = link.running[0] as { input: unknown };
      inputs.push(input);
      if (fails(input)) link.end(0, { error: new Error(`job ${String(input)}`) });
      else link.end(0, { value: Number(input) * 2 });
      link.announce();
    }
    link.pong();
    await macrotask();
    return inputs;
  };
  const stats = () => scheduler.stats({ retired: 0, lost: 0, retirements: 0, terminated: 0 }).jobs;
  return { scheduler, link, map, turn, stats };
}

/** A source that counts how it is used. */
export function counted(items: readonly unknown[]) {
  const use = { opened: 0, pulled: 0, closed: 0 };
  const source = {
    [Symbol.iterator](): Iterator<unknown> {
      use.opened += 1;
      let next = 0;
      return {
        next() {
          if (next === items.length) return { done: true, value: undefined };
          use.pulled += 1;
          next += 1;
          return { done: false, value: items[next - 1] };
        },
        return() {
          use.closed += 1;
          return { done: true, value: undefined };
        },
      };
    },
  };
  return { source, use };
}
