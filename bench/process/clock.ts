/**
 * Reads the clock that all processes of an experiment share, so that the service can measure from the intended send
 * time of the load generator.
 *
 * `process.hrtime` reads CLOCK_MONOTONIC on Linux, mach_absolute_time on macOS and the performance counter on
 * Windows: each has one zero for all processes of a machine and is never set. (The zero of `performance.now()` is the
 * start of its process, known only by the wall clock.)
 */

/** Microseconds since the machine's arbitrary zero; comparable between processes. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
