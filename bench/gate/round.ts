/**
 * One round: a fresh process for each side, and several short blocks of each, in turns.
 *
 * Invariants: only one side works at a time; each turn has one block of every side in an order of its
 * own, so that what the machine does meanwhile meets all of them alike; when the round is told, or has
 * failed, its processes have ended.
 */
import { Child, type Message } from '../child.js';
import { shuffled } from '../random.js';
import type { Figures } from './metrics.js';
import type { SideReply, SideRequest } from './program.js';
import type { References } from './references.js';
import type { WorkloadSpec } from './workload.js';

/** Base runs twice: half of what its two runs differ by is what nothing can explain. */
export type SideName = 'base' | 'control' | 'head';

export interface Side {
  readonly name: SideName;
  /** Where its code is; the working directory of its process. */
  readonly directory: string;
  readonly spec: WorkloadSpec;
}

/** How a round is timed. */
export interface RoundTiming {
  readonly blocks: number;
  /** At least; a block is longer where it would hold fewer than 16 jobs. */
  readonly blockMs: number;
  readonly warmUpMs: number;
  /** How long a process may take to answer. */
  readonly limitMs: number;
}

/** What one side gave. */
export interface SideRound {
  readonly blocks: readonly Figures[];
  /** What only the whole process has. */
  readonly whole: Figures;
  readonly references: References;
  readonly checksum?: string;
}

export type Round = Readonly<Partial<Record<SideName, SideRound>>>;

/** What a round needs of its caller. */
export interface RoundSurroundings {
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Told of each process, which leads a group; what it gives is called when that has ended. */
  readonly watch: (processId: number) => Promise<() => Promise<void>>;
}

/**
 * 200 ms: blocks of 60 ms were too short to be of any use. Four of them and a warm-up make rounds of
 * about 4 s, of which 20 fit into 90 s.
 */
export const ROUND_TIMING: RoundTiming = {
  blocks: 4,
  blockMs: 200,
  warmUpMs: 300,
  limitMs: 120_000,
};

const PROGRAM = new URL('./program.js', import.meta.url);
const LEAST_JOBS = 16;
const LONGEST_BLOCK_MS = 5000;

/** Carries out a round. @throws Error where a process fails or does not answer in time */
export async function measureRound(
  sides: readonly Side[],
  timing: RoundTiming,
  { random, signal, watch }: RoundSurroundings,
): Promise<Round> {
  const running = shuffled(sides, random).map((side) => new RunningSide(side, timing, watch));
  const stop = (): void => running.forEach((side) => void side.stop());
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    await Promise.all(running.map((side) => side.prepare()));
    for (const side of running) await side.warmUp(timing.warmUpMs);
    const blockMs = blockMsFor(timing, running);
    for (let turn = 0; turn < timing.blocks; turn += 1) {
      for (const side of shuffled(running, random)) await side.block(blockMs);
    }
    for (const side of running) await side.finish();
    return Object.fromEntries(running.map((side) => [side.name, side.round()]));
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(running.map((side) => side.stop()));
  }
}

/** What a file of a side has: tasks of a tinybench `Bench`, functions. */
export async function inspect(
  module: string,
  directory: string,
  { signal, watch }: Pick<RoundSurroundings, 'signal' | 'watch'>,
): Promise<Extract<SideReply, { kind: 'inspected' }>> {
  const asked = new Conversation('process that loads it', directory, ROUND_TIMING.limitMs, watch);
  const stop = (): void => void asked.stop();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    return await asked.ask({ kind: 'inspect', module }, 'inspected');
  } finally {
    signal.removeEventListener('abort', stop);
    await asked.stop();
  }
}

function blockMsFor({ blockMs }: RoundTiming, sides: readonly RunningSide[]): number {
  const slowest = Math.min(...sides.map(({ perSecond }) => perSecond).filter((rate) => rate > 0));
  return Math.min(LONGEST_BLOCK_MS, Math.max(blockMs, (LEAST_JOBS * 1000) / slowest));
}

/** Requests to a process, one at a time, and its answers. */
class Conversation {
  readonly #child: Child<SideRequest & Message, SideReply & Message>;
  readonly #limitMs: number;
  readonly #watched: Promise<void>;

  constructor(name: string, directory: string, limitMs: number, watch: RoundSurroundings['watch']) {
    this.#limitMs = limitMs;
    this.#child = new Child(name, PROGRAM, () => {}, directory);
    const { pid, exited } = this.#child;
    this.#watched =
      pid === undefined
        ? Promise.resolve()
        : watch(pid).then(async (forget) => {
            await exited;
            await forget();
          });
    // Whoever stops the process hears of it.
    this.#watched.catch(() => {});
  }

  async ask<Kind extends SideReply['kind']>(
    request: SideRequest,
    kind: Kind,
  ): Promise<Extract<SideReply, { kind: Kind }>> {
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      void this.stop();
    }, this.#limitMs);
    try {
      const answer = this.#child.receive(kind);
      this.#child.send(request);
      return (await answer) as Extract<SideReply, { kind: Kind }>;
    } catch (error) {
      if (!isLate) throw error;
      throw new Error(`No answer to '${request.kind}' within ${this.#limitMs / 1000} s.`, {
        cause: error,
      });
    } finally {
      clearTimeout(limit);
    }
  }

  async stop(): Promise<void> {
    await this.#child.kill();
    await this.#watched;
  }
}

class RunningSide {
  readonly name: SideName;
  /** As the warm-up found it. */
  perSecond = 0;
  readonly #spec: WorkloadSpec;
  readonly #conversation: Conversation;
  readonly #blocks: Figures[] = [];
  #checksum: string | undefined;
  #whole: Pick<SideRound, 'whole' | 'references'> | undefined;

  constructor(side: Side, { limitMs }: RoundTiming, watch: RoundSurroundings['watch']) {
    this.name = side.name;
    this.#spec = side.spec;
    const name = side.name === 'head' ? 'process of head' : 'process of base';
    this.#conversation = new Conversation(name, side.directory, limitMs, watch);
  }

  async prepare(): Promise<void> {
    await this.#conversation.ask({ kind: 'prepare', spec: this.#spec }, 'prepared');
  }

  async warmUp(ms: number): Promise<void> {
    const warm = await this.#conversation.ask({ kind: 'warmUp', ms }, 'warm');
    this.perSecond = warm.perSecond;
    this.#checksum = warm.checksum;
  }

  async block(ms: number): Promise<void> {
    const { figures } = await this.#conversation.ask({ kind: 'block', ms }, 'blockDone');
    this.#blocks.push(figures);
  }

  async finish(): Promise<void> {
    const { figures, references } = await this.#conversation.ask({ kind: 'finish' }, 'finished');
    this.#whole = { whole: figures, references };
  }

  round(): SideRound {
    if (this.#whole === undefined) throw new Error('The round is not finished.');
    return {
      blocks: this.#blocks,
      ...this.#whole,
      ...(this.#checksum !== undefined && { checksum: this.#checksum }),
    };
  }

  stop(): Promise<void> {
    return this.#conversation.stop();
  }
}
