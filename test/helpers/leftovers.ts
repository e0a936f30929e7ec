/**
 * Finds what pools have started in this process and not ended: threads, ports, timers and immediates, including
 * unref'ed ones, which `process.getActiveResourcesInfo` does not show.
 *
 * A resource counts if the first frame outside Node that created it is the library's or Piscina's.
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

/** Max turns of the event loop for closed ports to finish closing; garbage is collected in between. */
const TURNS = 500;

/**
 * Reports and forgets everything that is left, after giving it time to end.
 *
 * @returns A line for each kind and place: the number, and the frame that created them.
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
