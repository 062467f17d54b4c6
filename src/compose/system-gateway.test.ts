import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCaller, anOperation, someFacts } from '../../test/fixtures.ts';
import { authorize } from '../authorize/authorize.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { newId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Steps } from '../gateway.ts';
import { createSystemGateway } from './system-gateway.ts';

/** The path without Notion: it keeps what would have been sent. */
function aPath() {
  const sent: DecidedCall[] = [];
  const steps: Steps = {
    identify: () => assert.fail('the system has no credentials'),
    resolve: async ({ workspace }) => someFacts({ workspaceId: workspace, role: null, connection: null }),
    authorize,
    intend: async () => 'recorded',
    forget: () => {},
    refuse: () => assert.fail('it is allowed'),
    async forward(decided) {
      sent.push(decided);
      return { status: 200, headers: {}, body: null };
    },
    withhold: async (_ruling, answer) => ({ answer, withheld: 0 }),
    conclude: async () => {},
    leave: () => {},
    now: () => new Date(),
  };
  return { steps, sent };
}

describe('a call that Portcullis makes for its own reasons', () => {
  const place = { workspaceId: newId('wsp'), connectionId: newId('con') };
  const caller = aCaller();
  const context: CommandContext = {
    caller,
    workspaceId: place.workspaceId,
    clientAddress: '192.0.2.1',
    requestId: 'r',
    confirm: async () => {},
    may: () => false,
  };

  it('goes out as the system, through the connection that it is about', async () => {
    const { steps, sent } = aPath();
    await createSystemGateway('access_report', steps)(place, anOperation(), context);
    const [decided] = sent;
    assert.deepEqual(decided?.caller.principal, { kind: 'system', component: 'access_report' });
    assert.deepEqual(decided.facts.connection, { id: place.connectionId, because: 'named' });
    assert.equal(decided.call.workspace, place.workspaceId);
  });

  it('is charged to who waits for it, where somebody does, and gives them no right', async () => {
    const { steps, sent } = aPath();
    const ask = createSystemGateway('file_links', steps, 'caller');
    await ask(place, anOperation(), context);
    assert.deepEqual(sent[0]?.caller.principal, {
      ...{ kind: 'system', component: 'file_links' },
      onBehalfOf: caller.principal,
    });
    assert.equal(sent[0]?.caller.credential, null);
  });
});
