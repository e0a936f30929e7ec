/**
 * Runs a child process of an experiment: a Node program that exchanges typed messages with its parent over IPC.
 *
 * Invariants: no child outlives its parent, however the parent ends: it is killed when the parent exits, and exits by
 * itself when the channel closes (`serveParent`). Waiting for a message ends when the child does.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { signalGroup } from './process-group.js';

/** A message between processes, distinguished by its kind. */
export interface Message {
  readonly kind: string;
}

/** Describes how a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its stderr output. */
  readonly stderr: string;
}

const STDERR_KEPT = 16_384;
const STDERR_LIMIT_MS = 500;
/**
 * Max characters reported of an error's message, which may begin with two long paths before it says what is missing.
 */
const MAX_REASON = 1000;

interface Waiting {
  readonly kind: string;
  resolve(message: Message): void;
  reject(error: Error): void;
}

/** A running child, with the types of the messages to it (`Request`) and from it (`Reply`). */
export class Child<Request extends Message, Reply extends Message> {
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #name: string;
  #waiting: Waiting[] = [];
  #exit: Exit | undefined;
  #stderr = '';

  /**
   * Starts a program of this package.
   *
   * @param name - Its name in error messages.
   * @param onMessage - Called with every message, including those that `receive` waits for.
   * @param cwd - Its working directory; default: that of this process.
   */
  constructor(
    name: string,
    program: URL,
    onMessage: (message: Reply) => void = () => {},
    cwd: string = process.cwd(),
  ) {
    this.#name = name;
    this.#process = fork(fileURLToPath(program), {
      cwd,
      execArgv: [],
      // In a process group of its own: only the parent receives Ctrl-C, and then ends its children.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const killNow = () => this.#killGroup();
    process.once('exit', killNow);
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    this.#process.on('message', (message: Reply) => {
      onMessage(message);
      const served = this.#waiting.filter(({ kind }) => kind === message.kind);
      this.#waiting = this.#waiting.filter(({ kind }) => kind !== message.kind);
      for (const { resolve } of served) resolve(message);
    });
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        if (this.#exit !== undefined) return;
        process.removeListener('exit', killNow);
        this.#exit = { code, signal, stderr: this.#stderr };
        for (const { reject } of this.#waiting.splice(0)) reject(this.#failure());
        resolve(this.#exit);
      };
      // Wait for the end of stderr, unless a descendant that has left the process group keeps it open.
      this.#process.once('close', end);
      this.#process.once('exit', (code, signal) => {
        setTimeout(() => end(code, signal), STDERR_LIMIT_MS).unref();
      });
      // The process could not be started, or (harmless) a message could not be sent.
      this.#process.on('error', (error) => {
        this.#stderr += String(error);
        if (this.#process.pid === undefined) end(null, null);
      });
    });
  }

  /** Undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Sends a message to the child; does nothing if it has ended. */
  send(message: Request): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** Resolves with the next message of a kind. Rejects if the process ends first. */
  receive<Kind extends Reply['kind']>(kind: Kind): Promise<Extract<Reply, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      if (this.#exit !== undefined) return reject(this.#failure());
      this.#waiting.push({
        kind,
        resolve: resolve as (message: Message) => void,
        reject,
      });
    });
  }

  /** Kills the process and its descendants at once. */
  async kill(): Promise<Exit> {
    this.#killGroup();
    return await this.exited;
  }

  /** Kills the child's own process group, because descendants may outlive a child that has ended by itself. */
  #killGroup(): void {
    const { pid } = this.#process;
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    this.#process.kill('SIGKILL');
  }

  #failure(): Error {
    return new ChildExitError(this.#name, this.#exit);
  }
}

/** A child ended while a message from it was awaited. */
export class ChildExitError extends Error {
  override readonly name = 'ChildExitError';
  /** The end of its stderr output. */
  readonly stderr: string;

  constructor(child: string, exit: Exit | undefined) {
    super(`The ${child} ended: ${describeExit(exit)}`);
    this.stderr = exit?.stderr ?? '';
  }
}

/** Describes why a process ended: 'exit code 1: Error: no room'. */
export function describeExit(exit: Exit | undefined): string {
  const how = exit?.signal ?? `exit code ${exit?.code ?? 'unknown'}`;
  // Node prints an error without a stack in brackets.
  const stderr = exit?.stderr ?? '';
  const found =
    /^\s*\[(\w*Error\b.*)\](?: \{)?$/m.exec(stderr) ??
    /^\s*((?:FATAL ERROR|\w*Error)\b.*)$/m.exec(stderr);
  const said = found?.[1]?.slice(0, MAX_REASON);
  return said === undefined ? how : `${how}: ${said}`;
}

/** For the child: handles its parent's messages, and exits when the parent is gone. */
export function serveParent<Request extends Message>(onMessage: (message: Request) => void): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', onMessage);
}

/** For the child: sends a message to its parent. */
export function tellParent(message: Message): void {
  if (process.connected) process.send?.(message);
}
