/** Collects garbage, also in a process that was started without `--expose-gc`. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

const collect = runInNewContext('gc') as () => void;

/** The second time for buffers, whose memory V8 frees beside the program until the next collection ends that. */
export function collectGarbage(): void {
  collect();
  collect();
}
