/** Every route of the admin API about people, for everybody who could call it: what is refused is a denial with a reason. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AgentId, newId, type PrincipalId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { type AdminApi, openAdminApi, type Reply, type SendOptions } from '../admin-api.ts';
import { operator, signedIn } from '../people.ts';

/** Who calls. `desk` is a key that is limited to reading and to managing members. */
const callers = [
  'admin',
  'editor',
  'viewer',
  'guest',
  'stranger',
  'operator',
  'reader',
  'full',
  'desk',
  'bot',
] as const;
type Who = (typeof callers)[number];

interface Row {
  readonly name: string;
  /** Who may. All others must find a denial, each for one of these reasons. */
  readonly may: readonly Who[];
  /** The method, the path and the body of one call; it may make what it is about. */
  readonly call: () => Promise<readonly [string, string, unknown?]> | readonly [string, string, unknown?];
}

let api: AdminApi;
let workspace: WorkspaceId;
let admin: UserId;
let agentId: AgentId;
const by = new Map<Who, SendOptions>();
const ids = new Map<Who, PrincipalId>();

before(async () => {
  api = await openAdminApi();
  const { people } = api;
  workspace = await people.aWorkspace();
  for (const role of ['admin', 'editor', 'viewer', 'guest'] as const) {
    const id = await people.aMember(workspace, role);
    ids.set(role, id);
    by.set(role, { cookie: await api.cookieOf(id) });
  }
  admin = ids.get('admin') as UserId;
  ids.set('stranger', await people.aMember(await people.aWorkspace(), 'admin'));
  by.set('stranger', { cookie: await api.cookieOf(ids.get('stranger') as UserId) });
  ids.set('operator', await people.aUser({ rights: ['members', 'connect', 'audit'] }));
  by.set('operator', { cookie: await api.cookieOf(ids.get('operator') as UserId) });
  const { keys, agents } = people.accounts;
  const author = signedIn(admin);
  const key = async (request: Parameters<typeof keys.mint>[2]) => (await keys.mint(author, workspace, request)).secret;
  by.set('reader', { key: await key({ name: 'reader', limitTo: ['read'] }) });
  by.set('full', { key: await key({ name: 'full' }) });
  const desk = ['read', 'file.read', 'comment.read', 'people.read', 'members'] as const;
  by.set('desk', { key: await key({ name: 'desk', limitTo: desk }) });
  agentId = (await agents.create(author, workspace, { name: 'bot', role: 'admin' })).principalId as AgentId;
  by.set('bot', { key: await key({ name: 'bot', principalId: agentId }) });
});
after(() => api.close());

const here = (rest = '') => `/api/workspaces/${workspace}${rest}`;
const aMember = () => api.people.aMember(workspace, 'viewer');
const anAgent = async () => {
  const request = { name: 'another', role: 'viewer' } as const;
  return (await api.people.accounts.agents.create(signedIn(admin), workspace, request)).principalId;
};
const aKey = async () =>
  (await api.people.accounts.keys.mint(signedIn(await aMember()), workspace, { name: 'k' })).key.id;
let counter = 0;
const anAddress = () => `somebody-${++counter}@acme.test`;
const anInvitation = async () => {
  const request = { email: anAddress(), role: 'viewer' } as const;
  return (await api.people.accounts.invitations.invite(signedIn(admin), workspace, request)).invitation.id;
};

const members: readonly Who[] = ['admin', 'editor', 'viewer', 'guest', 'full', 'desk', 'bot'];
const managers: readonly Who[] = ['admin', 'full', 'desk', 'bot'];
const holdingAll: readonly Who[] = ['admin', 'full', 'bot'];
const inBrowsers: readonly Who[] = ['admin', 'editor', 'viewer', 'guest', 'stranger', 'operator'];

