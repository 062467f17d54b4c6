import { randomUUID } from 'node:crypto';
import type { ConnectionPlace } from '../domain/connection.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import type { Now } from '../domain/units.ts';
import { readProbeAnswer, type WriteProbe, writeProbes } from '../notion/capabilities-probe.ts';
import { readDiscovered } from '../notion/discover.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import { parseStrictJson } from '../notion/strict-json.ts';
import type { CapabilityStore } from './capability-learning.ts';

export interface ProbeParts {
  readonly capabilities: CapabilityStore;
  /** Asks through the connection. What answers show by themselves is learned on the way, as from every call. */
  readonly ask: (operation: Operation) => Promise<Answer>;
  readonly now: Now;
}

/**
 * Sends at most six requests that show what a connection can do, and change nothing. A failed request shows nothing.
 */
export async function probe(parts: ProbeParts, place: ConnectionPlace): Promise<void> {
  const writes = writeProbes(randomUUID).map(one => probeWrite(parts, place, one).catch(() => {}));
  await Promise.all([probeReads(parts), ...writes]);
}

async function probeReads({ ask }: ProbeParts): Promise<void> {
  const tryTo = (operation: Operation) => ask(operation).catch(() => null);
  const [found] = await Promise.all([
    tryTo(notionOperation('POST', '/v1/search', { page_size: 1, filter: { property: 'object', value: 'page' } })),
    tryTo(notionOperation('GET', '/v1/users?page_size=100')),
  ]);
  const page = firstPageId(found?.body ?? null);
  if (page !== null) await tryTo(notionOperation('GET', `/v1/comments?block_id=${page}&page_size=1`));
}

function firstPageId(body: Answer['body']): string | null {
  if (!Buffer.isBuffer(body)) return null;
  const { results } = parseStrictJson(body) ?? {};
  return (Array.isArray(results) ? readDiscovered(results[0])?.id : null) ?? null;
}

/**
 * A refusal shows two things: that this connection lacks the capability, and that Notion looks at it first. From then on
 * `not found` shows of every connection to that Notion that it has the capability.
 */
async function probeWrite(
  { capabilities, ask, now }: ProbeParts,
  place: ConnectionPlace,
  { capability, operation }: WriteProbe,
): Promise<void> {
  const answer = readProbeAnswer(await ask(operation));
  if (answer === 'refused') return capabilities.saveCheckedFirst(place, operation.name);
  if (answer === 'nothing' || !(await capabilities.isCheckedFirst(place, operation.name))) return;
  const shownBy = `probe of ${operation.name}`;
  await capabilities.save([{ ...place, capability, held: true, shownBy, learnedAt: now() }]);
}
