/**
 * Runs `millrace bench tail`: measures whether short jobs get stuck behind a few long ones.
 *
 * Method: first the throughput of every pool at saturation; then, at two absolute rates that are the same for
 * all, an open loop of independent arrivals. Every round has its own arrivals and jobs, the same for all pools.
 */
import { availableParallelism } from 'node:os';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import { peerVersions, type PeerName, sortByInstallation } from '../../peers/index.js';
import { isChosen } from '../../harness/filter.js';
import { measureRounds } from '../../harness/rounds.js';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { LONGEST_WARM_UP } from '../../load/warm-up.js';
import type { ArrivalReply, SaturationReply, TailRequest } from './program.js';
import { describeTail, tailFigures } from './report.js';
import {
  type LoadPoint,
  loadResult,
  reference,
  saturationRates,
  saturationResults,
  type TailResult,
} from './result.js';
import {
  describeArrivals,
  describeSaturated,
  LOADS,
  TAIL_OPTIONS,
  type TailSettings,
  tailSettings,
} from './settings.js';

const PROGRAM = builtFile('bench/scenarios/tail/program.js');
/** Overhead of a measurement: starting and ending a process and its threads. */
const START_SECONDS = 0.3;
/** Grace period: a pool that can't keep up with the rate has to drain all of its backlog. */
const GRACE_SECONDS = 60;

/** The scenario with short jobs among a few long ones. */
export const tail: Scenario<TailSettings, TailResult> = {
  name: 'tail',
  summary: 'tail latency of short jobs mixed with long ones (head-of-line blocking)',
  options: TAIL_OPTIONS,
  settings: tailSettings,
  measure: measureTail,
  describe: describeTail,
  figures: tailFigures,
};

async function measureTail(
  settings: TailSettings,
  surroundings: Surroundings,
): Promise<TailResult> {
  const startedAt = new Date().toISOString();
  const { installed: arms, missing } = sortByInstallation(settings.peers);
  const secondsEach = START_SECONDS + settings.warmUpSeconds + settings.seconds;
  const { filter, ...all } = settings;
  const plan = { ...all, arms, secondsEach };
  const loads = LOADS.filter((load) =>
    arms.some((peer) => isChosen(describeArrivals(load, peer), filter)),
  );
  const filtered = filter === undefined ? {} : { filter };
  const saturation = await measureRounds<'saturation', PeerName, SaturationReply>(
    {
      ...plan,
      // The rates depend on the saturation of all pools: apply the filter here only if no arrivals follow.
      ...(loads.length === 0 ? filtered : {}),
      points: ['saturation'],
      label: 'Saturation',
      describe: (_, peer) => describeSaturated(peer),
      isStable: ({ throughput }) => throughput.isStable,
      measure: (_, peer, round) =>
        measure({ kind: 'saturate', ...request(peer, round, settings) }, surroundings.signal),
    },
    surroundings,
  );
  const rates = saturationRates(arms, saturation);
  const best = reference(rates);
  const points = (best === undefined ? [] : loads).map((load) => ({
    load,
    ratePerSecond: load * (best?.perSecond ?? 0),
  }));
  const arrivals = await measureRounds<LoadPoint, PeerName, ArrivalReply>(
    {
      ...plan,
      ...filtered,
      points,
      describe: ({ load }, peer) => describeArrivals(load, peer),
      measure: ({ ratePerSecond }, peer, round) =>
        measure(
          { kind: 'arrive', ratePerSecond, ...request(peer, round, settings) },
          surroundings.signal,
        ),
    },
    surroundings,
  );
  return {
    scenario: 'tail',
    startedAt,
    isInterrupted: saturation.isInterrupted || arrivals.isInterrupted,
    versions: peerVersions(arms),
    settings,
    missing,
    saturation: saturationResults(rates, Math.min(settings.threads, availableParallelism())),
    ...(best && { reference: best.peer }),
    loads: points.map((point) => loadResult(point, arms, arrivals)),
    failures: [...saturation.failures, ...arrivals.failures],
    unstable: saturation.unstable,
  };
}

function request(
  peer: PeerName,
  round: number,
  { threads, seconds, warmUpSeconds, seed }: TailSettings,
): Omit<TailRequest, 'kind'> {
  return { peer, threads, seconds, warmUpSeconds, seed: (seed * 1000 + round) % 2 ** 32 };
}

function measure<Reply extends SaturationReply | ArrivalReply>(
  what: TailRequest,
  signal: AbortSignal,
): Promise<Reply> {
  const limitMs = (what.warmUpSeconds * LONGEST_WARM_UP + what.seconds + GRACE_SECONDS) * 1000;
  return measureFresh<Reply>(PROGRAM, what, { limitMs, signal });
}
