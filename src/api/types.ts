/**
 * What a job module's type says about its jobs: names, inputs, results.
 *
 * Invariant: types only. A name that is no exported function, a wrong input and a wrong use of the
 * result do not compile; `test/src/api/types.test-d.ts` pins it.
 */
import type { MessagePort } from 'node:worker_threads';
import type { JobContext } from './worker.js';
import type { SubmitOptions } from './options.js';

/** The module of a pool that was made without a type argument: any name, unknown values. */
export type UntypedModule = {
  readonly [name: string]: (input: unknown, job: JobContext) => unknown;
};

type AnyFunction = (...args: never[]) => unknown;

/** The names of a module's jobs: its exported functions, `default` among them, without its classes. */
export type JobName<Module> = {
  [Name in keyof Module]: Module[Name] extends AnyFunction ? Name : never;
}[keyof Module] &
  string;

/**
 * What follows the name in `run`, `submit` and `trySubmit`: the input, which may be left out where
 * the job function takes none, `void` or an optional one, and the options.
 *
 * Generic job functions are seen with `unknown` for their type parameters, overloaded ones with
 * their last signature: TypeScript infers no more.
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
  : // What the compiler sees of a JavaScript function that destructures its input fails the above.
    Job extends (input: infer Input, ...rest: never[]) => unknown
    ? [input: Cloned<Input>, options?: SubmitOptions]
    : never;

/** The input of a job function: what `pool.map` takes from its source. */
export type JobInput<Job> = JobArguments<Job>[0];

/** What a job's promise fulfils with: the function's awaited result as it looks after cloning. */
export type JobResult<Job> = Job extends (...args: never[]) => infer Result
  ? Cloned<Awaited<Result>>
  : never;

/**
 * A value after structured clone: a Buffer stays a Buffer where it is the whole value (millrace
 * restores it), and is a `Uint8Array` wherever it is nested.
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
