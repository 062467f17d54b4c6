import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import { aNotionRequest, anOperation } from '../fixtures.ts';
import { aDecidedCall, anOpaqueRead, aWrite, textOf } from './a-decided-call.ts';
import { aForward, someTokens } from './a-forward.ts';
import { ok, rawServer, status } from './raw-server.ts';

/** Matches a `PortcullisError` by its code and by what it says became of the call. */
function failing(code: string, fate: string) {
  return (error: unknown) => {
    assert.ok(error instanceof PortcullisError, String(error));
    assert.deepEqual({ code: error.code, fate: error.details.fate }, { code, fate });
    return true;
  };
}

describe('forward', () => {
  it('sends the request as the door understood it, with the workspace token on, and hands the answer on', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok('{"a":1}')));
    await using gate = aForward(server);
    const target = aNotionRequest({ path: '/v1/users?page_size=2', headers: { 'notion-version': '2026-03-11' } });
    const answer = await gate.forward(aDecidedCall(anOperation({ target })));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(await textOf(answer), '{"a":1}');
    assert.ok((answer.upstreamMs ?? -1) >= 0);
    const [head = ''] = server.heads;
    assert.match(head, /^GET \/v1\/users\?page_size=2 HTTP\/1\.1\r\n/);
    assert.match(head, /^authorization: Bearer ntn_secret$/m);
    assert.match(head, /^notion-version: 2026-03-11$/m);
    assert.match(head, /^user-agent: Portcullis$/m, 'whatever the client calls itself');
  });

  it('runs a local command where Notion would be asked', async () => {
    await using gate = aForward({ origin: 'http://127.0.0.1:9' });
    const decided = aDecidedCall(
      anOperation({
        target: {
          kind: 'local',
          run: async context => ({ status: 200, headers: {}, body: Buffer.from(String(context.workspaceId)) }),
        },
      }),
    );
    assert.equal(await textOf(await gate.forward(decided)), decided.facts.workspaceId);
  });

  it('reuses connections for calls that follow each other', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aForward({ ...server, connections: 1 });
    for (let call = 0; call < 5; call++) await gate.forward(aDecidedCall());
    assert.equal(server.accepted(), 1);
  });

  it('streams a request body and says what was sent', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aForward(server);
    const pieces = ['one', 'two', 'three'];
    const target = aNotionRequest({ method: 'POST', body: Readable.from(pieces.map(piece => Buffer.from(piece))) });
    const answer = await gate.forward(aDecidedCall(anOperation({ effect: 'write', target })));
    assert.equal(answer.requestDigest, createHash('sha256').update(pieces.join('')).digest('hex'));
  });

  it('streams an opaque answer, and frees its connection when the stream ends', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok('x'.repeat(200_000))));
    await using gate = aForward({ ...server, connections: 1 });
    for (let call = 0; call < 2; call++) {
      const answer = await gate.forward(aDecidedCall(anOpaqueRead()));
      assert.ok(answer.body instanceof Readable);
      assert.equal((await textOf(answer)).length, 200_000);
    }
  });

  it('keeps the error of an opaque call whole, so that it can be filtered', async () => {
    await using server = await rawServer(({ socket }) => socket.write(status(404)));
    await using gate = aForward(server);
    const answer = await gate.forward(aDecidedCall(anOpaqueRead()));
    assert.ok(Buffer.isBuffer(answer.body));
  });

  it('closes the connection to Notion when nobody reads a streamed answer any more', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await rawServer(({ socket }) => {
      socket.once('close', () => closed.resolve());
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfirst');
    });
    await using gate = aForward(server);
    const answer = await gate.forward(aDecidedCall(anOpaqueRead()));
    assert.ok(answer.body instanceof Readable);
    answer.body.destroy();
    await closed.promise;
  });

  it('rule 7: a request header that is not on the list stops the call', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aForward(server);
    const target = aNotionRequest({ headers: { cookie: 'a=b' } });
    await assert.rejects(gate.forward(aDecidedCall(anOperation({ target }))), /cookie/);
    assert.equal(server.heads.length, 0);
  });

  it('rule 7: upstream redirects are not followed', async () => {
    await using elsewhere = await rawServer(({ socket }) => socket.write(ok()));
    await using server = await rawServer(({ socket }) =>
      socket.write(status(307, [`location: ${elsewhere.origin}/v1/users`])),
    );
    await using gate = aForward(server);
    await assert.rejects(gate.forward(aDecidedCall()), failing('upstream_refused', 'failed'));
    await assert.rejects(gate.forward(aDecidedCall(aWrite())), failing('upstream_refused', 'unknown'));
    assert.equal(elsewhere.heads.length, 0);
  });

  it('refuses an encoding that it did not ask for', async () => {
    await using server = await rawServer(({ socket }) => socket.write(status(200, ['content-encoding: gzip'])));
    await using gate = aForward(server);
    await assert.rejects(gate.forward(aDecidedCall()), failing('upstream_refused', 'failed'));
  });

  it('rule 3: a token is sent to no other origin than the one that issued it', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aForward(server, { tokens: someTokens('https://api.notion.com') });
    await assert.rejects(gate.forward(aDecidedCall()), failing('connection_needs_reauth', 'not_sent'));
    assert.equal(server.accepted(), 0);
  });

  it('says that nothing was sent when no token can be had', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    const broken = { ...someTokens(server.origin), accessToken: () => Promise.reject(new Error('vault is closed')) };
    await using gate = aForward(server, { tokens: broken });
    await assert.rejects(gate.forward(aDecidedCall()), failing('unavailable', 'not_sent'));
    assert.equal(server.accepted(), 0);
  });
});

