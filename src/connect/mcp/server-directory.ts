import { hourMs } from '../../domain/units.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { readServerMetadata, type ServerMetadata } from './server-metadata.ts';

const trustedMs = hourMs;
const serversMax = 100;

/** Authorization servers by issuer, remembered for an hour: an endpoint that moves is found again (defect B18). */
export interface ServerDirectory {
  /** Throws what `readServerMetadata` throws. */
  find(issuer: string): Promise<ServerMetadata>;
  /** Tells the directory about metadata that was read just now. */
  note(server: ServerMetadata): void;
  /** Called on trouble with a server: the server is looked up again next time. */
  forget(issuer: string): void;
}

export function createServerDirectory(fetch: SafeFetch, monotonicMs: () => number): ServerDirectory {
  const known = new Map<string, { server: ServerMetadata; until: number }>();

  function note(server: ServerMetadata): void {
    known.delete(server.issuer);
    known.set(server.issuer, { server, until: monotonicMs() + trustedMs });
    const [oldest] = known.keys();
    if (known.size > serversMax && oldest !== undefined) known.delete(oldest);
  }

  return {
    note,
    forget: issuer => void known.delete(issuer),
    async find(issuer) {
      const found = known.get(issuer);
      if (found !== undefined && monotonicMs() < found.until) return found.server;
      const server = await readServerMetadata(fetch, issuer);
      note(server);
      return server;
    },
  };
}
