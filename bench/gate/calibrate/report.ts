/**
 * Describes a calibration: how the real gates went, what resampling makes of their rounds, and which
 * numbers of rounds reach a wanted power.
 *
 * Invariant: every share of real gates has its 95 % confidence interval (Clopper and Pearson), as a few
 * dozen of them say little more than that.
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
/** Other plans are played so many times less: for comparing them that will do. */
const OTHERS = 4;
const USUAL = DEFAULT_LOOKS.map(({ rounds }) => rounds);
/** Plans that are compared: the rounds of three looks each, with the usual errors; shortest first. */
const PLANS: ReadonlyArray<readonly number[]> = [
  [10, 12, 14],
  USUAL,
  [12, 18, 24],
  [15, 22, 30],
  [20, 30, 40],
];

/** How thoroughly, and for what, recorded rounds are played. */
export interface DescribeOptions {
  /** The wanted share of slowdowns that are found: 0.9. */
  readonly power: number;
  /** When it aborts nothing more is played. */
  readonly signal: AbortSignal;
  /** Gates that are played with the usual looks, and a quarter of that with others. Default: 4,000. */
  readonly plays?: number;
}

/** For a person. Takes some seconds, in which the event loop has its turns. */
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
        'Seconds: median and range. A fail of what is the same is a false alarm; undecided is neither ' +
          'shown, or a control that moved.',
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

/** Looks, and what came of each of the effects. */
interface PlayedPlan {
  readonly plan: readonly number[];
  readonly results: readonly Resampled[];
}

/** Plays all plans, as far as nobody interrupts. */
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
    text('Gates in which a metric failed by itself, and in which a control moved:'),
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
    if (shortest === undefined) return `None of these looks finds ${what} ${limit}.`;
    const seconds = (shortest.results[0]?.meanRounds ?? 0) * secondsOfRound;
    return (
      `--looks ${shortest.plan.join(',')} finds ${what} ${limit}; where nothing has changed it takes ` +
      `${formatFigure(seconds)} s.`
    );
  });
  return [
    heading('Resampled'),
    text(
      `${formatCount(plays)} gates for each kind (${formatCount(plays / OTHERS)} for other looks than ${USUAL.join(', ')}), ` +
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

/** Of the same code, failed and undecided; then what was found of each slowdown. */
function rowOfPlan(plan: readonly number[], [same, ...slower]: readonly Resampled[]): string[] {
  const shares = [same?.fail, same?.inconclusive, ...slower.map(({ fail }) => fail)];
  return [plan.join(', '), ...shares.map((share = 0) => formatPercent(share))];
}

function nameOf(slowdown: number): string {
  return slowdown === 0 ? 'the same' : `${formatPercent(slowdown)} slower`;
}
