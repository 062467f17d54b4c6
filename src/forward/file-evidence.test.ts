import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PortcullisError } from '../domain/errors.ts';
import type { LinkedFile } from '../domain/file-links.ts';
import { newId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import { createFileEvidence, evidenceMs } from './file-evidence.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const context = {} as CommandContext;

function setUp() {
  let time = Date.parse('2026-11-22T10:00:00Z');
  let status = 200;
  const asked: string[] = [];
  const { evidence, confirmBy } = createFileEvidence({ now: () => new Date(time) });
  const confirm = confirmBy(async ({ connectionId }, { target }) => {
    assert.ok(target?.kind === 'notion');
    asked.push(`${connectionId} ${target.path}`);
    return { status, headers: {}, body: null };
  });
  const connectionId = newId('con');
  const file = (source: LinkedFile['source'] = { kind: 'page', id }): LinkedFile => ({
    ...{ workspaceId: newId('wsp'), connectionId, principalId: newId('usr'), credential: newId('key') },
    ...{ url: 'https://files.example/a', holder: { kind: 'block', id }, source },
    seenAt: new Date('2026-11-22T10:00:00Z'),
    expiresAt: new Date('2026-11-22T11:00:00Z'),
  });
  const world = {
    ...{ evidence, confirm, asked, file, connectionId },
    pass(ms: number) {
      time += ms;
    },
    answers(next: number) {
      status = next;
    },
  };
  return world;
}

describe('whether Notion still shows what a file is on', () => {
  it('is believed for a moment, then asked, once for all files of a page and all who wait', async () => {
    const { confirm, asked, file, pass, connectionId } = setUp();
    pass(evidenceMs);
    await confirm(file(), context);
    assert.deepEqual(asked, []);
    pass(1);
    await Promise.all([confirm(file(), context), confirm(file(), context)]);
    await confirm(file(), context);
    assert.deepEqual(asked, [`${connectionId} /v1/pages/${id}?filter_properties=title`]);
    pass(evidenceMs + 1);
    await confirm(file(), context);
    assert.equal(asked.length, 2);
  });

  it('is said by every answer that passes', async () => {
    const { confirm, asked, file, pass, connectionId, evidence } = setUp();
    pass(evidenceMs + 1);
    evidence.seen(connectionId, { kind: 'page', id });
    await confirm(file(), context);
    assert.deepEqual(asked, []);
    evidence.missed(connectionId, { kind: 'page', id });
    await assert.rejects(confirm(file(), context), { code: 'not_found' });
    assert.deepEqual(asked, [], 'and believed at once');
  });

  it('ends the link when it does not, until it does again', async () => {
    const { confirm, asked, file, pass, answers } = setUp();
    for (const gone of [404, 403, 400]) {
      pass(evidenceMs + 1);
      answers(gone);
      await assert.rejects(confirm(file(), context), { code: 'not_found' });
      await assert.rejects(confirm(file(), context), { code: 'not_found' });
    }
    assert.equal(asked.length, 3, 'nobody makes us ask again and again');
    pass(evidenceMs + 1);
    answers(200);
    await confirm(file(), context);
  });

  it('is not guessed when nobody can say', async () => {
    const { confirm, file, pass, answers } = setUp();
    pass(evidenceMs + 1);
    for (const trouble of [429, 503]) {
      answers(trouble);
      await assert.rejects(confirm(file(), context), (error: PortcullisError) => error.code === 'upstream_unavailable');
    }
    answers(200);
    await confirm(file(), context);
  });

  it('is asked of every kind of object in its own way, and of nothing where nobody knows which', async () => {
    const { confirm, asked, file, pass } = setUp();
    pass(evidenceMs + 1);
    for (const kind of ['database', 'data_source', 'block', 'comment', 'workspace'] as const) {
      await confirm(file({ kind, id: kind === 'workspace' ? '' : id }), context);
    }
    assert.deepEqual(
      asked.map(line => line.split(' ')[1]),
      ['databases', 'data_sources', 'blocks', 'comments'].map(path => `/v1/${path}/${id}`),
    );
  });
});
