import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokenRequest } from '../../emulator/authorized.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { bringUpToDate } from '../../src/store/bring-up-to-date.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';
import { startRefreshingOn } from '../../test/vault/refreshing-on.ts';
import { atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';

const rounds = 7;
const callers = 200;
/** What stands for Notion's own time and the way there: without it, two durable commits are all that would be measured. */
const exchangeMs = 50;

/** Two hundred calls meet one ended token: what the last of them waits, against the exchange that cannot be avoided. */
export async function refreshStorm(): Promise<Claim> {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log: { info: () => {}, warn: () => {} } });
  const { connection } = postgres;
  const database = openDatabase<Schema>(connection);
  await bringUpToDate(database);
  await database.close();
  const at = await startRefreshingOn({ connection }, {}, {});
  try {
    const ratios: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const { workspaceId, connectionId } = await at.aConnection({ lifetimeSeconds: -1 });
      await at.control.addFault({ kind: 'delay', delayMs: exchangeMs, path: '/v1/oauth/token', times: 2 });
      const alone = await timed(() =>
        tokenRequest(at.emulator, { grant_type: 'refresh_token', refresh_token: 'none' }),
      );
      const storm = await timed(() =>
        Promise.all(Array.from({ length: callers }, () => at.first.tokens.accessToken(workspaceId, connectionId))),
      );
      if (round > 0) ratios.push(storm / alone);
    }
    return atMost(
      `a storm of ${callers} callers on one ended token, against the exchange alone`,
      median(ratios),
      'ratio',
      3,
    );
  } finally {
    await at.close();
    await postgres.stop();
    await rm(directory, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
