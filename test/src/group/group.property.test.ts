import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Group } from '../../../src/group/group.js';
import type { Job } from '../../../src/job/job.js';
import { macrotask } from '../../helpers/outcomes.js';
import { repeats } from '../../helpers/extent.js';
import { scripted } from '../map/scripted.js';

/**
 * Leaving a group, by return, throw, cancel, failure or abort, after any history: none of its jobs runs, is queued or
 * waits, its signal has no listener, and all of its promises have settled.
 */

const WAYS = ['return', 'throw', 'cancel', 'failure', 'abort'] as const;
const anySetup = fc.record({
  concurrency: fc.integer({ min: 1, max: 3 }),
  jobs: fc.nat({ max: 5 }),
  overflow: fc.constantFrom('wait' as const, 'reject' as const, 'drop-oldest' as const),
  failFast: fc.boolean(),
  way: fc.constantFrom(...WAYS),
});
const anyStep = fc.tuple(
  fc.constantFrom(
    'run',
    'run',
    'submit',
    'map',
    'read',
    'nest',
    'outside',
    'start',
    'start',
    'end',
    'end',
    'fail',
    'cancel a job',
  ),
  fc.nat({ max: 1000 }),
);
type Setup = typeof anySetup extends fc.Arbitrary<infer Value> ? Value : never;
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

class History {
  readonly #setup: Setup;
  readonly #pool: ReturnType<typeof scripted>;
  readonly #controller = new AbortController();
  readonly #group: Group;
  /** The group itself and the groups nested in it. */
  readonly #groups: Group[];
  readonly #maps: Array<AsyncIterator<unknown>> = [];
  readonly #jobs: Array<Job<unknown>> = [];
  readonly #outside = new Set<number>();
  #promises = 0;
  #settled = 0;
  #inputs = 0;

  constructor(setup: Setup) {
    this.#setup = setup;
    const { concurrency, jobs, overflow, failFast } = setup;
    this.#pool = scripted({ concurrency, jobs, overflow });
    const { signal } = this.#controller;
    this.#group = new Group(this.#pool.scheduler, { signal, failFast }, () => {});
    this.#groups = [this.#group];
  }

  async run([what, pick]: Step): Promise<void> {
    const { link, scheduler } = this.#pool;
    const group = this.#groups[pick % this.#groups.length] as Group;
    this.#inputs += 1;
    switch (what) {
      case 'run':
        this.#follow(group.run('job', this.#inputs));
        break;
      case 'submit':
        this.#follow(
          group.submit('job', this.#inputs).then((job) => {
            this.#jobs.push(job);
            return job.result;
          }),
        );
        break;
      case 'map':
        this.#maps.push(group.map('job', [-1, -2, -3, -4, -5, -6]));
        break;
      case 'read': {
        const rows = this.#maps[pick % this.#maps.length];
        if (rows !== undefined) this.#follow(rows.next());
        break;
      }
      case 'nest':
        this.#groups.push(new Group(scheduler, { signal: this.#group.signal }, () => {}));
        break;
      case 'outside':
        this.#outside.add(this.#inputs);
        scheduler.trySubmit('job', this.#inputs, undefined)?.result.catch(() => {});
        break;
      case 'start':
        if (link.running.length < this.#setup.concurrency) link.start();
        break;
      case 'cancel a job':
        this.#jobs[pick % this.#jobs.length]?.cancel();
        break;
      default:
        if (link.running.length === 0) break;
        link.end(
          pick % link.running.length,
          what === 'end' ? { value: 'result' } : { error: new Error('failed') },
        );
        link.announce();
    }
    await macrotask();
  }

  #follow(promise: Promise<unknown>): void {
    this.#promises += 1;
    const settled = (): void => void (this.#settled += 1);
    promise.then(settled, settled);
  }

  async leave(): Promise<void> {
    const { way } = this.#setup;
    const group = this.#group;
    const block = async (): Promise<void> => {
      try {
        if (way === 'throw') throw new Error('left');
        if (way === 'cancel') group.cancel('enough');
        if (way === 'abort') this.#controller.abort('enough');
        if (way === 'failure') this.#follow(group.run('job', () => {}));
      } finally {
        await Promise.all(this.#groups.map((each) => each.close()));
      }
    };
    const state = { hasLeft: false, running: [] as unknown[] };
    const leaving = block()
      .catch(() => {})
      .finally(() => {
        state.hasLeft = true;
        state.running = this.#ownRunning();
      });
    for (let round = 0; !state.hasLeft; round += 1) {
      expect(round, 'it is left').toBeLessThan(200);
      await this.#step();
    }
    await leaving;
    expect(state.running, 'nothing of it runs').toEqual([]);
    this.#check();
  }

  /** One step of the thread: it starts or ends a job. No job starts of a group that is being left. */
  async #step(): Promise<void> {
    const { link } = this.#pool;
    if (link.running.length < this.#setup.concurrency && link.left > 0) {
      const arrival = link.start();
      if (arrival !== undefined) expect(this.#isOwn(arrival), 'it was taken back').toBe(false);
    } else if (link.running.length > 0) {
      link.end(link.running.length - 1, { value: 'late' });
      link.announce();
    }
    link.pong();
    await macrotask();
  }

  #isOwn({ input }: { readonly input: unknown }): boolean {
    return !this.#outside.has(input as number);
  }

  #ownRunning(): unknown[] {
    return this.#pool.link.running.filter((each) => this.#isOwn(each));
  }

  #check(): void {
    expect(this.#settled, 'every promise has settled').toBe(this.#promises);
    expect(getEventListeners(this.#controller.signal, 'abort')).toEqual([]);
    expect(getEventListeners(this.#group.signal, 'abort')).toEqual([]);
    expect(this.#pool.scheduler.turns.areWanted, 'no map wants a turn').toBe(false);
    const { waiting, abandoned } = this.#pool.stats();
    expect({ waiting, abandoned }).toEqual({ waiting: 0, abandoned: 0 });
  }

  async end(): Promise<void> {
    while (this.#pool.link.left > 0 || this.#pool.link.running.length > 0) await this.#step();
    const { submitted, waiting, queued, running, abandoned, ...endings } = this.#pool.stats();
    expect({ waiting, queued, running, abandoned }).toEqual({
      waiting: 0,
      queued: 0,
      running: 0,
      abandoned: 0,
    });
    expect(Object.values(endings).reduce((sum, count) => sum + count, 0)).toBe(submitted);
    this.#pool.scheduler.stop();
  }
}

const HISTORIES = repeats(100, 500);

test(`leaving a group leaves nothing, in ${HISTORIES} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(
      anySetup,
      fc.array(anyStep, { minLength: 5, maxLength: 40, size: 'max' }),
      async (setup, steps) => {
        const history = new History(setup);
        for (const step of steps) await history.run(step);
        await history.leave();
        await history.end();
      },
    ),
    { numRuns: HISTORIES },
  );
  expect.hasAssertions();
}, 120_000);
