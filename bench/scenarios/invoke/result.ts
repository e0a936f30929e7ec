/**
 * Defines the result of the experiment: plain data.
 *
 * Invariant for every variant: completed <= served by the second service, as it counts a response before it
 * sends it.
 */
import type { ArmResult, ServiceResult } from '../service/result.js';
import type { ArmName } from './arms.js';
import type { InvokeSettings } from './settings.js';
import type { SlowTally } from './slow-server.js';

export interface InvokeArm extends ArmResult {
  readonly name: ArmName;
  /** Goodput ÷ capacity of the second service. */
  readonly goodputShare: number;
  readonly secondService: SlowTally;
}

export interface InvokeResult extends ServiceResult {
  readonly scenario: 'invoke';
  readonly settings: InvokeSettings;
  readonly arms: readonly InvokeArm[];
}
