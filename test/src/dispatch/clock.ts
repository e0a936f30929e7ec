/**
 * A clock that only the test moves, and the deadlines that go by it. The event loop is the real one, and turns after each
 * step, as what waits for a thread waits for a turn.
 */
import { Deadlines } from '../../../src/job/deadlines.js';
import { macrotask } from '../../helpers/outcomes.js';

export class Clock {
  nowMs = 0;
  readonly now = (): number => this.nowMs;
  readonly deadlines: Deadlines = new Deadlines(this.now);

  /** Lets so much time pass at once, calls what is due, and lets the event loop turn. */
  async jump(ms: number): Promise<void> {
    this.nowMs += ms;
    this.deadlines.advance();
    await macrotask();
  }

  /** Lets time pass on a machine that is not busy: in steps, with a turn of the event loop after each. */
  async pass(ms: number, stepMs = 5): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) await this.jump(Math.min(stepMs, leftMs));
  }
}
