/**
 * Holds the items that a map has pulled and not delivered, and the consumers that wait for them.
 *
 * Invariants: results leave in the order of their items, or of their endings where the map is not ordered; consumers
 * are answered in the order in which they asked; each is answered once.
 */
import { inMicrotask } from '../api/timers.js';
import { List, type Listed } from '../job/list.js';

/** An item on its way from the source to the consumer. */
export class Entry implements Listed<Entry> {
  /** The number of the item, from 0. */
  readonly index: number;
  /** The item, until its job has ended; then the result, or what the job failed with. */
  value: unknown;
  /** Bytes charged against the window: of its input at first, of its result at last. */
  bytes: number;
  /** Its job; undefined until it is submitted. */
  job: object | undefined = undefined;
  ending: 'fulfilled' | 'rejected' | undefined = undefined;
  list: object | undefined = undefined;
  previous: Entry | undefined = undefined;
  next: Entry | undefined = undefined;

  constructor(index: number, item: unknown, bytes: number) {
    this.index = index;
    this.value = item;
    this.bytes = bytes;
  }
}

/** A pending `next()`. */
interface Consumer<Row> {
  resolve(result: IteratorResult<Row, undefined>): void;
  reject(error: unknown): void;
}

export class Deliveries<Row> {
  readonly #isOrdered: boolean;
  /** All entries in the order of their items; where that is not the order of delivery, those that have not ended. */
  readonly #pulled = new List<Entry>();
  /** Those that have ended, in that order; unused where results keep the order of the items. */
  readonly #ended = new List<Entry>();
  readonly #consumers: Array<Consumer<Row>> = [];
  #bytes = 0;
  /** Of those that are on their way to their consumers, which see them a microtask or two later. */
  #leaving = 0;
  #leavingBytes = 0;
  readonly #onSpace: () => void;

  /** @param onSpace - Called when what was delivered has reached its consumers. */
  constructor(isOrdered: boolean, onSpace: () => void) {
    this.#isOrdered = isOrdered;
    this.#onSpace = onSpace;
  }

  /** Whether nothing is left to be delivered. */
  get areDone(): boolean {
    return this.#pulled.length + this.#ended.length === 0;
  }

  /** How many items were pulled and have not reached their consumers. */
  get length(): number {
    return this.#pulled.length + this.#ended.length + this.#leaving;
  }

  /** Their charged bytes. */
  get bytes(): number {
    return this.#bytes + this.#leavingBytes;
  }

  /** Whether a consumer waits. */
  get areAwaited(): boolean {
    return this.#consumers.length > 0;
  }

  /** Adds an item that was just pulled. */
  add(entry: Entry): void {
    this.#bytes += entry.bytes;
    this.#pulled.push(entry);
  }

  /** The entry has ended, and is charged for what came of it. */
  end(entry: Entry, ending: 'fulfilled' | 'rejected', value: unknown, bytes: number): void {
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    entry.ending = ending;
    entry.value = value;
    entry.job = undefined;
    if (this.#isOrdered) return;
    this.#pulled.remove(entry);
    this.#ended.push(entry);
  }

  /** Takes the entry that is to be delivered next, if it has ended. */
  takeReady(): Entry | undefined {
    const first = this.#isOrdered ? this.#pulled.first : this.#ended.first;
    if (first?.ending === undefined) return undefined;
    this.#take(first);
    this.#leaving += 1;
    this.#leavingBytes += first.bytes;
    if (this.#leaving === 1) inMicrotask(() => inMicrotask(this.#onLeft));
    return first;
  }

  readonly #onLeft = (): void => {
    this.#leaving = this.#leavingBytes = 0;
    this.#onSpace();
  };

  #take(entry: Entry): void {
    this.#bytes -= entry.bytes;
    if (entry.list === this.#pulled) this.#pulled.remove(entry);
    else this.#ended.remove(entry);
  }

  /**
   * Takes out an entry that has failed, and what would come behind it: where there is no order, all that has not ended.
   */
  dropFrom(failed: Entry): Entry[] {
    const dropped: Entry[] = [];
    let entry: Entry | undefined = this.#isOrdered ? failed.next : this.#pulled.first;
    this.#take(failed);
    if (entry === failed) entry = this.#pulled.first;
    while (entry !== undefined) {
      const { next } = entry as Entry;
      this.#take(entry);
      dropped.push(entry);
      entry = next;
    }
    return dropped;
  }

  /** Takes everything out. */
  drop(): Entry[] {
    const dropped: Entry[] = [];
    for (const list of [this.#pulled, this.#ended]) {
      for (let entry = list.shift(); entry !== undefined; entry = list.shift()) dropped.push(entry);
    }
    this.#bytes = 0;
    return dropped;
  }

  /** A consumer waits. */
  ask(): Promise<IteratorResult<Row, undefined>> {
    return new Promise((resolve, reject) => this.#consumers.push({ resolve, reject }));
  }

  /** Answers the consumer that has waited longest. */
  answer(row: Row): void {
    this.#consumers.shift()?.resolve({ done: false, value: row });
  }

  /** Tells the consumer that has waited longest of an error. Returns whether there was one. */
  fail(error: unknown): boolean {
    const consumer = this.#consumers.shift();
    consumer?.reject(error);
    return consumer !== undefined;
  }

  /** Tells all consumers that nothing more comes. */
  finish(): void {
    for (const { resolve } of this.#consumers.splice(0)) resolve({ done: true, value: undefined });
  }
}
