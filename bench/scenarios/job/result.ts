/**
 * Defines the result of measuring a user's job: plain data, which `--json` writes and the report is made from.
 *
 * Invariant: a metric that was not measured is absent.
 */
import type { Figure } from '../../harness/figures.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { type NamedFigure, oneFigure } from '../../report/document.js';
import { formatPercent } from '../../report/format.js';
import type { InputSource } from '../../user-job/input-source.js';
import type { InputSummary } from '../../user-job/inputs.js';
import type { JobFailures } from '../../user-job/job-failures.js';
import type { AdviceResult } from './advice/advice.js';
import type { SlotComparison } from './advice/slots.js';
import {
  describeSlots,
  LOAD_PERCENTILES,
  type LoadResult,
  type SaturationResult,
  type ServiceResult,
} from './measure/figures.js';
import type { JobSettings } from './settings.js';

/** Source of the inputs; of several files only the number and the first name. */
export type InputLabel =
  | { readonly kind: 'none' }
  | { readonly kind: 'files'; readonly files: number; readonly first: string }
  | { readonly kind: 'module'; readonly name: string };

export function labelInput(input: InputSource): InputLabel {
  switch (input.kind) {
    case 'none':
      return { kind: 'none' };
    case 'module':
      return { kind: 'module', name: input.name };
    case 'files':
      return { kind: 'files', files: input.files.length, first: input.files[0]?.name ?? '' };
  }
}

export interface JobResult extends ScenarioResult {
  readonly scenario: 'job';
  readonly settings: Omit<JobSettings, 'input'> & { readonly input: InputLabel };
  readonly inputs?: InputSummary;
  readonly service?: ServiceResult;
  readonly saturation: readonly SaturationResult[];
  /** Slots with which the loads were measured. */
  readonly chosen?: SaturationResult;
  /** The comparisons of settings that led to that choice. */
  readonly comparisons: readonly SlotComparison[];
  /** Max number of jobs that wait at the highest load. */
  readonly overloadBacklog?: number;
  readonly loads: readonly LoadResult[];
  readonly advice?: AdviceResult;
  /** Failed jobs of all measurements. */
  readonly jobFailures: JobFailures;
}

/** Lists the metrics for a comparison with another run. */
export function jobFigures({
  settings,
  service,
  saturation,
  loads,
  advice,
}: JobResult): NamedFigure[] {
  const { label } = settings.job;
  return [
    ...(service === undefined || service.time.count === 0
      ? []
      : (['mean', 'p50', 'p90', 'p99', 'p999'] as const).map((figure) =>
          oneFigure(
            `${label}: service time, ${figure}`,
            service.time[figure],
            'milliseconds',
            'less',
          ),
        )),
    ...saturation.map(({ jobsPerSecond, ...slots }): NamedFigure => ({
      ...jobsPerSecond,
      name: `${label}: saturation, ${describeSlots(slots)}`,
      unit: 'perSecond',
      better: 'more',
    })),
    ...loads.flatMap((each) => [
      ...LOAD_PERCENTILES.map((percentile) =>
        less(
          `${label}: ${formatPercent(each.load)}, ${percentile}`,
          each[percentile],
          'milliseconds',
        ),
      ),
      less(`${label}: ${formatPercent(each.load)}, peak memory`, each.peakBytes, 'bytes'),
    ]),
    ...(advice?.kind === 'advised'
      ? [oneFigure(`${label}: promised rate`, advice.promisedPerSecond, 'perSecond', 'more')]
      : []),
  ];
}

function less(name: string, figure: Figure, unit: NamedFigure['unit']): NamedFigure {
  return { ...figure, name, unit, better: 'less' };
}
