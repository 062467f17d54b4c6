/** What passes when the log cannot be written: in strict mode nothing, in the others what their setting says. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { request } from 'undici';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { decisionRow } from '../../src/audit/entry.ts';
import { openEntryFile } from '../../src/audit/entry-file.ts';
import { type LateEntries, openLateEntries } from '../../src/audit/late-entries.ts';
import { canonicalJson } from '../../src/audit/proof/canonical-json.ts';
import type { AuditMode } from '../../src/domain/audit-mode.ts';
import type { WorkspaceId } from '../../src/domain/ids.ts';
import { aCall, aDecidedCall, anOperation } from '../fixtures.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { aStandingClock, peopleIn, signedIn } from '../people.ts';
import { until } from '../until.ts';

describe('a log that takes no decisions', () => {
  let gate: InProcess;
  let key: string;
  let workspace: WorkspaceId;
  afterEach(() => gate.close());

  async function open(mode: AuditMode): Promise<void> {
    gate = await openInProcess({ env: { PORTCULLIS_AUDIT_MODE: mode } });
    const people = peopleIn({ ...gate, clock: aStandingClock() });
    workspace = await people.aWorkspace();
    const admin = await people.aMember(workspace, 'admin');
    const wanted = { name: 'lantern', principalId: admin, limitTo: 'admin' } as const;
    key = (await people.accounts.keys.mint(signedIn(admin), workspace, wanted)).secret;
  }

  /** What the database says to every intent and denial, as if its disk were broken. */
  const breakLog = () =>
    gate.database.asOwner(async client => {
      await client.query(
        `ALTER TABLE audit_entry ADD CONSTRAINT broken CHECK (kind IN ('event', 'summary')) NOT VALID`,
      );
    });
  const mendLog = () =>
    gate.database.asOwner(async client => void (await client.query('ALTER TABLE audit_entry DROP CONSTRAINT broken')));

  async function ask(method: 'GET' | 'POST', path: string, body: object | null = null) {
    const headers = { authorization: `Bearer ${key}`, ...(body !== null && { 'content-type': 'application/json' }) };
    const address = new URL(path.replace(':workspace', workspace), gate.url);
    const answer = await request(address, { method, headers, body: body === null ? null : JSON.stringify(body) });
    await answer.body.dump();
    return { status: answer.statusCode, mode: answer.headers['portcullis-audit'] };
  }
  const read = () => ask('GET', '/api/workspaces/:workspace/members');
  const write = () => ask('POST', '/api/workspaces/:workspace/agents', { name: 'night watch', role: 'viewer' });

  const entriesOf = async (operation: string) => {
    const of = gate.database.system.selectFrom('audit_entry').where('operation', '=', operation);
    return (await of.select('entry').orderBy('id').execute()).map(({ entry }) => JSON.parse(entry));
  };

  it('strict: nothing passes, and no answer says anything of a mode', async () => {
    await open('strict');
    assert.deepEqual(await read(), { status: 200, mode: undefined });
    await breakLog();
    assert.equal((await read()).status, 503);
    assert.equal((await write()).status, 503);
    const agents = await gate.database.system.selectFrom('agent').selectAll().execute();
    assert.deepEqual(agents, []);
  });

  it('degraded-read: who reads passes, and is in the log later; who writes does not', async () => {
    await open('degraded-read');
    assert.deepEqual(await read(), { status: 200, mode: 'degraded-read' });
    await breakLog();
    assert.deepEqual(await read(), { status: 200, mode: 'degraded-read' });
    assert.deepEqual(await write(), { status: 503, mode: 'degraded-read' });
    assert.equal((await entriesOf('members.list')).length, 2);
    const waiting = await readFile(join(gate.config.dataDir, 'late-entries.jsonl'), 'utf8');
    assert.equal(waiting.trimEnd().split('\n').length, 2, 'it is on the disk meanwhile');
    await mendLog();
    await until('the late entries', async () => (await entriesOf('members.list')).length === 4);
    const marks = (await entriesOf('members.list')).map(entry => [entry.kind, entry.auditMode, entry.unrecorded]);
    assert.deepEqual(marks, [
      ['intent', 'degraded-read', undefined],
      ['outcome', 'degraded-read', undefined],
      ['intent', 'degraded-read', true],
      ['outcome', 'degraded-read', true],
    ]);
    for (const entry of await entriesOf('members.list')) assert.equal(canonicalJson(entry), JSON.stringify(entry));
    const file = join(gate.config.dataDir, 'late-entries.jsonl');
    await until('the file is empty', async () => (await readFile(file, 'utf8')) === '');
  });

  it('continue: who writes passes too', async () => {
    await open('continue');
    await breakLog();
    assert.deepEqual(await write(), { status: 201, mode: 'continue' });
    await mendLog();
    await until('the late entries', async () => (await entriesOf('agents.create')).length === 2);
  });

  it('rule 10: nobody passes on a policy or a credential that has changed', async () => {
    await open('continue');
    await read();
    await breakLog();
    await gate.database.system.updateTable('api_key').set({ revoked_at: new Date() }).execute();
    assert.equal((await read()).status, 401);
  });
});

describe('entries that are late', () => {
  const trouble: unknown[] = [];

  async function opened(directory: string, given: { mode?: LateEntries['mode']; hasRoom?: () => boolean } = {}) {
    const appended: AuditRow[] = [];
    const late = await openLateEntries({
      mode: given.mode ?? 'degraded-read',
      file: openEntryFile(join(directory, 'late')),
      append: async rows => void appended.push(...rows),
      leaseHolds: () => true,
      hasRoom: given.hasRoom ?? (() => true),
      onTrouble: error => void trouble.push(error),
      now: () => new Date(),
    });
    return { late, appended };
  }
  const reading = () => aDecidedCall({ call: aCall({ operation: anOperation({ effect: 'read' }) }) });

  it('outlive their process: a call of which nothing more is known is closed as unknown', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-late-'));
    const first = await opened(directory);
    const row = decisionRow(reading(), null, { auditMode: 'degraded-read', unrecorded: true });
    await first.late.keep(row);
    await first.late.close();
    assert.deepEqual(first.appended, [], 'it is under way');
    const second = await opened(directory);
    await second.late.drain();
    assert.deepEqual(
      second.appended.map(({ id, kind, result }) => [id === row.id, kind, result]),
      [
        [true, 'intent', null],
        [false, 'outcome', 'unknown'],
      ],
    );
    await second.late.close();
    const third = await opened(directory);
    await third.late.close();
    assert.deepEqual(third.appended, []);
    await rm(directory, { recursive: true });
  });

  it('without room for them, degraded-read refuses, and continue goes on', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-late-'));
    const refusing = await opened(directory, { hasRoom: () => false });
    await assert.rejects(refusing.late.keep(decisionRow(reading(), null)), { code: 'audit_unavailable' });
    await refusing.late.close();
    const { late } = await opened(directory, { mode: 'continue', hasRoom: () => false });
    const row = decisionRow(reading(), null);
    await late.keep(row);
    assert.ok(late.has(row.id));
    await late.close();
    await rm(directory, { recursive: true });
  });
});
