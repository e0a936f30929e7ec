/**
 * The job module of the invoke experiment: what a service does with a document that it accepts. It
 * calls a slower, second service, and waits for its answer.
 *
 * Invariant: every way of running it (a pool, a call in the request handler) makes the same call; the
 * second service's address is in the environment, as a service is told such things.
 */

/** The environment variable with the address. */
export const SECOND_SERVICE = 'MILLRACE_BENCH_SECOND_SERVICE';

/** Has a document processed by the second service; gives the length of its answer. */
export async function invoke(document: Uint8Array): Promise<number> {
  const response = await fetch(process.env[SECOND_SERVICE] ?? '', {
    method: 'POST',
    body: document,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`The second service answered ${response.status}.`);
  return answer.length;
}
