/**
 * A thread whose every step the test decides. It speaks the real protocol over the real claims; only
 * the thread itself is missing.
 */
import type { Link } from '../../src/lane.js';
import { ANSWER_FIELDS, Claims, Form, JOB_FIELDS, Kind } from '../../src/protocol.js';
import { encodeThrown } from '../../src/thrown.js';

/** A job as it arrived at the thread. */
export interface Arrival {
  readonly cell: number;
  readonly ticket: number;
  readonly input: unknown;
}

export class ScriptedLink implements Link {
  readonly claims: Claims;
  readonly names = new Map([['job', 0]]);
  readonly clockOffsetMs = 0;
  /** Jobs that arrived and were not looked at yet. */
  readonly inbox: Arrival[] = [];
  /** Jobs that were started and have not ended. */
  readonly running: Arrival[] = [];
  onMessage: (message: readonly unknown[]) => void = () => {};
  isStopped = false;
  pings = 0;

  constructor(slots: number) {
    this.claims = Claims.allocate(slots);
  }

  post(message: readonly unknown[], transfer: readonly unknown[] = []): void {
    if (message[0] === Kind.ping) this.pings += 1;
    if (message[0] !== Kind.run) return;
    for (let at = 1; at < message.length; at += JOB_FIELDS) {
      this.inbox.push({
        cell: message[at] as number,
        ticket: message[at + 1] as number,
        // Throws what can't be cloned, and takes what is transferred, as the real link does.
        input: structuredClone(message[at + 5], { transfer: transfer as never }),
      });
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Looks at the next job: starts it if its claim can be won. */
  start(): Arrival | undefined {
    const arrival = this.inbox.shift();
    if (arrival === undefined || !this.claims.start(arrival.cell, arrival.ticket)) return undefined;
    this.running.push(arrival);
    return arrival;
  }

  /** Ends a running job; gives the message that the thread would post. */
  end(
    index: number,
    outcome: { readonly value: unknown } | { readonly error: unknown },
  ): unknown[] {
    const [{ cell, ticket }] = this.running.splice(index, 1) as [Arrival];
    this.claims.finish(cell, ticket);
    const message =
      'value' in outcome
        ? [Kind.done, cell, ticket, Form.plain, outcome.value]
        : [Kind.done, cell, ticket, Form.thrown, encodeThrown(outcome.error)];
    if (message.length !== 1 + ANSWER_FIELDS) throw new Error('the protocol has changed');
    return message;
  }
}
