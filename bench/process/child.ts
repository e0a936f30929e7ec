/**
 * A child process of an experiment: a Node program that speaks typed messages over IPC.
 *
 * Invariants: no child outlives its parent, however that one ends: killed when the parent exits, and
 * by itself when the channel closes (`serveParent`). Waiting for a message ends when the child does.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { signalGroup } from './process-group.js';

/** Something that processes say to each other; told apart by its kind. */
export interface Message {
  readonly kind: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

const STDERR_KEPT = 16_384;
const STDERR_LIMIT_MS = 500;
/** This much of an error's message is reported: it may begin with two long paths before it says what is missing. */
const MAX_REASON = 1000;

interface Waiting {
  readonly kind: string;
  resolve(message: Message): void;
  reject(error: Error): void;
}

/** A running child. `Request` is what it is told, `Reply` what it says. */
export class Child<Request extends Message, Reply extends Message> {
  /** Fulfils when the process has ended. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  readonly #name: string;
  #waiting: Waiting[] = [];
  #exit: Exit | undefined;
  #stderr = '';

  /**
   * Starts a program of this package.
   *
   * @param name - What error messages call it.
   * @param onMessage - Gets every message, also those that `receive` waits for.
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
      // In a process group of its own: Ctrl-C is the parent's to hear, which then ends its children.
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
      // After the end of its stderr, unless somebody holds that open who has left its group.
      this.#process.once('close', end);
      this.#process.once('exit', (code, signal) => {
        setTimeout(() => end(code, signal), STDERR_LIMIT_MS).unref();
      });
      // Could not be started, or (harmless) not be told something.
      this.#process.on('error', (error) => {
        this.#stderr += String(error);
        if (this.#process.pid === undefined) end(null, null);
      });
    });
  }

  /** Undefined where the process could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Tells the child something; nothing happens where it has ended. */
  send(message: Request): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** The next message of a kind. Rejects when the process ends before. */
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

  /** Ends the process at once, and what it has started. */
  async kill(): Promise<Exit> {
    this.#killGroup();
    return await this.exited;
  }

  /** It leads a group of its own; what it has started may live on where it has ended by itself. */
  #killGroup(): void {
    const { pid } = this.#process;
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    this.#process.kill('SIGKILL');
  }

  #failure(): Error {
    return new ChildExitError(this.#name, this.#exit);
  }
}

/** A child has ended that was waited for. */
export class ChildExitError extends Error {
  override readonly name = 'ChildExitError';
  /** The end of what it wrote to stderr. */
  readonly stderr: string;

  constructor(child: string, exit: Exit | undefined) {
    super(`The ${child} ended: ${describeExit(exit)}`);
    this.stderr = exit?.stderr ?? '';
  }
}

/** Why a process ended, in words: 'exit code 1: Error: no room'. */
export function describeExit(exit: Exit | undefined): string {
  const how = exit?.signal ?? `exit code ${exit?.code ?? 'unknown'}`;
  // Node prints an error that has no stack in brackets.
  const stderr = exit?.stderr ?? '';
  const found =
    /^\s*\[(\w*Error\b.*)\](?: \{)?$/m.exec(stderr) ??
    /^\s*((?:FATAL ERROR|\w*Error)\b.*)$/m.exec(stderr);
  const said = found?.[1]?.slice(0, MAX_REASON);
  return said === undefined ? how : `${how}: ${said}`;
}

/** For the child: hears its parent, and ends with it. */
export function serveParent<Request extends Message>(onMessage: (message: Request) => void): void {
  process.on('disconnect', () => process.exit(1));
  process.on('message', onMessage);
}

/** For the child: tells its parent something. */
export function tellParent(message: Message): void {
  if (process.connected) process.send?.(message);
}
