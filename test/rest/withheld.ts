import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { Action } from '../../src/domain/action.ts';
import { askerOf } from '../../src/domain/asker-of.ts';
import type { DecidedCall } from '../../src/domain/decided-call.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Answer, NotionRequest } from '../../src/domain/operation.ts';
import type { LearnedObject } from '../../src/domain/page-index.ts';
import { readColumns } from '../../src/notion/columns.ts';
import { isNotionFileUrl } from '../../src/notion/file-hosts.ts';
import { createCursorSeal } from '../../src/withhold/list-cursor.ts';
import { createQueryGuard } from '../../src/withhold/may-query.ts';
import { createCursorReader } from '../../src/withhold/read-cursor.ts';
import { createWithhold } from '../../src/withhold/withhold.ts';
import { allowedRuling, memoryOwners, principalId, workspaceId } from './a-decided-call.ts';
import { memoryIndex } from './memory-index.ts';
import { memoryLinks, recordedEvidence } from './memory-links.ts';

/** Ids that a reader can tell apart. */
export function idOf(number: number): string {
  return `${String(number).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

export const open = idOf(1);
export const secret = idOf(2);
const root = idOf(9);
export const hiddenPage = idOf(20);
export const hiddenDatabase = idOf(21);
export const hiddenBlock = idOf(22);
export const hiddenSource = idOf(23);
export const openPage = idOf(10);
export const openDatabase = idOf(11);
export const openSource = idOf(13);

const stands = (kind: LearnedObject['kind'], id: string, parent: LearnedObject['parent']): LearnedObject => {
  return { kind, id, parent };
};

/** The root holds an open and a secret page. What stands in the secret one has ids from 20 on. */
const tree: readonly LearnedObject[] = [
  stands('page', root, 'workspace'),
  stands('page', open, { kind: 'page', id: root }),
  stands('page', secret, { kind: 'page', id: root }),
  stands('page', openPage, { kind: 'page', id: open }),
  stands('database', openDatabase, { kind: 'page', id: open }),
  stands('data_source', openSource, { kind: 'database', id: openDatabase }),
  stands('page', hiddenPage, { kind: 'page', id: secret }),
  stands('database', hiddenDatabase, { kind: 'page', id: secret }),
  stands('block', hiddenBlock, { kind: 'page', id: secret }),
  stands('data_source', hiddenSource, { kind: 'database', id: hiddenDatabase }),
];

export function aGrant(given: Partial<Grant>): Grant {
  return {
    ...{ id: newId('grt'), effect: 'deny', subject: { kind: 'everyone' }, actions: ['read'], when: null },
    ...{ scopes: [{ kind: 'page', id: secret }], properties: null, reason: 'a test', createdBy: null },
    createdAt: new Date('2026-12-01T12:00:00Z'),
    ...given,
  };
}

/** No caller may see what stands under the secret page. */
const hidden = [aGrant({ actions: ['read', 'comment.read', 'file.read'] })];

interface Asked {
  readonly body?: unknown;
  readonly grants?: readonly Grant[];
  readonly role?: string;
  readonly roles?: Readonly<Record<string, readonly Action[]>>;
}

/** The step that withholds, on an index that knows a small tree, with a Notion that answers from a list. */
export async function withheld({
  pages = [],
  schemas = {},
  extra = [],
  views = {},
  notion,
}: {
  pages?: readonly object[];
  schemas?: Readonly<Record<string, object>>;
  extra?: readonly LearnedObject[];
  views?: Readonly<Record<string, object>>;
  /** What Notion answers, instead of a list of answers. */
  notion?: (request: NotionRequest) => object;
} = {}) {
  const index = memoryIndex();
  const connection = { id: newId('con'), because: 'only_one' } as const;
  await index.learn(workspaceId, [...tree, ...extra], { sentAtMs: 0, write: false, tested: new Set() });
  const now = () => new Date('2026-12-01T12:00:00Z');
  const cursors = createCursorSeal(randomBytes(64));
  const remaining = [...pages];
  const fetched: { readonly path: string; readonly body: unknown }[] = [];
  const known = {
    of: async (_decided: DecidedCall, id: string) => readColumns({ properties: schemas[id] }),
    forget() {},
  };
  const lookUp = async (_decided: DecidedCall, path: string) => views[path.slice('/v1/views/'.length)];
  const withhold = createWithhold({
    ...{ publicBase: 'https://gate.example', owners: memoryOwners(), index, cursors, now },
    monotonicMs: () => 0,
    ...{ fileLinks: memoryLinks(now).links, evidence: recordedEvidence().evidence, isHostedFile: isNotionFileUrl },
    schemas: known,
    lookUp,
    forward: async ({ call: { operation } }) => {
      assert.ok(operation.target?.kind === 'notion');
      const { path, body } = operation.target;
      fetched.push({ path, body: Buffer.isBuffer(body) ? JSON.parse(body.toString()) : null });
      return answerOf(notion?.(operation.target) ?? remaining.shift() ?? {});
    },
  });

  /** A call that was allowed on the tree as the index knows it. */
  async function decide(method: string, url: string, asked: Asked = {}): Promise<DecidedCall> {
    const { grants = hidden, role = 'viewer', roles = {} } = asked;
    const ruling = allowedRuling(method, url, { body: asked.body });
    const decided = { ...ruling, facts: { ...ruling.facts, connection } };
    const policy = compilePolicy({
      ...{ revision: 1, groups: new Map(), grants, members: new Map([[principalId, role]]) },
      roles: new Map(Object.entries(roles).map(([name, actions]) => [name, new Set(actions)])),
    });
    const named = decided.call.operation.demands.flatMap(({ object }) => ('id' in object ? [object] : []));
    const objects = await index.find(askedBy(decided), named as never, { mayAsk: 0 });
    assert.ok(askerOf(decided.caller, decided.call, decided.facts));
    return { ...decided, facts: { ...decided.facts, policy, objects } };
  }

  async function result(method: string, url: string, answer: object, asked: Asked = {}) {
    return withhold(await decide(method, url, asked), answerOf(answer));
  }

  /** What the caller sees of Notion's answer. */
  async function seen(method: string, url: string, answer: object, asked: Asked = {}) {
    const released = await result(method, url, structuredClone(answer), asked);
    assert.ok(!('reconsider' in released), 'the call was to be decided again');
    const { body } = released.answer;
    assert.ok(Buffer.isBuffer(body));
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
    return { json: JSON.parse(body.toString()) as any, text: body.toString(), withheld: released.withheld };
  }

  const guard = createQueryGuard({ index, schemas: known, lookUp });
  return { seen, result, decide, fetched, index, withhold, guard, readCursor: createCursorReader(cursors) };
}

function askedBy({ facts, caller, call }: DecidedCall) {
  assert.ok(facts.workspaceId !== null && facts.connection !== null);
  const { clientAddress, requestId } = call;
  return { workspaceId: facts.workspaceId, connectionId: facts.connection.id, caller, clientAddress, requestId };
}

function answerOf(body: object): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}
