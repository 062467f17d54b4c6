/** A gateway's worth of custody that works through simulated days, step by step, and may kill itself at any fail point. */
import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import type { FailPointName } from '../../src/vault/refresh/refresh-parts.ts';
import { endWithParent } from '../children.ts';
import { type Node, type NodeAddress, openNode } from './node.ts';
import type { Connected } from './refreshing-on.ts';
import { seeded } from './seeded.ts';

export interface SoakLife {
  readonly address: NodeAddress;
  readonly seed: number;
  /** Where this life ends; null: it does not. */
  readonly dieAt: FailPointName | null;
  readonly nowMs: number;
}

export interface SoakStep {
  readonly nowMs: number;
  readonly round: boolean;
  readonly calls: readonly Connected[];
}

/** Of each call: `ok`, or why not. */
export type SoakReport = readonly string[];

let nowMs = 0;

/** At which visits of its fail point a life ends. */
const [visitsMin, visitsMax] = [6, 13];

async function live({ address, seed, dieAt, nowMs: bornMs }: SoakLife): Promise<void> {
  nowMs = bornMs;
  let visits = visitsMin + Math.floor(seeded(seed)() * (visitsMax - visitsMin + 1));
  const die = (name: FailPointName) => {
    if (name !== dieAt) return;
    visits -= 1;
    if (visits > 0) return;
    // Written before the signal, past every buffer.
    writeSync(1, `died at ${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  };
  const node = await openNode(address, { now: () => new Date(nowMs), failPoint: die });
  await node.round();
  process.on('message', (step: SoakStep | 'end') => {
    if (step === 'end') return void node.close().then(() => process.disconnect());
    take(node, step).then(report => process.send?.(report), complain);
  });
  process.send?.('ready');
}

async function take(node: Node, { nowMs: at, round, calls }: SoakStep): Promise<SoakReport> {
  nowMs = at;
  const working = round ? node.round() : null;
  const report = await Promise.all(calls.map(place => call(node, place)));
  await working;
  for (const trouble of node.troubles.splice(0)) process.stderr.write(`${inspect(trouble, { depth: 10 })}\n`);
  return report;
}

/** What a gateway does with a call, at its shortest: the token, the request, and on a 401 once more. */
async function call({ tokens }: Node, place: Connected): Promise<string> {
  const { workspaceId, connectionId } = place;
  try {
    for (const _attempt of [1, 2]) {
      const { origin, token } = await tokens.accessToken(workspaceId, connectionId);
      if (await isTaken(place, origin, token)) return 'ok';
      if ((await tokens.reportUnauthorized(workspaceId, connectionId, token)) !== 'usable') return 'refused';
    }
    return 'refused twice';
  } catch (error) {
    process.stderr.write(`${inspect(error, { depth: 10 })}\n`);
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function isTaken({ kind }: Connected, origin: string, token: string): Promise<boolean> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'notion-version': '2025-09-03',
  };
  const asked = kind === 'mcp' ? { method: 'POST', body: '{}' } : { method: 'GET' };
  const response = await fetch(origin + (kind === 'mcp' ? '/mcp' : '/v1/users/me'), { ...asked, headers });
  await response.arrayBuffer();
  return response.status !== 401;
}

function complain(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`);
  process.exit(1);
}

endWithParent();
process.once('message', (life: SoakLife) => void live(life).catch(complain));
