/** Defines the options that every command has: help and output on the screen. */

export const SCREEN_OPTIONS = {
  help: { kind: 'switch' },
  quiet: { kind: 'switch', meaning: 'no progress, only the results' },
  'no-color': {
    kind: 'switch',
    meaning: 'no color; also with NO_COLOR, or if the output is not a terminal',
  },
} as const;
