/**
 * `millrace bench tail`: whether short jobs get stuck behind a few long ones.
 *
 * Method: first what every pool does at saturation; then, at two absolute rates that are the same for
 * all, an open loop of arrivals that don't wait for each other. Every round has arrivals and jobs of
 * its own, the same for all pools.
 */
import { availableParallelism } from 'node:os';
import { measureFresh } from '../../fresh-process.js';
import { peerVersions, type PeerName, sortByInstallation } from '../../peers/index.js';
import { measureRounds } from '../../rounds.js';
import type { Scenario, Surroundings } from '../../scenario.js';
import { formatPercent } from '../../terminal/format.js';
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
import { LOADS, TAIL_FLAGS, TAIL_OPTIONS, type TailSettings, tailSettings } from './settings.js';

const PROGRAM = new URL('./program.js', import.meta.url);
/** Beside the load: a process and its threads start and end. */
const START_SECONDS = 0.3;
/** A pool that can't do the rate has all of its backlog to work off. */
const GRACE_SECONDS = 60;

/** Short jobs among a few long ones. */
export const tail: Scenario<TailSettings, TailResult> = {
  name: 'tail',
  summary: 'short jobs among a few long ones: the latency that is left to the unlucky',
  options: TAIL_OPTIONS,
  flags: TAIL_FLAGS,
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
  const plan = { ...settings, arms, secondsEach };
  const saturation = await measureRounds<'saturation', PeerName, SaturationReply>(
    {
      ...plan,
      points: ['saturation'],
      label: 'Saturation',
      describe: (_, peer) => `${peer} at saturation`,
      measure: (_, peer, round) =>
        measure({ kind: 'saturate', ...request(peer, round, settings) }, surroundings.signal),
    },
    surroundings,
  );
  const rates = saturationRates(arms, saturation);
  const best = reference(rates);
  const points = (best === undefined ? [] : LOADS).map((load) => ({
    load,
    ratePerSecond: load * (best?.perSecond ?? 0),
  }));
  const arrivals = await measureRounds<LoadPoint, PeerName, ArrivalReply>(
    {
      ...plan,
      points,
      describe: ({ load }, peer) => `${peer} at ${formatPercent(load)}`,
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
  const limitMs = (what.seconds + what.warmUpSeconds + GRACE_SECONDS) * 1000;
  return measureFresh<Reply>(PROGRAM, what, { limitMs, signal });
}
