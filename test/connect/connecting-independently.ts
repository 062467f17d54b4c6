import { startConnecting } from './connecting.ts';
import { startIndependentServer } from './independent-server.ts';

export type ConnectingIndependently = Awaited<ReturnType<typeof startIndependently>>;

/** Everything about connecting, with an independent authorization server. */
export async function startIndependently() {
  const server = await startIndependentServer();
  const at = await startConnecting({ notion: { mcpUrl: server.mcpUrl } });
  return {
    server,
    at,
    async startOver(): Promise<void> {
      server.asked.length = 0;
      Object.assign(server.faults, { loseNextAnswer: false, away: false, wantedScope: '' });
      await at.startOver();
    },
    async close(): Promise<void> {
      await at.close();
      await server.close();
    },
  };
}
