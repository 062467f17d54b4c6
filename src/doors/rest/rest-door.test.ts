import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { APIErrorCode, Client, isNotionClientError } from '@notionhq/client';
import { aCaller } from '../../../test/fixtures.ts';
import { memoryLinks } from '../../../test/rest/memory-links.ts';
import { PortcullisError } from '../../domain/errors.ts';
import type { FileRequest } from '../../domain/file-links.ts';
import { newId } from '../../domain/ids.ts';
import type { Answer, Call } from '../../domain/operation.ts';
import { anonymous, type Caller, type Credentials } from '../../domain/principal.ts';
import { knownBodiesMax } from '../known-bodies.ts';
import { restLimits } from './limits.ts';
import { createRestDoor } from './rest-door.ts';

const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
const workspace = newId('wsp');
const { links } = memoryLinks(() => new Date());
let filesMode: 'bearer' | 'key' = 'bearer';
let fileRequests: FileRequest[] = [];

let calls: Call[] = [];
let logged: unknown[] = [];
/** What the gateway does in a test: by default it answers, or refuses what has a problem, as the real one does. */
let pass: (call: Call) => Promise<Answer>;
/** How the door identifies a client before it reads a body: by default every client is known. */
let identified: (credentials: Credentials) => Caller;
let server: Server;
let base: string;

function answerOf(status: number, body: object, headers: Record<string, string> = {}): Answer {
  const bytes = Buffer.from(JSON.stringify(body));
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: bytes };
}

before(async () => {
  const door = createRestDoor({
    gateway: call => {
      calls.push(call);
      return pass(call);
    },
    files: {
      links,
      get mode() {
        return filesMode;
      },
      async open({ url }, request) {
        fileRequests.push(request);
        return { status: 200, headers: {}, body: Readable.from([`bytes of ${url}`]) };
      },
    },
    identify: async ({ credentials }) => identified(credentials),
    clientAddress: request => request.socket.remoteAddress ?? '',
    log: { warn: (...entry) => logged.push(entry), error: (...entry) => logged.push(entry) },
  });
  server = createServer(door).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
  logged = [];
  fileRequests = [];
  filesMode = 'bearer';
  const known = aCaller();
  identified = () => known;
  pass = async ({ operation: { problem } }) => {
    if (problem !== null) throw new PortcullisError(problem.code, problem.message);
    return answerOf(200, { object: 'page', id });
  };
});

