import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../domain/network-of.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import { minuteMs } from '../domain/units.ts';
import { createHeld } from './held.ts';

/**
 * Connections that one process has open. A stranger can open any number, and each costs memory and a file descriptor
 * even if no request comes. One address may have half of them, because it may be a proxy's address.
 */
const connectionsMax = { all: 4096, address: 2048 };

/** Closes connections that are too many, in all or for one address. Says so at most once a minute. */
export function capConnections(server: Server, log: Pick<ProgramLog, 'warn'>, limits = connectionsMax): void {
  const connections = createHeld(limits);
  let saidAtMs = Number.NEGATIVE_INFINITY;
  server.on('connection', (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? '');
    const release = connections.hold({ all: '', address });
    if (release !== null) {
      socket.once('close', release);
      return;
    }
    socket.destroy();
    if (performance.now() - saidAtMs < minuteMs) return;
    saidAtMs = performance.now();
    log.warn({ address, limits }, 'connections are closed at once: there are too many, in all or from one address');
  });
}
