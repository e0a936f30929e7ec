/**
 * Keeps inputs that are too large for their cells and arrive in messages of their own.
 *
 * Invariants: an input is posted before its cell is submitted, and inputs are posted in the order of their cells. So an
 * input that is missing when its cell is reached is still in the link, or could not be read.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { asBuffer } from '../src/wire/payload.js';
import { BELL, Form } from '../src/wire/protocol.js';

/** An input, or the error of reading it. */
export type LargeInput = { readonly value: unknown } | { readonly error: unknown };

export class LargeInputs {
  readonly #link: MessagePort;
  readonly #receive: (message: readonly unknown[]) => void;
  readonly #byCell = new Map<number, LargeInput>();
  /** Failures to read an input that are not yet matched to a job, in order. */
  readonly #failures: unknown[] = [];

  /** @param receive - Called with messages that were taken from the link on the way to an input. */
  constructor(link: MessagePort, receive: (message: readonly unknown[]) => void) {
    this.#link = link;
    this.#receive = receive;
  }

  /** Keeps an input that has arrived. */
  receive(cell: number, form: number, value: unknown): void {
    this.#byCell.set(cell, { value: form === Form.buffer ? asBuffer(value) : value });
  }

  /** Keeps the reason why a message could not be read. */
  failed(error: unknown): void {
    this.#failures.push(error);
  }

  /** Takes a cell's input, from the link if need be. */
  take(cell: number): LargeInput {
    for (;;) {
      const input = this.#byCell.get(cell);
      if (input !== undefined) {
        this.#byCell.delete(cell);
        return input;
      }
      try {
        const received = receiveMessageOnPort(this.#link);
        if (received === undefined) return { error: this.#failures.shift() };
        if (received.message !== BELL) this.#receive(received.message as readonly unknown[]);
      } catch (error) {
        return { error };
      }
    }
  }
}
