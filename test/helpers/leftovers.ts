/**
 * What a pool has started in this process and not ended: threads, ports, timers and immediates, the
 * unref'ed ones included, which `process.getActiveResourcesInfo` does not show.
 *
 * A resource counts where the first frame outside Node that made it is the library's or Piscina's.
 */
import { createHook } from 'node:async_hooks';
import { collectGarbage } from './garbage.js';
import { macrotask } from './outcomes.js';

const KINDS: ReadonlySet<string> = new Set(['Timeout', 'Immediate', 'MESSAGEPORT', 'WORKER']);
const root = new URL('../../', import.meta.url).pathname;
const ours = ['dist/', 'src/', 'workers/', 'node_modules/piscina/'].map((path) => root + path);

const living = new Map<number, string>();

createHook({
  init(id, kind) {
    if (!KINDS.has(kind)) return;
    const maker = callers().find((frame) => !/\(?node:|leftovers\.ts/.test(frame)) ?? '';
    if (ours.some((path) => maker.includes(path))) living.set(id, `${kind} ${maker.trim()}`);
  },
  destroy(id) {
    living.delete(id);
  },
}).enable();

function callers(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const { stack } = new Error('callers');
  Error.stackTraceLimit = limit;
  return (stack ?? '').split('\n').slice(1);
}

/** Turns of the event loop in which closed ports finish closing; garbage is collected between them. */
const TURNS = 500;

/**
 * Forgets everything that is left, after it had its time to end.
 *
 * @returns A line for each kind and place: how many, and the frame that made them.
 */
export async function takeLeftovers(): Promise<string[]> {
  for (let turn = 1; turn <= TURNS && living.size > 0; turn += 1) {
    if (turn % 50 === 0) collectGarbage();
    await macrotask();
  }
  const counts = new Map<string, number>();
  for (const what of living.values()) counts.set(what, (counts.get(what) ?? 0) + 1);
  living.clear();
  return [...counts].map(([what, count]) => `${count} × ${what}`);
}
