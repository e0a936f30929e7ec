/**
 * Carries out a round: starts a fresh process for each arm, and runs several short blocks of each, in turns.
 *
 * Invariants: only one arm works at a time, and each is paused between its requests; each turn has one block of every
 * arm, in random order and with the same inputs, so that what the machine does affects all of them alike; when the
 * round is returned, or has failed, its processes have ended.
 */
import { shuffled } from '../../math/random.js';
import { Conversation, type Watching } from './conversation.js';
import type { Figures } from '../model/metrics.js';
import type { References } from '../model/references.js';
import type { Answer, WorkloadSpec } from '../model/workload.js';

/** Base runs twice: the difference between its two runs is pure noise. */
export type ArmName = 'base' | 'control' | 'head';

export interface Arm {
  readonly name: ArmName;
  /** Folder of its code; the working directory of its process. */
  readonly directory: string;
  readonly spec: WorkloadSpec;
}

/** Timing of a round. */
export interface RoundTiming {
  readonly blocks: number;
  /** Min length of a block; a block is longer, up to 5 s, if it would hold fewer than 16 jobs. */
  readonly blockMs: number;
  readonly warmUpMs: number;
  /** Time limit of a reply of a process. */
  readonly limitMs: number;
}

/** Results of one arm. */
export interface ArmRound {
  readonly blocks: readonly Figures[];
  /** Metrics that only the whole process has. */
  readonly whole: Figures;
  readonly references: References;
  /** Results of the first inputs, if they were requested and can be compared. */
  readonly answers?: readonly Answer[];
}

export type Round = Readonly<Partial<Record<ArmName, ArmRound>>> & {
  /** Its share of the duration, if the processes served several scenarios. */
  readonly shareMs?: number;
};

/** Dependencies that a round gets from its caller. */
export interface RoundSurroundings extends Watching {
  readonly random: () => number;
}

/**
 * Carries out a round of a scenario.
 *
 * @param compares - Whether the arms are asked for the results of the first inputs.
 * @param due - The arms of all scenarios whose next round is due, including its own: one measurement may serve several.
 * Default: its own.
 * @throws Error if it can't be measured
 */
export type MeasureRound = (
  arms: readonly Arm[],
  timing: RoundTiming,
  compares: boolean,
  surroundings: RoundSurroundings,
  due?: ReadonlyArray<readonly Arm[]>,
) => Promise<Round>;

/**
 * Blocks of 60 ms were too short to be of any use. Four of 200 ms and a warm-up make rounds of about 4 s, of which 20
 * fit into 90 s.
 */
export const ROUND_TIMING: RoundTiming = {
  blocks: 4,
  blockMs: 200,
  warmUpMs: 300,
  limitMs: 120_000,
};

const LEAST_JOBS = 16;
const LONGEST_BLOCK_MS = 5000;
/** Range of the random position at which a turn starts in the inputs, the same for all arms. */
const STARTS = 2 ** 31;

/**
 * Carries out a round.
 *
 * @param compares - Whether the arms are asked for the results of the first inputs.
 * @throws Error if a process fails or does not reply in time
 */
export async function measureRound(
  arms: readonly Arm[],
  timing: RoundTiming,
  compares: boolean,
  { random, signal, watch }: RoundSurroundings,
): Promise<Round> {
  const running = shuffled(arms, random).map((arm) => new RunningArm(arm, timing, watch));
  const stop = (): void => running.forEach((arm) => void arm.stop());
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    // Before any code of a side is loaded, as it could be busy in the background.
    for (const arm of running) await arm.measureReferences();
    for (const arm of running) await arm.prepare();
    for (const arm of running) await arm.warmUp(timing.warmUpMs, compares);
    const blockMs = blockMsFor(timing, running);
    for (let turn = 0; turn < timing.blocks; turn += 1) {
      const start = Math.floor(random() * STARTS);
      for (const arm of shuffled(running, random)) await arm.block(blockMs, start);
    }
    return Object.fromEntries(running.map((arm) => [arm.name, arm.round()]));
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(running.map((arm) => arm.stop()));
  }
}

function blockMsFor({ blockMs }: RoundTiming, arms: readonly RunningArm[]): number {
  const slowest = Math.min(...arms.map(({ perSecond }) => perSecond).filter((rate) => rate > 0));
  return Math.min(LONGEST_BLOCK_MS, Math.max(blockMs, (LEAST_JOBS * 1000) / slowest));
}

/** The process of one arm, paused between its requests. */
class RunningArm {
  readonly name: ArmName;
  /** Jobs per second during the warm-up. */
  perSecond = 0;
  readonly #spec: WorkloadSpec;
  readonly #conversation: Conversation;
  readonly #blocks: Figures[] = [];
  #whole: Figures = {};
  #references: References | undefined;
  #answers: readonly Answer[] | undefined;

  constructor({ name, directory, spec }: Arm, { limitMs }: RoundTiming, watch: Watching['watch']) {
    this.name = name;
    this.#spec = spec;
    const title = name === 'head' ? 'process of head' : 'process of base';
    this.#conversation = new Conversation({ name: title, directory, limitMs }, watch);
  }

  async measureReferences(): Promise<void> {
    const { references } = await this.#awake(() =>
      this.#conversation.ask({ kind: 'reference' }, 'referenceDone'),
    );
    this.#references = references;
  }

  async prepare(): Promise<void> {
    await this.#awake(() =>
      this.#conversation.ask({ kind: 'prepare', spec: this.#spec }, 'prepared'),
    );
  }

  async warmUp(ms: number, compares: boolean): Promise<void> {
    const warm = await this.#awake(() =>
      this.#conversation.ask({ kind: 'warmUp', ms, compares }, 'warm'),
    );
    this.perSecond = warm.perSecond;
    this.#answers = warm.answers;
  }

  async block(ms: number, start: number): Promise<void> {
    const { figures, whole } = await this.#awake(() =>
      this.#conversation.ask({ kind: 'block', ms, start }, 'blockDone'),
    );
    this.#blocks.push(figures);
    this.#whole = whole;
  }

  round(): ArmRound {
    if (this.#references === undefined) throw new Error('The round is not finished.');
    return {
      blocks: this.#blocks,
      whole: this.#whole,
      references: this.#references,
      ...(this.#answers !== undefined && { answers: this.#answers }),
    };
  }

  stop(): Promise<void> {
    return this.#conversation.stop();
  }

  async #awake<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#conversation.resume();
    const result = await work();
    this.#conversation.pause();
    return result;
  }
}
