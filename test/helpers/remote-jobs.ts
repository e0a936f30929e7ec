/** Makes jobs of a remote pool without a server. */
import { RemoteJobRecord } from '../../src/nats/submit/remote-job.js';

/** Makes a job with this id; its nonce is the id and `-nonce`. */
export function makeRemoteJob(id = 'it', number = 1): RemoteJobRecord {
  return new RemoteJobRecord((job, reason) => job.settle('cancelled', reason), number, {
    headers: { id, nonce: `${id}-nonce`, name: 'job' } as never,
    key: undefined,
    payload: new Uint8Array(10),
    bytes: 10,
    input: 5,
    onProgress: undefined,
    whenFull: 'wait',
  });
}