describe('forward, when Notion refuses the token', () => {
  it('A20: a 401 is checked once before the connection counts as dead', async () => {
    await using server = await rawServer(({ socket }) => socket.write(status(401)));
    const tokens = someTokens(server.origin, { health: 'ended' });
    await using gate = aForward(server, { tokens });
    await assert.rejects(gate.forward(aDecidedCall()), failing('connection_needs_reauth', 'failed'));
    assert.equal(tokens.reports, 1);
    assert.equal(server.heads.length, 1);
  });

  for (const health of ['usable', 'postponed'] as const) {
    it(`A20: a 401 of a connection whose state is ${health} is our trouble, not the caller's`, async () => {
      await using server = await rawServer(({ socket }) => socket.write(status(401)));
      await using gate = aForward(server, { tokens: someTokens(server.origin, { health }) });
      await assert.rejects(gate.forward(aDecidedCall()), failing('upstream_unavailable', 'failed'));
      assert.equal(server.heads.length, 1);
    });
  }

  it('repeats the call once with the token that the check brought', async () => {
    await using server = await rawServer(({ head, socket }) =>
      socket.write(head.includes('ntn_new') ? ok() : status(401)),
    );
    await using gate = aForward(server, { tokens: someTokens(server.origin, { tokens: ['ntn_old', 'ntn_new'] }) });
    assert.equal((await gate.forward(aDecidedCall(aWrite()))).status, 200);
    assert.equal(server.heads.length, 2);
  });

  it('takes a failed check for an unknown state', async () => {
    await using server = await rawServer(({ socket }) => socket.write(status(401)));
    const tokens = { ...someTokens(server.origin), reportUnauthorized: () => Promise.reject(new Error('no database')) };
    await using gate = aForward(server, { tokens });
    await assert.rejects(gate.forward(aDecidedCall()), failing('upstream_unavailable', 'failed'));
  });
});

describe('forward, when it is closed', () => {
  it('ends a write that Notion does not answer, and says that nobody knows', async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await rawServer(() => arrived.resolve());
    const gate = aForward({ ...server, closeMs: 10 });
    const hanging = gate.forward(aDecidedCall(aWrite()));
    await arrived.promise;
    await Promise.all([gate[Symbol.asyncDispose](), assert.rejects(hanging, failing('upstream_unknown', 'unknown'))]);
  });

  it('lets a call that is answered in time end', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using server = await rawServer(({ socket }) => {
      arrived.resolve();
      release.promise.then(() => socket.write(ok()));
    });
    const gate = aForward(server);
    const slow = gate.forward(aDecidedCall(aWrite()));
    await arrived.promise;
    const closed = gate[Symbol.asyncDispose]();
    release.resolve();
    assert.equal((await slow).status, 200);
    await closed;
  });
});

