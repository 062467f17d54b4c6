/** The path from a request of the official client to an emulated Notion and back, on a page index in memory. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Client } from '@notionhq/client';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { authorize } from '../../src/authorize/authorize.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { refuse } from '../../src/authorize/refusal.ts';
import type { Action } from '../../src/domain/action.ts';
import type { DecidedCall } from '../../src/domain/decided-call.ts';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { Facts } from '../../src/domain/facts.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Answer, Call, Operation } from '../../src/domain/operation.ts';
import type { IndexAsker, NotionRef, PageIndex } from '../../src/domain/page-index.ts';
import type { Caller } from '../../src/domain/principal.ts';
import { createGateway } from '../../src/gateway.ts';
import { classifyRest } from '../../src/notion/classify.ts';
import { renderError } from '../../src/notion/error-envelope.ts';
import { isNotionFileUrl } from '../../src/notion/file-hosts.ts';
import { learnedFrom } from '../../src/notion/learned-from.ts';
import { createCursorSeal } from '../../src/withhold/list-cursor.ts';
import { createQueryGuard } from '../../src/withhold/may-query.ts';
import { createCursorReader } from '../../src/withhold/read-cursor.ts';
import { createSchemas } from '../../src/withhold/schemas.ts';
import { createWithhold } from '../../src/withhold/withhold.ts';
import { aCaller, someFacts } from '../fixtures.ts';
import { memoryOwners, principalId, workspaceId } from './a-decided-call.ts';
import { memoryIndex } from './memory-index.ts';
import { memoryLinks, recordedEvidence } from './memory-links.ts';

const version = '2026-03-11';
const now = () => new Date();

/** The rights of a caller at this gateway. */
export interface Standing {
  readonly role?: string;
  /** Roles besides the built-in ones, by name. */
  readonly roles?: Readonly<Record<string, readonly Action[]>>;
  readonly grants?: readonly Grant[];
  /** The pages that the key is limited to. */
  readonly under?: readonly string[];
  readonly ceiling?: Caller['ceiling'];
}

export interface Gate {
  readonly emulator: Emulator;
  /** Notion's official client without a gateway: for other people in the workspace. */
  readonly direct: Client;
  /** The official client of a caller at the gateway. */
  as(standing: Standing): Client;
  close(): Promise<void>;
}

