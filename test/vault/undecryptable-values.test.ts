/** Every sealed value, in every place: if it was moved, cut or altered, it is refused and reported. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import { createUndecryptableAlarm } from '../../src/compose/undecryptable-alarm.ts';
import type { TokenField } from '../../src/domain/connection.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { createJobSeal, createMcpSeal } from '../../src/vault/deployment-seals.ts';
import { deriveKeysFrom } from '../../src/vault/derive-key.ts';
import { createTokenSeal } from '../../src/vault/token-seal.ts';
import type { Undecryptable } from '../../src/vault/undecryptable.ts';
import { createWebhookSeal } from '../../src/vault/webhook-seal.ts';
import {
  aConnection,
  type Custody,
  openCustody,
  openVault,
  type Sealed,
  storedToken,
  storeSealed,
  type Vault,
} from './a-custody.ts';
import { endTokens, openProcess } from './a-process.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Every character in turn replaced by its neighbour: one that spells a bit more, and where bits are spare, the same bytes. */
function* altered(sealed: string): Generator<string> {
  for (let at = 0; at < sealed.length; at++) {
    const here = alphabet.indexOf(sealed.charAt(at));
    yield `${sealed.slice(0, at)}${here < 0 ? '-' : alphabet.charAt(here ^ 1)}${sealed.slice(at + 1)}`;
  }
  for (let length = 0; length < sealed.length; length += 7) yield sealed.slice(0, length);
  yield* [`${sealed}=`, `${sealed} `, `${sealed}.`, sealed.replaceAll('.', '..')];
}

describe('what is sealed', () => {
  let custody: Custody;
  let vault: Vault;
  let place: Sealed;
  let stranger: Sealed;
  const told: Undecryptable[] = [];
  const tell = (found: Undecryptable) => void told.push(found);
  before(async () => {
    custody = await openCustody();
    vault = await openVault(custody);
    [place, stranger] = [await aConnection(custody, vault), await aConnection(custody, vault)];
  });
  after(() => custody.close());

  const deriveKey = deriveKeysFrom(randomBytes(64));
  const [jobId, registrationId, stateHash] = [newId('job'), newId('reg'), randomBytes(32)];
  const secret = new Secret('a secret');
  const jobs = createJobSeal(deriveKey, tell);
  const mcp = createMcpSeal(deriveKey, tell);

  /** Each kind of sealed thing: how it is sealed, how it is opened in its place, and how in other places. */
  interface Kind {
    seal(): Promise<string>;
    open(sealed: string): Promise<unknown>;
    readonly elsewhere: readonly ((sealed: string) => Promise<unknown>)[];
  }
  const token = (field: TokenField): Kind => {
    const seal = () => createTokenSeal(vault.keys, tell);
    const own = () => ({ ...place, field, generation: 4 });
    let kid = '';
    const openAt = (where: object) => (sealed: string) => seal().open({ ...own(), ...where }, { sealed, kid });
    return {
      async seal() {
        const sealer = await seal().forWorkspace(place.workspaceId);
        const made = await sealer.seal(place.connectionId, 4, { accessToken: secret, refreshToken: secret });
        kid = sealer.key.kid;
        return made.find(one => one.field === field)?.sealed ?? '';
      },
      open: sealed => openAt({})(sealed),
      elsewhere: [
        openAt({ generation: 3 }),
        openAt({ field: field === 'access_token' ? 'refresh_token' : 'access_token' }),
        openAt({ connectionId: newId('con') }),
        sealed => openAt({ ...stranger })(sealed),
      ],
    };
  };
  const webhook = (owned: boolean): Kind => {
    const seal = () => createWebhookSeal(vault.keys, deriveKey, tell);
    const id = newId('whs');
    const own = () => ({ owner: owned ? place.workspaceId : null, subscriptionId: id, generation: 2 });
    let kid = '';
    const openAt = (where: () => object) => (sealed: string) => seal().open({ ...own(), ...where() }, { sealed, kid });
    return {
      async seal() {
        const made = await seal().seal(own(), secret);
        kid = made.kid;
        return made.sealed;
      },
      open: sealed => openAt(() => ({}))(sealed),
      elsewhere: [
        openAt(() => ({ generation: 1 })),
        openAt(() => ({ subscriptionId: newId('whs') })),
        openAt(() => ({ owner: owned ? null : place.workspaceId })),
        openAt(() => ({ owner: stranger.workspaceId })),
      ],
    };
  };
  const kinds: Readonly<Record<string, Kind>> = {
    'an access token': token('access_token'),
    'a refresh token': token('refresh_token'),
    'the token of a webhook': webhook(true),
    'the token of a webhook of the deployment': webhook(false),
    'a token in a job': {
      seal: () => jobs.sealIntoJob(jobId, secret),
      open: sealed => jobs.openFromJob(jobId, sealed),
      elsewhere: [sealed => jobs.openFromJob(newId('job'), sealed)],
    },
    'the verifier and the memory of an attempt': {
      seal: () => mcp.sealIntoAttempt(stateHash, 'verifier'),
      open: sealed => mcp.openFromAttempt(stateHash, sealed),
      elsewhere: [
        sealed => mcp.openFromAttempt(randomBytes(32), sealed),
        sealed => mcp.openClientSecret(registrationId, sealed),
      ],
    },
    'the secret of an OAuth client': {
      seal: () => mcp.sealClientSecret(registrationId, secret),
      open: sealed => mcp.openClientSecret(registrationId, sealed),
      elsewhere: [
        sealed => mcp.openClientSecret(newId('reg'), sealed),
        sealed => mcp.openManagementToken(registrationId, sealed),
      ],
    },
    'the token for deleting an OAuth client': {
      seal: () => mcp.sealManagementToken(registrationId, secret),
      open: sealed => mcp.openManagementToken(registrationId, sealed),
      elsewhere: [
        sealed => mcp.openManagementToken(newId('reg'), sealed),
        sealed => mcp.openClientSecret(registrationId, sealed),
      ],
    },
  };

  for (const [name, kind] of Object.entries(kinds)) {
    it(`${name}: opens in its place, and nowhere else`, async () => {
      const sealed = await kind.seal();
      await kind.open(sealed);
      for (const open of kind.elsewhere) {
        told.length = 0;
        await assert.rejects(open(sealed), UnopenableError);
        assert.equal(told.length, 1);
      }
    });

    it(`${name}: does not open with any of its characters altered, or cut`, async () => {
      const sealed = await kind.seal();
      for (const other of altered(sealed)) {
        told.length = 0;
        await assert.rejects(kind.open(other), UnopenableError, other);
        assert.equal(told.length, 1);
      }
    });
  }

  for (const field of ['access_token', 'refresh_token'] as const) {
    it(`${field}: altered anywhere in the database, its connection is undecryptable, counted and logged`, async () => {
      const exchange = { refresh: () => Promise.reject(new Error('nothing may be spent')) };
      const { tokens, troubles, unopened } = await openProcess(custody, vault, { exchange });
      const { system } = custody.database;
      if (field === 'refresh_token') await endTokens(custody);
      const stored = await storedToken(custody, place, field);
      const store = (sealed: string) => storeSealed(custody, place, field, sealed);
      const connection = system.updateTable('connection').where('id', '=', place.connectionId);
      let count = 0;
      for (const other of altered(stored.sealed)) {
        if (count++ % 5 !== 0) continue;
        unopened.length = 0;
        await store(other);
        await connection.set({ status: 'active' }).execute();
        await assert.rejects(tokens.accessToken(place.workspaceId, place.connectionId), {
          code: 'connection_undecryptable',
        });
        assert.deepEqual(unopened, [stored.kid]);
        const rows = await system.selectFrom('connection').select(['id', 'status']).execute();
        assert.equal(rows.find(({ id }) => id === place.connectionId)?.status, 'undecryptable');
        assert.equal(rows.find(({ id }) => id === stranger.connectionId)?.status, 'active');
      }
      const entries = system.selectFrom('audit_entry').select('operation');
      const names = new Set((await entries.execute()).map(({ operation }) => operation));
      assert.deepEqual([...names], ['connection.undecryptable']);
      assert.deepEqual(troubles, []);
      await store(stored.sealed);
      await connection.set({ status: 'active' }).execute();
    });
  }
});