/** Sends raw bytes, and answers with all that comes back until the server ends the connection. */
async function raw(...lines: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}`);
  return text(socket);
}

function lastCall(): Call {
  const call = calls.at(-1);
  assert.ok(call, 'no call reached the gateway');
  return call;
}

async function envelope(response: Response) {
  assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
  const body = (await response.json()) as {
    object: string;
    status: number;
    code: string;
    message: string;
    request_id: string;
  };
  assert.equal(body.object, 'error');
  assert.equal(body.status, response.status);
  assert.equal(body.request_id, response.headers.get('x-notion-request-id'));
  return body;
}

const json = { 'content-type': 'application/json' };

describe('a request at the REST door', () => {
  it('becomes one call, and its answer one response', async () => {
    pass = async () =>
      answerOf(200, { object: 'page', id }, { 'retry-after': '1', 'x-notion-request-id': 'from-notion' });
    const response = await fetch(`${base}/v1/pages/${id}`, { headers: { authorization: 'Bearer pcl_x' } });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { object: 'page', id });
    assert.equal(response.headers.get('x-notion-request-id'), 'from-notion');
    assert.equal(response.headers.get('retry-after'), '1');
    const { door, credentials, workspace: named, clientAddress, operation, requestId } = lastCall();
    assert.deepEqual(
      { door, credentials, named, clientAddress },
      {
        ...{ door: 'rest', named: null, clientAddress: '127.0.0.1' },
        credentials: { kind: 'bearer', token: 'pcl_x' },
      },
    );
    assert.equal(operation.name, 'pages.get');
    assert.match(requestId, /^[0-9a-f-]{36}$/);
  });

  it('may name its workspace', async () => {
    await fetch(`${base}/w/${workspace}/v1/users/me`);
    assert.deepEqual([lastCall().workspace, lastCall().operation.name], [workspace, 'users.me']);
  });

  for (const path of [
    '/w/acme/v1/users/me',
    `/w/${workspace.toUpperCase()}/v1/users/me`,
    `/w/${workspace}%2F/v1/users/me`,
    `/w//v1/users/me`,
    `/w/${workspace}/v1`,
    `/w/${workspace}/v1x`,
    '/v1',
    '/v1/',
    '/v1/nonsense',
  ]) {
    it(`at ${path.replace(workspace, ':workspace')} is refused in Notion's words, and recorded`, async () => {
      const body = await envelope(await fetch(base + path));
      assert.deepEqual([body.status, body.code, body.message], [400, 'invalid_request_url', 'Invalid request URL.']);
      assert.equal(calls.length, 1);
    });
  }

  it('has a request id of its own where Notion was not asked', async () => {
    pass = async () =>
      Promise.reject(new PortcullisError('restricted', 'No.', { additionalData: { portcullis_reason: 'x' } }));
    const body = await envelope(await fetch(`${base}/v1/users`));
    assert.equal(body.request_id, lastCall().requestId);
    assert.deepEqual(body, {
      ...body,
      code: 'restricted_resource',
      message: 'No.',
      additional_data: { portcullis_reason: 'x' },
    });
  });

  it('is answered without a word of what went wrong inside, which is logged', async () => {
    pass = async () => Promise.reject(new Error('pcl_secret in a defect'));
    const response = await fetch(`${base}/v1/users`);
    const body = await envelope(response);
    assert.deepEqual([body.status, body.code], [500, 'internal_server_error']);
    assert.doesNotMatch(JSON.stringify(body), /pcl_secret/);
    assert.equal(logged.length, 1);
    assert.equal((await fetch(`${base}/v1/users`)).status, 500, 'the process lives');
  });

  it('is understood by the official SDK, refusals too', async () => {
    const notion = new Client({ auth: 'pcl_x', baseUrl: base, retry: false });
    assert.equal((await notion.pages.retrieve({ page_id: id })).id, id);
    pass = async () => Promise.reject(new PortcullisError('not_found', undefined, { notFound: { kind: 'page', id } }));
    await assert.rejects(notion.pages.retrieve({ page_id: id }), error => {
      return isNotionClientError(error) && error.code === APIErrorCode.ObjectNotFound;
    });
  });
});

describe('rule 26: credentials', () => {
  const cases: [string, Record<string, string>, Call['credentials']][] = [
    ['none', {}, { kind: 'none' }],
    ['a bearer token', { authorization: 'Bearer pcl_x' }, { kind: 'bearer', token: 'pcl_x' }],
    ['a bearer token, however it is spelled', { authorization: 'bearer  pcl_x' }, { kind: 'bearer', token: 'pcl_x' }],
    ['a cookie, which never authenticates here', { cookie: 'session=x; pcl_session=y' }, { kind: 'none' }],
    ['a password', { authorization: 'Basic eDp5' }, { kind: 'malformed' }],
    ['an empty token', { authorization: 'Bearer ' }, { kind: 'malformed' }],
    ['two tokens in one header', { authorization: 'Bearer a, Bearer b' }, { kind: 'malformed' }],
    ['an endless token', { authorization: `Bearer ${'x'.repeat(5000)}` }, { kind: 'malformed' }],
  ];
  for (const [what, headers, credentials] of cases) {
    it(what, async () => {
      await fetch(`${base}/v1/users/me`, { headers });
      assert.deepEqual(lastCall().credentials, credentials);
    });
  }

  it('rule 6: nothing that a client sends makes it anything but a bearer, malformed or nobody', async () => {
    for (const value of ['System', 'system portcullis', 'Bearer system', 'Session x', '{"kind":"system"}']) {
      await fetch(`${base}/v1/users/me`, { headers: { authorization: value, 'x-portcullis-principal': 'system' } });
      assert.ok(['none', 'bearer', 'malformed'].includes(lastCall().credentials.kind));
      assert.deepEqual(
        Object.keys(lastCall().credentials).sort().join(),
        lastCall().credentials.kind === 'bearer' ? 'kind,token' : 'kind',
      );
    }
  });
});

