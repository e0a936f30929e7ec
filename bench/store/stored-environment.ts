/**
 * Checks the description of the machine, which every stored file contains.
 *
 * Invariant: a value that passes has all fields of an `Environment`; the limits are optional, as only some machines
 * have them.
 */
import { type Check, fields, number, optional, string } from './checks.js';

export const storedEnvironment: Check = fields({
  millrace: string,
  piscina: string,
  node: string,
  platform: string,
  kernel: string,
  cpu: string,
  processors: number(),
  memoryBytes: number(),
  loadAverage: number(),
  cpuQuota: optional(number()),
  memoryLimitBytes: optional(number()),
});
