import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import fastify from 'fastify';
import { PortcullisError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import type { Call } from '../domain/operation.ts';
import { anonymous } from '../domain/principal.ts';
import { createElsewhere } from './elsewhere.ts';
import { createIsOurHost } from './host-guard.ts';
import { isHostOf } from './request-target.ts';
import { createRestDoor } from './rest/rest-door.ts';
import { serveDoors } from './server.ts';
import type { RecordUnread, UnreadReason } from './unread-requests.ts';

const workspace = newId('wsp');
let server: Server;
let calls: Call[] = [];
let unread: UnreadReason[] = [];
const recordUnread: RecordUnread = async ({ reason }) => void unread.push(reason);
const refuse = async (call: Call): Promise<never> => {
  calls.push(call);
  throw new PortcullisError('unauthorized');
};

before(async () => {
  const publicUrl = 'http://localhost:8420';
  const clientAddress = () => '127.0.0.1';
  const elsewhere = createElsewhere({ gateway: refuse, clientAddress, publicUrl, demo: false });
  const app = fastify({
    forceCloseConnections: true,
    frameworkErrors: (_error, request, reply) => elsewhere.refuseAddress(request, reply),
  });
  elsewhere.answerFor(app);
  app.post('/known', async () => ({}));
  await app.ready();
  const rest = createRestDoor({
    gateway: refuse,
    identify: async () => anonymous('no_credentials'),
    files: { links: { open: async () => new Map() }, mode: 'bearer', open: () => assert.fail() } as never,
    clientAddress,
    log: { warn() {}, error() {} },
  });
  const isOurHost = createIsOurHost(['localhost']);
  server = createServer(
    serveDoors({ rest, mcp: rest, others: app.routing, isOurHost, clientAddress, recordUnread }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
  unread = [];
});

/** The status and the body of an answer to a request with exactly this target and these fields. */
async function ask(target: string, ...fields: string[]): Promise<{ status: number; body: string }> {
  const [method = 'GET', path = ''] = target.includes(' ') ? target.split(' ') : ['GET', target];
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const hosts = fields.some(field => /^host:/i.test(field)) ? [] : ['host: localhost'];
  socket.write([`${method} ${path} HTTP/1.1`, ...hosts, ...fields, 'connection: close', '', ''].join('\r\n'));
  const answer = await text(socket);
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: rest.join('\r\n\r\n') };
}

function operationsSeen(): string[] {
  return calls.map(({ operation, workspace: named }) => `${operation.name} ${named ?? ''}`.trim());
}

describe('addresses that are the same resource', () => {
  for (const [target, ...fields] of [
    ['/v1/users/me'],
    ['//v1/users/me'],
    ['///v1/users/me'],
    ['http://localhost/v1/users/me'],
    ['HTTPS://LOCALHOST:443/v1/users/me', 'host: localhost'],
    ['http://localhost//v1/users/me', 'host: evil.example'],
    ['/v1/users/me', 'host: LOCALHOST:443'],
    ['/v1/users/me', 'host: localhost:80'],
  ]) {
    it(`${target} ${fields}`, async () => {
      assert.equal((await ask(target ?? '', ...fields)).status, 401);
      assert.deepEqual(operationsSeen(), ['users.me']);
    });
  }
  for (const target of [
    `/w/${workspace}/v1/users/me`,
    `/w/${workspace}//v1/users/me`,
    `//w/${workspace}/v1/users/me`,
    `http://localhost/w/${workspace}//v1/users/me`,
  ]) {
    it(target.replace(workspace, ':workspace'), async () => {
      await ask(target);
      assert.deepEqual(operationsSeen(), [`users.me ${workspace}`]);
    });
  }

  it('a host is the same in capitals and with the default port, and no other', () => {
    const url = new URL('https://gate.example');
    for (const host of ['gate.example', 'GATE.example', 'gate.example:443']) assert.equal(isHostOf(url, host), true);
    for (const host of [undefined, '', 'gate.example:80', 'x@gate.example', 'gate.example/x', 'evil.example']) {
      assert.equal(isHostOf(url, host), false, host);
    }
  });

  it('but not on a host that is not ours', async () => {
    assert.equal((await ask('http://evil.example/v1/users/me', 'host: localhost')).status, 421);
    assert.equal((await ask('http://localhost@evil.example/v1/users/me')).status, 421);
    assert.deepEqual(calls, []);
    assert.deepEqual(unread, ['other_host', 'other_host'], 'which is in the log');
  });
});

describe('whatever has no row', () => {
  for (const target of [
    ...['/v1', '/v1/', '/v1/nonsense', '/w', `/w/${workspace}`, `/w/${workspace}/v2/users`, '/v1//users/me'],
    ...[
      '/unknown',
      '/v2/users',
      '/mcp',
      '/auth/x',
      'POST /',
      'PUT /known',
      'GET /known',
      'PROPFIND /x',
      '/%zz',
      '/%ff',
    ],
    ...['/known/%00', 'OPTIONS *', `/${'x/'.repeat(200)}`, 'http://localhost', '/%2e%2e/etc/passwd'],
  ]) {
    it(`${target.slice(0, 40).replace(workspace, ':workspace')} is answered in Notion's words, and in the log`, async () => {
      const { status, body } = await ask(target);
      if (target === 'http://localhost') {
        assert.equal(JSON.parse(body).name, 'Portcullis');
        return;
      }
      assert.ok(status >= 400 && status < 500, String(status));
      const error = JSON.parse(body);
      assert.deepEqual([error.object, error.status, typeof error.request_id], ['error', status, 'string']);
      assert.deepEqual(operationsSeen(), ['unrecognised']);
    });
  }

  it('people get a page', async () => {
    const { status, body } = await ask('/auth/nothing', 'accept: text/html');
    assert.equal(status, 404);
    assert.match(body, /There is nothing here/);
  });

  it('`curl /` tells where everything is', async () => {
    const { status, body } = await ask('/', 'accept: */*');
    assert.equal(status, 200);
    assert.equal(JSON.parse(body).notion_api, 'http://localhost:8420/v1');
  });
});

describe('rule 7: two Host headers', () => {
  for (const target of ['/v1/users/me', '/', '/known', '/api/me', '/healthz', '/auth/notion']) {
    it(`are refused at ${target}`, async () => {
      const { status, body } = await ask(target, 'host: localhost', 'Host: localhost');
      assert.ok([400, 401].includes(status), String(status));
      assert.equal(JSON.parse(body).object, 'error');
      assert.deepEqual(
        calls.map(({ operation }) => operation.problem?.code),
        ['invalid_request'],
      );
    });
  }
});

it('finds the door in time that grows with the target', async () => {
  const started = performance.now();
  for (const piece of ['/', '/w/', '/w//']) await ask(`/w${piece.repeat(15_000 / piece.length)}`);
  assert.ok(performance.now() - started < 2_000);
});
