/**
 * The first file of ours that runs on a thread: Piscina `require`s it, and it imports the host. It is
 * exported as `millrace/host`, so that a bundler can emit both as one file.
 *
 * It is CommonJS because Node 20 aborts the whole process now and then when a thread is ended while
 * it `require`s an ES module (`FATAL ERROR: v8::Module::IsGraphAsync`), as every thread is that still
 * boots when the process exits.
 */

/** What Piscina is told to look for in this file; it is never called. */
module.exports = { serve(): void {} };

void import('./host.js');
