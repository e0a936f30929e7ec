/**
 * Notes what is left out of an error, or of a thrown value that is none, by its path from there.
 *
 * Invariant: no more than a bounded number of paths, however much is left out.
 */

const MAX_PATHS = 100;
/** Stands for the rest. */
export const MORE = '…';

export class Omissions {
  readonly paths: string[] = [];
  /** Whether the field that is looked at holds an error or what can't be cloned: it can't cross as a whole. */
  isDivided = false;
  /** Whether it holds too much to be taken apart. */
  isTooMuch = false;
  /** Names of properties, and positions in arrays, Maps and Sets. */
  readonly #steps: Array<string | number> = [];

  /** Calls a function for the value that one step leads to. */
  at<Result>(step: string | number, visit: () => Result): Result {
    this.#steps.push(step);
    const result = visit();
    this.#steps.pop();
    return result;
  }

  /** Notes that the value at the path is left out. */
  omit(): undefined {
    this.isDivided = true;
    this.cut();
  }

  /** The same of where a circle closes: that stays if the field crosses as a whole. */
  cut(): undefined {
    const { length } = this.paths;
    if (length <= MAX_PATHS) this.paths.push(length < MAX_PATHS ? written(this.#steps) : MORE);
  }
}

/** A path as JavaScript writes it, but for what it begins with: `errors[1].socket["on end"]`. */
function written(steps: ReadonlyArray<string | number>): string {
  return steps
    .map((step, at) => {
      if (/^\d+$/.test(String(step))) return `[${step}]`;
      if (at === 0) return step;
      return /^[\w$]+$/.test(String(step)) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('');
}
