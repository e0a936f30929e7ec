/**
 * Sets what may end a remote job before its result: its signal and its timeouts.
 *
 * Invariant: a settled job leaves neither a listener nor a timer behind.
 */
import { JobTimeoutError, type TimeoutPhase } from '../../api/errors.js';
import type { CancelReason } from '../message/cancel.js';
import type { RemoteTerms } from './pool-options.js';
import type { RemoteJobRecord } from './remote-job.js';

/** Ends a job from this side; does nothing if it has ended. */
export type EndEarly = (
  job: RemoteJobRecord,
  ending: 'cancelled' | 'timedOut',
  value: unknown,
  told: CancelReason,
) => void;

/** Watches a job that has just been submitted. */
export function watchEarlyEnd(
  job: RemoteJobRecord,
  { signal, timeouts }: Pick<RemoteTerms, 'signal' | 'timeouts'>,
  end: EndEarly,
): void {
  if (signal !== undefined) {
    const onAbort = (): void => end(job, 'cancelled', signal.reason, 'AbortError');
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    job.whenEnded.push(() => signal.removeEventListener('abort', onAbort));
  }
  const { totalMs, acceptMs, queueMs } = timeouts;
  expireAfter(totalMs, 'total', job, end);
  expireAfter(acceptMs, 'accept', job, end, () => job.isAccepted);
  if (queueMs === undefined) return;
  job.whenAccepted = () => expireAfter(queueMs, 'queue', job, end, () => job.hasStarted);
}

/** @param isPast - Whether the phase is over, so that its timeout has no effect. */
function expireAfter(
  timeoutMs: number | undefined,
  phase: TimeoutPhase,
  job: RemoteJobRecord,
  end: EndEarly,
  isPast: () => boolean = () => false,
): void {
  if (timeoutMs === undefined) return;
  const expire = (): void => {
    if (isPast()) return;
    const error = new JobTimeoutError(job.name, phase, timeoutMs, job.mayHaveStarted);
    end(job, 'timedOut', error, 'TimeoutError');
  };
  const timer = setTimeout(expire, timeoutMs);
  job.whenEnded.push(() => clearTimeout(timer));
}
