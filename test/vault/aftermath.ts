import assert from 'node:assert/strict';
import type { Node, NodeAddress } from './node.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

type Elsewhere = Partial<NodeAddress>;

/** A process that begins anew. Its connections to the database end with it: the tests of all files share their number. */
async function restarted<T>(at: Refreshing, elsewhere: Elsewhere, work: (node: Node) => Promise<T>): Promise<T> {
  const node = await at.aNode({}, elsewhere);
  try {
    return await work(node);
  } finally {
    await node.close();
  }
}

/** As after a restart: spools first; then the lease and the wait for its owner run out, with all that follows. */
export async function settle(at: Refreshing, place: Connected, elsewhere: Elsewhere = {}): Promise<void> {
  await restarted(at, { timings: { waitMs: 50 }, ...elsewhere }, async node => {
    for (let looks = 0; looks < 4; looks++) {
      await node.round();
      await at.skipWaiting(place);
      await node.tokens.accessToken(place.workspaceId, place.connectionId).catch(() => {});
    }
  });
}

/** There is a token, the server takes it, and nothing is left over. */
export async function assertWorks(at: Refreshing, place: Connected, elsewhere: Elsewhere = {}): Promise<void> {
  const { token } = await restarted(at, elsewhere, ({ tokens }) =>
    tokens.accessToken(place.workspaceId, place.connectionId),
  );
  assert.ok(await at.works(place, token));
  assert.equal((await at.row(place)).status, 'active');
  assert.deepEqual(await at.first.spool.names(), []);
}

/** It needs a person, the log says so once, and the server is not asked any more, for any number of calls. */
export async function assertOver(at: Refreshing, place: Connected, elsewhere: Elsewhere = {}): Promise<void> {
  const exchanges = await at.exchanges();
  await restarted(at, { timings: { waitMs: 50 }, ...elsewhere }, async node => {
    for (let calls = 0; calls < 3; calls++) {
      const call = node.tokens.accessToken(place.workspaceId, place.connectionId);
      await assert.rejects(call, { code: 'connection_needs_reauth' });
      await node.round();
    }
  });
  assert.equal(await at.exchanges(), exchanges);
  const said = (await at.log(place)).filter(entry => entry.operation === 'connection.needs_reauth');
  assert.deepEqual(
    said.map(entry => entry.detail.reason),
    ['invalid_grant_after_lost_answer'],
  );
}
