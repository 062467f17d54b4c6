import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { end, endOf, nextMessage } from '../test/children.ts';
import { until } from '../test/until.ts';

const MAIN = new URL('main.ts', import.meta.url).pathname;

describe('the emulator process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'emulator-'));
  const children: ChildProcess[] = [];
  after(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    rmSync(directory, { recursive: true });
  });
  const started = (child: ChildProcess) => {
    children.push(child);
    return child;
  };

  interface Ready {
    url: string;
    clientId: string;
    clientSecret: string;
    internalToken: string;
    controlToken: string;
    workspaceId: string;
    people: { name: string }[];
    pages: Record<'root' | 'public' | 'restricted' | 'unshared', string>;
  }
  const startWithParent = async (...flags: string[]): Promise<{ child: ChildProcess; ready: Ready }> => {
    const child = started(fork(MAIN, flags));
    const message = await nextMessage<Ready & { type: string }>(child);
    assert.equal(message.type, 'ready');
    return { child, ready: message };
  };

  it('tells its parent where it is, and ends when the parent goes', async () => {
    const { child, ready } = await startWithParent();
    assert.deepEqual(ready.people.map(person => person.name).slice(0, 2), ['Ada Admin', 'Eli Editor']);
    assert.equal(new Set(Object.values(ready.pages)).size, 4);
    child.disconnect();
    assert.equal(await endOf(child), 0);
  });

  it('writes a private ready file and ends on SIGTERM', async () => {
    const file = join(directory, 'ready.json');
    const child = started(spawn(process.execPath, [MAIN, '--port', '0', '--ready-file', file]));
    await until('the ready file', () => existsSync(file));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const ready = JSON.parse(readFileSync(file, 'utf8')) as Ready;
    const me = await fetch(`${ready.url}/v1/users/me`, {
      headers: { authorization: `Bearer ${ready.internalToken}`, 'notion-version': '2026-03-11' },
    });
    assert.equal(me.status, 200);
    assert.equal(await end(child, 'SIGTERM'), 0);
  });

  it('keeps credentials and content over a restart', async () => {
    const state = join(directory, 'state with a space');
    const first = await startWithParent('--state-dir', state);
    const headers = {
      authorization: `Bearer ${first.ready.internalToken}`,
      'notion-version': '2026-03-11',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ parent: { page_id: first.ready.pages.root } });
    const created = await fetch(`${first.ready.url}/v1/pages`, { method: 'POST', headers, body });
    const { id } = (await created.json()) as { id: string };
    await end(first.child, 'SIGTERM');

    const second = await startWithParent('--state-dir', state, '--redirect-uri', 'http://127.0.0.1:2/cb');
    assert.equal(second.ready.clientSecret, first.ready.clientSecret);
    assert.notEqual(second.ready.controlToken, first.ready.controlToken);
    assert.equal((await fetch(`${second.ready.url}/v1/pages/${id}`, { headers })).status, 200);
  });

  it('says in a sentence that its port is taken', async () => {
    const { ready } = await startWithParent();
    const late = started(spawn(process.execPath, [MAIN, '--port', new URL(ready.url).port]));
    const said = text(late.stderr as Readable);
    assert.equal(await endOf(late), 6);
    assert.equal(
      await said,
      `emulator: ${new URL(ready.url).host} is in use by another program; take another port, or 0 for any free one\n`,
    );
  });

  it('refuses a port that is none', async () => {
    assert.equal(await endOf(started(spawn(process.execPath, [MAIN, '--port', 'eighty']))), 2);
  });
});
