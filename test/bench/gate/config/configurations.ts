/** Lists valid and invalid configurations and budgets, for our own checks and the schemas. */

export interface Sample {
  readonly what: string;
  readonly value: unknown;
  /** The error of our own check; absent if the value is valid. */
  readonly error?: string;
  /** Set if a schema can't express the rule, so that only our own check rejects the value. */
  readonly isBeyondSchema?: true;
}

const budget = { name: 'no-op', run: 'overhead', figure: 'x', atLeast: 5 };
const waiver = { scenario: './jobs.js', until: '2026-12-31', reason: 'A new parser.' };

function scenario(changes: object): object {
  return { scenarios: [{ run: './jobs.js' }, { run: './jobs.js#render', ...changes }] };
}

function waived(changes: object): object {
  return { waivers: [{ ...waiver, ...changes }] };
}

function limited(changes: object): object {
  return { budgets: [budget, { ...budget, name: 'other', ...changes }] };
}

/** Samples of budgets, for a configuration and for a separate file. */
export const BUDGETS: readonly Sample[] = [
  { what: 'a line', value: limited({}) },
  { what: 'words', value: limited({ run: ['overhead', '--filter', 'a b'] }) },
  { what: 'both limits', value: limited({ atLeast: 1, atMost: 1 }) },
  { what: 'a ratio', value: limited({ over: 'y', unit: 'ratio' }) },
  { what: 'a negative limit', value: limited({ atLeast: -1, unit: 'percent' }) },
  { what: 'a schema', value: { $schema: './x.json', ...limited({}) } },
  {
    what: 'no limit',
    value: limited({ atLeast: undefined }),
    error: "budgets[1] has no limit; valid is 'atLeast', 'atMost' or both.",
  },
  {
    what: 'limits that contradict each other',
    value: limited({ atMost: 1 }),
    error: 'budgets[1] has atLeast 5 and atMost 1, which no value can meet.',
    isBeyondSchema: true,
  },
  {
    what: 'a limit as text',
    value: limited({ atLeast: '5' }),
    error: "budgets[1].atLeast must be a number, but is '5'.",
  },
  { what: 'no figure', value: limited({ figure: undefined }), error: "budgets[1] lacks 'figure'." },
  {
    what: 'no words',
    value: limited({ run: [] }),
    error: 'budgets[1].run must be a list that is not empty, but is an empty list.',
  },
  {
    what: 'a number to run',
    value: limited({ run: 1 }),
    error: 'budgets[1].run must be a line or a list of words, but is 1.',
  },
  {
    what: 'a word that is a number',
    value: limited({ run: ['overhead', '--rounds', 3] }),
    error: 'budgets[1].run[2] must be a string, but is 3.',
  },
  {
    what: 'an unknown unit',
    value: limited({ unit: 'percents' }),
    error:
      "budgets[1].unit must be one of count, ratio, percent, bytes, milliseconds, seconds, perSecond, but is 'percents'. Did you mean 'percent'?",
  },
  {
    what: 'a ratio in bytes',
    value: limited({ over: 'y', unit: 'bytes' }),
    error: "budgets[1].unit must be 'ratio' with 'over', but is 'bytes'.",
  },
  {
    what: 'a name twice',
    value: limited({ name: 'no-op' }),
    error: "budgets[1] has the same name 'no-op' as item 0; valid is a unique name.",
    isBeyondSchema: true,
  },
  {
    what: 'a name of two lines',
    value: limited({ name: 'a\nb' }),
    error: "budgets[1].name must be a string without control characters, but is 'a�b'.",
  },
  {
    what: 'an unknown key',
    value: limited({ atleast: 1 }),
    error:
      "budgets[1].atleast is unknown; valid is one of name, run, figure, over, atLeast, atMost, unit. Did you mean 'atLeast'?",
  },
  {
    what: 'no list',
    value: { budgets: budget },
    error: 'budgets must be a list, but is an object.',
  },
  {
    what: 'a list of nothing',
    value: { budgets: [null] },
    error: 'budgets[0] must be an object, but is null.',
  },
];

