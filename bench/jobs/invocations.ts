/**
 * The job module of the invoke experiment: what a service does with a document that it accepts. It
 * calls a slower, second service, and waits for its answer.
 *
 * Invariants: every way of running it (a pool, a call in the request handler) makes the same call, and
 * holds the document until it is answered, as every client does that could have to send it again
 * (`fetch` holds two copies). Sockets are kept alive, and nothing here limits their number. The second
 * service's address is in the environment, as a service is told such things.
 */
import { Agent, type IncomingMessage, request } from 'node:http';

/** The environment variable with the address. */
export const SECOND_SERVICE = 'MILLRACE_BENCH_SECOND_SERVICE';

/** What came of a call. */
export interface Invocation {
  readonly sentBytes: number;
  readonly answerBytes: number;
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });

/** Has a document processed by the second service. */
export async function invoke(document: Uint8Array): Promise<Invocation> {
  const response = await post(document);
  let answerBytes = 0;
  for await (const chunk of response) answerBytes += (chunk as Buffer).byteLength;
  if (response.statusCode !== 200) {
    throw new Error(`The second service answered ${response.statusCode}.`);
  }
  return { sentBytes: document.byteLength, answerBytes };
}

/** Fulfils with the head of the answer. About a third of the processor time of `fetch` (Node 20). */
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
