import type { ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import type { Forward, ForwardParts } from '../../src/forward/forward.ts';
import * as fixtures from '../../test/fixtures.ts';
import { aForward } from '../../test/forward/a-forward.ts';
import { startChild } from '../child.ts';
import { median } from '../median.ts';
import { addConnections, openVault, type Vault } from './vault.ts';

const rounds = 21;
/** Short and many in each round, so that whatever else the machine does is met by both alike. */
const turnsPerRound = 8;
const callsPerTurn = 1_000;
const callers = 32;

export interface Place {
  readonly vault: Vault;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
}

/** Parts of the step that sends, in the place of ones that cost nothing. */
export type Parts = Partial<ForwardParts> & { close?(): Promise<void> };

/**
 * The step that sends, in front of an upstream that costs next to nothing: the time of a call with the parts that are
 * measured, against one without. They take turns, and also in who is first.
 */
export async function forwardRatio(open: (place: Place) => Promise<Parts>): Promise<number> {
  await using upstream = await startChild<{ origin: string }>(
    new URL('../rest-door/upstream.ts', import.meta.url),
    null,
  );
  await using vault = await openVault();
  const { workspaceId, connectionIds } = await addConnections(vault, 1, upstream.ready.origin);
  const [connectionId] = connectionIds;
  if (connectionId === undefined) throw new Error('the bench has no connection');
  const { close, ...parts } = await open({ vault, workspaceId, connectionId });
  await using plain = aForward(upstream.ready);
  await using measured = aForward(upstream.ready, parts);
  const facts = fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } });
  const time = ({ forward }: { readonly forward: Forward }) => timeOf(() => callsOf(forward, facts));
  for (const one of [plain, measured, plain, measured]) await time(one);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let [plainMs, measuredMs] = [0, 0];
    for (let turn = 0; turn < turnsPerRound; turn += 2) {
      plainMs += await time(plain);
      measuredMs += (await time(measured)) + (await time(measured));
      plainMs += await time(plain);
    }
    ratios.push(measuredMs / plainMs);
  }
  await close?.();
  return median(ratios);
}

async function callsOf(forward: Forward, facts: ReturnType<typeof fixtures.someFacts>): Promise<void> {
  let left = callsPerTurn;
  const work = async (): Promise<void> => {
    const caller = fixtures.aCaller();
    while (left-- > 0) await forward(fixtures.aRuling({ caller, facts, decidedAt: new Date() }));
  };
  await Promise.all(Array.from({ length: callers }, work));
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
