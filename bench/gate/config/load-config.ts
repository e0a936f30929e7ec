/**
 * Finds and reads the configuration of the gate: the file `millrace.config` with one of six extensions, in the working
 * directory and not above it, so that what a run does can be seen where it runs.
 *
 * Invariant: every error in the file is a `UsageError` that names it: two configurations, a file that this Node can't
 * load, one that throws, one without a default export, an invalid value.
 */
import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';
import { Place } from '../../store/checks.js';
import { readJson } from '../../store/read-json.js';
import { checkConfig, type FlawOfRun } from './check-config.js';
import type { GateConfig } from '../model/config.js';

/** Names that a configuration can have if it is not given by `--config`. */
export const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (ending) => `millrace.config.${ending}`,
);

/** A configuration, and the file that it comes from. */
export interface LoadedConfig {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly config: GateConfig;
}

/** Where to look for a configuration. */
export interface LoadOptions {
  readonly directory: string;
  /** A file to load instead, relative to the directory. */
  readonly path?: string | undefined;
  /** Checks what a scenario runs. Default: any text is valid. */
  readonly flawOfRun?: FlawOfRun;
}

/** Loads the configuration; undefined if there is none. @throws UsageError */
export async function loadConfig({
  directory,
  path,
  flawOfRun,
}: LoadOptions): Promise<LoadedConfig | undefined> {
  const file = path ?? findConfig(directory);
  if (file === undefined) return undefined;
  const value = await read(file, resolve(directory, file));
  return { file, config: checkConfig(value, Place.ofWritten(file), flawOfRun) };
}

function findConfig(directory: string): string | undefined {
  const [first, second] = CONFIG_NAMES.filter((name) => existsSync(join(directory, name)));
  if (second === undefined) return first;
  throw new UsageError(
    `There are two configurations in '${directory}', '${first}' and '${second}'; valid is one.`,
  );
}

async function read(file: string, path: string): Promise<unknown> {
  const ending = extname(path);
  if (ending === '.json') return readJson(path);
  if (!CONFIG_NAMES.some((name) => extname(name) === ending)) {
    const endings = CONFIG_NAMES.map((name) => extname(name)).join(', ');
    throw new UsageError(
      `'${file}' is not a configuration; valid is a file that ends in ${endings}.`,
    );
  }
  if (!existsSync(path)) throw new UsageError(`'${file}' can't be read: there is no such file.`);
  const module = await load(file, path);
  if (module['default'] !== undefined) return module['default'];
  throw new UsageError(
    `'${file}' has no default export; valid is 'export default defineConfig({ … })'.`,
  );
}

async function load(file: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && message?.includes(basename(path))) {
      throw new UsageError(
        `'${file}' can't be loaded: Node ${process.versions.node} can't run TypeScript; valid is Node ` +
          "22.18, 23.6 or later, Node with '--import tsx', or a configuration in JavaScript or JSON.",
      );
    }
    throw new UsageError(`'${file}' can't be loaded: ${message ?? String(error)}`, {
      cause: error,
    });
  }
}