const rows: readonly Row[] = [
  { name: 'me.get', may: [...inBrowsers, 'full'], call: () => ['GET', '/api/me'] },
  { name: 'me.list_sessions', may: inBrowsers, call: () => ['GET', '/api/me/sessions'] },
  {
    name: 'me.end_session',
    may: inBrowsers,
    call: () => ['DELETE', `/api/me/sessions/${newId('ses')}`],
  },
  { name: 'me.set_password', may: inBrowsers, call: () => ['POST', '/api/me/password', { password: 'x' }] },
  { name: 'me.accept_invitation', may: inBrowsers, call: () => ['POST', '/api/me/invitations', { token: 'none' }] },
  { name: 'workspaces.list', may: [...inBrowsers, 'full', 'bot'], call: () => ['GET', '/api/workspaces'] },
  { name: 'workspaces.get', may: [...members, 'reader'], call: () => ['GET', here()] },
  {
    name: 'members.list',
    may: ['admin', 'editor', 'viewer', 'full', 'desk', 'bot'],
    call: () => ['GET', here('/members')],
  },
  {
    name: 'members.set_role',
    may: managers,
    call: async () => ['PATCH', here(`/members/${await aMember()}`), { role: 'guest' }],
  },
  {
    name: 'members.set_role to more than a limited key holds',
    may: holdingAll,
    call: async () => ['PATCH', here(`/members/${await aMember()}`), { role: 'editor' }],
  },
  { name: 'members.remove', may: managers, call: async () => ['DELETE', here(`/members/${await aMember()}`)] },
  {
    name: 'members.reset',
    may: managers,
    call: async () => ['POST', here(`/members/${await aMember()}/sign-in-link`), {}],
  },
  {
    name: 'members.reset of somebody who holds more',
    may: holdingAll,
    call: async () => {
      const id = await api.people.aMember(workspace, 'editor');
      return ['POST', here(`/members/${id}/sign-in-link`), {}];
    },
  },
  {
    name: 'members.reset of somebody who reaches more',
    may: [],
    call: async () => {
      const id = await aMember();
      await api.people.join(await api.people.aWorkspace(), id, 'guest');
      return ['POST', here(`/members/${id}/sign-in-link`), {}];
    },
  },
  { name: 'invitations.list', may: managers, call: () => ['GET', here('/invitations')] },
  {
    name: 'invitations.create',
    may: managers,
    call: () => ['POST', here('/invitations'), { email: anAddress(), role: 'viewer' }],
  },
  {
    name: 'invitations.create for more than a limited key holds',
    may: holdingAll,
    call: () => ['POST', here('/invitations'), { email: anAddress(), role: 'editor' }],
  },
  {
    name: 'invitations.resend',
    may: managers,
    call: async () => ['POST', here(`/invitations/${await anInvitation()}/resend`), {}],
  },
  {
    name: 'invitations.withdraw',
    may: managers,
    call: async () => ['DELETE', here(`/invitations/${await anInvitation()}`)],
  },
  {
    name: 'agents.create',
    may: managers,
    call: () => ['POST', here('/agents'), { name: 'made', role: 'viewer' }],
  },
  {
    name: 'agents.create with more than a limited key holds',
    may: holdingAll,
    call: () => ['POST', here('/agents'), { name: 'made', role: 'admin' }],
  },
  {
    name: 'agents.change',
    may: managers,
    call: async () => ['PATCH', here(`/agents/${await anAgent()}`), { name: 'renamed' }],
  },
  { name: 'keys.list', may: members, call: () => ['GET', here('/keys')] },
  { name: 'keys.get', may: managers, call: async () => ['GET', here(`/keys/${await aKey()}`)] },
  { name: 'keys.revoke', may: managers, call: async () => ['DELETE', here(`/keys/${await aKey()}`)] },
  {
    name: 'keys.create',
    may: ['admin', 'editor', 'viewer', 'guest', 'desk'],
    call: () => ['POST', here('/keys'), { name: 'own' }],
  },
  {
    name: 'keys.create for an agent of another',
    may: ['admin', 'desk'],
    call: async () => ['POST', here('/keys'), { name: 'k', principalId: await anAgent() }],
  },
  {
    name: 'keys.create for another person (rule 8)',
    may: [],
    call: async () => ['POST', here('/keys'), { name: 'k', principalId: await aMember(), limitTo: 'viewer' }],
  },
  {
    name: 'keys.create beyond a viewer (rule 11)',
    may: ['admin', 'editor'],
    call: () => ['POST', here('/keys'), { name: 'k', limitTo: ['update'] }],
  },
  { name: 'users.list', may: ['operator'], call: () => ['GET', '/api/users'] },
  {
    name: 'users.create',
    may: ['operator'],
    call: () => ['POST', '/api/users', { email: anAddress(), name: 'New', deploymentRights: ['audit'] }],
  },
  {
    name: 'users.change',
    may: ['operator'],
    call: async () => ['PATCH', `/api/users/${await aMember()}`, { disabled: true }],
  },
  {
    name: 'users.create_link',
    may: ['operator'],
    call: async () => ['POST', `/api/users/${await aMember()}/sign-in-link`, {}],
  },
];

