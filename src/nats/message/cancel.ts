/**
 * Writes and reads cancellations, and remembers the newest: they are not stored on the server, and may come before their
 * job does.
 *
 * Invariant: what others publish there reads as undefined, and never throws.
 */

/** The name of the reason, as the job's signal has it. */
export type CancelReason = 'AbortError' | 'TimeoutError';

const REMEMBERED = 10_000;

export function writeCancel(nonce: string, reason: string): string {
  return `${reason} ${nonce}`;
}

/** Undefined if it is none: anybody may publish there. */
export function readCancel(text: string): { nonce: string; reason: string } | undefined {
  const [reason, nonce] = text.split(' ', 2) as [string, string | undefined];
  return nonce === undefined ? undefined : { nonce, reason };
}

/** The newest cancellations, by the nonces of their submissions. */
export class RecentCancels {
  readonly #reasons = new Map<string, string>();

  add(nonce: string, reason: string): void {
    this.#reasons.set(nonce, reason);
    if (this.#reasons.size <= REMEMBERED) return;
    const [oldest] = this.#reasons.keys();
    this.#reasons.delete(oldest as string);
  }

  /** The reason; undefined if the job was not cancelled, or long ago. */
  get(nonce: string): string | undefined {
    return this.#reasons.get(nonce);
  }

  forget(nonce: string): void {
    this.#reasons.delete(nonce);
  }
}
