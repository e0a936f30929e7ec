/**
 * Runs `millrace gate calibrate`: reads its options and its file, measures the missing gates and reports them all.
 *
 * Invariants: a calibration is resumed only with the same options on the same machine, as its results would otherwise
 * belong to nothing; what was measured before an interruption is reported.
 */
import { existsSync } from 'node:fs';
import { builtFile } from '../process/built-file.js';
import { Child } from '../process/child.js';
import { readEnvironment } from '../process/environment.js';
import { type Flags, readOptions, UsageError } from '../options/flags.js';
import { type OptionTable, optionTable, type OptionValues, SEED } from '../options/table.js';
import { anything, fields, fieldsOf, list, string } from '../store/checks.js';
import { storedEnvironment } from '../store/stored-environment.js';
import { checkDistinct, checkWritable } from '../store/json-file.js';
import { renderMarkdownDocument } from '../report/markdown/document.js';
import { randomFrom } from '../math/random.js';
import { readStored } from '../store/stored-json.js';
import { renderDocument } from '../report/terminal/document.js';
import { Progress } from '../report/terminal/progress.js';
import { columnsOf, SILENT } from '../report/terminal/screen.js';
import { writeAtomically } from './cleanup/atomic-file.js';
import { calibrate } from './calibrate/calibrate.js';
import {
  type Calibration,
  CALIBRATION_SCHEMA,
  type CalibrationSettings,
} from './calibrate/calibration.js';
import { describeCalibration } from './calibrate/report.js';
import { differenceOf } from './judge/comparability.js';
import { DEFAULT_THRESHOLDS } from './model/thresholds.js';
import type { GateSurroundings } from './model/surroundings.js';

/** Default slowdowns, in percent. */
const SLOWDOWNS = '5,10,20';

const OPTIONS = optionTable({
  gates: {
    kind: 'number',
    min: 1,
    max: 100_000,
    isWhole: true,
    default: 60,
    meaning: 'gates of the same code on both sides',
  },
  slower: {
    kind: 'number',
    min: 0,
    max: 100_000,
    isWhole: true,
    default: 20,
    meaning: 'gates for each slowdown of --by',
  },
  by: {
    kind: 'text',
    argument: 'P,P,…',
    shownDefault: SLOWDOWNS,
    meaning: 'the slowdowns, in percent',
  },
  'min-effect': {
    kind: 'number',
    argument: 'P',
    min: 0.1,
    max: 100,
    default: DEFAULT_THRESHOLDS.minEffect * 100,
    meaning: 'the smallest effect that can fail, in percent',
  },
  hogs: {
    kind: 'number',
    min: 0,
    max: 256,
    isWhole: true,
    default: 0,
    meaning: 'CPUs to keep busy meanwhile',
  },
  power: {
    kind: 'number',
    argument: 'P',
    min: 0.5,
    max: 0.999,
    default: 0.9,
    meaning: 'the wanted power: share of slowdowns found',
  },
  seconds: {
    kind: 'number',
    min: 10,
    max: 86_400,
    default: 90,
    meaning: 'time budget of each gate',
  },
  seed: { ...SEED, default: 1, meaning: 'seed of the order of gates, processes and blocks' },
  resume: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'store each gate in this file; an existing file is continued',
  },
  md: { kind: 'text', argument: 'FILE', meaning: 'write the result as Markdown' },
});

export const CALIBRATE_OPTIONS: OptionTable = OPTIONS;

const HOG = builtFile('bench/gate/measure/hog-program.js');

/** Runs the command. @throws UsageError */
export async function calibrateCommand(
  flags: Flags,
  command: string,
  surroundings: GateSurroundings,
): Promise<void> {
  const given = readOptions(flags, OPTIONS);
  const settings = settingsOf(given);
  const { power, resume: path, md } = given;
  if (path !== undefined) checkWritable('resume', path);
  if (md !== undefined) checkWritable('md', md);
  checkDistinct({ resume: path, md });
  const begun = begin(path, settings, command);
  const done = await measure(begun, path, flags.has('quiet'), surroundings);
  const { screen, paint, janitor, signal } = surroundings;
  const document = await describeCalibration(done, { power, signal });
  screen.write(`${renderDocument(document, paint, columnsOf(screen)).join('\n')}\n`);
  if (md === undefined) return;
  await writeAtomically(janitor, md, `${renderMarkdownDocument(document, '##').join('\n')}\n`);
}

