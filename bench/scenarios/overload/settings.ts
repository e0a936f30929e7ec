/**
 * What the experiment can be told: its defaults and their ranges, in one place.
 *
 * Invariant: what leaves this file is complete and valid; nothing behind it checks again.
 */
import { type Flags, listFlag, numberFlag } from '../../flags.js';
import { defaultThreads } from '../../../src/parallelism.js';
import { ARM_NAMES, type ArmName } from './arms/arm.js';

/** The experiment's settings, complete. */
export interface OverloadSettings {
  /** How long each arm is driven. */
  readonly seconds: number;
  /** Undefined: twice the measured capacity. */
  readonly ratePerSecond: number | undefined;
  readonly threads: number;
  readonly backlogJobs: number;
  readonly arms: readonly ArmName[];
  readonly ceilingBytes: number;
  readonly seed: number;
}

/** How many times the capacity the arms are offered. */
export const OVERLOAD_FACTOR = 2;

const DEFAULT_SECONDS = 18;
/** At twice the capacity it is full within a tenth of a second, and costs as much waiting. */
const DEFAULT_BACKLOG = 128;
const DEFAULT_CEILING_MB = 512;
/** With more threads than these, one generator process would be what is measured. */
const MAX_DEFAULT_THREADS = 4;
const MB = 1024 ** 2;

/** One line of help for each option. */
export const OVERLOAD_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--seconds N', `how long each arm is driven (${DEFAULT_SECONDS})`],
  ['--rate N', `documents per second (${OVERLOAD_FACTOR} × the capacity, which is measured first)`],
  [
    '--threads N',
    `of both pools (processors - 1, at most ${MAX_DEFAULT_THREADS}; here ${threads()})`,
  ],
  ['--backlog N', `jobs that millrace queues beyond its threads (${DEFAULT_BACKLOG})`],
  ['--arms A,B', `which of ${ARM_NAMES.join(', ')} (all)`],
  ['--memory MB', `the service's ceiling, resident set (${DEFAULT_CEILING_MB})`],
  ['--seed N', 'chooses the documents (1)'],
];

/** Reads and completes the settings. @throws UsageError */
export function overloadSettings(flags: Flags): OverloadSettings {
  return {
    seconds: numberFlag(flags, 'seconds', { min: 1, max: 3600 }) ?? DEFAULT_SECONDS,
    ratePerSecond: numberFlag(flags, 'rate', { min: 1, max: 100_000 }),
    threads: numberFlag(flags, 'threads', { min: 1, max: 256, isWhole: true }) ?? threads(),
    backlogJobs:
      numberFlag(flags, 'backlog', { min: 0, max: 1_000_000, isWhole: true }) ?? DEFAULT_BACKLOG,
    arms: listFlag(flags, 'arms', ARM_NAMES) ?? ARM_NAMES,
    ceilingBytes:
      (numberFlag(flags, 'memory', { min: 128, max: 1_048_576, isWhole: true }) ??
        DEFAULT_CEILING_MB) * MB,
    seed: numberFlag(flags, 'seed', { min: 0, max: 2 ** 32 - 1, isWhole: true }) ?? 1,
  };
}

function threads(): number {
  return Math.min(defaultThreads(), MAX_DEFAULT_THREADS);
}