/** Samples of configurations. */
export const CONFIGS: readonly Sample[] = [
  ...BUDGETS,
  { what: 'nothing', value: {} },
  { what: 'empty lists', value: { build: [], scenarios: [], budgets: [], waivers: [] } },
  { what: 'a base', value: { base: 'origin/main', build: ['npm ci'], seconds: 60.5 } },
  {
    what: 'a scenario with all',
    value: scenario({
      name: 'render',
      input: 'docs/*.md',
      inputAs: 'text',
      threads: 2,
      inFlight: 8,
      perSecond: 0.5,
      thresholds: { cpu: { minEffect: 0, maxEffect: 1 }, p99: {}, throughput: false },
      allowDifferentResults: true,
    }),
  },
  { what: 'a waiver', value: waived({ metric: 'cpu' }) },
  {
    what: 'a waiver of a budget',
    value: { waivers: [{ budget: 'no-op', until: '2028-02-29', reason: 'x' }] },
  },
  { what: 'a list', value: [], error: 'must be an object, but is an empty list.' },
  { what: 'null', value: null, error: 'must be an object, but is null.' },
  {
    what: 'an unknown key',
    value: { scenario: [] },
    error:
      "scenario is unknown; valid is one of $schema, base, build, scenarios, thresholds, looks, seconds, budgets, waivers. Did you mean 'scenarios'?",
  },
  {
    what: 'an unknown key with a dot',
    value: { 'a.b': 1 },
    error:
      '"a.b" is unknown; valid is one of $schema, base, build, scenarios, thresholds, looks, seconds, budgets, waivers.',
  },
  {
    what: 'an empty base',
    value: { base: '' },
    error: "base must be a string that is not empty, but is ''.",
  },
  {
    what: 'a command instead of a list',
    value: { build: 'npm ci' },
    error: "build must be a list, but is 'npm ci'.",
  },
  { what: 'other looks', value: { looks: [7, 12, 1000] } },
  {
    what: 'looks that could never fail',
    value: { looks: [6, 12, 20] },
    error: 'looks[0] must be a whole number from 7 to 1000, but is 6.',
  },
  {
    what: 'two looks',
    value: { looks: [10, 20] },
    error: 'looks must be a list of three numbers, but has 2.',
  },
  {
    what: 'too little time',
    value: { seconds: 1 },
    error: 'seconds must be a number from 5 to 3600, but is 1.',
  },
  {
    what: 'a scenario that runs nothing',
    value: scenario({ run: undefined }),
    error: "scenarios[1] lacks 'run'.",
  },
  {
    what: 'two scenarios of a name',
    value: scenario({ run: './jobs.js' }),
    error: "scenarios[1] has the same name './jobs.js' as item 0; valid is a unique name.",
    isBeyondSchema: true,
  },
  {
    what: 'half a thread',
    value: scenario({ threads: 0.5 }),
    error: 'scenarios[1].threads must be a whole number from 1 to 256, but is 0.5.',
  },
  {
    what: 'nothing in flight',
    value: scenario({ inFlight: 0 }),
    error: 'scenarios[1].inFlight must be a whole number from 1 to 1000000, but is 0.',
  },
  {
    what: 'an unknown form',
    value: scenario({ input: 'x', inputAs: 'xml' }),
    error: "scenarios[1].inputAs must be one of text, bytes, path, json, but is 'xml'.",
  },
  {
    what: 'a form of no input',
    value: scenario({ inputAs: 'text' }),
    error: "scenarios[1] has 'inputAs' without 'input'.",
  },
  {
    what: 'yes',
    value: scenario({ allowDifferentResults: 'yes' }),
    error: "scenarios[1].allowDifferentResults must be true or false, but is 'yes'.",
  },
  {
    what: 'an unknown metric',
    value: { thresholds: { p90: {} } },
    error:
      "thresholds.p90 is unknown; valid is one of cpu, throughput, p50, p99, rss, memorySlope, messages, refused. Did you mean 'p50'?",
  },
  {
    what: 'percent instead of a share',
    value: scenario({ thresholds: { cpu: { minEffect: 3 } } }),
    error:
      'scenarios[1].thresholds.cpu.minEffect must be a number from 0 to 1 (a share: 0.05 is 5 %), but is 3.',
  },
  {
    what: 'thresholds that leave a gap',
    value: { thresholds: { cpu: { minEffect: 0.1, maxEffect: 0.05 } } },
    error: 'thresholds.cpu.maxEffect must be at least minEffect (0.1), but is 0.05.',
    isBeyondSchema: true,
  },
  {
    what: 'a threshold that is true',
    value: { thresholds: { cpu: true } },
    error: 'thresholds.cpu must be an object or false, but is true.',
  },
  {
    what: 'a waiver of nothing',
    value: waived({ scenario: undefined }),
    error: "waivers[0] must name either a 'scenario' or a 'budget'.",
  },
  {
    what: 'a waiver of both',
    value: waived({ budget: 'no-op' }),
    error: "waivers[0] must name either a 'scenario' or a 'budget'.",
  },
  {
    what: "a budget's metric",
    value: waived({ scenario: undefined, budget: 'no-op', metric: 'cpu' }),
    error: 'waivers[0].metric is unknown; valid is one of budget, until, reason.',
  },
  {
    what: 'no reason',
    value: waived({ reason: undefined }),
    error: "waivers[0] lacks 'reason'.",
  },
  {
    what: 'a date of another form',
    value: waived({ until: '31.12.2026' }),
    error: "waivers[0].until must be a date such as '2026-12-31', but is '31.12.2026'.",
  },
  {
    what: 'a month that is not',
    value: waived({ until: '2026-13-01' }),
    error: "waivers[0].until must be a date such as '2026-12-31', but is '2026-13-01'.",
  },
  {
    what: 'a day that is not',
    value: waived({ until: '2026-02-29' }),
    error: "waivers[0].until must be a date such as '2026-12-31', but is '2026-02-29'.",
    isBeyondSchema: true,
  },
];
