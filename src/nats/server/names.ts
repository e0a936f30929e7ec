/**
 * Names the streams, the consumer and the subjects of a remote pool.
 *
 * Invariant: all names of a pool begin with its own, so that permissions can be written for it.
 */
import { InvalidOptionError } from '../../api/errors.js';

/** The names of one pool. */
export interface Names {
  readonly jobs: string;
  readonly results: string;
  readonly attempts: string;
  readonly deadLetters: string;
  /** The consumer of the jobs, which all nodes share. */
  readonly nodes: string;
  /** The beginning of all subjects. */
  readonly prefix: string;
}

/** @throws InvalidOptionError where the name can be none of a stream. */
export function namesOf(name: unknown): Names {
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    throw new InvalidOptionError(
      'name',
      `Option 'name' is ${JSON.stringify(name)}; valid are 1 to 64 letters, digits, '_' and '-'.`,
    );
  }
  const stream = `millrace-${name}`;
  return {
    jobs: `${stream}-jobs`,
    results: `${stream}-results`,
    attempts: `${stream}-attempts`,
    deadLetters: `${stream}-dead-letters`,
    nodes: 'nodes',
    prefix: `millrace.${name}`,
  };
}

/** Subjects, by what is said on them. Ids and keys become tokens, as they may be any text. */
export const subjects = {
  /** A job: all that have a key share a subject, by which the server bounds them. */
  job: ({ prefix }: Names, id: string, key: string | undefined): string =>
    key === undefined ? `${prefix}.jobs.id.${token(id)}` : `${prefix}.jobs.key.${token(key)}`,
  allJobs: ({ prefix }: Names): string => `${prefix}.jobs.>`,
  result: ({ prefix }: Names, submitter: string, id: string): string =>
    `${prefix}.results.${submitter}.${token(id)}`,
  resultsOf: ({ prefix }: Names, submitter: string): string => `${prefix}.results.${submitter}.*`,
  allResults: ({ prefix }: Names): string => `${prefix}.results.>`,
  attempt: ({ prefix }: Names, sequence: number): string => `${prefix}.attempts.${sequence}`,
  allAttempts: ({ prefix }: Names): string => `${prefix}.attempts.*`,
  deadLetter: ({ prefix }: Names, id: string): string => `${prefix}.dead.${token(id)}`,
  allDeadLetters: ({ prefix }: Names): string => `${prefix}.dead.*`,
  /** A running job's messages to its submitter: its start, its progress. Not stored. */
  news: ({ prefix }: Names, submitter: string): string => `${prefix}.news.${submitter}`,
  /** Cancellations, to all nodes. Not stored. */
  cancel: ({ prefix }: Names): string => `${prefix}.cancel`,
} as const;

/** Whether a text has no half of a character, which neither a header nor UTF-8 can hold. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** A text as one token of a subject. */
export function token(text: string): string {
  return Buffer.from(text).toString('base64url');
}
