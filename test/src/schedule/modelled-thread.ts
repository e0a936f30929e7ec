/**
 * A thread whose event loop, functions and end a random history decides. It does what a real one can do and nothing else:
 * what is synchronous keeps it from everything, and what has left service gets no more of it than a real one would.
 */
import { expect } from 'vitest';
import type { RetirementReason } from '../../../src/dispatch/lane.js';
import { type Arrival, ScriptedLink } from '../dispatch/scripted-link.js';

export class ModelledThread extends ScriptedLink {
  override names: readonly string[] = ['job', 'later'];
  /** It looks at nothing: what a finished job has left behind keeps it. */
  isStuck = false;
  /** It starts no more jobs: an exception was not caught, or it was told to drain. */
  isStopped = false;
  /** What did not hold when it was taken out of service, or ended. */
  readonly faults: string[] = [];
  /** The cells whose functions return a promise. */
  readonly #later = new Set<number>();

  override retire(reason: RetirementReason): void {
    this.#holds(this.isInService, 'it is retired once');
    this.#holds(reason !== 'stuck' || this.running.length === 0, 'nothing runs where it is stuck');
    this.#holds(reason !== 'uncaught' || this.isStopped, 'an exception was not caught');
    super.retire(reason);
  }

  override drain(isOverAbandoned: boolean): void {
    this.#holds(this.steps.length === 1, 'it drains once, after its retirement');
    this.#holds(isOverAbandoned === this.running.length > 0, 'it drains over what runs');
    super.drain(isOverAbandoned);
  }

  override terminate(): void {
    this.#holds(this.unanswered > 0, 'no thread is ended by force that has answered');
    super.terminate();
  }

  /** Called from timers, too, where nobody would catch what is thrown. */
  #holds(isSo: boolean, what: string): void {
    if (!isSo) this.faults.push(what);
  }

  /** Whether it may get jobs. */
  get isInService(): boolean {
    return this.steps.length === 0;
  }

  /** Whether the pool has seen to its end. */
  get isEnding(): boolean {
    return this.steps.length > 1;
  }

  /** Whether its end has come: by force, as its event loop is empty, or as its link gives what drains a limit. */
  get canEnd(): boolean {
    return this.isEnding && (!this.isBusy || this.steps.includes('terminate'));
  }

  /** Whether a synchronous function has its event loop. */
  get isBusy(): boolean {
    return this.running.some(({ cell }) => !this.#later.has(cell));
  }

  /** Starts its next job, if its event loop comes to that. */
  startNext(slots: number, isLater: (arrival: Arrival) => boolean): Arrival | undefined {
    if (this.isStuck || this.isBusy || this.isStopped || this.running.length === slots) {
      return undefined;
    }
    const arrival = this.start();
    if (arrival === undefined) return undefined;
    if (isLater(arrival)) {
      this.#later.add(arrival.cell);
      this.host.markAsync(arrival.cell);
    } else this.#later.delete(arrival.cell);
    return arrival;
  }

  /** The place of a running job that can end now: a synchronous one before all others. */
  endable(choice: number): number {
    const busy = this.running.findIndex(({ cell }) => !this.#later.has(cell));
    return busy >= 0 ? busy : choice % this.running.length;
  }

  /** Lets its event loop turn: it reads its messages. */
  turn(): void {
    if (this.isStuck || this.isBusy) return;
    if (this.steps.some((step) => step.startsWith('drain'))) this.isStopped = true;
    this.pong();
  }

  /** Goes to sleep if nothing keeps it awake, and has told all that it has to tell. */
  rest(slots: number): void {
    if (this.isStuck || this.isBusy) return;
    if (this.left > 0) {
      if (this.isStopped || this.running.length === slots) return;
      expect(this.isWoken, 'nothing is left lying for a thread that sleeps').toBe(true);
      return;
    }
    this.announce();
    this.sleep();
  }
}
