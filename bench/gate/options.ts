/**
 * The options of `millrace gate`: which there are, what they mean, and which go together.
 *
 * Invariant: each is described once, for the parser, the settings and the help.
 */
import { SCREEN_OPTIONS } from '../options/screen.js';

/** Its own, in the order of the help. */
export const OWN_OPTIONS = {
  base: {
    kind: 'text',
    argument: 'REF',
    shownDefault: 'the merge base with the main branch',
    meaning: 'what head is compared with',
  },
  head: {
    kind: 'text',
    argument: 'REF',
    shownDefault: 'HEAD, without uncommitted changes',
    meaning: 'what is judged',
  },
  baseline: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'compare with a run that --json has stored, instead of a base',
  },
  budget: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'limits that are checked within one run',
  },
  config: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'instead of millrace.config.ts, .js or .json in this folder',
  },
  build: {
    kind: 'text',
    argument: 'COMMAND',
    shownDefault: 'by its lock file, then npm run build',
    meaning: 'builds each side, in a shell',
  },
  input: {
    kind: 'text',
    argument: 'FILES',
    meaning: "the job's inputs: a pattern, NDJSON, or a module that gives them",
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
    meaning: 'of the pool that runs the job',
  },
  'in-flight': {
    kind: 'number',
    min: 1,
    max: 1_000_000,
    isWhole: true,
    shownDefault: '4 for each thread',
    meaning: 'jobs that are kept in flight',
  },
  rate: {
    kind: 'number',
    min: 0.001,
    max: 1_000_000,
    meaning: 'jobs per second instead, whatever becomes of them',
  },
  filter: {
    kind: 'text',
    shownDefault: 'all',
    meaning: 'only scenarios that are called so',
  },
  looks: {
    kind: 'text',
    argument: 'N,N,N',
    shownDefault: '10,15,20',
    meaning: 'after how many rounds it may decide',
  },
  seconds: {
    kind: 'number',
    min: 5,
    max: 3600,
    default: 90,
    meaning: 'after so long a scenario that is judged gets no further round',
  },
  seed: {
    kind: 'number',
    min: 0,
    max: 4_294_967_295,
    isWhole: true,
    shownDefault: 'another each time; the report says which',
    meaning: 'orders processes and blocks',
  },
  strict: { kind: 'switch', meaning: 'inconclusive is exit code 3 and not 0' },
  json: {
    kind: 'text',
    argument: 'FILE',
    meaning: 'write the report with every round; also what --baseline reads',
  },
  html: { kind: 'text', argument: 'FILE', meaning: 'write a report for a browser' },
  md: { kind: 'text', argument: 'FILE', meaning: 'write it as Markdown' },
  junit: { kind: 'text', argument: 'FILE', meaning: 'write it as JUnit XML' },
} as const;

const { html, ...others } = OWN_OPTIONS;

/** All of them, `html` last: of names that are equally near to a mistyped one, the first counts. */
export const GATE_OPTIONS: typeof SCREEN_OPTIONS & typeof OWN_OPTIONS = {
  ...SCREEN_OPTIONS,
  ...others,
  html,
};

type GateOption = keyof typeof OWN_OPTIONS;

/** What only makes sense where a job is named on the command line. */
export const JOB_OPTIONS: readonly GateOption[] = [
  'input',
  'input-as',
  'threads',
  'in-flight',
  'rate',
];
/** What only makes sense where something is compared. */
export const COMPARISON_OPTIONS: readonly GateOption[] = [
  'base',
  'head',
  'baseline',
  'build',
  'filter',
  'looks',
  'seconds',
  'seed',
];
