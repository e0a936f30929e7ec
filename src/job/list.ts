/**
 * Links entries in a doubly linked list through themselves, so that adding, taking and removing from the
 * middle cost the same few steps at any length, and nothing is allocated.
 *
 * Invariant: an entry is in at most one list at a time, and knows which by `list`.
 */

/** The fields of an entry; only the list writes them. */
export interface Listed<Entry> {
  list: object | undefined;
  previous: Entry | undefined;
  next: Entry | undefined;
}

export class List<Entry extends Listed<Entry>> {
  #first: Entry | undefined;
  #last: Entry | undefined;
  #length = 0;

  get first(): Entry | undefined {
    return this.#first;
  }

  get last(): Entry | undefined {
    return this.#last;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds at the end. */
  push(entry: Entry): void {
    this.#insert(entry, this.#last, undefined);
  }

  /** Adds before an entry of this list, or at the end if that is undefined. */
  insertBefore(next: Entry | undefined, entry: Entry): void {
    this.#insert(entry, next === undefined ? this.#last : next.previous, next);
  }

  /** Takes the first entry. */
  shift(): Entry | undefined {
    const entry = this.#first;
    if (entry !== undefined) this.remove(entry);
    return entry;
  }

  /** Takes an entry out, wherever it is. */
  remove(entry: Entry): void {
    const { previous, next } = entry;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    entry.list = entry.previous = entry.next = undefined;
    this.#length -= 1;
  }

  #insert(entry: Entry, previous: Entry | undefined, next: Entry | undefined): void {
    entry.list = this;
    entry.previous = previous;
    entry.next = next;
    if (previous === undefined) this.#first = entry;
    else previous.next = entry;
    if (next === undefined) this.#last = entry;
    else next.previous = entry;
    this.#length += 1;
  }
}
