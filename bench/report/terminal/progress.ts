/**
 * Shows the progress of a long run: one line that is redrawn on a terminal, whole lines elsewhere.
 *
 * Invariants: the redrawn line is erased when another text is written or the run has ended; it is never wider than
 * the terminal, because it could not be erased then.
 */
import { formatSeconds } from '../format.js';
import type { Paint } from './paint.js';
import { columnsOf, DEFAULT_COLUMNS, type Screen, textColumns } from './screen.js';
import { wrap } from './wrap.js';

interface Phase {
  readonly label: string;
  readonly startedMs: number;
  readonly seconds: number;
  readonly laterSeconds: number;
  detail: string;
}

const REDRAW_MS = 200;
const BAR_COLUMNS = 16;
const CLEAR_LINE = '\r\u001B[2K';

/** The progress of one run. */
export class Progress {
  readonly #screen: Screen;
  readonly #paint: Paint;
  #phase: Phase | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDrawn = false;

  constructor(screen: Screen, paint: Paint) {
    this.#screen = screen;
    this.#paint = paint;
  }

  /** Starts a phase that takes max `seconds`, followed by phases that take max `laterSeconds`. */
  begin(label: string, seconds: number, laterSeconds: number): void {
    this.#phase = { label, startedMs: performance.now(), seconds, laterSeconds, detail: '' };
    if (this.#screen.isTTY !== true) {
      this.say(`${label}: up to ${formatSeconds(Math.round(seconds))} …`);
      return;
    }
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS).unref();
    this.#draw();
  }

  /** Sets the short text that describes what the phase is doing now. */
  update(detail: string): void {
    if (this.#phase !== undefined) this.#phase.detail = detail;
  }

  /** Writes a line that stays, wrapped to the screen. */
  say(line: string): void {
    this.#clear();
    const columns = textColumns(columnsOf(this.#screen));
    this.#screen.write(`${wrap(line, undefined, columns).join('\n')}\n`);
    this.#draw();
  }

  /** Ends the phase and writes lines that stay. */
  end(lines: readonly string[]): void {
    this.#phase = undefined;
    for (const line of lines) this.say(line);
  }

  /** Stops drawing. */
  stop(): void {
    this.#phase = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
  }

  #draw(): void {
    if (this.#phase === undefined || this.#screen.isTTY !== true) return;
    const text = formatPhase(this.#phase, performance.now());
    const columns = Math.max(20, this.#screen.columns ?? DEFAULT_COLUMNS) - 1;
    this.#screen.write(`${CLEAR_LINE}${this.#paint('faint', text.slice(0, columns))}`);
    this.#isDrawn = true;
  }

  #clear(): void {
    if (!this.#isDrawn) return;
    this.#screen.write(CLEAR_LINE);
    this.#isDrawn = false;
  }
}

function formatPhase({ label, startedMs, seconds, laterSeconds, detail }: Phase, nowMs: number) {
  const elapsed = Math.min(seconds, (nowMs - startedMs) / 1000);
  const full = Math.round((elapsed / seconds) * BAR_COLUMNS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  const left = Math.ceil(seconds - elapsed + laterSeconds);
  return [label, bar, ...(detail === '' ? [] : [detail]), `${left} s left`].join('  ');
}
