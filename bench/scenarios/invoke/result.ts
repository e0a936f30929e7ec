/**
 * The result of the experiment: plain data.
 *
 * Invariant, for every arm: completed <= served by the second service, as each answer is counted
 * there before it is sent.
 */
import type { ArmResult, ServiceResult } from '../service/result.js';
import type { ArmName } from './arms.js';
import type { InvokeSettings } from './settings.js';
import type { SlowTally } from './slow-server.js';

export interface InvokeArm extends ArmResult {
  readonly name: ArmName;
  /** Goodput ÷ what the second service can do. */
  readonly goodputShare: number;
  readonly secondService: SlowTally;
}

export interface InvokeResult extends ServiceResult {
  readonly scenario: 'invoke';
  readonly settings: InvokeSettings;
  readonly arms: readonly InvokeArm[];
}
