/** Configurations and lists of budgets, and whether they are valid: for our own checks and the schemas. */

export interface Sample {
  readonly what: string;
  readonly value: unknown;
  /** What our own check says of it; absent where it is valid. */
  readonly flaw?: string;
  /** What a schema can't express: only our own check refuses it. */
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

/** What a budget can be, in a configuration as well as in a file of its own. */
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
    flaw: "budgets[1] has no limit; valid is 'atLeast', 'atMost' or both.",
  },
  {
    what: 'limits that contradict each other',
    value: limited({ atMost: 1 }),
    flaw: 'budgets[1] wants at least 5 and at most 1, which nothing can keep.',
    isBeyondSchema: true,
  },
  {
    what: 'a limit as text',
    value: limited({ atLeast: '5' }),
    flaw: "budgets[1].atLeast is '5'; valid is a number.",
  },
  { what: 'no figure', value: limited({ figure: undefined }), flaw: "budgets[1] lacks 'figure'." },
  {
    what: 'no words',
    value: limited({ run: [] }),
    flaw: 'budgets[1].run is an empty list; valid is a list that is not empty.',
  },
  {
    what: 'a number to run',
    value: limited({ run: 1 }),
    flaw: 'budgets[1].run is 1; valid is a line or a list of words.',
  },
  {
    what: 'a word that is a number',
    value: limited({ run: ['overhead', '--rounds', 3] }),
    flaw: 'budgets[1].run[2] is 3; valid is a text of one line.',
  },
  {
    what: 'an unknown unit',
    value: limited({ unit: 'percents' }),
    flaw: "budgets[1].unit is 'percents'; valid is one of count, ratio, percent, bytes, milliseconds, seconds, perSecond. Did you mean 'percent'?",
  },
  {
    what: 'a ratio in bytes',
    value: limited({ over: 'y', unit: 'bytes' }),
    flaw: "budgets[1].unit is 'bytes'; valid is 'ratio' with 'over'.",
  },
  {
    what: 'a name twice',
    value: limited({ name: 'no-op' }),
    flaw: "budgets[1] is named 'no-op', as item 0 is; valid is a name of its own.",
    isBeyondSchema: true,
  },
  {
    what: 'a name of two lines',
    value: limited({ name: 'a\nb' }),
    flaw: "budgets[1].name is 'a�b'; valid is a text of one line.",
  },
  {
    what: 'an unknown key',
    value: limited({ atleast: 1 }),
    flaw: "budgets[1].atleast is unknown; valid is one of name, run, figure, over, atLeast, atMost, unit. Did you mean 'atLeast'?",
  },
  { what: 'no list', value: { budgets: budget }, flaw: 'budgets is an object; valid is a list.' },
  {
    what: 'a list of nothing',
    value: { budgets: [null] },
    flaw: 'budgets[0] is null; valid is an object.',
  },
];

