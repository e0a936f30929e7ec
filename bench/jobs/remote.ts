/** The jobs of `bench distributed`: one that does nothing, and one that waits. */

export function noop(value: unknown): unknown {
  return value;
}

/** Takes this many milliseconds, and no CPU. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