describe('forward, when permissions change while a call waits', () => {
  const aWhileAgo = () => new Date(Date.now() - 1_000);

  it('rule 10: a call that waited after its intent checks again before it is sent', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    let asked = 0;
    const stillAllowed = async () => ++asked === 1;
    await using gate = aForward(server, { stillAllowed });
    const waited = { ...aDecidedCall(), decidedAt: aWhileAgo() };
    assert.equal((await gate.forward(waited)).status, 200);
    await assert.rejects(gate.forward(waited), failing('policy_changed', 'not_sent'));
    assert.equal(server.heads.length, 1);
  });

  it('rule 10: a local command that waited can ask again, and one that did not is believed', async () => {
    const confirming = anOperation({
      target: {
        kind: 'local',
        async run({ confirm }) {
          await confirm();
          return { status: 200, headers: {}, body: null };
        },
      },
    });
    await using gate = aForward({ origin: 'http://127.0.0.1:9' }, { stillAllowed: async () => false });
    assert.equal((await gate.forward(aDecidedCall(confirming))).status, 200);
    const waited = { ...aDecidedCall(confirming), decidedAt: aWhileAgo() };
    await assert.rejects(gate.forward(waited), failing('policy_changed', 'not_sent'));
  });

  it('rule 10: a call that went straight through is not asked about again', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aForward(server, { stillAllowed: () => assert.fail('asked') });
    assert.equal((await gate.forward(aDecidedCall())).status, 200);
  });

  it('rule 10: a call that queued for a connection is asked about when its turn comes', async () => {
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using server = await rawServer(({ socket }) => {
      arrived.resolve();
      release.promise.then(() => socket.write(ok()));
    });
    let time = Date.now();
    let allowed = true;
    await using gate = aForward(
      { ...server, connections: 1 },
      { now: () => new Date(time), stillAllowed: async () => allowed },
    );
    const first = gate.forward(aDecidedCall());
    const second = gate.forward(aDecidedCall(aWrite()));
    await arrived.promise;
    allowed = false;
    time += 60_000;
    release.resolve();
    assert.equal((await first).status, 200);
    await assert.rejects(second, failing('policy_changed', 'not_sent'));
    assert.equal(server.heads.length, 1);
  });

  it('rule 10: a call that waited for a new connection is asked about before the connection carries it', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    const decided = aDecidedCall(aWrite());
    // Fresh when the request goes to the pool, too old when its connection is there.
    let looks = 0;
    const now = () => new Date(decided.decidedAt.getTime() + (looks++ === 0 ? 0 : 60_000));
    let asked = 0;
    const stillAllowed = async () => ++asked === 0;
    await using gate = aForward(server, { now, stillAllowed });
    await assert.rejects(gate.forward(decided), failing('policy_changed', 'not_sent'));
    assert.ok(asked > 0);
    assert.equal(server.heads.length, 0);
  });

  for (const [what, body] of Object.entries({
    'a body': Buffer.from('{}'),
    'an upload': Readable.from(['up', 'load']),
  })) {
    it(`rule 10: asks again as often as the answer comes too late, and then sends ${what} once`, async () => {
      await using server = await rawServer(({ socket }) => socket.write(ok()));
      const target = aNotionRequest({ method: 'POST', body });
      const decided = aDecidedCall(anOperation({ effect: 'write', target }));
      let time = decided.decidedAt.getTime();
      let asked = 0;
      // The database is slow for a while: by the time that it has answered, what it said is old.
      const stillAllowed = async () => {
        if (++asked < 6) time += 60_000;
        return true;
      };
      await using gate = aForward(server, { now: () => new Date(time), stillAllowed });
      time += 60_000;
      assert.equal((await gate.forward(decided)).status, 200);
      assert.ok(asked >= 6);
      assert.equal(server.heads.length, 1);
    });
  }
});
