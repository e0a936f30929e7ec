/**
 * The program of the service process: one arm behind an HTTP server, and reports of its counts.
 *
 * Invariant: it says that it is ready when the arm could take its first document at full speed.
 */
import { serveParent, tellParent } from '../../child.js';
import { createArm } from './arms/arm.js';
import { DocumentServer } from './document-server.js';
import { REPORT_EVERY_MS, type ServiceReply, type ServiceRequest } from './messages.js';

let server: DocumentServer | undefined;

serveParent<ServiceRequest>((request) => {
  switch (request.kind) {
    case 'start':
      void start(request);
      return;
    case 'count':
      if (server !== undefined) tell({ kind: 'counted', tally: server.tally() });
  }
});

async function start({ arm, options }: ServiceRequest & { kind: 'start' }): Promise<void> {
  const started = new DocumentServer(await createArm(arm, options));
  const port = await started.listen();
  server = started;
  tell({ kind: 'ready', port });
  setInterval(() => tell({ kind: 'report', tally: started.tally() }), REPORT_EVERY_MS);
}

function tell(reply: ServiceReply): void {
  tellParent(reply);
}
