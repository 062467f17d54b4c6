// The gateway under attack, in a process of its own: what it holds in memory is its own.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Client } from 'pg';
import { openDatabase } from '../../src/store/database.ts';
import { childArgument, childReady } from '../child.ts';
import { type BenchNotion, startBenchGateway } from '../gateway.ts';

export interface GatewayReady {
  readonly url: string;
  readonly firstSignInUrl: string;
}

/** What the process holds after a collection of garbage, in bytes. */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
  /** The longest that the process did one thing since it was asked last, in milliseconds. */
  readonly longestTurnMs: number;
}

/** How calls ended, as the log has it; `open`: nothing has closed them, or the stream of their answer. */
export interface LoggedCall {
  readonly operation: string;
  readonly result: string;
  /** Notion's id of the request; null when no answer came whole. */
  readonly upstreamRequestId: string | null;
  readonly calls: number;
}

const turns = monitorEventLoopDelay({ resolution: 5 });
turns.enable();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const gateway = await startBenchGateway(childArgument<BenchNotion>());
process.on('message', async question => {
  if (question === 'memory') process.send?.(memory());
  if (question === 'log') process.send?.(await loggedCalls());
});
const { url, firstSignInUrl } = gateway.portcullis;
childReady({ url, firstSignInUrl: firstSignInUrl ?? '' } satisfies GatewayReady, gateway.close);

function memory(): Memory {
  const longestTurnMs = Math.round(turns.max / 1e6);
  collectGarbage();
  turns.reset();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed, longestTurnMs };
}

async function loggedCalls(): Promise<LoggedCall[]> {
  const database = openDatabase(gateway.connection);
  try {
    return await database.asSystem(countCalls);
  } finally {
    await database.close();
  }
}

async function countCalls(client: Client): Promise<LoggedCall[]> {
  const ended = await client.query<LoggedCall>(`
      SELECT operation, result, entry::json ->> 'upstreamRequestId' AS "upstreamRequestId", count(*)::int AS calls
      FROM audit_entry WHERE kind = 'outcome' GROUP BY 1, 2, 3`);
  const open = await client.query<LoggedCall>(`
      SELECT operation, 'open' AS result, NULL AS "upstreamRequestId", count(*)::int AS calls
      FROM audit_entry a WHERE (kind = 'intent'
        AND NOT EXISTS (SELECT FROM audit_entry b WHERE b.kind = 'outcome' AND b.intent_id = a.id))
        OR (kind = 'outcome' AND result = 'streaming'
        AND NOT EXISTS (SELECT FROM audit_entry b WHERE b.kind = 'event' AND b.intent_id = a.intent_id))
      GROUP BY operation`);
  return [...ended.rows, ...open.rows];
}
