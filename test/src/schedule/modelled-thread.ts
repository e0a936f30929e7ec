/**
 * Models a thread whose event loop, functions and end are decided by a random history. It does only what a real thread
 * can do: a synchronous function keeps it from everything else, and once out of service it does no more than a real one
 * would.
 */
import { expect } from 'vitest';
import type { RetirementReason } from '../../../src/dispatch/lane.js';
import { type Arrival, ScriptedLink } from '../dispatch/scripted-link.js';

export class ModelledThread extends ScriptedLink {
  override names: readonly string[] = ['job', 'later'];
  /** True if it is stuck in what a finished job has left behind. */
  isStuck = false;
  /** True if it starts no more jobs, after an uncaught exception or an order to drain. */
  isStopped = false;
  /** Checks that failed when it was taken out of service or ended. */
  readonly faults: string[] = [];
  /** Cells whose functions return promises. */
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

  /** Records a failed check. It is also called from timers, where nobody would catch an error. */
  #holds(isSo: boolean, what: string): void {
    if (!isSo) this.faults.push(what);
  }

  /** True if it can get jobs. */
  get isInService(): boolean {
    return this.steps.length === 0;
  }

  /** True if the pool has ordered its end. */
  get isEnding(): boolean {
    return this.steps.length > 1;
  }

  /** True if it can end: by force, because its event loop is empty, or because its link limits a drain. */
  get canEnd(): boolean {
    return this.isEnding && (!this.isBusy || this.steps.includes('terminate'));
  }

  /** True if a synchronous function blocks its event loop. */
  get isBusy(): boolean {
    return this.running.some(({ cell }) => !this.#later.has(cell));
  }

  /** Starts its next job, if its event loop gets that far. */
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

  /** Index of a running job that can end now: a synchronous one first. */
  endable(choice: number): number {
    const busy = this.running.findIndex(({ cell }) => !this.#later.has(cell));
    return busy >= 0 ? busy : choice % this.running.length;
  }

  /** Turns its event loop: it reads its messages. */
  turn(): void {
    if (this.isStuck || this.isBusy) return;
    if (this.steps.some((step) => step.startsWith('drain'))) this.isStopped = true;
    this.pong();
  }

  /** Announces everything and goes to sleep, unless something keeps it awake. */
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
