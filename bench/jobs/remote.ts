/** Job module of `bench distributed`: a no-op and a wait. */

export function noop(value: unknown): unknown {
  return value;
}

/** Waits this many milliseconds without using the CPU. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
