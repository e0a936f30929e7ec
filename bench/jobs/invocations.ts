/**
 * Job module of the invoke experiment: sends an accepted document to a second, slower service and waits for its
 * response.
 *
 * Invariants: every way of running it (a pool, a call in the request handler) makes the same call, and holds the
 * document until the response arrives, like every client that might have to send it again (`fetch` holds two copies).
 * Sockets are kept alive, and nothing here limits their number. The second service's address is in the environment,
 * as is usual for services.
 */
import { Agent, type IncomingMessage, request } from 'node:http';

/** Name of the environment variable with the address. */
export const SECOND_SERVICE = 'MILLRACE_BENCH_SECOND_SERVICE';

/** The result of a call. */
export interface Invocation {
  readonly sentBytes: number;
  readonly answerBytes: number;
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });

/** Sends a document to the second service for processing. */
export async function invoke(document: Uint8Array): Promise<Invocation> {
  const response = await post(document);
  let answerBytes = 0;
  for await (const chunk of response) answerBytes += (chunk as Buffer).byteLength;
  if (response.statusCode !== 200) {
    throw new Error(`The second service responded with ${response.statusCode}.`);
  }
  return { sentBytes: document.byteLength, answerBytes };
}

/** Resolves when the response's head arrives. Takes about a third of the CPU time of `fetch` (Node 20). */
function post(document: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(process.env[SECOND_SERVICE] ?? '', {
      agent,
      method: 'POST',
      headers: { 'content-length': document.byteLength },
    })
      .once('response', resolve)
      .on('error', reject)
      .end(document);
  });
}