interface Logged {
  readonly kind: string;
  readonly operation: string;
  readonly because: string | null;
  readonly error: string | null;
}

/** Sends a call, and answers with what the log gained. */
async function send(who: SendOptions, [method, path, body]: Awaited<ReturnType<Row['call']>>) {
  const log = api.people.database.system.selectFrom('audit_entry').orderBy('id');
  const last = await log
    .select(({ fn }) => fn.max('id').as('id'))
    .clearOrderBy()
    .executeTakeFirst();
  const reply = await api.send(method, path, { ...who, ...(body !== undefined && { body }) });
  const added = log.select(['kind', 'operation', 'entry']).where('id', '>', last?.id ?? newId('evt'));
  const logged = (await added.execute()).map(({ kind, operation, entry }): Logged => {
    const { decision, error } = JSON.parse(entry) as { decision?: { because: string }; error?: string | null };
    return { kind, operation, because: decision?.because ?? null, error: error ?? null };
  });
  return { reply, logged };
}

function assertDenied(reply: Reply, logged: readonly Logged[], name: string) {
  const [entry] = logged;
  assert.equal(logged.length, 1, JSON.stringify(logged));
  assert.deepEqual([entry?.kind, entry?.operation], ['denial', name]);
  assert.ok(entry?.because, 'a denial has a reason');
  assert.ok([403, 404].includes(reply.status), `${reply.status} ${reply.text}`);
  return entry.because;
}

/** Codes that would mean: the command found that a right was missing. */
const refusedInside = ['restricted', 'policy_changed', 'internal'];

describe('every route about people', () => {
  for (const row of rows) {
    const [name = ''] = row.name.split(' ');
    it(`rule 5: ${row.name} is open to ${row.may.join(', ') || 'nobody'}; for others it is denied with a reason`, async () => {
      for (const who of callers) {
        const { reply, logged } = await send(by.get(who) ?? {}, await row.call());
        if (row.may.includes(who)) {
          assert.equal(logged[0]?.kind, 'intent', `${who}: ${reply.text} ${JSON.stringify(logged)}`);
          const inside = logged.filter(({ error }) => error !== null && refusedInside.includes(error));
          assert.deepEqual(inside, [], who);
        } else {
          assertDenied(reply, logged, name);
        }
      }
    });
  }

  it('stands in this table', async () => {
    const { text } = await api.send('GET', '/api/openapi.json');
    const { paths } = JSON.parse(text) as {
      paths: Record<string, Record<string, { operationId: string; security?: [] }>>;
    };
    const described = Object.values(paths).flatMap(Object.values) as { operationId: string; security?: [] }[];
    const names = described.filter(({ security }) => security === undefined).map(({ operationId }) => operationId);
    const aboutPeople = names.filter(name => /^(me|workspaces|members|invitations|agents|keys|users)\./.test(name));
    assert.ok(aboutPeople.length > 20);
    const covered = new Set(rows.map(({ name }) => name.split(' ')[0]));
    assert.deepEqual(
      aboutPeople.filter(name => !covered.has(name)),
      [],
    );
  });
});

