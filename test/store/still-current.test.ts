import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createStillCurrent } from '../../src/store/still-current.ts';
import { aCaller, aDecidedCall, someFacts } from '../fixtures.ts';
import { openPeople, type People } from '../people.ts';

describe('rule 10: whether decidedCalls are still current', () => {
  let people: People;
  before(async () => {
    people = await openPeople();
  });
  after(() => people.close());

  it('gives an answer for each call, for any number of questions at once', async () => {
    const { database } = people;
    const stillCurrent = createStillCurrent(database);
    const workspaceId = await people.aWorkspace();
    const id = await people.aMember(workspaceId, 'editor');
    const workspace = await database.system
      .selectFrom('workspace')
      .select('policy_revision')
      .where('id', '=', workspaceId)
      .executeTakeFirstOrThrow();
    const { epoch } = await database.system
      .selectFrom('principal')
      .select('epoch')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const policyRevision = Number(workspace.policy_revision);
    const decided = (revision: number | null, ofEpoch: number | null) =>
      aDecidedCall({
        caller: aCaller({ principal: { kind: 'user', id }, epoch: ofEpoch }),
        facts: someFacts({ workspaceId, policyRevision: revision }),
      });
    const now = Number(epoch);
    const asked: [revision: number | null, epoch: number | null, current: boolean][] = [
      [policyRevision, now, true],
      [policyRevision - 1, now, false],
      [policyRevision, now + 1, false],
      [null, now, true],
      [policyRevision, null, true],
      [null, null, true],
    ];
    const answers = await Promise.all(asked.map(([revision, ofEpoch]) => stillCurrent(decided(revision, ofEpoch))));
    assert.deepEqual(
      answers,
      asked.map(([, , current]) => current),
    );
  });

  it('is one question to the database for all that are asked about at once', async () => {
    const { system } = people.database;
    const statements: string[] = [];
    const watched = {
      system: system.withPlugin({
        transformQuery: ({ node }) => node,
        async transformResult({ result }) {
          statements.push('asked');
          return result;
        },
      }),
    };
    const stillCurrent = createStillCurrent(watched as typeof people.database);
    await Promise.all(Array.from({ length: 50 }, () => stillCurrent(aDecidedCall())));
    assert.equal(statements.length, 1);
  });
});
