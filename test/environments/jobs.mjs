/** The jobs of the suite. */
export const echo = (x) => x;
export const later = async (x) => x;
export const hang = () => new Promise(() => {});
export const kind = (x) =>
  `${Buffer.isBuffer(x) ? 'Buffer' : Object.prototype.toString.call(x).slice(8, -1)} ${x.byteLength}`;
export const aborts = () => AbortSignal.abort().throwIfAborted();
export function boom(message) {
  const cause = new TypeError('inner');
  throw Object.assign(new RangeError(message, { cause }), { code: 'E_MINE' });
}