describe('rule 7: what could be read in two ways is refused', () => {
  const get = [`GET /v1/users/me HTTP/1.1`, 'host: x', 'connection: close'];
  const patch = [`PATCH /v1/pages/${id} HTTP/1.1`, 'host: x', 'connection: close', 'content-type: application/json'];
  const cases: [string, string[], string?][] = [
    ['two Authorization headers', [...get, 'authorization: Bearer a', 'Authorization: Bearer b']],
    ['two versions', [...get, 'notion-version: 2022-06-28', 'notion-version: 2026-03-11']],
    ['two content types', [...patch, 'content-type: text/plain', 'content-length: 2'], '{}'],
    ['a body in a GET for a file', [`GET /v1/portcullis/files/x HTTP/1.1`, ...get.slice(1), 'content-length: 2'], '{}'],
    ['a body in a HEAD', [`HEAD /v1/portcullis/files/x HTTP/1.1`, ...get.slice(1), 'content-length: 2'], '{}'],
    ['a compressed body', [...patch, 'content-encoding: gzip', 'content-length: 2'], '{}'],
    ['a method override', [...get, 'x-http-method-override: DELETE']],
    ['another method override', [...get, 'X-Method-Override: DELETE']],
    ['too many headers', [...get, ...Array.from({ length: 101 }, (_, index) => `x-${index}: y`)]],
  ];
  for (const [what, head, body = ''] of cases) {
    it(`${what}`, async () => {
      const response = await raw(...head, '', body);
      assert.match(response, /^HTTP\/1\.1 400 /);
      if (!head[0]?.startsWith('HEAD')) assert.match(response, /"code":"invalid_request"/);
      assert.equal(lastCall().operation.problem?.code, 'invalid_request');
      assert.equal(lastCall().operation.target, null);
    });
  }

  it('a body in a GET, unless it is an empty object, which says nothing and is not sent', async () => {
    const send = (body: string, ...fields: string[]) =>
      raw([...get, `content-length: ${body.length}`, ...fields].join('\r\n'), '', body);
    const type = 'content-type: application/json;';
    for (const response of [await send('{}', type), await send(' { }\n', type), await send('{}')]) {
      assert.match(response, /^HTTP\/1\.1 200 /);
      const { target } = lastCall().operation;
      assert.deepEqual(target?.kind === 'notion' && [target.body, target.headers['content-type']], [null, undefined]);
    }
    const chunked = await raw(...get, type, 'transfer-encoding: chunked', '', '2\r\n{}\r\n0\r\n\r\n');
    assert.match(chunked, /^HTTP\/1\.1 200 /);
    for (const body of ['{"page_size":1}', '[]', 'null', '""', '{', '{}{}']) {
      assert.match(await send(body, type), /^HTTP\/1\.1 400 /, body);
      assert.notEqual(lastCall().operation.problem, null, body);
    }
    assert.match(await send('{}', 'content-type: text/plain'), /^HTTP\/1\.1 400 /);
  });

  it('a body with a length and in chunks, which Node refuses itself', async () => {
    const response = await raw(...patch, 'content-length: 2', 'transfer-encoding: chunked', '', '2\r\n{}\r\n0\r\n\r\n');
    assert.match(response, /^HTTP\/1\.1 400 /);
    assert.equal(calls.filter(call => call.operation.problem === null).length, 0);
  });
});

