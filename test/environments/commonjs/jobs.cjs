const { transfer } = require('millrace/worker');

exports.echo = (value) => value;
exports.bytes = (size) => {
  const bytes = new Uint8Array(size).fill(7);
  return transfer(bytes, [bytes.buffer]);
};
exports.fail = () => {
  throw new RangeError('failed');
};
