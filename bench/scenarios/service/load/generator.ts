/**
 * Generates the load in a process of its own: reads the documents, posts them in an open or a closed loop,
 * and reports the responses.
 *
 * Invariant: it ends its load by itself, gives the last responses a second to arrive, and then sends `done` with
 * its final counts; `stop` makes it do so at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { serveParent, tellParent } from '../../../process/child.js';
import { nowUs } from '../../../process/clock.js';
import { ClosedLoop } from '../../../load/closed-loop.js';
import { loadDocuments } from './corpus.js';
import { OpenLoop } from '../../../load/open-loop.js';
import { HttpLoad, PREFER_COMPLETION } from './http-load.js';
import { dealer, randomFrom } from '../../../math/random.js';
import {
  type GeneratorReply,
  type GeneratorRequest,
  type GeneratorTally,
  REPORT_EVERY_MS,
} from './messages.js';

const LAST_ANSWERS_MS = 1000;

let nextDocument: () => Buffer;
let stop: () => void = () => {};

serveParent<GeneratorRequest>((request) => {
  switch (request.kind) {
    case 'load':
      nextDocument = dealer(loadDocuments(request.documents), randomFrom(request.seed));
      tell({ kind: 'ready' });
      return;
    case 'drive':
      void drive(request);
      return;
    case 'stop':
      stop();
  }
});

async function drive({ port, load }: GeneratorRequest & { kind: 'drive' }): Promise<void> {
  const isClosed = load.loop === 'closed';
  const httpLoad = new HttpLoad(port, isClosed ? PREFER_COMPLETION : {});
  const post = (intendedUs: number) => httpLoad.post(nextDocument(), intendedUs);
  const open = isClosed ? undefined : new OpenLoop({ ...load, send: (at) => void post(at) });
  const loop = open ?? new ClosedLoop(isClosed ? load.inFlight : 0, () => post(nowUs()));
  const count = (): GeneratorTally => ({
    ...httpLoad.tally(),
    ...(open === undefined ? {} : { open: open.tally() }),
  });
  const stopped = new Promise<void>((resolve) => {
    stop = () => {
      loop.stop();
      resolve();
    };
  });
  tell({ kind: 'started', atUs: nowUs() });
  const reports = setInterval(() => tell({ kind: 'report', tally: count() }), REPORT_EVERY_MS);
  await Promise.race([loop.run(), stopped]);
  await Promise.race([httpLoad.idle(), stopped, sleep(LAST_ANSWERS_MS)]);
  clearInterval(reports);
  tell({ kind: 'done', tally: count() });
  httpLoad.close();
}

function tell(reply: GeneratorReply): void {
  tellParent(reply);
}