describe('what is given away', () => {
  const reasonFor = async (who: SendOptions, name: string, ...call: [string, string, unknown?]) => {
    const { reply, logged } = await send(who, call);
    return { because: assertDenied(reply, logged, name), reply };
  };

  it('rule 8: is denied as such, and the answer names what is missing', async () => {
    const path = here(`/members/${await aMember()}`);
    const { because, reply } = await reasonFor(by.get('desk') ?? {}, 'members.set_role', 'PATCH', path, {
      role: 'editor',
    });
    assert.equal(because, 'gives_too_much');
    assert.match(reply.text, /create, update, move, comment.write, file.write/);
  });

  it('rule 8: counts what somebody has already: taking away gives nothing', async () => {
    const editor = await api.people.aMember(workspace, 'editor');
    const { reply } = await send(by.get('desk') ?? {}, ['PATCH', here(`/members/${editor}`), { role: 'viewer' }]);
    assert.equal(reply.status, 200, reply.text);
  });

  it('rule 8: by an invitation is its role, also when it is sent again', async () => {
    const { invitation } = await api.people.accounts.invitations.invite(signedIn(admin), workspace, {
      email: anAddress(),
      role: 'editor',
    });
    const path = here(`/invitations/${invitation.id}/resend`);
    const { because } = await reasonFor(by.get('desk') ?? {}, 'invitations.resend', 'POST', path, {});
    assert.equal(because, 'gives_too_much');
  });

  it('rule 8: in the deployment is each right that somebody gains, also by being enabled', async () => {
    const { people } = api;
    const clerk = await people.aUser({ rights: ['members'] });
    const cookie = await api.cookieOf(clerk);
    const auditor = await people.aUser({ rights: ['audit'] });
    const change = (body: unknown) => send({ cookie }, ['PATCH', `/api/users/${auditor}`, body]);
    assert.equal((await change({ deploymentRights: ['audit'] })).reply.status, 200, 'nothing is gained');
    await people.accounts.users.change(operator(ids.get('operator') as UserId), auditor, { disabled: true });
    for (const body of [
      { disabled: false },
      { deploymentRights: ['connect'] },
      { disabled: false, deploymentRights: ['audit'] },
    ]) {
      const { reply, logged } = await change(body);
      assert.equal(assertDenied(reply, logged, 'users.change'), 'gives_too_much');
    }
    assert.equal((await change({ disabled: false, deploymentRights: [] })).reply.status, 200);
    const link = await reasonFor(
      { cookie },
      'users.create_link',
      'POST',
      `/api/users/${ids.get('operator')}/sign-in-link`,
      {},
    );
    assert.equal(link.because, 'gives_too_much');
  });

  it('rule 11: a key makes keys only if its limit names members', async () => {
    const { because, reply } = await reasonFor(by.get('full') ?? {}, 'keys.create', 'POST', here('/keys'), {
      name: 'child',
    });
    assert.equal(because, 'key_lacks_action');
    assert.match(reply.text, /makes keys only if/);
  });

  it('tells nobody of the keys of others: those answer like keys that do not exist', async () => {
    const viewer = by.get('viewer') ?? {};
    const answers = await Promise.all(
      [await aKey(), newId('key')].map(async id => (await api.send('GET', here(`/keys/${id}`), viewer)).at('detail')),
    );
    assert.equal(answers[0], answers[1]);
  });

  it('one’s own takes no right: a guest ends a key of an agent that they own', async () => {
    const guest = ids.get('guest') as UserId;
    const { agents, keys } = api.people.accounts;
    const request = { name: 'of the guest', role: 'guest', ownerId: guest } as const;
    const { principalId } = await agents.create(signedIn(admin), workspace, request);
    const made = await send(by.get('guest') ?? {}, ['POST', here('/keys'), { name: 'k', principalId }]);
    assert.equal(made.reply.status, 201, made.reply.text);
    const { key } = await keys.mint(signedIn(admin), workspace, { name: 'k', principalId });
    const ended = await send(by.get('guest') ?? {}, ['DELETE', here(`/keys/${key.id}`)]);
    assert.equal(ended.reply.status, 200, ended.reply.text);
  });
});
