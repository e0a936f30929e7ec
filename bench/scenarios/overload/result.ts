/** Defines the result of the experiment: plain data. */
import type { ArmResult, ServiceResult } from '../service/result.js';
import type { ArmName } from './arms.js';
import type { Capacity } from './capacity.js';
import type { OverloadSettings } from './settings.js';

export interface OverloadResult extends ServiceResult {
  readonly scenario: 'overload';
  readonly settings: OverloadSettings;
  /** Null if it was not needed (`--rate` without the `millrace` variant) or not measured. */
  readonly capacity: Capacity | null;
  readonly arms: ReadonlyArray<ArmResult & { readonly name: ArmName }>;
}
