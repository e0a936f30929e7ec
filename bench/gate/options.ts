/**
 * The options of `millrace gate`: which there are, what they mean, and which go together.
 *
 * Invariant: each is in the parser's table and in the help.
 */
import type { FlagTable } from '../options/flags.js';

export const GATE_FLAGS: FlagTable = {
  help: 'switch',
  'no-color': 'switch',
  quiet: 'switch',
  base: 'text',
  head: 'text',
  baseline: 'text',
  budget: 'text',
  config: 'text',
  build: 'text',
  input: 'text',
  'input-as': 'text',
  threads: 'text',
  'in-flight': 'text',
  rate: 'text',
  filter: 'text',
  looks: 'text',
  seconds: 'text',
  seed: 'text',
  strict: 'switch',
  json: 'text',
  md: 'text',
  html: 'text',
  junit: 'text',
};

export const DEFAULT_SECONDS = 90;

/** One line of help for each option. */
export const GATE_OPTIONS: ReadonlyArray<readonly [option: string, meaning: string]> = [
  ['--base REF', 'what head is compared with (the merge base with the main branch)'],
  ['--head REF', 'what is judged (HEAD, without uncommitted changes)'],
  ['--baseline FILE', 'compare with a run that --json has stored, instead of a base'],
  ['--budget FILE', 'limits that are checked within one run'],
  ['--config FILE', 'instead of millrace.config.ts, .js or .json in this folder'],
  ['--build COMMAND', 'builds each side, in a shell (by its lock file, then npm run build)'],
  ['--input FILES', "the job's inputs: a pattern, NDJSON, or a module that gives them"],
  ['--input-as FORM', 'a file as text, bytes, path or json (text; NDJSON by lines)'],
  ['--threads N', 'of the pool that runs the job (2)'],
  ['--in-flight N', 'jobs that are kept in flight (4 for each thread)'],
  ['--rate N', 'jobs per second instead, whatever becomes of them'],
  ['--filter TEXT', 'only scenarios that are called so (all)'],
  ['--looks N,N,N', 'after how many rounds it may decide (10,15,20)'],
  [
    '--seconds N',
    `after so long a scenario that is judged gets no further round (${DEFAULT_SECONDS})`,
  ],
  ['--seed N', 'orders processes and blocks (another each time; the report says which)'],
  ['--strict', 'inconclusive is exit code 3 and not 0'],
  ['--json FILE', 'write the report with every round; also what --baseline reads'],
  ['--html FILE', 'write a report for a browser'],
  ['--md FILE', 'write it as Markdown'],
  ['--junit FILE', 'write it as JUnit XML'],
  ['--quiet', 'no progress, only the results'],
  ['--no-color', 'no colour; also with NO_COLOR, and where the output is no terminal'],
];

/** What only makes sense where a job is named on the command line. */
export const JOB_FLAGS: readonly string[] = ['input', 'input-as', 'threads', 'in-flight', 'rate'];
/** What only makes sense where something is compared. */
export const COMPARISON_FLAGS: readonly string[] = [
  'base',
  'head',
  'baseline',
  'build',
  'filter',
  'looks',
  'seconds',
  'seed',
];
