/**
 * Checks the description of the machine, which every stored file has.
 *
 * Invariant: what passes has all fields of an `Environment`; the limits are there only on a machine that
 * has them.
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