/** What a configuration can be. */
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
  { what: 'a list', value: [], flaw: 'is an empty list; valid is an object.' },
  { what: 'null', value: null, flaw: 'is null; valid is an object.' },
  {
    what: 'an unknown key',
    value: { scenario: [] },
    flaw: "scenario is unknown; valid is one of $schema, base, build, scenarios, thresholds, looks, seconds, budgets, waivers. Did you mean 'scenarios'?",
  },
  {
    what: 'an unknown key with a dot',
    value: { 'a.b': 1 },
    flaw: '"a.b" is unknown; valid is one of $schema, base, build, scenarios, thresholds, looks, seconds, budgets, waivers.',
  },
  { what: 'an empty base', value: { base: '' }, flaw: "base is ''; valid is a text of one line." },
  {
    what: 'a command instead of a list',
    value: { build: 'npm ci' },
    flaw: "build is 'npm ci'; valid is a list.",
  },
  { what: 'other looks', value: { looks: [7, 12, 1000] } },
  {
    what: 'looks that could never fail',
    value: { looks: [6, 12, 20] },
    flaw: 'looks[0] is 6; valid is a whole number from 7 to 1000.',
  },
  {
    what: 'two looks',
    value: { looks: [10, 20] },
    flaw: 'looks is a list; valid is a list of three numbers.',
  },
  {
    what: 'too little time',
    value: { seconds: 1 },
    flaw: 'seconds is 1; valid is a number from 5 to 3600.',
  },
  {
    what: 'a scenario that runs nothing',
    value: scenario({ run: undefined }),
    flaw: "scenarios[1] lacks 'run'.",
  },
  {
    what: 'two scenarios of a name',
    value: scenario({ run: './jobs.js' }),
    flaw: "scenarios[1] is named './jobs.js', as item 0 is; valid is a name of its own.",
    isBeyondSchema: true,
  },
  {
    what: 'half a thread',
    value: scenario({ threads: 0.5 }),
    flaw: 'scenarios[1].threads is 0.5; valid is a whole number from 1 to 256.',
  },
  {
    what: 'nothing in flight',
    value: scenario({ inFlight: 0 }),
    flaw: 'scenarios[1].inFlight is 0; valid is a whole number from 1 to 1000000.',
  },
  {
    what: 'an unknown form',
    value: scenario({ input: 'x', inputAs: 'xml' }),
    flaw: "scenarios[1].inputAs is 'xml'; valid is one of text, bytes, path, json.",
  },
  {
    what: 'a form of no input',
    value: scenario({ inputAs: 'text' }),
    flaw: "scenarios[1] has 'inputAs' without 'input'.",
  },
  {
    what: 'yes',
    value: scenario({ allowDifferentResults: 'yes' }),
    flaw: "scenarios[1].allowDifferentResults is 'yes'; valid is true or false.",
  },
  {
    what: 'an unknown metric',
    value: { thresholds: { p90: {} } },
    flaw: "thresholds.p90 is unknown; valid is one of cpu, throughput, p50, p99, rss, memorySlope, messages, refused. Did you mean 'p50'?",
  },
  {
    what: 'percent instead of a share',
    value: scenario({ thresholds: { cpu: { minEffect: 3 } } }),
    flaw: 'scenarios[1].thresholds.cpu.minEffect is 3; valid is a number from 0 to 1 (a share: 0.05 is 5 %).',
  },
  {
    what: 'thresholds that leave a gap',
    value: { thresholds: { cpu: { minEffect: 0.1, maxEffect: 0.05 } } },
    flaw: 'thresholds.cpu.maxEffect is 0.05; valid is at least minEffect, which is 0.1.',
    isBeyondSchema: true,
  },
  {
    what: 'a threshold that is true',
    value: { thresholds: { cpu: true } },
    flaw: 'thresholds.cpu is true; valid is an object or false.',
  },
  {
    what: 'a waiver of nothing',
    value: waived({ scenario: undefined }),
    flaw: "waivers[0] has to name either a 'scenario' or a 'budget'.",
  },
  {
    what: 'a waiver of both',
    value: waived({ budget: 'no-op' }),
    flaw: "waivers[0] has to name either a 'scenario' or a 'budget'.",
  },
  {
    what: "a budget's metric",
    value: waived({ scenario: undefined, budget: 'no-op', metric: 'cpu' }),
    flaw: 'waivers[0].metric is unknown; valid is one of budget, until, reason.',
  },
  {
    what: 'no reason',
    value: waived({ reason: undefined }),
    flaw: "waivers[0] lacks 'reason'.",
  },
  {
    what: 'a date of another form',
    value: waived({ until: '31.12.2026' }),
    flaw: "waivers[0].until is '31.12.2026'; valid is a date such as '2026-12-31'.",
  },
  {
    what: 'a month that is not',
    value: waived({ until: '2026-13-01' }),
    flaw: "waivers[0].until is '2026-13-01'; valid is a date such as '2026-12-31'.",
  },
  {
    what: 'a day that is not',
    value: waived({ until: '2026-02-29' }),
    flaw: "waivers[0].until is '2026-02-29'; valid is a date such as '2026-12-31'.",
    isBeyondSchema: true,
  },
];
