import { expect, test } from 'vitest';
import { mapSettings } from '../../../src/api/map-options.js';
import { thrownBy } from '../../helpers/outcomes.js';

const signal = new AbortController().signal;

test.each([undefined, {}])('the defaults, of %o', (options) => {
  expect(mapSettings(options)).toEqual({
    inFlight: undefined,
    items: undefined,
    bytes: undefined,
    ordered: true,
    onError: 'stop',
    signal: undefined,
    jobOptions: undefined,
  });
});

test.each([
  [{ window: 3 }, { items: 3, bytes: undefined }],
  [{ window: { items: 3 } }, { items: 3, bytes: undefined }],
  [{ window: { bytes: 5 } }, { items: undefined, bytes: 5 }],
  [{ inFlight: 2 }, { inFlight: 2 }],
  [
    { ordered: false, onError: 'settle' },
    { ordered: false, onError: 'settle' },
  ],
  [{ timeout: 5 }, { jobOptions: { timeout: 5 } }],
  [{ timeout: { runMs: 5 }, graceMs: 0 }, { jobOptions: { timeout: { runMs: 5 }, graceMs: 0 } }],
  [{ signal }, { signal, jobOptions: undefined }],
])('%o is taken', (options, settings) => {
  expect(mapSettings(options)).toMatchObject(settings);
});

test.each([
  [null, 'options'],
  [5, 'options'],
  [{ inflight: 1 }, 'inflight'],
  [{ inFlight: 0 }, 'inFlight'],
  [{ inFlight: 1.5 }, 'inFlight'],
  [{ inFlight: Infinity }, 'inFlight'],
  [{ window: 0 }, 'window'],
  [{ window: -1 }, 'window'],
  [{ window: null }, 'window'],
  [{ window: { items: 0 } }, 'window.items'],
  [{ window: { bytes: 0 } }, 'window.bytes'],
  [{ window: { size: 1 } }, 'window.size'],
  [{ ordered: 1 }, 'ordered'],
  [{ onError: 'throw' }, 'onError'],
  [{ signal: {} }, 'signal'],
  [{ timeout: 0 }, 'timeout'],
  [{ timeout: { allMs: 1 } }, 'timeout.allMs'],
  [{ graceMs: -1 }, 'graceMs'],
  [{ transfer: [] }, 'transfer'],
])('%o is refused, by the name of the option', (options, option) => {
  expect(thrownBy(() => mapSettings(options))).toMatchObject({
    code: 'ERR_INVALID_OPTION',
    option,
  });
});
