/**
 * Inspects the exports of a side's file, in a separate process, as loading it runs its code.
 */
import { converse, type Watching } from '../measure/conversation.js';
import type { SideReply } from '../measure/program.js';
import { ROUND_TIMING } from '../measure/round.js';

export type Inspection = Omit<Extract<SideReply, { kind: 'inspected' }>, 'kind'>;

/** @throws Error if it can't be loaded */
export function inspect(
  module: string,
  directory: string,
  watching: Watching,
): Promise<Inspection> {
  const options = { name: 'process that loads it', directory, limitMs: ROUND_TIMING.limitMs };
  return converse(options, watching, async (process) => {
    const { functions, tasks } = await process.ask({ kind: 'inspect', module }, 'inspected');
    return { functions, ...(tasks !== undefined && { tasks }) };
  });
}
