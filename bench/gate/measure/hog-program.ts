/** Keeps one CPU busy until its parent ends, like another program on a shared machine. */
import { serveParent } from '../../process/child.js';

const SLICE_MS = 20;

serveParent(() => {});
spin();

/** Spins in slices, so that it notices its parent's end. */
function spin(): void {
  const endMs = performance.now() + SLICE_MS;
  while (performance.now() < endMs);
  setImmediate(spin);
}
