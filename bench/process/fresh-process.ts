/**
 * Makes one measurement in a process of its own, so that nothing a variant leaves behind (compiled code, a grown
 * heap, threads) affects the next one.
 *
 * Invariant: the process has ended when its result, its failure or the interruption is reported; a process that does
 * not answer in time has failed.
 */
import { Child, type Message } from './child.js';

/** The reply of a measuring process. */
export interface Measured extends Message {
  readonly kind: 'measured';
}

/** Starts a program, sends it the request and returns its reply. @throws Error, see above */
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
    /** Called with every message, including the reply. */
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
    if (isLate) throw new Error(`No response within ${limitMs / 1000} s.`, { cause: error });
    throw error;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
    await child.kill();
  }
}
