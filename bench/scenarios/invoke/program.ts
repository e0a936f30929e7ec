/** Runs the process of the second service. */
import { serveParent, tellParent } from '../../process/child.js';
import { randomFrom } from '../../math/random.js';
import type { SecondServiceReply, SecondServiceRequest } from './second-service.js';
import { SlowServer } from './slow-server.js';

let server: SlowServer | undefined;

serveParent<SecondServiceRequest>((request) => {
  if (request.kind === 'start') void start(request);
  else if (server !== undefined) tell({ kind: 'counted', tally: server.tally() });
});

async function start({ seed, ...options }: SecondServiceRequest & { kind: 'start' }) {
  server = new SlowServer({ ...options, random: randomFrom(seed) });
  tell({ kind: 'ready', port: await server.listen() });
}

function tell(reply: SecondServiceReply): void {
  tellParent(reply);
}
