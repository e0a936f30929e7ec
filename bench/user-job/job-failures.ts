/**
 * Tallies failed jobs: their number, the first messages, and the inputs that they failed on.
 *
 * Invariant: every failure is counted; the first five distinct messages are kept, each with the input that it was
 * first seen with.
 */

/** A summary of failed jobs. */
export interface JobFailures {
  readonly count: number;
  readonly examples: readonly FailureExample[];
}

export interface FailureExample {
  readonly message: string;
  /** Name of the first input that failed with this message. */
  readonly input: string;
  /** Number of failures with this message. */
  readonly count: number;
}

const MAX_EXAMPLES = 5;
const MAX_MESSAGE = 200;

export class FailureTally {
  #count = 0;
  readonly #examples = new Map<string, { input: string; count: number }>();

  /** Counts a failed job. */
  add(error: unknown, input: string): void {
    this.#add(messageOf(error), input, 1);
  }

  /** Adds the failures that another tally has counted. */
  addAll({ count, examples }: JobFailures): void {
    for (const each of examples) this.#add(each.message, each.input, each.count);
    this.#count += count - examples.reduce((sum, each) => sum + each.count, 0);
  }

  summary(): JobFailures {
    return {
      count: this.#count,
      examples: [...this.#examples].map(([message, { input, count }]) => ({
        message,
        input,
        count,
      })),
    };
  }

  #add(message: string, input: string, count: number): void {
    this.#count += count;
    const known = this.#examples.get(message);
    if (known !== undefined) known.count += count;
    else if (this.#examples.size < MAX_EXAMPLES) this.#examples.set(message, { input, count });
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [line = ''] = text.split('\n');
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}
