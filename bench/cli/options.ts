/** The options of every run of `millrace bench`, beside those of its scenarios. */
import { SCREEN_OPTIONS } from '../options/screen.js';

/** Where the results go, beside the screen. */
export const FILE_OPTIONS = {
  json: { kind: 'text', argument: 'FILE', meaning: 'write the results with every round' },
  html: { kind: 'text', argument: 'FILE', meaning: 'write a report for a browser' },
  md: { kind: 'text', argument: 'FILE', meaning: 'write the tables as Markdown' },
} as const;

const { html, ...others } = FILE_OPTIONS;

/** All of them, `html` last: of names that are equally near to a mistyped one, the first counts. */
export const RUN_OPTIONS: typeof SCREEN_OPTIONS & typeof FILE_OPTIONS = {
  ...SCREEN_OPTIONS,
  ...others,
  html,
};
