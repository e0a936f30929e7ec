/**
 * Defines the options of `millrace gate`: their types, their meaning and their combinations.
 *
 * Invariant: each option is described once, for the parser, the settings and the help.
 */
import { SCREEN_OPTIONS } from '../options/screen.js';

/** The gate's own options, in the order of the help. */
export const OWN_OPTIONS = {
  base: {
    kind: 'text',
    argument: 'REF',
    shownDefault: 'the merge base with the main branch',
    meaning: 'the commit to compare with',
  },
  head: {
    kind: 'text',
    argument: 'REF',
    shownDefault: 'HEAD, without uncommitted changes',
    meaning: 'the commit to judge',
  },
  aa: { kind: 'switch', meaning: 'compare head with itself: an A/A gate' },
  baseline: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'compare with a run stored by --json instead of a base',
  },
  budget: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'check the limits of a budget file within one run',
  },
  config: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'configuration',
    shownDefault: 'millrace.config.ts, .js or .json in this folder',
  },
  build: {
    kind: 'text',
    argument: 'COMMAND',
    shownDefault: 'install from the lockfile, then npm run build',
    meaning: 'shell command that builds each side',
  },
  input: {
    kind: 'text',
    argument: 'FILES',
    meaning: "the job's inputs: a pattern, NDJSON, or a module that exports them",
  },
  'input-as': {
    kind: 'text',
    argument: 'FORM',
    shownDefault: 'text; NDJSON by lines',
    meaning: 'a file as text, bytes, path or json',
  },
  threads: {
    kind: 'number',
    min: 1,
    max: 256,
    isWhole: true,
    shownDefault: '2',
    meaning: 'threads of the pool that runs the job',
  },
  'in-flight': {
    kind: 'number',
    min: 1,
    max: 1_000_000,
    isWhole: true,
    shownDefault: '4 for each thread',
    meaning: 'closed loop: jobs kept in flight',
  },
  rate: {
    kind: 'number',
    min: 0.001,
    max: 1_000_000,
    meaning: 'open loop: arrivals per second, instead of --in-flight',
  },
  'allow-different-results': {
    kind: 'switch',
    meaning: "do not fail if head's results differ from base's",
  },
  filter: {
    kind: 'text',
    shownDefault: 'all',
    meaning: 'only scenarios whose name contains TEXT',
  },
  looks: {
    kind: 'text',
    argument: 'N,N,N',
    shownDefault: '10,15,20; 10,20,36 for Vitest benchmarks',
    meaning: 'rounds at each interim analysis (group-sequential test)',
  },
  seconds: {
    kind: 'number',
    min: 5,
    max: 3600,
    shownDefault: '90; 240 for Vitest benchmarks',
    meaning: 'time budget of each analysis of a scenario, in seconds',
  },
  seed: {
    kind: 'number',
    min: 0,
    max: 4_294_967_295,
    isWhole: true,
    shownDefault: 'random; shown in the report',
    meaning: 'seed of the order of processes and blocks',
  },
  strict: { kind: 'switch', meaning: 'INCONCLUSIVE ends with exit code 3 instead of 0' },
  json: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'write the report with every round; also what --baseline reads',
  },
  html: { kind: 'text', argument: 'FILE', meaning: 'write a report for a browser' },
  md: { kind: 'text', argument: 'FILE', meaning: 'write Markdown for a pull-request comment' },
  junit: { kind: 'text', argument: 'FILE', meaning: 'write JUnit XML' },
} as const;

const { html, ...others } = OWN_OPTIONS;

/** All options, `html` last: of names that are equally near to a mistyped one, the first is suggested. */
export const GATE_OPTIONS: typeof SCREEN_OPTIONS & typeof OWN_OPTIONS = {
  ...SCREEN_OPTIONS,
  ...others,
  html,
};

type GateOption = keyof typeof OWN_OPTIONS;

/** Options that apply only to a job named on the command line. */
export const JOB_OPTIONS: readonly GateOption[] = [
  'input',
  'input-as',
  'threads',
  'in-flight',
  'rate',
  'allow-different-results',
];
/** Options that apply only if something is compared. */
export const COMPARISON_OPTIONS: readonly GateOption[] = [
  'base',
  'head',
  'aa',
  'baseline',
  'build',
  'filter',
  'looks',
  'seconds',
  'seed',
];
