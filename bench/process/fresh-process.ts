/**
 * One measurement in a process of its own: nothing that an arm leaves behind (compiled code, a grown
 * heap, threads) meets the next one.
 *
 * Invariant: the process has ended when the answer, the failure or the interruption is told; one that
 * does not answer in time is a failure.
 */
import { Child, type Message } from './child.js';

/** What a measuring process answers. */
export interface Measured extends Message {
  readonly kind: 'measured';
}

/** Starts a program, tells it what to measure and takes its answer. @throws Error, see above */
export async function measureFresh<Reply extends Measured>(
  program: URL,
  request: Message,
  {
    limitMs,
    signal,
    onMessage,
  }: {
    readonly limitMs: number;
    readonly signal: AbortSignal;
    /** Gets every message on the way, the answer too. */
    readonly onMessage?: (message: Message) => void;
  },
): Promise<Reply> {
  const child = new Child<Message, Measured>('process', program, onMessage);
  let isLate = false;
  const stop = (): void => void child.kill();
  const limit = setTimeout(() => {
    isLate = true;
    stop();
  }, limitMs);
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    const measured = child.receive('measured');
    child.send(request);
    return (await measured) as Reply;
  } catch (error) {
    if (isLate) throw new Error(`No answer within ${limitMs / 1000} s.`, { cause: error });
    throw error;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
    await child.kill();
  }
}
