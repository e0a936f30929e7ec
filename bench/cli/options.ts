/** Defines the options of every run of `millrace bench`, in addition to those of its scenarios. */
import { SCREEN_OPTIONS } from '../options/screen.js';

/** Options for the result files. */
export const FILE_OPTIONS = {
  json: { kind: 'text', argument: 'FILE', meaning: 'write the results with every round' },
  html: { kind: 'text', argument: 'FILE', meaning: 'write a report for a browser' },
  md: { kind: 'text', argument: 'FILE', meaning: 'write the tables as Markdown' },
} as const;

const { html, ...others } = FILE_OPTIONS;

/** All options of a run. `html` comes last: of names equally close to a typo, the first one is suggested. */
export const RUN_OPTIONS: typeof SCREEN_OPTIONS & typeof FILE_OPTIONS = {
  ...SCREEN_OPTIONS,
  ...others,
  html,
};
