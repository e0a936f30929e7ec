/** Collects garbage, also in a process that was started without `--expose-gc`. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

const collect = runInNewContext('gc') as () => void;

/** Collects twice: V8 frees the memory of buffers in the background, and the next collection completes that. */
export function collectGarbage(): void {
  collect();
  collect();
}
