/** Why, who and what: asked over the admin API of a gateway whose Notion is the emulator. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';

type Who = keyof DemoInProcess['ready']['keys'];

describe('questions about a policy', () => {
  let demo: DemoInProcess;
  let ids: Map<string, string>;
  before(async () => {
    demo = await startDemoInProcess();
    const { members } = await ask('GET', '/members');
    ids = new Map(members.map((one: { name: string; principalId: string }) => [one.name, one.principalId]));
  });
  after(() => demo.stop());

  const call = (method: string, path: string, body?: unknown, who: Who = 'admin') =>
    fetch(demo.ready.url + path, {
      method,
      headers: { authorization: `Bearer ${demo.ready.keys[who]}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at as it came.
  const ask = async (method: string, path: string, body?: unknown, who: Who = 'admin'): Promise<any> => {
    const answer = await call(method, `/api/workspaces/${demo.ready.workspaceId}${path}`, body, who);
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  const explain = (principal: string, action: string, page: string, who: Who = 'admin') =>
    ask('POST', '/explain', { principal, action, object: { kind: 'page', id: page } }, who);

  it('says why somebody may not: the path, every grant that decides, and what would turn it round', async () => {
    const { pages } = demo.ready;
    const found = await explain('agent:demo-viewer', 'read', pages.restricted);
    assert.equal(found.effect, 'deny');
    assert.equal(found.because, 'denied_by_grant');
    assert.deepEqual(
      found.path.map((one: { id: string }) => one.id),
      [pages.restricted, pages.root],
    );
    assert.ok(found.path.every((one: { title: string | null }) => one.title !== null));
    assert.equal(found.grants[0].reason, 'Demo: people operations and finance only');
    assert.equal(found.grants[0].via, 'by name');
    const kinds = found.changes.map((one: { kind: string }) => one.kind);
    assert.ok(kinds.includes('remove_grants'), JSON.stringify(found.changes));
    assert.ok(!kinds.includes('add_grant'), 'an allow does not outweigh a deny');
    const scout = await explain('agent:Scout', 'update', pages.public);
    assert.equal(scout.because, 'role_lacks_action');
    assert.ok(scout.changes.some((one: { kind: string }) => one.kind === 'add_grant'));
    const admin = await explain('agent:Scout', 'read', pages.public);
    assert.deepEqual([admin.effect, admin.because], ['allow', 'grant']);
  });

  it('proposes what keeps a denial apart: several grants together, a limit that includes it, another key', async () => {
    const { pages } = demo.ready;
    const scope = { kind: 'page', id: pages.restricted };
    const deny = { effect: 'deny', actions: ['read'], scope, reason: 'a test' };
    const again = await ask('POST', '/grants', { ...deny, subject: { kind: 'agent', name: 'demo-viewer' } });
    const twice = await explain('agent:demo-viewer', 'read', pages.restricted);
    assert.equal(twice.grants.length, 2);
    const [first] = twice.changes;
    assert.equal(first.kind, 'remove_grants');
    for (const { id } of twice.grants) assert.ok(first.says.includes(id), first.says);
    await call('DELETE', `/api/workspaces/${demo.ready.workspaceId}/grants/${again.grant.id}`);
    const scoped = { action: 'read', object: { kind: 'page', id: pages.restricted } };
    const narrow = await ask('POST', '/explain', {
      ...scoped,
      principal: 'agent:demo-editor',
      limitTo: { under: [pages.public] },
    });
    assert.equal(narrow.because, 'outside_key_pages');
    assert.ok(
      narrow.changes.some((one: { kind: string }) => one.kind === 'other_key'),
      JSON.stringify(narrow.changes),
    );
    const limit = {
      effect: 'limit',
      subject: { kind: 'agent', name: 'demo-editor' },
      actions: ['update'],
      reason: 'a test',
    };
    const made = await ask('POST', '/grants', { ...limit, scope: { kind: 'page', id: pages.public } });
    const outside = await explain('agent:demo-editor', 'update', pages.restricted);
    assert.equal(outside.effect, 'deny');
    const says = outside.changes.map((one: { says: string }) => one.says);
    assert.ok(says.some((said: string) => said.includes(made.grant.id)) || outside.grants.length > 1, says.join());
    await call('DELETE', `/api/workspaces/${demo.ready.workspaceId}/grants/${made.grant.id}`);
  });

  it('rule 19: tells of no page that the asker may not read, and answers as for one that does not exist', async () => {
    const { pages } = demo.ready;
    const viewer = ids.get('demo-viewer') ?? '';
    const hidden = await explain(viewer, 'read', pages.restricted, 'viewer');
    const missing = await explain(viewer, 'read', '0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f', 'viewer');
    const same = (answer: Record<string, unknown>) => JSON.stringify({ ...answer, object: null, requestId: null });
    assert.equal(same(hidden), same(missing));
    assert.deepEqual(hidden.path, []);
    const scout = await explain(ids.get('Scout') ?? '', 'read', pages.public, 'agent');
    assert.equal(scout.effect, 'allow');
    assert.deepEqual(
      scout.path.map((one: { id: string | null }) => one.id),
      [pages.public, null],
    );
    assert.ok(!JSON.stringify(scout).includes(pages.root));
  });

  it('says what a key that is not made yet would get', async () => {
    const { pages } = demo.ready;
    const withKey = async (limitTo: object, action: string, page: string) => {
      const object = { kind: 'page', id: page };
      const found = await ask('POST', '/explain', { principal: 'agent:demo-editor', action, object, limitTo });
      return [found.effect, found.because];
    };
    const reader = { role: 'viewer', under: [pages.public] };
    assert.deepEqual(await withKey(reader, 'read', pages.public), ['allow', 'role']);
    assert.deepEqual(await withKey(reader, 'update', pages.public), ['deny', 'key_lacks_action']);
    assert.deepEqual(await withKey(reader, 'read', pages.restricted), ['deny', 'outside_key_pages']);
    assert.deepEqual(await withKey({ actions: ['update'] }, 'update', pages.public), ['allow', 'role']);
    const { operations } = (await (await call('GET', '/api/operations')).json()) as { operations: { name: string }[] };
    assert.deepEqual(
      operations.find(({ name }) => name === 'pages.get'),
      { name: 'pages.get', method: 'GET', path: '/v1/pages/:page_id', on: 'page', actions: ['read'], sometimes: [] },
    );
  });

  it('is asked about oneself by everybody, and about others by those who give permissions', async () => {
    const { pages } = demo.ready;
    assert.equal((await explain(ids.get('Scout') ?? '', 'read', pages.public, 'viewer')).status, 403);
    assert.equal((await explain(ids.get('demo-viewer') ?? '', 'read', pages.public, 'viewer')).status, 200);
    const whoCan = { action: 'read', object: { kind: 'page', id: pages.public } };
    assert.equal((await ask('POST', '/who-can', whoCan, 'viewer')).status, 403);
  });

  it('explains a decision out of the log, to those whose it was and to those who read the log', async () => {
    const { pages } = demo.ready;
    const denied = await call('PATCH', `/v1/pages/${pages.root}`, { in_trash: true }, 'editor');
    const { additional_data: data } = (await denied.json()) as { additional_data: { portcullis_decision_id: string } };
    const id = data.portcullis_decision_id;
    for (const who of ['editor', 'admin'] as const) {
      const answer = await call('GET', `/api/decisions/${id}`, undefined, who);
      // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at as it came.
      const found = (await answer.json()) as any;
      assert.equal(answer.status, 200, JSON.stringify(found));
      assert.deepEqual([found.effect, found.refusedBy, found.now], ['deny', 'portcullis', 'deny']);
      assert.equal(found.principal.name, 'agent:demo-editor');
      const again = await ask('POST', '/explain', { decision: id }, who);
      assert.equal(again.because, found.because);
    }
    assert.equal((await call('GET', `/api/decisions/${id}`, undefined, 'viewer')).status, 404);
  });

  it('says who can', async () => {
    const { pages } = demo.ready;
    const names = async (page: string) => {
      const found = await ask('POST', '/who-can', { action: 'read', object: { kind: 'page', id: page } });
      return found.principals.map((one: { name: string }) => one.name);
    };
    const onPublic = await names(pages.public);
    const onRestricted = await names(pages.restricted);
    for (const name of ['agent:demo-viewer', 'agent:Scout']) {
      assert.ok(onPublic.includes(name), name);
      assert.ok(!onRestricted.includes(name), name);
    }
    assert.ok(onRestricted.includes('agent:demo-editor'));
    const when = { doors: ['mcp'] };
    const grant = {
      effect: 'allow',
      subject: { kind: 'agent', name: 'Scout' },
      actions: ['read'],
      reason: 'a test',
      when,
    };
    const made = await ask('POST', '/grants', { ...grant, scope: { kind: 'page', id: pages.restricted } });
    const some = await ask('POST', '/who-can', { action: 'read', object: { kind: 'page', id: pages.restricted } });
    const scout = some.principals.find((one: { name: string }) => one.name === 'agent:Scout');
    assert.deepEqual([scout.calls, scout.because, scout.grants], ['sometimes', 'grant', [made.grant.id]]);
    await call('DELETE', `/api/workspaces/${demo.ready.workspaceId}/grants/${made.grant.id}`);
    const unshared = { action: 'read', object: { kind: 'page', id: pages.unshared } };
    assert.equal((await ask('POST', '/who-can', unshared)).status, 404);
  });

  it('lists what somebody reaches, as far as the asker may see it', async () => {
    const { pages } = demo.ready;
    const reach = (body: object, who: Who = 'admin') => ask('POST', '/reach', { action: 'read', ...body }, who);
    const all = await reach({ principal: 'agent:demo-editor' });
    const ofScout = await reach({ principal: 'agent:Scout' });
    const idsOf = (answer: { pages: { id: string }[] }) => answer.pages.map(({ id }) => id);
    assert.ok(idsOf(all).includes(pages.restricted) && idsOf(all).includes(pages.root));
    assert.ok(idsOf(ofScout).includes(pages.public) && !idsOf(ofScout).includes(pages.root));
    assert.ok(all.counts.always > ofScout.counts.always);
    const first = await reach({ principal: 'agent:demo-editor', limit: 1 });
    const second = await reach({ principal: 'agent:demo-editor', limit: 1, cursor: first.nextCursor });
    assert.deepEqual([...idsOf(first), ...idsOf(second)], idsOf(all).slice(0, 2));
    const under = await reach({ principal: 'agent:demo-editor', under: pages.restricted });
    assert.ok(idsOf(under).includes(pages.restricted) && !idsOf(under).includes(pages.public));
    const own = await reach({}, 'viewer');
    assert.equal(own.counts, null, 'not even how many there are');
    assert.ok(idsOf(own).includes(pages.public) && !idsOf(own).includes(pages.restricted));
    assert.equal((await reach({ under: pages.restricted }, 'viewer')).status, 404);
    assert.equal((await reach({ principal: 'agent:Scout' }, 'viewer')).status, 403);
  });

  it('says of each page what decides there, and of each person why', async () => {
    const { pages } = demo.ready;
    const reached = await ask('POST', '/reach', { principal: 'agent:Scout', action: 'read' });
    const page = reached.pages.find((one: { id: string }) => one.id === pages.public);
    assert.deepEqual(
      [reached.name, page.title, page.effect, page.because],
      ['agent:Scout', 'Public', 'allow', 'grant'],
    );
    assert.deepEqual(
      page.path.map((one: { title: string }) => one.title),
      ['Acme Home'],
    );
    assert.deepEqual(page.actions, ['read', 'comment.read', 'file.read', 'people.read']);
    const [grant] = reached.grants;
    assert.deepEqual(page.grants, [grant.id]);
    assert.equal(grant.reason, 'Demo: Scout reads public pages, and nothing else');
    const whoCan = { action: 'read', object: { kind: 'page', id: pages.public } };
    assert.deepEqual((await ask('POST', '/who-can', whoCan)).grants, [grant]);
    const own = await ask('POST', '/reach', { action: 'read' }, 'agent');
    assert.deepEqual(own.pages[0].path, [{ kind: 'page', id: null, title: null }]);
  });

  it('hands lists to reviewers as tables, in which no title is a formula', async () => {
    const { pages, workspaceId } = demo.ready;
    const formula = '=HYPERLINK("https://collect.example/","open")';
    const properties = { title: [{ text: { content: formula } }] };
    const made = await call('POST', '/v1/pages', { parent: { page_id: pages.public }, properties });
    assert.equal(made.status, 200);
    const table = async (path: string, who: Who = 'admin') => {
      const answer = await call('GET', `/api/workspaces/${workspaceId}${path}`, undefined, who);
      return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
    };
    const reach = await table('/reach/export?action=read&principal=agent:Scout');
    assert.match(reach.type ?? '', /^text\/csv/);
    const [head, ...rows] = reach.text.trimEnd().split('\r\n');
    assert.equal(head, 'who,action,page,in,kind,id,calls,because,grants,may');
    assert.ok(rows.some(row => row.startsWith(`agent:Scout,read,Public,Acme Home,page,${pages.public},all,grant,`)));
    assert.ok(
      rows.some(row => row.startsWith('agent:Scout,read,"\'=HYPERLINK(""https://collect.example/"",""open"")"')),
    );
    const whoCan = await table(`/who-can/export?action=read&page=${pages.restricted}`);
    assert.match(whoCan.text, /agent:demo-editor,agent,editor,read,Restricted < Acme Home,all,role,/);
    assert.doesNotMatch(whoCan.text, /demo-viewer|Scout/);
    assert.match((await table('/who-can/export?action=audit')).text, /,audit,workspace,all,role,/);
    assert.equal((await table('/reach/export?action=read&principal=agent:Scout', 'viewer')).status, 403);
    assert.equal((await table('/who-can/export?action=read', 'viewer')).status, 403);
    const hidden = await table(`/reach/export?action=read&under=${pages.restricted}`, 'viewer');
    assert.equal(hidden.status, 404);
  });

  it('answers in the words of AuthZEN too', async () => {
    const { pages } = demo.ready;
    const authzen = async (path: string, body: unknown, who: Who = 'admin') =>
      (await call('POST', `/access/v1/${path}`, body, who)).json() as Promise<Record<string, unknown>>;
    const subject = { type: 'agent', id: ids.get('demo-viewer') };
    const on = (id: string) => ({ type: 'page', id });
    const reads = { name: 'read' };
    assert.deepEqual(await authzen('evaluation', { subject, action: reads, resource: on(pages.restricted) }), {
      decision: false,
      context: { reason: 'denied_by_grant' },
    });
    const both = [{ resource: on(pages.public) }, { resource: on(pages.restricted) }, { resource: on(pages.root) }];
    const all = await authzen('evaluations', { subject, action: reads, evaluations: both });
    const decisions = (answer: Record<string, unknown>) =>
      (answer.evaluations as { decision: boolean }[]).map(({ decision }) => decision);
    assert.deepEqual(decisions(all), [true, false, true]);
    const options = { evaluations_semantic: 'deny_on_first_deny' };
    assert.deepEqual(decisions(await authzen('evaluations', { subject, action: reads, evaluations: both, options })), [
      true,
      false,
    ]);
    const unknown = await authzen('evaluation', { subject, action: { name: 'fly' }, resource: on(pages.public) });
    assert.equal(unknown.decision, false);
    const found = await authzen('search/action', { subject, resource: on(pages.public) });
    assert.deepEqual(
      (found.results as { name: string }[]).map(({ name }) => name),
      ['read', 'comment.read', 'file.read', 'people.read'],
    );
    const agents = await authzen('search/subject', {
      subject: { type: 'agent' },
      action: reads,
      resource: on(pages.restricted),
    });
    assert.ok(!JSON.stringify(agents).includes(String(ids.get('demo-viewer'))));
    assert.ok(JSON.stringify(agents).includes(String(ids.get('demo-editor'))));
  });

  it('goes through the results of a search of AuthZEN page by page', async () => {
    const { pages } = demo.ready;
    interface Found {
      readonly results: readonly { readonly type: string; readonly id: string; readonly name: string }[];
      readonly page: { readonly next_token: string; readonly count: number };
    }
    const search = async (of: string, body: object, who: Who = 'admin') => {
      const answer = await call('POST', `/access/v1/search/${of}`, body, who);
      assert.equal(answer.status, 200, await answer.clone().text());
      return (await answer.json()) as Found;
    };
    const through = async (of: string, body: object, limit: number) => {
      const results: Found['results'][number][] = [];
      for (let token: string | null = null; token !== ''; ) {
        const found: Found = await search(of, { ...body, page: { limit, ...(token !== null && { token }) } });
        assert.ok(found.results.length <= limit && found.page.count === found.results.length);
        results.push(...found.results);
        token = found.page.next_token;
      }
      return results;
    };
    const scout = { type: 'agent', id: ids.get('Scout') };
    const reads = { subject: scout, action: { name: 'read' }, resource: { type: 'page' } };
    const all = await search('resource', reads);
    assert.equal(all.page.next_token, '');
    const found = all.results.map(({ id }) => id);
    assert.ok(found.includes(pages.public) && !found.includes(pages.restricted) && found.length > 1, String(found));
    for (const id of found.slice(0, 5)) {
      const one = await call('POST', '/access/v1/evaluation', { ...reads, resource: { type: 'page', id } });
      assert.equal(((await one.json()) as { decision: boolean }).decision, true, 'evaluation says the same');
    }
    assert.deepEqual(
      (await through('resource', reads, 1)).map(({ id }) => id),
      found,
    );
    const onPage = { type: 'page', id: pages.public };
    const subjects = { subject: { type: 'agent' }, action: { name: 'read' }, resource: onPage };
    assert.deepEqual(await through('subject', subjects, 2), (await search('subject', subjects)).results);
    const ofScout = { subject: scout, resource: onPage };
    assert.deepEqual(await through('action', ofScout, 3), (await search('action', ofScout)).results);

    const { next_token: token } = (await search('resource', { ...reads, page: { limit: 1 } })).page;
    for (const wrong of [
      { ...reads, action: { name: 'update' }, page: { token } },
      { ...reads, page: { token: 'x' } },
    ])
      assert.equal((await call('POST', '/access/v1/search/resource', wrong)).status, 400);
    assert.deepEqual((await search('resource', { ...reads, resource: { type: 'block' } })).results, []);
    assert.deepEqual((await search('resource', { ...reads, action: { name: 'fly' } })).results, []);
    assert.deepEqual((await search('resource', { ...reads, resource: { type: 'workspace' } })).results, []);
    const others = await call('POST', '/access/v1/search/resource', reads, 'viewer');
    assert.equal(others.status, 403, 'about others it takes `grants`');
    const own = { ...reads, subject: { type: 'agent', id: ids.get('demo-viewer') } };
    const ofViewer = (await search('resource', own, 'viewer')).results.map(({ id }) => id);
    assert.ok(ofViewer.includes(pages.public) && !ofViewer.includes(pages.restricted));
  });
});
