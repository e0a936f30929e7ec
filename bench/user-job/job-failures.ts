/**
 * Jobs that failed: how many, the first messages, and on which inputs.
 *
 * Invariant: every failure is counted; of the messages the first few different ones are kept, each
 * with the input that it was first seen with.
 */

/** What is told of them. */
export interface JobFailures {
  readonly count: number;
  readonly examples: readonly FailureExample[];
}

export interface FailureExample {
  readonly message: string;
  /** The first input's name. */
  readonly input: string;
  /** How often this message was seen. */
  readonly count: number;
}

const MAX_EXAMPLES = 5;
const MAX_MESSAGE = 200;

export class FailureTally {
  #count = 0;
  readonly #examples = new Map<string, { input: string; count: number }>();

  /** A job failed. */
  add(error: unknown, input: string): void {
    this.#add(messageOf(error), input, 1);
  }

  /** What another tally has counted. */
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
