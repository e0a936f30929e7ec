/** Keeps one processor busy until its parent ends: another program on a shared machine. */
import { serveParent } from '../../process/child.js';

const SLICE_MS = 20;

serveParent(() => {});
spin();

/** In slices, so that it hears of its parent's end. */
function spin(): void {
  const endMs = performance.now() + SLICE_MS;
  while (performance.now() < endMs);
  setImmediate(spin);
}
