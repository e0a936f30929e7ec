/** The options that every command has: its help, and what it shows on the screen. */

export const SCREEN_OPTIONS = {
  help: { kind: 'switch' },
  quiet: { kind: 'switch', meaning: 'no progress, only the results' },
  'no-color': {
    kind: 'switch',
    meaning: 'no colour; also with NO_COLOR, and where the output is no terminal',
  },
} as const;
