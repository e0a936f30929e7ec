/**
 * What the experiment can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import { type Flags, listFlag, numberFlag } from '../../options/flags.js';
import {
  rateFlag,
  SERVICE_OPTIONS,
  type ServiceSettings,
  serviceSettings,
} from '../service/settings.js';
import { defaultThreads } from '../../../src/api/parallelism.js';
import { ARM_NAMES, type ArmName } from './arms.js';

/** The experiment's settings, complete. */
export interface OverloadSettings extends ServiceSettings {
  /** Undefined: twice the measured capacity. */
  readonly ratePerSecond: number | undefined;
  readonly threads: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
}

/** How many times the capacity the arms are offered. */
export const OVERLOAD_FACTOR = 2;

/** At twice the capacity it is full within a tenth of a second, and costs as much waiting. */
const DEFAULT_BACKLOG = 128;
/** With more threads than these, one generator process would be what is measured. */
const MAX_DEFAULT_THREADS = 4;

/** One line of help for each option. */
export const OVERLOAD_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  SERVICE_OPTIONS.seconds,
  ['--rate N', `documents per second (${OVERLOAD_FACTOR} × the capacity, which is measured first)`],
  [
    '--threads N',
    `of both pools (processors - 1, at most ${MAX_DEFAULT_THREADS}; here ${threads()})`,
  ],
  ['--backlog N', `jobs that millrace queues beyond its threads (${DEFAULT_BACKLOG})`],
  ['--arms A,B', `which of ${ARM_NAMES.join(', ')} (all)`],
  SERVICE_OPTIONS.memory,
  SERVICE_OPTIONS.seed,
];

/** Reads and completes the settings. @throws UsageError */
export function overloadSettings(flags: Flags): OverloadSettings {
  return {
    ...serviceSettings(flags),
    ratePerSecond: rateFlag(flags),
    threads: numberFlag(flags, 'threads', { min: 1, max: 256, isWhole: true }) ?? threads(),
    backlogJobs:
      numberFlag(flags, 'backlog', { min: 0, max: 1_000_000, isWhole: true }) ?? DEFAULT_BACKLOG,
    arms: listFlag(flags, 'arms', ARM_NAMES) ?? ARM_NAMES,
  };
}

function threads(): number {
  return Math.min(defaultThreads(), MAX_DEFAULT_THREADS);
}
