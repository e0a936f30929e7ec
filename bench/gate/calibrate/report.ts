/**
 * Describes a calibration: the results of the real gates, simulations from their rounds, and the numbers of rounds that
 * reach a wanted power.
 *
 * Invariant: each count of a verdict has the 95 % confidence interval of its share (Clopper and Pearson), as a few
 * dozen gates leave it wide.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Block, type Document, heading, text } from '../../report/document.js';
import { median } from '../../math/statistics.js';
import { formatCount, formatFigure, formatPercent } from '../../report/format.js';
import { clopperPearson } from '../../math/binomial.js';
import { judgedBy } from './calibrate.js';
import type { Calibration, CalibrationGate, CalibrationSettings } from './calibration.js';
import { DEFAULT_LOOKS, looksAfter } from '../model/looks.js';
import { resample, type Resampled } from './resampling.js';

const PLAYS = 4000;
/** Other plans are simulated less often by this factor, which is enough to compare them. */
const OTHERS = 4;
const USUAL = DEFAULT_LOOKS.map(({ rounds }) => rounds);
/** The plans to compare: the rounds of three interim analyses each, with the default errors; shortest first. */
const PLANS: ReadonlyArray<readonly number[]> = [
  [10, 12, 14],
  USUAL,
  [12, 18, 24],
  [15, 22, 30],
  [20, 30, 40],
];

/** How recorded rounds are simulated. */
export interface DescribeOptions {
  /** Wanted share of slowdowns that are found: 0.9. */
  readonly power: number;
  /** Stops the simulation. */
  readonly signal: AbortSignal;
  /** Number of gates simulated with the default plan; each other plan gets a quarter of it. Default: 4,000. */
  readonly plays?: number;
}

/** Describes a calibration. Takes some seconds, in which the event loop keeps turning. */
export async function describeCalibration(
  { gates, settings, command, environment }: Calibration,
  { power, signal, plays = PLAYS }: DescribeOptions,
): Promise<Document> {
  const slowdowns = [0, ...settings.slowdowns];
  const same = gates.filter(({ slowdown }) => slowdown === 0);
  const recorded = same.map((gate) => gate.rounds).filter((rounds) => rounds.length > 0);
  const seconds = median(gates.map((gate) => gate.seconds / gate.rounds.length)) ?? 0;
  const hogs =
    settings.hogs === 0 ? '' : `, while other processes kept ${settings.hogs} CPU(s) busy`;
  const { cpu, processors, node, platform, kernel } = environment;
  const resampled =
    recorded.length === 0 ? [] : await resampleAll(recorded, settings, plays, signal);
  return {
    title: `The gate, measured by ${gates.length} gates of its own${hogs}`,
    blocks: [
      text(`${processors} CPUs, ${cpu}, ${platform} ${kernel}, Node ${node}: ${command}`),
      text(
        `Real gates, each of fresh processes in fresh places; a FAIL exceeds ${formatPercent(settings.minEffect)}; ` +
          'in brackets or below, the 95 % CI:',
      ),
      {
        kind: 'table',
        head: ['head is', 'gates', 'FAIL', 'PASS', 'undecided', 'rounds', 'seconds'],
        rows: slowdowns.flatMap((slowdown) => rowsOf(slowdown, gates)),
      },
      text(
        'Seconds: median and range. A FAIL of identical code is a false alarm; undecided means that neither ' +
          'was shown, or that a control moved.',
        'faint',
      ),
      ...describeMetrics(settings, slowdowns, gates),
      ...(resampled.length < PLANS.length
        ? []
        : describeResampling(resampled, {
            plays,
            power,
            rounds: recorded.flat().length,
            slowdowns: settings.slowdowns,
            secondsOfRound: seconds,
            limitSeconds: settings.limitSeconds,
          })),
    ],
  };
}

/** A plan of interim analyses, and its results for each effect. */
interface PlayedPlan {
  readonly plan: readonly number[];
  readonly results: readonly Resampled[];
}

/** Simulates all plans, until interrupted. */
async function resampleAll(
  gates: ReadonlyArray<CalibrationGate['rounds']>,
  settings: CalibrationSettings,
  plays: number,
  signal: AbortSignal,
): Promise<PlayedPlan[]> {
  const played: PlayedPlan[] = [];
  for (const plan of PLANS) {
    const results: Resampled[] = [];
    for (const slowdown of [0, ...settings.slowdowns]) {
      await nextTurn();
      if (signal.aborted) return played;
      results.push(
        resample({
          gates,
          judged: judgedBy(settings),
          looks: looksAfter(plan, 'The plan'),
          slowdown,
          plays: plan === USUAL ? plays : plays / OTHERS,
          seed: 1,
        }),
      );
    }
    played.push({ plan, results });
  }
  return played;
}

