import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyPluginAsync } from 'fastify';
import { request } from 'undici';
import { createAnonymousDenials } from '../src/audit/anonymous-denials.ts';
import { createCountedEvents } from '../src/audit/counted-events.ts';
import { createGroupCommit } from '../src/audit/group-commit.ts';
import { holdInstanceLease } from '../src/audit/instance-lease.ts';
import { createKeyedDigest } from '../src/audit/keyed-digest.ts';
import { createAuditTrail } from '../src/audit/trail.ts';
import { authorize } from '../src/authorize/authorize.ts';
import { refuse } from '../src/authorize/refusal.ts';
import type { RecordEvent } from '../src/domain/event.ts';
import { apiDoor } from '../src/doors/api/api-door.ts';
import type { ContentRoute } from '../src/doors/api/content-route.ts';
import type { ApiRoute } from '../src/doors/api/route.ts';
import { accountRoutes } from '../src/doors/api/routes/account-routes.ts';
import { createGateway, type Gateway } from '../src/gateway.ts';
import { createClientAddress } from '../src/net/client-address.ts';
import { createResolve } from '../src/resolve/resolve.ts';
import { cacheSnapshots } from '../src/resolve/snapshot.ts';
import { createTurnstile } from '../src/resolve/turnstile.ts';
import { createAuditLog } from '../src/store/audit-log.ts';
import { createAuditReader } from '../src/store/audit-reader.ts';
import { openPool } from '../src/store/database.ts';
import type { EventEntries } from '../src/store/event-entries.ts';
import { createInstances } from '../src/store/instances.ts';
import { createSubjects } from '../src/store/subjects.ts';
import { createWorkspaceSnapshots } from '../src/store/workspace-snapshots.ts';
import { openPeople, type People, publicUrl, tokenOf } from './people.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** A value in the JSON body: `at('error.code')`, `at('members.0.role')`. */
  at(path: string): unknown;
}

export interface LogEntry {
  readonly kind: string;
  readonly operation: string;
  readonly entry: string;
}

/** The admin API with the real path behind it, on a loopback socket; nothing of Notion. */
export interface AdminApi {
  readonly people: People;
  readonly url: string;
  /** Sends as a browser page of ours would; `headers` add to that or, with null, take away. */
  send(method: string, path: string, given?: SendOptions): Promise<Reply>;
  /** Signs somebody in by a link and answers with the Cookie header of that browser. */
  cookieOf(id: Parameters<People['accounts']['links']['issue']>[0]): Promise<string>;
  log(): Promise<LogEntry[]>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly cookie?: string;
  readonly key?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** What a test adds to the admin API: routes of its own, and doors beside it. */
export interface Addition {
  readonly routes: readonly ApiRoute[];
  readonly doors?: readonly FastifyPluginAsync[];
}

/** What an addition stands on. */
export interface AdditionPlace {
  readonly people: People;
  readonly record: RecordEvent;
  readonly count: RecordEvent;
  readonly entries: EventEntries;
  readonly gateway: Gateway;
}

export async function openAdminApi(
  contentRoutes: readonly ContentRoute[] = [],
  add: (place: AdditionPlace) => Addition = () => ({ routes: [] }),
): Promise<AdminApi> {
  const people = await openPeople();
  const { database, accounts, identify, clock } = people;
  const auditPool = openPool(people.connection, 'portcullis_system', { poolSize: 1 });
  const onTrouble = (error: unknown) => {
    throw error;
  };
  const lease = await holdInstanceLease(createInstances(database), { monotonicMs: () => performance.now(), onTrouble });
  const commits = createGroupCommit(createAuditLog(auditPool), { instance: lease.id });
  const counted = createCountedEvents({ commits, reserveReached: () => false, now: clock.now });
  const trail = createAuditTrail({
    commits,
    anonymousDenials: createAnonymousDenials(counted),
    leaseHolds: lease.holds,
    digest: createKeyedDigest(randomBytes(32)).whole,
    now: clock.now,
  });
  const turnstile = createTurnstile();
  const snapshots = cacheSnapshots(createWorkspaceSnapshots(database), () => performance.now());
  const owners = { ownedAmong: async () => new Set<string>(), record: async () => {} };
  const { resolve, forget } = createResolve({ snapshots, owners, subjects: createSubjects(database), turnstile });
  const gateway = createGateway({
    identify: identify.identify,
    resolve,
    authorize,
    intend: trail.intend,
    forget(ruling) {
      identify.forget(ruling.call.credentials);
      forget(ruling);
    },
    refuse,
    forward: async ({ call, caller, facts }) => {
      const { target } = call.operation;
      if (target?.kind !== 'local') throw new Error('Nothing of Notion is here.');
      const { clientAddress, requestId } = call;
      return target.run({ caller, workspaceId: facts.workspaceId, clientAddress, requestId, confirm: async () => {} });
    },
    withhold: async (_ruling, answer) => ({ answer, withheld: 0 }),
    conclude: trail.conclude,
    leave: turnstile.leave,
    now: clock.now,
  });

  const app = fastify();
  const record = trail.recordEvent;
  const entries = { instance: lease.id, now: clock.now };
  const { routes, doors = [] } = add({ people, record, count: counted.count, entries, gateway });
  for (const door of doors) await app.register(door);
  const address = await app
    .register(
      apiDoor({
        gateway,
        identify: identify.identify,
        routes: [
          ...accountRoutes({ accounts, log: createAuditReader(database), record, demo: false, now: clock.now }),
          ...routes,
        ],
        contentRoutes,
        signIn: { signIn: accounts.signIn, record },
        joining: { accounts, record },
        clientAddress: createClientAddress(['127.0.0.1']),
        publicUrl,
      }),
    )
    .listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  return {
    people,
    url,
    send: (method, path, given = {}) => send(method, new URL(path, address), given),
    async cookieOf(id) {
      const body = { token: tokenOf(await accounts.links.issue(id, 'recovery')) };
      const reply = await send('POST', new URL('/api/sign-in/link', address), { body });
      return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    },
    log: () => database.system.selectFrom('audit_entry').select(['kind', 'operation', 'entry']).orderBy('id').execute(),
    async close() {
      await app.close();
      await commits.close();
      await lease.close();
      await auditPool.end();
      await people.close();
    },
  };
}

async function send(method: string, url: URL, { cookie, key, body, raw, headers = {} }: SendOptions): Promise<Reply> {
  const all: Record<string, string | null> = {
    origin: publicUrl,
    'sec-fetch-site': 'same-origin',
    'x-portcullis': '1',
    ...(cookie !== undefined && { cookie }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
    ...headers,
  };
  const present = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null);
  const payload = raw ?? (body === undefined ? null : JSON.stringify(body));
  const response = await request(url, { method: method as 'GET', headers: Object.fromEntries(present), body: payload });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    headers: new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text,
    at: path =>
      path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | null)?.[part], parsed(text)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