describe('a body', () => {
  const patch = (body: string | Buffer, headers: Record<string, string> = json) =>
    fetch(`${base}/v1/pages/${id}`, { method: 'PATCH', body: new Uint8Array(Buffer.from(body)), headers });

  it('of JSON is buffered whole and handed on as the bytes that came', async () => {
    await patch(' {"properties": {}} ');
    const { target } = lastCall().operation;
    assert.equal(target?.kind === 'notion' && String(target.body), ' {"properties": {}} ');
  });

  it('in chunks is one too', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (const piece of ['{"propert', 'ies":{}}']) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    await fetch(`${base}/v1/pages/${id}`, { method: 'PATCH', body, headers: json, duplex: 'half' } as RequestInit);
    const { target } = lastCall().operation;
    assert.equal(target?.kind === 'notion' && String(target.body), '{"properties":{}}');
  });

  for (const [what, body] of [
    ['broken JSON', '{'],
    ['a repeated key', '{"a":1,"a":2}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ] as const) {
    it(`of ${what} is refused in the words of Notion`, async () => {
      const error = await envelope(await patch(body));
      assert.deepEqual([error.status, error.code, error.message], [400, 'invalid_json', 'Error parsing JSON body.']);
    });
  }

  it('is accepted up to the limit, and refused beyond it', async () => {
    const padded = (bytes: number) => `{"icon":"${'x'.repeat(bytes - '{"icon":""}'.length)}"}`;
    assert.equal((await patch(padded(restLimits.jsonBytesMax))).status, 200);
    const error = await envelope(await patch(padded(restLimits.jsonBytesMax + 1)));
    assert.deepEqual([error.status, error.code], [413, 'validation_error']);
    assert.equal(lastCall().operation.target, null);
  });

  it('of 50 MB is refused with an answer that arrives, announced or not', async () => {
    const big = Buffer.alloc(50 * 1024 * 1024, ' ');
    assert.equal((await envelope(await patch(big))).status, 413);
    const chunked = { method: 'PATCH', body: Readable.toWeb(Readable.from([big])), headers: json, duplex: 'half' };
    assert.equal((await envelope(await fetch(`${base}/v1/pages/${id}`, chunked as RequestInit))).status, 413);
    assert.equal((await fetch(`${base}/v1/users/me`)).status, 200, 'the process lives');
  });

  it('of a form is streamed: the call begins before the body has ended', async () => {
    const body = new PassThrough();
    const begun = Promise.withResolvers<void>();
    let received = '';
    pass = async ({ operation: { target } }) => {
      assert.ok(target?.kind === 'notion' && target.body instanceof Readable);
      begun.resolve();
      received = await text(target.body);
      return answerOf(200, { object: 'file_upload', id });
    };
    const sent = fetch(`${base}/v1/file_uploads/${id}/send`, {
      ...{ method: 'POST', duplex: 'half', body: Readable.toWeb(body) },
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    } as RequestInit);
    body.write('--b\r\n');
    await begun.promise;
    body.end('--b--');
    assert.equal((await sent).status, 200);
    assert.equal(received, '--b\r\n--b--');
  });

  it('of a form that is too large is refused, or ends before its end when it did not say how large it is', async () => {
    const url = `${base}/v1/file_uploads/${id}/send`;
    const form = { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=b' } };
    const tooBig = Buffer.alloc(restLimits.uploadBytesMax + 1);
    assert.equal((await envelope(await fetch(url, { ...form, body: tooBig }))).status, 413);
    let broke = false;
    pass = async ({ operation: { target } }) => {
      assert.ok(target?.kind === 'notion' && target.body instanceof Readable);
      await buffer(target.body).catch(() => {
        broke = true;
      });
      throw new PortcullisError('upstream_unknown');
    };
    const unannounced = { ...form, duplex: 'half', body: Readable.toWeb(Readable.from([tooBig])) } as RequestInit;
    await fetch(url, unannounced).catch(() => {});
    assert.ok(broke);
  });

  it('of a form that is refused does not have to be sent to its end', async () => {
    pass = async () => Promise.reject(new PortcullisError('unauthorized'));
    const form = new FormData();
    form.append('file', new Blob([Buffer.alloc(5 * 1024 * 1024)]), 'a.bin');
    const response = await fetch(`${base}/v1/file_uploads/${id}/send`, { method: 'POST', body: form });
    assert.equal((await envelope(response)).code, 'unauthorized');
  });
});

describe('a stranger', () => {
  beforeEach(() => {
    identified = () => anonymous('no_credentials');
    pass = async () => Promise.reject(new PortcullisError('unauthorized'));
  });

  it('is denied by the name of the endpoint, and nothing of the body is read', async () => {
    const body = Readable.from([Buffer.alloc(100_000, ' ')]);
    const response = await fetch(`${base}/v1/pages`, {
      ...{ method: 'POST', headers: json, duplex: 'half', body: Readable.toWeb(body) },
    } as RequestInit);
    assert.equal((await envelope(response)).code, 'unauthorized');
    const { name, target } = lastCall().operation;
    assert.equal(name, 'pages.create');
    assert.ok(target === null || (target.kind === 'notion' && target.body === null));
  });

  it('gets the answer without having sent the body', async () => {
    const head =
      'POST /v1/pages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(head);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 401 /);
    socket.destroy();
  });
});

describe('a caller with more unfinished bodies than one may hold', () => {
  it('gets that error, and others do not', async () => {
    const head =
      'PATCH /v1/pages/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{';
    const port = (server.address() as AddressInfo).port;
    const sockets = Array.from({ length: knownBodiesMax.each }, () => connect(port, '127.0.0.1'));
    try {
      await Promise.all(sockets.map(socket => new Promise<unknown>(resolve => socket.write(head, resolve))));
      const patch = () => fetch(`${base}/v1/pages/${id}`, { method: 'PATCH', headers: json, body: '{}' });
      // The door has all of them once one more is refused.
      let refused = await patch();
      for (let tries = 0; refused.status === 200 && tries < 100; tries++) refused = await patch();
      assert.equal((await envelope(refused)).code, 'rate_limited');
      identified = () => aCaller();
      assert.equal((await patch()).status, 200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});

describe('a client that is slower than the least pace', () => {
  const limits = { graceMs: 40, bytesPerSecond: 1_000 };
  let slow: Server;
  before(async () => {
    const door = createRestDoor({
      gateway: call => pass(call),
      identify: async () => aCaller(),
      files: { links, mode: 'key', open: () => Promise.reject(new Error('no files here')) },
      clientAddress: () => '127.0.0.1',
      log: { warn() {}, error() {} },
      discardMs: 10,
      pace: limits,
    });
    slow = createServer(door).listen(0, '127.0.0.1');
    await once(slow, 'listening');
  });
  after(() => {
    slow.closeAllConnections();
    slow.close();
  });

  for (const type of ['application/json', 'multipart/form-data; boundary=b']) {
    it(`with a body of ${type} gets 408, and its connection ends`, async () => {
      pass = async ({ operation: { problem, target } }) => {
        if (problem !== null) throw new PortcullisError(problem.code, problem.message);
        assert.ok(target?.kind === 'notion' && target.body instanceof Readable);
        await buffer(target.body);
        return answerOf(200, {});
      };
      const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1');
      const method = type.startsWith('multipart') ? `POST /v1/file_uploads/${id}/send` : `PATCH /v1/pages/${id}`;
      socket.write(`${method} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 5000\r\n\r\n{`);
      assert.match(await text(socket), /^HTTP\/1\.1 408 /);
    });
  }

  it('at reading an answer is cut off', async () => {
    pass = async () => ({ status: 200, headers: {}, body: Buffer.alloc(20 * 1024 * 1024) });
    const socket = connect((slow.address() as AddressInfo).port, '127.0.0.1');
    socket.pause();
    socket.write('GET /v1/users HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise(resolve => slow.once('connection', served => served.once('close', resolve)));
    socket.destroy();
  });
});

describe('a client that goes away', () => {
  it('aborts its call', async () => {
    const aborted = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    pass = call => {
      reached.resolve();
      return new Promise((_, reject) => {
        call.signal.addEventListener('abort', () => {
          aborted.resolve();
          reject(new PortcullisError('upstream_unavailable'));
        });
      });
    };
    const leaving = new AbortController();
    const sent = fetch(`${base}/v1/users`, { signal: leaving.signal }).catch(() => 'gone');
    await reached.promise;
    leaving.abort();
    await aborted.promise;
    assert.equal(await sent, 'gone');
  });

  it('does not abort a call that was answered', async () => {
    await (await fetch(`${base}/v1/users/me`)).arrayBuffer();
    assert.equal(lastCall().signal.aborted, false);
  });

  it('in the middle of its body is no call, and no defect', async () => {
    const accepted = once(server, 'connection');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [ours] = (await accepted) as [Socket];
    const closed = new Promise(resolve => ours.once('close', resolve));
    const received = once(server, 'request');
    const head = ['content-type: application/json', 'content-length: 50'];
    socket.write(`PATCH /v1/pages/${id} HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n{`);
    await received;
    socket.destroy();
    await closed;
    assert.equal((await fetch(`${base}/v1/users/me`)).status, 200, 'the process lives');
    assert.deepEqual(
      calls.map(call => call.operation.name),
      ['users.me'],
    );
    assert.deepEqual(logged, []);
  });
});

describe('rule 17: a link to a file', () => {
  const page = { kind: 'page', id } as const;
  const url = 'https://prod-files-secure.s3.us-west-2.amazonaws.com/space/report%20(1).pdf';
  const bearer = {
    workspaceId: workspace,
    connectionId: newId('con'),
    principalId: newId('usr'),
    credential: newId('key'),
  };

  /** The path of a new link below `/v1/portcullis/files/`, and the ticket in it. */
  async function issue() {
    const expiresAt = new Date(Date.now() + 60_000);
    const [link] = await links.issue(bearer, [{ url, holder: page, source: page, expiresAt }]);
    assert.ok(link);
    return { path: link.path, ticket: link.path.split('/')[0] ?? '' };
  }

  beforeEach(() => {
    // As the real gateway does for a local command.
    pass = async call => {
      const { target, problem } = call.operation;
      if (problem !== null) throw new PortcullisError(problem.code, problem.message);
      assert.ok(target?.kind === 'local');
      const { requestId } = call;
      const confirm = async () => {};
      return target.run({
        workspaceId: workspace,
        caller: {} as never,
        clientAddress: '',
        requestId,
        confirm,
        may: () => false,
      });
    };
  });

  it('is judged as file.read of the object that the file is on, held by whom it was given to', async () => {
    const { path } = await issue();
    assert.match(path, /^[A-Za-z0-9_-]{32}\/report%20%281%29\.pdf$/);
    const response = await fetch(`${base}/v1/portcullis/files/${path}`);
    assert.equal(await response.text(), `bytes of ${url}`);
    const { operation, workspace: decidedIn } = lastCall();
    assert.equal(operation.name, 'files.fetch');
    const [demand] = operation.demands;
    assert.deepEqual([demand?.action, demand?.object], ['file.read', page]);
    assert.equal(demand?.heldBy?.principal, bearer.principalId);
    assert.ok(operation.target?.kind === 'local');
    assert.equal(operation.target.connection, bearer.connectionId);
    assert.equal(operation.response.opaque, true);
    assert.equal(decidedIn, workspace);
  });

  it('speaks for itself where no key comes with it, and not at all where links need a key', async () => {
    const { path, ticket } = await issue();
    await fetch(`${base}/v1/portcullis/files/${path}`);
    assert.deepEqual(lastCall().credentials, { kind: 'file_link', token: ticket });
    await fetch(`${base}/v1/portcullis/files/${path}`, { headers: { authorization: 'Bearer pcl_x' } });
    assert.deepEqual(lastCall().credentials, { kind: 'bearer', token: 'pcl_x' });
    filesMode = 'key';
    await fetch(`${base}/v1/portcullis/files/${path}`);
    assert.deepEqual(lastCall().credentials, { kind: 'none' });
  });

  it('works under any name and query, under the prefix of its workspace, and of no other', async () => {
    const { path, ticket } = await issue();
    for (const good of [path, ticket, `${ticket}/`, `${ticket}/other.html?download=1`, `${ticket}?a=b`]) {
      assert.equal((await fetch(`${base}/v1/portcullis/files/${good}`)).status, 200, good);
    }
    assert.equal((await fetch(`${base}/w/${workspace}/v1/portcullis/files/${path}`)).status, 200);
    assert.equal((await fetch(`${base}/w/${newId('wsp')}/v1/portcullis/files/${path}`)).status, 404);
  });

  it('is asked for in part, or for its headers alone', async () => {
    const { path } = await issue();
    await fetch(`${base}/v1/portcullis/files/${path}`, { headers: { range: 'bytes=0-1', 'if-range': '"a"' } });
    await fetch(`${base}/v1/portcullis/files/${path}`, { method: 'HEAD' });
    assert.deepEqual(fileRequests, [
      { method: 'GET', range: 'bytes=0-1', ifRange: '"a"' },
      { method: 'HEAD', range: null, ifRange: null },
    ]);
  });

  it('that is not ours is refused and recorded, always in the same words', async () => {
    const { ticket } = await issue();
    const bodies = new Set<string>();
    for (const false_ of [
      '',
      'x',
      'a.b.c.d.e',
      `${ticket}x`,
      ticket.slice(1),
      'A'.repeat(32),
      '%00',
      'a'.repeat(5_000),
    ]) {
      const body = await envelope(await fetch(`${base}/v1/portcullis/files/${false_}`));
      assert.equal(body.status, 404);
      bodies.add(JSON.stringify({ ...body, request_id: '' }));
      assert.notEqual(lastCall().operation.problem, null);
    }
    assert.equal(bodies.size, 1);
  });

  it('is only read: nothing else is done to it', async () => {
    const { path } = await issue();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const body = await envelope(await fetch(`${base}/v1/portcullis/files/${path}`, { method }));
      assert.deepEqual([body.status, body.code], [400, 'invalid_request_url']);
    }
  });

  it('answers a stream that breaks by breaking the connection', async () => {
    pass = async () => {
      const body = new PassThrough();
      body.write('half');
      setImmediate(() => body.destroy(new Error('cut')));
      return { status: 200, headers: {}, body };
    };
    const response = await fetch(`${base}/v1/portcullis/files/x`);
    await assert.rejects(response.text());
  });
});
