/**
 * Starts real NATS servers for tests: on loopback, on free ports, in folders of their own. Tests stop their servers.
 *
 * The server is that of `NATS_SERVER`, or `nats-server` on the `PATH`. If there is none, or it is too old, the tests
 * are skipped with a warning, unless `MILLRACE_NATS_TESTS` is `required`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { portOf, PROGRAM } from '../../bench/scenarios/distributed/nats-server.js';
import { until } from './outcomes.js';

/** True if there is a server to test with. */
export const HAS_NATS = hasServer();

function hasServer(): boolean {
  const { status, stdout } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  if (status === 0 && /v(2\.(1[1-9]|[2-9]\d)|2\.10\.(2[7-9]|[3-9]\d)|[3-9])/.test(stdout))
    return true;
  const why = `nats-server 2.10.27 or newer is needed (NATS_SERVER, or on the PATH): found ${stdout?.trim() || 'none'}`;
  if (process.env['MILLRACE_NATS_TESTS'] === 'required') throw new Error(why);
  console.warn(`The tests of millrace/nats are skipped: ${why}.`);
  return false;
}

/** A server that runs until it is stopped. */
export class NatsServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-nats-'));
  readonly #config: string;
  readonly #connections: NatsConnection[] = [];
  #process: ChildProcess | undefined;
  /** 0 until the server is started; the same after a restart. */
  port = 0;

  /** @param config - Lines in addition to the listening address and JetStream. */
  private constructor(config: string) {
    this.#config = config;
  }

  /** Starts a server. @param config - Further lines of its configuration. */
  static async start(config = '', { jetstream = true } = {}): Promise<NatsServer> {
    const server = new NatsServer(config);
    await server.#start(jetstream);
    return server;
  }

  async #start(jetstream: boolean): Promise<void> {
    const file = join(this.#folder, 'nats.conf');
    writeFileSync(
      file,
      [
        `listen: "127.0.0.1:${this.port === 0 ? -1 : this.port}"`,
        jetstream ? `jetstream { store_dir: "${this.#folder}" }` : '',
        `ports_file_dir: "${this.#folder}"`,
        this.#config,
      ].join('\n'),
    );
    const child = spawn(PROGRAM, ['-c', file, '-l', join(this.#folder, 'log')], {
      stdio: 'ignore',
    });
    this.#process = child;
    await until(() => portOf(child, this.#folder) !== undefined || child.exitCode !== null);
    const port = portOf(child, this.#folder);
    if (port === undefined) throw new Error(readFileSync(join(this.#folder, 'log'), 'utf8'));
    this.port = port;
  }

  /** Kills the server, as a power cut would. Stored data stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** Suspends the server. @returns Once all of its threads have stopped: on a busy machine it responds for a while. */
  async freeze(): Promise<void> {
    const child = this.#process as ChildProcess;
    child.kill('SIGSTOP');
    await until(() => hasStopped(child.pid as number));
  }

  /** Resumes the server. */
  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Starts the server again, on the same port and with its stored data. */
  async restart(): Promise<void> {
    await this.#start(true);
  }

  /** A connection that is closed along with the server. */
  async connect(options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: `127.0.0.1:${this.port}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections.splice(0)) await connection.close();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** True if all threads of a process are stopped; assumed if there is no `/proc`. */
function hasStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return true;
  return readdirSync(tasks).every((task) =>
    readFileSync(join(tasks, task, 'stat'), 'utf8').includes(') T '),
  );
}

/** Time limit for the servers of a cluster to find each other; mostly they take a second and a half. */
const CLUSTER_MS = 10_000;

/**
 * Starts a cluster of `count` servers, each with a copy of all stored data. About one cluster in thirty (2.10.27, two
 * busy CPUs) elects its leader and never finds all of its servers ("no suitable peers for placement"): it is replaced
 * by a new one.
 *
 * @returns The servers, once they can store data.
 */
export async function startCluster(count: number): Promise<NatsServer[]> {
  for (;;) {
    const servers = await startTogether(count);
    if (await canStore(servers[0] as NatsServer, count)) return servers;
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function startTogether(count: number): Promise<NatsServer[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  return Promise.all(
    ports.map((port) => {
      const others = ports.filter((each) => each !== port);
      const routes = others.map((each) => `nats-route://127.0.0.1:${each}`).join(', ');
      // One connection for each pair of servers: a pool of them made the start two seconds longer.
      const cluster = `name: "c", listen: "127.0.0.1:${port}", pool_size: -1, routes: [${routes}]`;
      return NatsServer.start(`server_name: "s${port}"\ncluster { ${cluster} }`);
    }),
  );
}

/** True if the cluster has a leader, and knows all of its servers, in time. */
async function canStore(server: NatsServer, replicas: number): Promise<boolean> {
  const connection = await server.connect();
  const untilMs = performance.now() + CLUSTER_MS;
  while (performance.now() < untilMs) {
    try {
      const { streams } = await jetstreamManager(connection, { timeout: 1000 });
      await streams.add({ name: 'ready', subjects: ['ready'], num_replicas: replicas });
      await streams.delete('ready');
      return true;
    } catch {
      // Not yet.
      await pause(100);
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
