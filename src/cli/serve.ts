import type { Config, NotionConfig } from '../config/config.ts';
import type { Command, Terminal } from './command.ts';
import { configOf, gatewayOptions, untilStopped } from './gateway-options.ts';
import { armLastResort } from './last-resort.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'Run the gateway in front of Notion.',
  parameters: [],
  options: gatewayOptions,
  notes: 'Needs NOTION_OAUTH_CLIENT_ID, NOTION_OAUTH_CLIENT_SECRET and PORTCULLIS_PUBLIC_URL. Never runs the demo.',
  run: async invocation => serveWith(configOf('serve', invocation), invocation.terminal),
};

/**
 * Runs a gateway until it is stopped. Text for people goes to standard error, because standard output is for the audit
 * log.
 */
export async function serveWith(config: Config, terminal: Terminal): Promise<number> {
  const stopped = untilStopped();
  const { notion } = config;
  if (notion === null) throw new Error('a gateway needs a Notion');
  // Loaded here, because most commands need none of it.
  const [{ startPortcullis }, { openStore }, { openProgramLog }] = await Promise.all([
    import('../portcullis.ts'),
    import('../store/open-store.ts'),
    import('./program-log.ts'),
  ]);
  const log = openProgramLog(config);
  const lastResort = armLastResort(log);
  const store = await lastResort.guard(openStore(config.database, { stamp: config.mode, log }));
  const portcullis = await startPortcullis(config, { log, store }, async () => notion);
  lastResort.closeBy(portcullis.close);
  try {
    terminal.err(greeting(portcullis.url, notion, portcullis.firstSignInUrl));
    await stopped;
    return 0;
  } finally {
    await portcullis.close();
  }
}

function greeting(url: string, { apiUrl }: NotionConfig, firstSignInUrl: string | null): string {
  const running = `Portcullis is running at ${url}, in front of ${apiUrl}.`;
  if (firstSignInUrl === null) return running;
  return `${running}\n\nNobody has a password yet. Sign in with this link (once, within 15 minutes; the next start prints another) and choose one:\n\n  ${firstSignInUrl}\n`;
}
