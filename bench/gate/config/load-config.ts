/**
 * Finds and reads the configuration of the gate: the file `millrace.config` with one of six endings, in
 * the working directory and not above it, so that what a run does can be seen where it runs.
 *
 * Invariant: whatever is wrong with the file is a `UsageError` that names it: two of them, one that
 * this Node can't load, one that throws, one without a default export, a wrong value in it.
 */
import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';
import { Place } from '../../store/checks.js';
import { readJson } from '../../store/read-json.js';
import { checkConfig, type FlawOfRun } from './check-config.js';
import type { GateConfig } from '../model/config.js';

/** Every name that a configuration can have without being named itself. */
export const CONFIG_NAMES: readonly string[] = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (ending) => `millrace.config.${ending}`,
);

/** A configuration, and the file that it is from. */
export interface LoadedConfig {
  /** As a person calls it, for messages. */
  readonly file: string;
  readonly config: GateConfig;
}

/** Where it is looked for. */
export interface LoadOptions {
  readonly directory: string;
  /** A file that is taken instead, from the directory. */
  readonly path?: string | undefined;
  /** Knows what a scenario can run. Default: any text will do. */
  readonly flawOfRun?: FlawOfRun;
}

/** Undefined where there is no configuration. @throws UsageError */
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
    throw new UsageError(`'${file}' is no configuration; valid is a file that ends in ${endings}.`);
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
        `'${file}' can't be loaded: Node ${process.versions.node} runs no TypeScript; valid is Node ` +
          "22.18, 23.6 or later, Node with '--import tsx', or a configuration in JavaScript or JSON.",
      );
    }
    throw new UsageError(`'${file}' can't be loaded: ${message ?? String(error)}`, {
      cause: error,
    });
  }
}
