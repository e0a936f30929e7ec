/**
 * Serves one variant over HTTP in a process of its own, and reports its counts and its resource usage.
 *
 * Invariant: it sends `ready` once the variant could process its first document at full speed; CPU time and
 * event-loop delays count from then on.
 */
import { serveParent, tellParent } from '../../../process/child.js';
import type { Arm } from './arm.js';
import { DocumentServer } from './document-server.js';
import { REPORT_EVERY_MS } from '../load/messages.js';
import type { ServiceReply, ServiceRequest } from './messages.js';
import { ProcessHealth } from './process-health.js';

/** Serves the variant that the parent process requests. */
export function serveArms<Name extends string, Options extends object>(
  createArm: (name: Name, options: Options) => Promise<Arm>,
): void {
  let report: ((kind: 'report' | 'counted') => void) | undefined;

  async function start(name: Name, options: Options): Promise<void> {
    const server = new DocumentServer(await createArm(name, options));
    const port = await server.listen();
    const health = new ProcessHealth();
    report = (kind) => tell({ kind, report: { ...server.tally(), health: health.read() } });
    tell({ kind: 'ready', port });
    setInterval(report, REPORT_EVERY_MS, 'report');
  }

  serveParent<ServiceRequest>((request) => {
    // The name and the options come from the same scenario.
    if (request.kind === 'start') void start(request.arm as Name, request.options as Options);
    else report?.('counted');
  });
}

function tell(reply: ServiceReply): void {
  tellParent(reply);
}
