/**
 * Provides a clock that only the test advances, and deadlines that use it. The event loop is the real one and turns
 * after each step, as waiting for a thread takes a turn.
 */
import { Deadlines } from '../../../src/job/deadlines.js';
import { macrotask } from '../../helpers/outcomes.js';

export class Clock {
  nowMs = 0;
  readonly now = (): number => this.nowMs;
  readonly deadlines: Deadlines = new Deadlines(this.now);

  /** Advances the time by `ms` at once, runs what is due, and lets the event loop turn. */
  async jump(ms: number): Promise<void> {
    this.nowMs += ms;
    this.deadlines.advance();
    await macrotask();
  }

  /** Advances the time as on an idle machine: in steps, with a turn of the event loop after each. */
  async pass(ms: number, stepMs = 5): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) await this.jump(Math.min(stepMs, leftMs));
  }
}
