/**
 * Runs one random history of a map: its source, its consumer and the threads do what the steps say. The map's behavior
 * is compared with a tally that knows only what these three can see.
 */
import { expect } from 'vitest';
import type { Overflow } from '../../../src/api/options.js';
import { MapRows } from '../../../src/map/rows.js';
import { Mapping } from '../../../src/map/mapping.js';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { JOB_OVERHEAD_BYTES } from '../../../src/wire/payload.js';
import { macrotask } from '../../helpers/outcomes.js';
import { ScriptedLink } from '../dispatch/scripted-link.js';

export interface Setup {
  readonly threads: number;
  readonly concurrency: number;
  readonly jobs: number;
  readonly overflow: Overflow;
  /** Length of each item and fate of its job. */
  readonly items: ReadonlyArray<readonly [length: number, fate: Fate]>;
  readonly source: 'iterable' | 'promises' | 'async';
  /** True if the source throws at its end. */
  readonly throwsAtEnd: boolean;
  readonly inFlight: number | undefined;
  readonly windowItems: number | undefined;
  readonly windowBytes: number | undefined;
  readonly ordered: boolean;
  readonly onError: 'stop' | 'settle';
}

export type Fate = 'returns' | 'throws' | 'throws undefined' | 'is uncloneable';

export const STEPS = [
  'ask',
  'start',
  'end',
  'answer',
  'submit',
  'trySubmit',
  'return',
  'abort',
  'close',
] as const;
export type Step = readonly [what: (typeof STEPS)[number], pick: number];

const SOURCE_ERROR = new Error('the source has failed');
const ABORTED = new Error('aborted');
const NEWCOMER = 'newcomer';

export class MapHistory {
  readonly #setup: Setup;
  readonly #scheduler: Scheduler;
  readonly #links: ScriptedLink[];
  readonly #controller = new AbortController();
  readonly #rows: MapRows<unknown>;
  /** Number of items that the source has yielded, and of calls that closed it. */
  #pulled = 0;
  #closed = 0;
  #isOver = false;
  #isClosing = false;
  /** Answers the outstanding pull. */
  #answerPull: (() => void) | undefined;
  #isPulling = false;
  /** Number of pending calls of `next()`. */
  #asked = 0;
  readonly #delivered: number[] = [];
  readonly #failed: number[] = [];
  #thrown: { readonly error: unknown } | undefined;
  #isDone = false;
  /** Actions of the consumer and of others. */
  #wasReturned: Promise<unknown> | undefined;
  #hasReturned = false;
  #wasAborted = false;
  #wasClosed = false;

