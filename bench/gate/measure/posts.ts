/**
 * Counts the messages that the main thread posts to its threads.
 *
 * Invariant: counting is the same for all sides and costs a few nanoseconds per message; the messages themselves are
 * untouched.
 */
import { MessagePort } from 'node:worker_threads';

/** A count since the last reset. */
export interface Posts {
  count(): number;
  reset(): void;
}

let posts = 0;
let isCounting = false;

/** Starts to count, for the whole process. */
export function countPosts(): Posts {
  if (!isCounting) {
    isCounting = true;
    // `Worker.postMessage` goes through a port, too.
    const { prototype } = MessagePort;
    const post: (this: unknown, ...args: never[]) => void = prototype.postMessage;
    prototype.postMessage = function counted(this: unknown, ...args: never[]): void {
      posts += 1;
      post.apply(this, args);
    } as typeof prototype.postMessage;
  }
  let from = posts;
  return {
    count: () => posts - from,
    reset: () => {
      from = posts;
    },
  };
}
