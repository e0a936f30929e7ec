/**
 * Lists everything that a job can be run with: this library, the other pools, and the ring as a reference.
 *
 * Invariant: adding a peer takes only an entry here. Its package is loaded when the peer is started: the packages are
 * development dependencies, so an installation of millrace as a package lacks them.
 */
import { installedVersion } from '../process/installation.js';
import { millrace, millraceSingle } from './millrace.js';
import type { Peer } from './peer.js';
import { piscina } from './piscina.js';
import { poolifier } from './poolifier.js';
import { ring } from './ring.js';
import { tinypool } from './tinypool.js';
import { workerpool } from './workerpool.js';

/** In display order. */
export const PEER_NAMES = [
  'millrace',
  'millrace-single',
  'piscina',
  'tinypool',
  'workerpool',
  'poolifier',
  'ring',
] as const;

export type PeerName = (typeof PEER_NAMES)[number];

export const PEERS: Readonly<Record<PeerName, Peer>> = {
  millrace,
  'millrace-single': millraceSingle,
  piscina,
  tinypool,
  workerpool,
  poolifier,
  ring,
};

/** Whether a peer is another library's pool, which millrace is compared with. */
export function isOtherPool(name: PeerName): boolean {
  return PEERS[name].package !== undefined;
}

/** Separates the peers that can run here from those that are not installed. */
export function sortByInstallation(names: readonly PeerName[]): {
  installed: PeerName[];
  missing: PeerName[];
} {
  const isInstalled = (name: PeerName) => {
    const { package: library } = PEERS[name];
    return library === undefined || installedVersion(library) !== undefined;
  };
  return {
    installed: names.filter((name) => isInstalled(name)),
    missing: names.filter((name) => !isInstalled(name)),
  };
}

/** Returns the versions of the other libraries' pools among some peers. */
export function peerVersions(names: readonly PeerName[]): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of names) {
    const { package: library } = PEERS[name];
    if (library !== undefined) versions[name] = installedVersion(library) ?? 'unknown';
  }
  return versions;
}
