/**
 * Infers names, inputs and results of jobs from the type of their module.
 *
 * Invariant: types only. A name that is no exported function, a wrong input and a wrong use of the
 * result do not compile; `test/src/api/types.test-d.ts` pins it.
 */
import type { MessagePort } from 'node:worker_threads';
import type { JobContext } from './worker.js';
import type { SubmitOptions } from './options.js';

/** The module type of a pool without a type argument: any name, unknown values. */
export type UntypedModule = {
  readonly [name: string]: (input: unknown, job: JobContext) => unknown;
};

type AnyFunction = (...args: never[]) => unknown;

/** The names of a module's jobs: its exported functions including `default`, without classes. */
export type JobName<Module> = {
  [Name in keyof Module]: Module[Name] extends AnyFunction ? Name : never;
}[keyof Module] &
  string;

/**
 * The arguments of `run`, `submit` and `trySubmit` after the name: the input, which may be omitted if the job function
 * takes none, `void` or an optional one, and the options.
 *
 * TypeScript infers generic job functions with `unknown` for their type parameters, and the last signature of
 * overloaded ones.
 */
export type JobArguments<Job> = Job extends (...args: infer Args) => unknown
  ? Args extends readonly []
    ? [input?: undefined, options?: SubmitOptions]
    : Args extends readonly [infer Input, ...unknown[]]
      ? undefined extends Input
        ? [input?: Cloned<Input>, options?: SubmitOptions]
        : void extends Input
          ? [input?: Cloned<Input>, options?: SubmitOptions]
          : [input: Cloned<Input>, options?: SubmitOptions]
      : Args extends readonly [(infer Input)?, ...unknown[]]
        ? [input?: Cloned<Input>, options?: SubmitOptions]
        : [input?: unknown, options?: SubmitOptions]
  : // The inferred type of a JavaScript function that destructures its input fails the condition above.
    Job extends (input: infer Input, ...rest: never[]) => unknown
    ? [input: Cloned<Input>, options?: SubmitOptions]
    : never;

/** The input of a job function, and the type of the items of `pool.map`. */
export type JobInput<Job> = JobArguments<Job>[0];

/** The result of a job: the awaited result of its function after structured clone. */
export type JobResult<Job> = Job extends (...args: never[]) => infer Result
  ? Cloned<Awaited<Result>>
  : never;

/**
 * The type of a value after structured clone. A Buffer that is the whole value stays a Buffer (millrace restores it); a
 * nested one becomes a `Uint8Array`.
 */
export type Cloned<Value> = Value extends Buffer ? Value : NestedClone<Value>;

type NestedClone<Value> = unknown extends Value
  ? Value
  : Value extends Buffer
    ? Uint8Array
    : Value extends Opaque
      ? Value
      : Value extends ReadonlyMap<infer K, infer V>
        ? Map<NestedClone<K>, NestedClone<V>>
        : Value extends ReadonlySet<infer V>
          ? Set<NestedClone<V>>
          : Value extends object
            ? { [Key in keyof Value]: NestedClone<Value[Key]> }
            : Value;

/** Types that clone as themselves and must not be taken apart by a mapped type. */
type Opaque =
  | AnyFunction
  | ArrayBuffer
  | ArrayBufferView
  | SharedArrayBuffer
  | Blob
  | Date
  | Error
  | RegExp
  | MessagePort;
