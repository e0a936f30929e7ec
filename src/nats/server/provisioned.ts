/** Checks that a pool's streams exist and keep its promises. */
import { JetStreamApiCodes, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream';
import { RemoteSetupError } from '../errors.js';
import { apiCode, translated } from './faults.js';
import type { Names } from './names.js';

/** @returns The stream of jobs. @throws RemoteSetupError */
export async function checkProvisioned(
  manager: JetStreamManager,
  names: Names,
): Promise<StreamConfig> {
  const { config } = await infoOf(manager, names.jobs);
  if (config.discard !== 'new' || config.retention !== 'workqueue') {
    throw new RemoteSetupError(
      'limits',
      `The stream '${names.jobs}' would lose jobs: its discard is '${config.discard}' and its retention ` +
        `'${config.retention}', not 'new' and 'workqueue'. Delete it, and call provision().`,
    );
  }
  await infoOf(manager, names.results);
  return config;
}

async function infoOf(manager: JetStreamManager, stream: string) {
  try {
    return await manager.streams.info(stream);
  } catch (error) {
    if (apiCode(error) !== JetStreamApiCodes.StreamNotFound) throw translated(error);
    throw new RemoteSetupError(
      'missing',
      `The server has no stream '${stream}': call provision(connection, name, limits) once, with the pool's name.`,
      error,
    );
  }
}
