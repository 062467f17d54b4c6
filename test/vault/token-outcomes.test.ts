/** Each row of the table in src/domain/token-outcomes.ts, carried out: what a server says, what is stored, what a caller gets. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../src/domain/secret.ts';
import { type Given, type RefreshAnswer, type Stored, tokenOutcomes } from '../../src/domain/token-outcomes.ts';
import type { CheckAnswer } from '../../src/vault/liveness.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-parts.ts';
import { isTest, sourcesBelow } from '../tidy/source.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

const problem = 'invalid_client';
const tokens = { accessToken: new Secret('a2'), refreshToken: new Secret('r2') };

/** What a refresh can be answered, one answer for each row of refreshes. */
const answers: { readonly [S in RefreshAnswer['said']]: RefreshAnswer & { readonly said: S } } = {
  granted: { said: 'granted', tokens },
  turned_away: { said: 'turned_away', problem },
  unclear: { said: 'unclear', problem },
  misconfigured: { said: 'misconfigured', problem: 'other_origin' },
  app_refused: { said: 'app_refused', problem },
  grant_refused: { said: 'grant_refused', problem },
  client_refused: { said: 'client_refused', problem },
};

/** What happens to the connection while the server is asked, so that its answer is stored in this way. */
const meanwhile: Partial<Record<Stored, { status: 'active' | 'revoked' | 'undecryptable'; generation?: number }>> = {
  overtaken: { status: 'active', generation: 7 },
  revoking: { status: 'revoked' },
  undecided: { status: 'undecryptable' },
};

/** What the caller gets who looks again after that. */
const lookedAgain: Partial<Record<Stored, Given>> = { overtaken: 'usable', revoking: 'ended', undecided: 'ended' };

describe('what becomes of a token', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());

  const change = (place: Connected, values: object) =>
    at.system.updateTable('connection').set(values).where('id', '=', place.connectionId).execute();

  for (const answer of Object.values(answers)) {
    const { stored: cells, refresh } = tokenOutcomes[answer.said];
    for (const [stored, cell] of Object.entries(cells) as [Stored, Given | 'look_again'][]) {
      const given = cell === 'look_again' ? lookedAgain[stored] : cell;
      it(`${answer.said}, ${stored}: the caller gets ${given}`, async () => {
        const place = await at.aConnection({ lifetimeSeconds: -1 });
        const exchange: RefreshExchange = {
          async refresh() {
            const moved = meanwhile[stored];
            if (moved !== undefined) await change(place, moved);
            return answer;
          },
        };
        await using node = closing(await at.aNode({ exchange }));
        assert.equal((await node.renew(place, 1)).given, given);
        assert.equal(node.discarded.length, stored === 'revoking' ? 1 : 0);
        assert.ok(refresh !== null);
      });
    }
  }

  for (const said of ['alive', 'dead', 'unaskable', 'unclear', 'app_refused'] as const satisfies CheckAnswer[]) {
    const [given] = Object.values(tokenOutcomes[said].stored);
    it(`${said}, of an access token: the caller gets ${given}`, async () => {
      const place = await at.aConnection();
      // Nothing is left to refresh with.
      const refreshTokens = at.system.deleteFrom('connection_secret').where('field', '=', 'refresh_token');
      await refreshTokens.where('connection_id', '=', place.connectionId).execute();
      await using node = closing(await at.aNode({ check: async () => said }));
      assert.equal(await node.tokens.check(place.workspaceId, place.connectionId), given);
    });
  }

  it('uses these words: the source outside the table reads or writes each', async () => {
    const sources = (await sourcesBelow('src')).filter(source => !isTest(source));
    const users = sources.filter(({ imports }) => imports.includes('src/domain/token-outcomes.ts'));
    const words = Object.entries(tokenOutcomes).flatMap(([said, { stored }]) => [
      said,
      ...Object.keys(stored),
      ...Object.values(stored),
    ]);
    for (const word of new Set(words)) {
      assert.ok(
        users.some(({ text }) => text.includes(`'${word}'`)),
        word,
      );
    }
  });
});

function closing<T extends { close(): Promise<void> }>(node: T): T & AsyncDisposable {
  return Object.assign(node, { [Symbol.asyncDispose]: () => node.close() });
}
