/**
 * Runs the janitor's process: collects orders, and carries them out when its input ends.
 *
 * Invariants: it starts when its input has ended, not before, and then carries out everything: first it ends process
 * groups, all at the same time, as a living process could write into a folder that is being removed; then it removes
 * paths, the latest first. No failure keeps it from the rest, nor do SIGINT, SIGTERM, SIGHUP and SIGQUIT.
 */
import { rmdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { JanitorOrder } from './janitor.js';
import { endGroup } from '../../process/process-group.js';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  process.on(signal, () => {});
}
// The terminal may be gone.
process.stderr.on('error', () => {});

const groups = new Set<number>();
const removals: Array<() => Promise<void>> = [];

for await (const line of createInterface({ input: process.stdin })) hear(line);
await Promise.all([...groups].map((group) => attempt(() => endGroup(group))));
for (const remove of removals.toReversed()) await attempt(remove);

function hear(line: string): void {
  const order = parse(line);
  switch (order?.kind) {
    case 'remove':
      removals.push(() => removeTree(order.path));
      break;
    case 'removeIfEmpty':
      removals.push(async () => removeIfEmpty(order.path));
      break;
    case 'end':
      groups.add(order.group);
      break;
    case 'forget':
      groups.delete(order.group);
      break;
    case undefined:
      break;
  }
}

/** Undefined for half a line: a writer that died while writing it has not created anything yet. */
function parse(line: string): JanitorOrder | undefined {
  try {
    return JSON.parse(line) as JanitorOrder;
  } catch {
    return undefined;
  }
}

async function removeTree(path: string): Promise<void> {
  // A process that has left its group may still write there: retry for about a second.
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It is not empty, or does not exist.
  }
}

async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    process.stderr.write(`millrace: cleanup failed: ${(error as Error).message}\n`);
  }
}