function settingsOf(given: OptionValues<typeof OPTIONS>): CalibrationSettings {
  return {
    gates: given.gates,
    slowerGates: given.slower,
    slowdowns: readSlowdowns(given.by ?? SLOWDOWNS),
    minEffect: given['min-effect'] / 100,
    hogs: given.hogs,
    limitSeconds: given.seconds,
    seed: given.seed,
  };
}

/** Parses '2,5' into 0.02 and 0.05. @throws UsageError */
function readSlowdowns(given: string): readonly number[] {
  const percents = given
    .split(',')
    .map((each) => (/^\d+(\.\d+)?$/.test(each) ? Number(each) : NaN));
  const isValid = percents.every(
    (percent, at) => percent > (percents[at - 1] ?? 0) && percent <= 1000,
  );
  if (isValid) return percents.map((percent) => percent / 100);
  throw new UsageError(
    `Option '--by' is '${given}'; valid are rising percentages above 0 and up to 1000, such as '${SLOWDOWNS}'.`,
  );
}

/** The calibration in the file, or an empty one. */
function begin(
  path: string | undefined,
  settings: CalibrationSettings,
  command: string,
): Calibration {
  const environment = readEnvironment();
  const fresh: Calibration = {
    schema: CALIBRATION_SCHEMA,
    command,
    startedAt: new Date().toISOString(),
    environment,
    settings,
    gates: [],
  };
  const stored = path === undefined ? undefined : readCalibration(path);
  if (stored === undefined || path === undefined) return fresh;
  const difference = differenceOf(stored.environment, environment);
  const wrong =
    JSON.stringify(stored.settings) !== JSON.stringify(settings)
      ? `was started with other options: ${stored.command}`
      : difference && `is from another environment: ${difference}`;
  if (wrong === undefined) return stored;
  throw new UsageError(`Option '--resume': '${path}' ${wrong}. Use the same, or another file.`);
}

const calibrationFile = fields({
  command: string,
  startedAt: string,
  environment: storedEnvironment,
  settings: fieldsOf(anything),
  gates: list(fields({ rounds: list(anything) })),
});

function readCalibration(path: string): Calibration | undefined {
  if (!existsSync(path)) return undefined;
  const file = readStored(path, {
    schema: CALIBRATION_SCHEMA,
    description: "a calibration of 'millrace gate calibrate'",
    content: calibrationFile,
  });
  return file as unknown as Calibration;
}

async function measure(
  calibration: Calibration,
  path: string | undefined,
  isQuiet: boolean,
  { screen, paint, signal, janitor }: GateSurroundings,
): Promise<Calibration> {
  const { settings } = calibration;
  let current = calibration;
  const progress = new Progress(isQuiet ? SILENT : screen, paint);
  const hogs = Array.from({ length: settings.hogs }, () => new Child('hog', HOG));
  try {
    await calibrate(
      calibration,
      async (gates) => {
        current = { ...current, gates };
        if (path !== undefined) {
          await writeAtomically(janitor, path, `${JSON.stringify(current)}\n`);
        }
      },
      {
        // Each part of a resumed calibration has an order of its own, the same whenever it is measured.
        random: randomFrom(settings.seed + calibration.gates.length),
        signal,
        watch: (processId) => janitor.endGroup(processId),
        janitor,
        roundsOfNew: 0,
        onBegin: (gate, gates) =>
          progress.begin(`Gate ${gate} of ${gates}`, settings.limitSeconds, 0),
        onRound: (trial, _, rounds) =>
          progress.update(`round ${trial.rounds.length + 1} of up to ${rounds}`),
      },
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.stop();
    await Promise.all(hogs.map((hog) => hog.kill()));
  }
  return current;
}