  constructor(setup: Setup) {
    this.#setup = setup;
    const { threads, concurrency, jobs, overflow } = setup;
    this.#scheduler = new Scheduler(
      {
        threads,
        concurrency,
        coalesce: true,
        graceMs: 60_000,
        overflow,
        backlog: { jobs, bytes: 100_000, waiters: 4 },
      },
      { live() {}, saturated() {}, available() {}, failedUnread() {}, drained() {} },
    );
    this.#links = Array.from({ length: threads }, () => {
      const link = new ScriptedLink(concurrency + 8);
      this.#scheduler.addThread(link);
      return link;
    });
    const { inFlight, windowItems, windowBytes, ordered, onError } = setup;
    this.#rows = new MapRows(
      new Mapping(this.#scheduler, 'job', this.#source(), {
        ordered,
        onError,
        signal: this.#controller.signal,
        ...(inFlight !== undefined && { inFlight }),
        window: {
          ...(windowItems !== undefined && { items: windowItems }),
          ...(windowBytes !== undefined && { bytes: windowBytes }),
        },
      }),
    );
  }

  async run([what, pick]: Step): Promise<void> {
    this.#do(what, pick);
    await macrotask();
    this.#check();
  }

  #do(what: Step[0], pick: number): void {
    const link = this.#links[pick % this.#links.length] as ScriptedLink;
    switch (what) {
      case 'ask':
        return this.#ask();
      case 'start':
        if (link.running.length < this.#setup.concurrency) link.start();
        return;
      case 'end':
        if (link.running.length > 0) this.#end(link, pick % link.running.length);
        return;
      case 'answer':
        return this.#answerPull?.();
      case 'submit':
      case 'trySubmit':
        try {
          this.#scheduler[what]('job', NEWCOMER, undefined)?.result.catch(() => {});
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^ERR_(BACKLOG|POOL)/));
        }
        return;
      // The other steps end the map, so they are rare.
      case 'return':
        return pick % 8 === 0 ? this.#return() : undefined;
      case 'abort':
        if (pick % 8 > 0) return;
        this.#wasAborted ||= !this.#hasEnded;
        return this.#controller.abort(ABORTED);
      case 'close':
        if (pick % 16 > 0) return;
        this.#wasClosed = true;
        return this.#scheduler.close();
    }
  }

  #ask(): void {
    this.#asked += 1;
    const isLate = this.#hasEnded || this.#wasReturned !== undefined;
    this.#rows.next().then(
      (delivery) => this.#noting(() => this.#onDelivery(delivery, isLate)),
      (error: unknown) =>
        this.#noting(() => {
          this.#asked -= 1;
          expect(this.#thrown, 'one error is thrown').toBeUndefined();
          this.#thrown = { error };
          this.#checkEnd();
        }),
    );
  }

  /** Keeps a failed check where nobody would catch it. */
  #noting(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#fault ??= error;
    }
  }

  #onDelivery({ done, value }: IteratorResult<unknown>, isLate: boolean): void {
    this.#asked -= 1;
    if (done === true) {
      this.#isDone = true;
      if (this.#wasReturned === undefined) this.#checkEnd();
      return;
    }
    expect(isLate || this.#hasEnded, 'nothing comes after the end').toBe(false);
    if (this.#setup.onError === 'stop') {
      this.#delivered.push(Number.parseInt(value as string));
      return;
    }
    const { index, status, value: result, reason } = value as Record<string, any>;
    if (status === 'fulfilled') expect(Number.parseInt(result)).toBe(index);
    else {
      expect(this.#isErrorOf(index, reason)).toBe(true);
      this.#failed.push(index);
    }
    this.#delivered.push(index);
  }

  #return(): void {
    if (this.#wasReturned !== undefined) return;
    this.#wasReturned = this.#rows.return().then(() => {
      this.#hasReturned = true;
      this.#noting(() => this.#checkEnd());
    });
  }

  get #hasEnded(): boolean {
    return this.#isDone || this.#thrown !== undefined || this.#hasReturned;
  }

  #end(link: ScriptedLink, index: number): void {
    const input = link.running[index]?.input as string;
    const item = input === NEWCOMER ? undefined : this.#setup.items[Number.parseInt(input)];
    // As long as its item's charge, so that the window's bytes can be computed from outside.
    const length = (item?.[0] ?? 0) + JOB_OVERHEAD_BYTES;
    const fate = item?.[1] ?? 'returns';
    if (fate === 'throws') link.end(index, { error: new Error(input) });
    else if (fate === 'throws undefined') link.end(index, { error: undefined });
    else link.end(index, { value: input.padEnd(length) });
    link.announce();
  }

  #source(): Iterable<unknown> | AsyncIterable<unknown> {
    const pull = (): IteratorResult<unknown> => {
      this.#checkPull();
      if (this.#isClosing) return { done: true, value: undefined };
      const item = this.#setup.items[this.#pulled];
      if (item === undefined) {
        this.#isOver = true;
        if (this.#setup.throwsAtEnd) throw SOURCE_ERROR;
        return { done: true, value: undefined };
      }
      const text = `${this.#pulled} `.padEnd(item[0]);
      this.#pulled += 1;
      return { done: false, value: item[1] === 'is uncloneable' ? this.#uncloneable(text) : text };
    };
    const close = (): void => {
      this.#closed += 1;
      expect(this.#isOver, 'what is over is not closed').toBe(false);
      expect(this.#closed, 'it is closed once').toBe(1);
      this.#isClosing = true;
    };
    const later = <Value>(answer: () => Value): Promise<Value> =>
      new Promise((resolve, reject) => {
        this.#isPulling = true;
        this.#answerPull = () => {
          this.#answerPull = undefined;
          this.#isPulling = false;
          try {
            resolve(answer());
          } catch (error) {
            reject(error as Error);
          }
        };
      });
    switch (this.#setup.source) {
      case 'iterable':
        return {
          [Symbol.iterator]: () => ({
            next: pull,
            return: () => (close(), { done: true, value: undefined }),
          }),
        };
      case 'promises':
        return {
          [Symbol.iterator]: () => ({
            next: () => {
              const { done, value } = pull();
              if (done === true) return { done, value };
              return { done: false, value: later(() => value) };
            },
            return: () => (close(), { done: true, value: undefined }),
          }),
        };
      case 'async':
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => {
              this.#checkPull();
              return later(() => {
                this.#isPulling = false;
                return pull();
              });
            },
            return: async () => (close(), { done: true, value: undefined }),
          }),
        };
    }
  }

  #uncloneable(text: string): unknown {
    return { text, symbol: Symbol('it is not cloned') };
  }

  /** A failed check that nobody would report. */
  #fault: unknown;

  #checkPull(): void {
    this.#noting(() => this.#checkThePull());
  }

  #checkThePull(): void {
    expect(this.#isPulling, 'one pull is outstanding').toBe(false);
    if (this.#isClosing) return;
    expect(this.#isOver || this.#hasEnded, 'nothing is pulled after the end').toBe(false);
    expect(this.#held.length).toBeLessThan(this.#items);
    const { windowBytes } = this.#setup;
    if (windowBytes === undefined || this.#held.length === 0) return;
    const bytes = this.#held.reduce((sum, index) => sum + this.#leastBytes(index), 0);
    expect(bytes, 'nothing is pulled while the bytes are reached').toBeLessThan(windowBytes);
  }

  /** Items that were pulled and not delivered. */
  get #held(): number[] {
    return Array.from({ length: this.#pulled }, (_, index) => index).filter(
      (index) => !this.#delivered.includes(index),
    );
  }

  /** Lower bound of an item's charge. */
  #leastBytes(index: number): number {
    const [length, fate] = this.#setup.items[index] as readonly [number, Fate];
    // An error is charged less; newcomers may have dropped the job.
    const isKnown = fate === 'returns' && this.#setup.overflow !== 'drop-oldest';
    return isKnown ? Math.max(length, 3) + JOB_OVERHEAD_BYTES : 0;
  }

  get #items(): number {
    return this.#setup.windowItems ?? Infinity;
  }

  #isErrorOf(index: number, error: unknown): boolean {
    // A job may throw `undefined`; any item that could have caused it counts.
    const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
    // Newcomers may drop any job, whatever its fate.
    if (code === 'ERR_JOB_DROPPED') return this.#setup.overflow === 'drop-oldest';
    switch (this.#setup.items[index]?.[1]) {
      case 'throws':
        return message !== undefined && Number.parseInt(message) === index;
      case 'throws undefined':
        return error === undefined;
      case 'is uncloneable':
        return code === 'ERR_NOT_CLONEABLE';
      default:
        return false;
    }
  }

  #check(): void {
    if (this.#fault !== undefined) throw this.#fault;
    expect(this.#held.length).toBeLessThanOrEqual(this.#items);
    const { ordered, inFlight } = this.#setup;
    const inOrder = this.#delivered.toSorted((a, b) => a - b);
    expect(new Set(inOrder).size, 'nothing comes twice').toBe(inOrder.length);
    if (ordered) expect(this.#delivered).toEqual(inOrder.map((_, index) => index));
    const mine = this.#links.flatMap(({ running }) =>
      running.filter(({ input }) => input !== NEWCOMER),
    );
    if (!this.#hasEnded && inFlight !== undefined && this.#thrown === undefined) {
      const limit = this.#isStopping ? Infinity : inFlight;
      expect(mine.length).toBeLessThanOrEqual(limit);
    }
  }

  get #isStopping(): boolean {
    return this.#wasReturned !== undefined || this.#wasAborted || this.#wasClosed;
  }

  /** Checks what must hold once the consumer learns that the map has ended. */
  #checkEnd(): void {
    const running = this.#links.flatMap((link) => link.running.map(({ input }) => input));
    expect(
      running.filter((input) => input !== NEWCOMER),
      'nothing of it runs',
    ).toEqual([]);
    const wasOpened = this.#pulled > 0 || this.#isOver || this.#isClosing || this.#isPulling;
    if (wasOpened) {
      expect(this.#closed, 'it is closed, or over').toBe(this.#isOver ? 0 : 1);
    }
    if (this.#thrown !== undefined) this.#checkError(this.#thrown.error);
    else if (this.#isDone && this.#wasReturned === undefined) {
      expect(this.#delivered.length).toBe(this.#setup.items.length);
    }
  }

  #checkError(error: unknown): void {
    if (error === ABORTED) return expect(this.#wasAborted).toBe(true);
    if (error === SOURCE_ERROR) return expect(this.#isOver).toBe(true);
    if ((error as { code?: unknown } | undefined)?.code === 'ERR_POOL_CLOSED') {
      return expect(this.#wasClosed).toBe(true);
    }
    expect(this.#setup.onError).toBe('stop');
    const causes = this.#setup.ordered ? [this.#delivered.length] : this.#held;
    expect(causes.some((index) => this.#isErrorOf(index, error))).toBe(true);
  }

  /** Lets everything go on until the map has ended, and reads all remaining rows. */
  async finish(): Promise<void> {
    const isReturning = (): boolean => this.#wasReturned !== undefined && !this.#hasReturned;
    for (let round = 0; !this.#hasEnded || this.#asked > 0 || isReturning(); round += 1) {
      expect(round, 'it comes to an end').toBeLessThan(1000);
      if (this.#asked === 0 && !isReturning()) this.#do('ask', 0);
      this.#answerPull?.();
      for (const link of this.#links) {
        while (link.running.length < this.#setup.concurrency && link.start() !== undefined);
        while (link.running.length > 0) this.#end(link, 0);
        link.pong();
      }
      await macrotask();
      this.#check();
    }
    this.#checkEnd();
    expect(await this.#rows.next()).toEqual({ done: true, value: undefined });
    this.#checkLeftovers();
    this.#scheduler.stop();
  }

  /** Checks that nothing of the map is left in the pool. */
  #checkLeftovers(): void {
    const { jobs } = this.#scheduler.stats({
      retired: 0,
      lost: 0,
      retirements: 0,
      terminated: 0,
    });
    const { submitted, waiting, queued, running, abandoned, ...endings } = jobs;
    const ended = Object.values(endings).reduce((sum, count) => sum + count, 0);
    expect(ended + waiting + queued + running).toBe(submitted);
    expect(abandoned).toBe(0);
    expect(this.#scheduler.turns.areWanted).toBe(false);
  }
}
