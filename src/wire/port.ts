/**
 * Delivers the messages of a port to their receiver, past Node's `EventTarget` if possible.
 *
 * Invariant: with or without the short way the same messages arrive in the same order, and every other event
 * of the port is dispatched as ever.
 */
import type { MessagePort } from 'node:worker_threads';

/**
 * Under this name Node looks for the function that dispatches what a port has received. The name is a
 * registered one, as Node looks for it from the outside of its own modules, too.
 */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

type Dispatch = (this: MessagePort, content: unknown, type: string, event: unknown) => unknown;

/** @param isStraight - Whether what it throws goes to Node, not to an `EventTarget` that catches it. */
type Receive = (message: unknown, isStraight: boolean) => void;

/**
 * Calls `receive` with each message that arrives at the port, straight from Node. The usual way leads
 * through an `EventTarget`, with its list of listeners, two closures and a handler for what they throw: where
 * nothing is warm in the caches that takes 4 µs on either side of a link, of a job's 140 (docs/design.md).
 * The usual way is there all the same, for a Node that does not ask.
 */
export function onMessage(port: MessagePort, receive: Receive): void {
  // This also starts the port.
  port.on('message', (message: unknown) => receive(message, false));
  const target = port as unknown as { [DISPATCH]?: Dispatch };
  const dispatch = target[DISPATCH];
  if (typeof dispatch !== 'function') return;
  const shortWay: Dispatch = function (content, type, event) {
    if (type === 'message') receive(content, true);
    else dispatch.call(this, content, type, event);
  };
  // Not by assignment: it throws where a hardened realm has frozen the prototypes.
  Reflect.defineProperty(target, DISPATCH, { value: shortWay, configurable: true, writable: true });
}