export async function openGate(): Promise<Gate> {
  const emulator = await startEmulator();
  const auth = emulator.internalToken;
  const direct = new Client({ auth, baseUrl: emulator.url, notionVersion: version, retry: false });
  const send = async (operation: Operation): Promise<Answer> => {
    const { target } = operation;
    assert.ok(target?.kind === 'notion');
    const body = Buffer.isBuffer(target.body) ? { body: new Uint8Array(target.body) } : {};
    const headers = { ...target.headers, authorization: `Bearer ${auth}` };
    const response = await fetch(emulator.url + target.path, { method: target.method, headers, ...body });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
  const lookUp = async (path: string): Promise<unknown> => {
    const answer = await send(
      classifyRest({ method: 'GET', url: path, headers: { 'notion-version': version }, body: null }),
    );
    return answer.status === 200 ? JSON.parse(String(answer.body)) : null;
  };
  const index = askingIndex(lookUp);
  const steps = stepsOn(index, send, lookUp);
  return {
    emulator,
    direct,
    as: standing => {
      const pass = passing(steps, index, standing);
      return new Client({
        ...{ auth: 'pcl_test', notionVersion: version, retry: false },
        fetch: async (url, init) => (await pass(url, init)) as never,
      });
    },
    close: () => emulator.close(),
  };
}

/** The paths at which Notion shows an object, in the order in which they are tried. */
const shownAt: Readonly<Record<string, readonly string[]>> = {
  page: ['pages', 'blocks'],
  block: ['blocks'],
  database: ['databases'],
  data_source: ['data_sources'],
  view: ['views'],
  comment: ['comments'],
};

/** Asks the emulator for what it does not know, from the object up to the top. */
function askingIndex(lookUp: (path: string) => Promise<unknown>): PageIndex {
  const index = memoryIndex();
  const learn = async ({ kind, id }: NotionRef): Promise<NotionRef | null> => {
    for (const path of shownAt[kind] ?? []) {
      const learned = learnedFrom(await lookUp(`/v1/${path}/${id}`));
      await index.learn(workspaceId, learned, { sentAtMs: performance.now(), write: false, tested: new Set() });
      const parent = learned.find(object => object.id === id)?.parent;
      if (parent !== undefined) return parent === 'workspace' ? null : parent;
    }
    return null;
  };
  return {
    ...index,
    async find(asker, objects, options = {}) {
      const known = await index.find(asker, objects, { mayAsk: 0 });
      if (options.mayAsk === 0) return known;
      for (const object of objects) {
        if (known.get(`${object.kind}:${object.id}`)?.state === 'known') continue;
        for (let at: NotionRef | null = object; at !== null; ) at = await learn(at);
      }
      return index.find(asker, objects, { mayAsk: 0 });
    },
  };
}

type Send = (operation: Operation) => Promise<Answer>;

function stepsOn(index: PageIndex, send: Send, lookUp: (path: string) => Promise<unknown>) {
  const cursors = createCursorSeal(randomBytes(64));
  const schemas = createSchemas(
    (_decided, path) => lookUp(path),
    () => performance.now(),
  );
  const guard = createQueryGuard({ index, schemas, lookUp: (_decided, path) => lookUp(path) });
  const readCursor = createCursorReader(cursors);
  const owners = memoryOwners();
  const forward = async ({ call }: DecidedCall) => send(call.operation);
  const { links: fileLinks } = memoryLinks(now);
  const withhold = createWithhold({
    ...{ publicBase: 'https://gate.example', owners, index, schemas, cursors, forward, fileLinks, now },
    lookUp: (_decided, path) => lookUp(path),
    monotonicMs: () => performance.now(),
    ...{ evidence: recordedEvidence().evidence, isHostedFile: isNotionFileUrl },
  });
  return {
    owners,
    async forward(decided: DecidedCall): Promise<Answer> {
      await guard(decided);
      return forward(await readCursor(decided));
    },
    withhold,
  };
}

/** One connection and one workspace for everybody. */
const connection = { id: newId('con'), because: 'only_one' } as const;

function passing(steps: ReturnType<typeof stepsOn>, index: PageIndex, standing: Standing) {
  const { role = 'viewer', roles = {}, grants = [], under = null, ceiling = null } = standing;
  const caller = aCaller({
    ...{ principal: { kind: 'user', id: principalId }, credential: newId('key'), boundTo: workspaceId },
    ...{ under, ceiling, signIn: { strength: 'key', at: null } },
  });
  const members = new Map([[principalId, role]]);
  const custom = new Map(Object.entries(roles).map(([name, actions]) => [name, new Set(actions)]));
  const policy = compilePolicy({ revision: 1, roles: custom, groups: new Map(), grants, members });
  const gateway = createGateway({
    ...{ authorize, refuse, now, forward: steps.forward, withhold: steps.withhold },
    identify: async () => caller,
    resolve: async call => factsOf(call),
    intend: async () => 'recorded',
    conclude: async () => {},
    forget() {},
    leave() {},
  });

  async function factsOf({ operation, clientAddress, requestId }: Call): Promise<Facts> {
    const asker: IndexAsker = { workspaceId, connectionId: connection.id, caller, clientAddress, requestId };
    const objects = operation.demands.flatMap(({ object, movesUnder }) => [object, movesUnder]).flatMap(inNotion);
    const owned = objects.map(object => ({ ...object }));
    return someFacts({
      ...{ at: now(), workspaceId, role, policy, connection, objects: await index.find(asker, objects) },
      ownedByCaller: await steps.owners.ownedAmong(workspaceId, principalId, owned),
    });
  }

  return async (url: string, init: unknown): Promise<Response> => {
    const request = new Request(url, init as RequestInit);
    const { pathname, search } = new URL(url);
    const bytes = Buffer.from(await request.arrayBuffer());
    const operation = classifyRest({
      ...{ method: request.method, url: pathname + search, headers: Object.fromEntries(request.headers) },
      body: bytes.length > 0 ? bytes : null,
    });
    const call: Call = {
      ...{ door: 'rest', requestId: randomRequest, credentials: { kind: 'none' }, clientAddress: '127.0.0.1' },
      ...{ workspace: null, operation, signal: new AbortController().signal },
    };
    const { status, headers, body } = await gateway(call).catch(refused);
    return new Response(Buffer.isBuffer(body) ? new Uint8Array(body) : null, { status, headers });
  };
}

const randomRequest = '22222222-2222-4222-8222-222222222222';

function refused(error: unknown): Answer {
  if (!(error instanceof PortcullisError)) throw error;
  return renderError(error, randomRequest);
}

function inNotion(object: Operation['demands'][number]['object'] | undefined): NotionRef[] {
  if (
    object === undefined ||
    !('id' in object) ||
    object.kind === 'key' ||
    object.kind === 'agent' ||
    object.kind === 'principal'
  )
    return [];
  return [{ kind: object.kind, id: object.id }];
}
