import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Command } from './command.ts';
import { discover } from './discover.ts';
import { reportAccess } from './report-access.ts';

/** Runs a command against a gateway that gives these answers, one after the other. */
async function printedBy(
  command: Command,
  answers: readonly object[],
  options: Record<string, string | true> = {},
  type = 'application/json',
) {
  const left = [...answers];
  const server = createServer((_request, response) => {
    const answer = left.shift() ?? {};
    response.statusCode = 'detail' in answer ? 409 : 200;
    response.setHeader('content-type', type);
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    env: { PORTCULLIS_URL: url, PORTCULLIS_KEY: 'pcl_x' },
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    progress: () => {},
  };
  try {
    const code = await command.run({ parameters: {}, options, settings: {}, terminal });
    return { out, err, code, left: left.length };
  } finally {
    server.close();
  }
}

describe('portcullis report access', () => {
  const [first, second] = ['con_1', 'con_2'];
  const item = { connection: second, id: '1', object: 'page', title: 'Plans', url: null, root: true, publicUrl: null };
  const report = (answers: readonly object[]) =>
    printedBy(reportAccess, answers, { workspace: 'wsp_1', format: 'csv' });
  const dead = (stopped: string, nextCursor: string | null) => ({
    connections: [],
    items: [],
    stopped,
    stoppedAt: first,
    nextCursor,
  });
  const rest = { connections: [], items: [item], stopped: 'complete', stoppedAt: null, nextCursor: null };

  for (const [stopped, exitCode] of [
    ['refused', 4],
    ['inconsistent', 6],
  ] as const) {
    it(`goes on after a list that was ${stopped}, and does not end as if nothing had been`, async () => {
      const { out, err, code, left } = await report([dead(stopped, 'next'), rest]);
      assert.deepEqual([out.length, code, left], [2, exitCode, 0]);
      assert.match(err.join('\n'), /^error: .*\(con_1\)$/);
    });
  }

  it('does not press on while Notion is away', async () => {
    const { err, code, left } = await report([dead('unavailable', 'here'), rest]);
    assert.deepEqual([code, left], [6, 1]);
    assert.match(err.at(-1) ?? '', /--from here$/);
  });
});

describe('portcullis discover', () => {
  it('hands nothing to a terminal that it could obey', async () => {
    const title = 'safe\u001b]0;owned\u0007 \u009b31m \u202egpj.exe \u2028 👩\u200d💻';
    const page = { items: [{ id: '1', object: 'page', title, url: null }], nextCursor: null };
    for (const options of [{}, { json: true }] as const) {
      const [line = ''] = (await printedBy(discover, [page], options)).out;
      assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\u202e]/u);
      assert.match(line, /👩\u200d💻/u);
    }
  });

  it('takes no page of another program for an answer', async () => {
    const hint = 'Is this the address of a Portcullis gateway?';
    await assert.rejects(printedBy(discover, [{}], {}, 'text/html; charset=utf-8'), { hint });
  });

  it('exits with the code of what is wrong with the connection, which is no defect', async () => {
    const refused = (code: string) => printedBy(discover, [{ code, detail: 'No.' }]);
    await assert.rejects(refused('reauth_required'), { exitCode: 6 });
    await assert.rejects(refused('not_found_or_not_shared'), { exitCode: 5 });
    await assert.rejects(refused('constructor'), { exitCode: 1 });
  });
});
