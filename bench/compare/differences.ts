/**
 * Explains in sentences why the metrics of two runs may differ though the program does not: another machine, another
 * version of Node, other settings, an interrupted run.
 *
 * Invariant: a sentence about a difference gives the values before and after; without a difference there is no
 * sentence.
 */
import { isDeepStrictEqual } from 'node:util';
import type { BenchFile, FileResult } from '../report/bench-file.js';
import { describeBusy, type Environment } from '../process/environment.js';
import { formatFigure, formatMegabytes } from '../report/format.js';

/** Max characters shown of a setting's value. */
const SHOWN_LENGTH = 40;

/** One sentence for each difference. */
export function describeDifferences(before: BenchFile, after: BenchFile): string[] {
  const scenarios = before.results.flatMap((first) => {
    const second = after.results.find(({ scenario }) => scenario === first.scenario);
    return second === undefined ? [] : describeScenario(first, second);
  });
  return [
    ...sentence(
      'The machines differ',
      differences(machineOf(before.environment), machineOf(after.environment)),
    ),
    ...sentence(
      'The versions differ',
      differences(versionsOf(before.environment), versionsOf(after.environment)),
    ),
    ...scenarios,
    ...describeState('before', before),
    ...describeState('after', after),
  ];
}

function machineOf(environment: Environment): Record<string, string | undefined> {
  const { platform, kernel, cpu, processors, cpuQuota, memoryBytes, memoryLimitBytes } =
    environment;
  return {
    platform,
    kernel,
    CPU: cpu,
    CPUs: String(processors),
    'CPU quota': cpuQuota === undefined ? undefined : formatFigure(cpuQuota),
    memory: formatMegabytes(memoryBytes),
    'memory limit': memoryLimitBytes === undefined ? undefined : formatMegabytes(memoryLimitBytes),
  };
}

/** Leaves out millrace's own version, whose change is what a comparison measures. */
function versionsOf({ node, piscina }: Environment): Record<string, string> {
  return { Node: node, Piscina: piscina };
}

function describeScenario(before: FileResult, after: FileResult): string[] {
  const [peersBefore, peersAfter] = [peerVersionsOf(before), peerVersionsOf(after)];
  // A pool that only one of the runs included is a difference of the settings.
  const shared = Object.fromEntries(
    Object.entries(peersBefore).filter(([peer]) => Object.hasOwn(peersAfter, peer)),
  );
  return [
    ...sentence(
      `The settings of ${before.scenario} differ`,
      differences(before.settings, after.settings),
    ),
    ...sentence(
      `The versions of ${before.scenario}'s peers differ`,
      differences(
        shared,
        Object.fromEntries(Object.keys(shared).map((peer) => [peer, peersAfter[peer]])),
      ),
    ),
  ];
}

function peerVersionsOf(result: FileResult): Readonly<Record<string, unknown>> {
  const { versions } = result as { readonly versions?: Readonly<Record<string, unknown>> };
  return versions ?? {};
}

function describeState(which: string, { results, environment }: BenchFile): string[] {
  const interrupted = results.filter(({ isInterrupted }) => isInterrupted);
  const busy = describeBusy(environment, `In '${which}' the machine`);
  return [
    ...interrupted.map(
      ({ scenario }) =>
        `'${which}' was interrupted: its results of ${scenario} cover the first part only.`,
    ),
    ...results.flatMap(({ scenario, failures }) =>
      failures.length === 0
        ? []
        : [`In '${which}' ${failures.length} of the measurements of ${scenario} failed.`],
    ),
    ...(busy === undefined ? [] : [busy]),
  ];
}

/** Returns one text like 'seed 1 against 2' for each key whose values differ. */
function differences(before: object, after: object): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const first = (before as Record<string, unknown>)[key];
    const second = (after as Record<string, unknown>)[key];
    return isDeepStrictEqual(first, second)
      ? []
      : [`${key} ${show(first)} against ${show(second)}`];
  });
}

function show(value: unknown): string {
  if (value === undefined) return 'none';
  const words = inWords(value);
  return words.length <= SHOWN_LENGTH ? words : `${words.slice(0, SHOWN_LENGTH - 1)}…`;
}

/** Names a list by its items' names, if they have any: 'no-op, 100us'. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => inWords(item)).join(', ');
  const { name } = Object(value) as { readonly name?: unknown };
  return typeof name === 'string' ? name : JSON.stringify(value);
}

function sentence(subject: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`${subject}: ${parts.join('; ')}.`];
}