function rowsOf(slowdown: number, gates: readonly CalibrationGate[]) {
  const own = gates.filter((gate) => gate.slowdown === slowdown);
  if (own.length === 0) return [];
  const share = (verdict: CalibrationGate['verdict']) => {
    const count = own.filter((gate) => gate.verdict === verdict).length;
    const { low, high } = clopperPearson(count, own.length);
    const range = `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)} %`;
    return { text: String(count), range };
  };
  const times = own.map((gate) => gate.seconds);
  return [
    [
      nameOf(slowdown),
      String(own.length),
      share('fail'),
      share('pass'),
      share('inconclusive'),
      formatFigure(median(own.map((gate) => gate.rounds.length)) ?? 0),
      {
        text: formatFigure(median(times) ?? 0),
        range: `${formatFigure(Math.min(...times))}–${formatFigure(Math.max(...times))}`,
      },
    ],
  ];
}

/** How often each metric failed by itself. */
function describeMetrics(
  settings: CalibrationSettings,
  slowdowns: readonly number[],
  gates: readonly CalibrationGate[],
): readonly Block[] {
  const metrics = [...judgedBy(settings).keys()];
  const rows = slowdowns.flatMap((slowdown) => {
    const own = gates.filter((gate) => gate.slowdown === slowdown);
    if (own.length === 0) return [];
    const counts = metrics.map((metric) =>
      String(own.filter(({ failed }) => failed.includes(metric)).length),
    );
    const moved = String(own.filter(({ hasMoved }) => hasMoved).length);
    return [[nameOf(slowdown), String(own.length), ...counts, moved]];
  });
  return [
    text('Gates in which each metric alone failed, and in which a control moved:'),
    { kind: 'table', head: ['head is', 'gates', ...metrics, 'control moved'], rows },
  ];
}

function describeResampling(
  plans: readonly PlayedPlan[],
  {
    plays,
    power,
    rounds,
    slowdowns,
    secondsOfRound,
    limitSeconds,
  }: {
    readonly plays: number;
    readonly power: number;
    readonly rounds: number;
    readonly slowdowns: readonly number[];
    readonly secondsOfRound: number;
    readonly limitSeconds: number;
  },
): Block[] {
  const within = plans.filter(
    ({ plan }) => (plan.at(-1) as number) * secondsOfRound <= limitSeconds,
  );
  const found = slowdowns.slice(0, 2).map((effect, index) => {
    const at = index + 1;
    const shortest = within.find(({ results }) => (results[at]?.fail ?? 0) >= power);
    const what = `${formatPercent(effect)} in ${formatPercent(power)} of the gates`;
    const limit = `within ${formatFigure(limitSeconds)} s for each scenario`;
    if (shortest === undefined) return `None of these --looks finds ${what} ${limit}.`;
    const seconds = (shortest.results[0]?.meanRounds ?? 0) * secondsOfRound;
    return (
      `--looks ${shortest.plan.join(',')} finds ${what} ${limit}; without a change it takes ` +
      `${formatFigure(seconds)} s.`
    );
  });
  return [
    heading('Resampled'),
    text(
      `${formatCount(plays)} gates for each kind (${formatCount(plays / OTHERS)} for --looks other than ${USUAL.join(',')}), ` +
        `simulated from the ${rounds} recorded rounds of the same code, gate by gate, with a slowdown added:`,
    ),
    {
      kind: 'table',
      head: ['looks', 'FAIL', 'undecided', ...slowdowns.map(() => 'FAIL')],
      groups: [0, ...slowdowns].map((effect) => ({
        title: nameOf(effect),
        columns: effect === 0 ? 2 : 1,
      })),
      rows: plans.map(({ plan, results }) => rowOfPlan(plan, results)),
    },
    text(`A round takes ${formatFigure(secondsOfRound)} s here.`, 'faint'),
    ...found.map((words) => text(words, 'point')),
  ];
}

/** Shares of FAIL and undecided for the same code, then the share of FAIL for each slowdown. */
function rowOfPlan(plan: readonly number[], [same, ...slower]: readonly Resampled[]): string[] {
  const shares = [same?.fail, same?.inconclusive, ...slower.map(({ fail }) => fail)];
  return [plan.join(', '), ...shares.map((share = 0) => formatPercent(share))];
}

function nameOf(slowdown: number): string {
  return slowdown === 0 ? 'the same' : `${formatPercent(slowdown)} slower`;
}