describe('the alarm about what does not open', () => {
  const found = { kid: 'wk_1', binding: { workspace: newId('wsp'), webhook: 'whs_1' }, reason: 'it was altered' };

  it('counts each time, and says once what and where it is: to the program’s log and to the audit log', async () => {
    const lines: string[] = [];
    const counted: string[] = [];
    const events: RecordedEvent[] = [];
    const alarm = createUndecryptableAlarm({
      log: pino({}, { write: line => void lines.push(line) }),
      metrics: { decryptFailed: kid => void counted.push(kid) },
      recordEvent: async event => void events.push(event),
    });
    alarm.ofOthers(found);
    alarm.ofOthers(found);
    alarm.ofTokens(found);
    alarm.ofOthers({ ...found, kid: 'wk_2' });
    assert.deepEqual(counted, ['wk_1', 'wk_1', 'wk_2']);
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /"kid":"wk_1".*undecryptable: it was altered/);
    assert.deepEqual(
      events.map(({ name, workspaceId, detail }) => [name, workspaceId, detail.kid, detail.webhook]),
      [
        ['custody.undecryptable', found.binding.workspace, 'wk_1', 'whs_1'],
        ['custody.undecryptable', found.binding.workspace, 'wk_2', 'whs_1'],
      ],
    );
  });

  it('says it again when the audit log could not take it', async () => {
    let fails = true;
    const events: RecordedEvent[] = [];
    const alarm = createUndecryptableAlarm({
      log: pino({ level: 'silent' }),
      metrics: { decryptFailed: () => {} },
      async recordEvent(event) {
        if (fails) throw new Error('the log cannot be written');
        events.push(event);
      },
    });
    alarm.ofOthers(found);
    await new Promise(resolve => setImmediate(resolve));
    fails = false;
    alarm.ofOthers(found);
    assert.equal(events.length, 1);
  });
});
