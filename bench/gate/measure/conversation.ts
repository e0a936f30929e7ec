/**
 * Talks to a measuring process: sends requests, one at a time, and waits for the replies.
 *
 * Invariants: a request fails if the process does not reply in time, or ends; the janitor knows the process group
 * before the first request; when `stop` fulfills, nothing of the group is left. A paused process does nothing at all,
 * nor does anything that it has started (not on Windows).
 */
import { builtFile } from '../../process/built-file.js';
import { Child, type Message } from '../../process/child.js';
import { endGroup, signalGroup } from '../../process/process-group.js';
import type { SideReply, SideRequest } from './program.js';

/** Dependencies that a conversation gets from its caller. */
export interface Watching {
  readonly signal: AbortSignal;
  /** Called with each process, which leads a group; the function that it returns is called when the group has ended. */
  readonly watch: (processId: number) => Promise<() => Promise<void>>;
}

export interface ConversationOptions {
  /** Name of the process in error messages. */
  readonly name: string;
  readonly directory: string;
  /** Time limit of a reply. */
  readonly limitMs: number;
}

const PROGRAM = builtFile('bench/gate/measure/program.js');

export class Conversation {
  readonly #child: Child<SideRequest & Message, SideReply & Message>;
  readonly #limitMs: number;
  readonly #watched: Promise<(() => Promise<void>) | undefined>;
  #stopped: Promise<void> | undefined;

  constructor({ name, directory, limitMs }: ConversationOptions, watch: Watching['watch']) {
    this.#limitMs = limitMs;
    this.#child = new Child(name, PROGRAM, () => {}, directory);
    const { pid } = this.#child;
    this.#watched = pid === undefined ? Promise.resolve(undefined) : watch(pid);
    // A failure is reported to the callers of `ask` and `stop`.
    this.#watched.catch(() => {});
  }

  async ask<Kind extends SideReply['kind']>(
    request: SideRequest,
    kind: Kind,
  ): Promise<Extract<SideReply, { kind: Kind }>> {
    await this.#watched;
    let isLate = false;
    const limit = setTimeout(() => {
      isLate = true;
      void this.#child.kill();
    }, this.#limitMs);
    try {
      const answer = this.#child.receive(kind);
      this.#child.send(request);
      return (await answer) as Extract<SideReply, { kind: Kind }>;
    } catch (error) {
      if (!isLate) throw error;
      throw new Error(`No response to '${request.kind}' within ${this.#limitMs / 1000} s.`, {
        cause: error,
      });
    } finally {
      clearTimeout(limit);
    }
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Ends the process, only once, as its id may belong to another process afterward. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    await this.#child.kill();
    const { pid } = this.#child;
    if (pid !== undefined) await endGroup(pid);
    const forget = await this.#watched;
    await forget?.();
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid, hasExited } = this.#child;
    // If it has ended meanwhile, the next request fails.
    if (pid !== undefined && !hasExited) signalGroup(pid, signal);
  }
}

/** Starts a conversation for some work, and stops it when the work ends or is interrupted. */
export async function converse<Result>(
  options: ConversationOptions,
  { signal, watch }: Watching,
  work: (conversation: Conversation) => Promise<Result>,
): Promise<Result> {
  const conversation = new Conversation(options, watch);
  const stop = (): void => void conversation.stop();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    return await work(conversation);
  } finally {
    signal.removeEventListener('abort', stop);
    await conversation.stop();
  }
}
