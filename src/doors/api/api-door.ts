import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { FileLinks } from '../../domain/file-links.ts';
import type { Answer, Call, Operation } from '../../domain/operation.ts';
import type { Gateway } from '../../gateway.ts';
import type { ClientAddress } from '../../net/client-address.ts';
import { documentJsonSchema } from '../../policy/document.ts';
import { carryFiles } from '../carry-files.ts';
import { createKnownBodies, type IdentifyCaller } from '../known-bodies.ts';
import { logFailure } from '../log-failure.ts';
import { sliced } from '../sliced.ts';
import type { ContentRoute } from './content-route.ts';
import { type JoiningParts, joiningDoor } from './joining.ts';
import { errorAnswer, jsonAnswer } from './json-answer.ts';
import { describeApi } from './openapi.ts';
import { commandOperation, impossibleOperation } from './operation.ts';
import { type ReadInput, readInput } from './read-input.ts';
import type { ApiRoute } from './route.ts';
import { type SignInParts, signInDoor } from './sign-in.ts';

export interface ApiDoorParts {
  readonly gateway: Gateway;
  /** Asked before a body is read. */
  readonly identify: IdentifyCaller;
  readonly routes: readonly ApiRoute[];
  readonly contentRoutes?: readonly ContentRoute[];
  /** Opens links to files in requests for Notion. */
  readonly fileLinks?: Pick<FileLinks, 'open'>;
  readonly signIn: Pick<SignInParts, 'signIn' | 'record'>;
  readonly joining?: Pick<JoiningParts, 'accounts' | 'record'>;
  readonly clientAddress: ClientAddress;
  /** Where people reach Portcullis: its pages may use its cookies. */
  readonly publicUrl: string;
}

/**
 * The admin API: `/api/…`. Its rows say which routes there are. Everything else about a request is the same for all
 * routes.
 */
export function apiDoor(parts: ApiDoorParts): FastifyPluginAsync {
  const { gateway, routes, contentRoutes = [], fileLinks, clientAddress, publicUrl } = parts;
  const readKnown = createKnownBodies(parts.identify);
  const origins = new Set([new URL(publicUrl).origin]);
  const policySchema = jsonAnswer(documentJsonSchema());
  const description = jsonAnswer(describeApi(publicUrl, routes, contentRoutes));

  return async fastify => {
    // Bodies are read by readBody, after the row is known, so that a bad one is decided and logged too.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
    fastify.setErrorHandler((error, request, reply) => {
      request.log.error({ err: error }, 'a request to the admin API failed');
      return release(reply, errorAnswer(error, randomUUID()));
    });
    await fastify.register(signInDoor({ ...parts.signIn, clientAddress, origins }));
    if (parts.joining !== undefined) await fastify.register(joiningDoor({ ...parts.joining, clientAddress, origins }));
    fastify.get('/api/openapi.json', { exposeHeadRoute: false }, (_request, reply) => release(reply, description));
    fastify.get('/api/schemas/policy.json', { exposeHeadRoute: false }, (_request, reply) =>
      release(reply, policySchema),
    );

    for (const row of routes) {
      mount(row, ({ read, pass }) => pass(commandOperation(row, read.input, read.problem)));
    }
    for (const row of contentRoutes) {
      mount(row, async ({ read, pass, request, signal }) => {
        if (read.input === null) {
          const problem = read.problem ?? noSuchAddress;
          return pass(impossibleOperation(row.name, request.method, problem));
        }
        return jsonAnswer(await row.perform(read.input, pass, signal), row.status);
      });
    }
    fastify.all('/api', (request, reply) => answerWith(request, reply, {}, unrecognised));
    fastify.all('/api/*', (request, reply) => answerWith(request, reply, {}, unrecognised));

    function mount(row: ApiRoute | ContentRoute, perform: Perform): void {
      fastify.route({
        method: row.method,
        url: row.path,
        exposeHeadRoute: false,
        handler: (request, reply) => answerWith(request, reply, row, perform),
      });
    }
  };

  async function answerWith(
    request: FastifyRequest,
    reply: FastifyReply,
    row: Parameters<typeof readInput>[1],
    perform: Perform,
  ): Promise<FastifyReply> {
    const requestId = randomUUID();
    try {
      const signal = abortedWith(reply);
      const read = await readInput(request, row, origins, readKnown);
      const call: Omit<Call, 'operation'> = {
        door: read.credentials.kind === 'session' ? 'dashboard' : 'api',
        requestId,
        credentials: read.credentials,
        clientAddress: clientAddress(request.raw),
        workspace: read.workspace,
        signal,
      };
      const pass = async (operation: Operation) =>
        gateway({ ...call, operation: fileLinks ? await carryFiles(fileLinks, operation) : operation });
      return await release(reply, await perform({ read, pass, request, signal }));
    } catch (error) {
      logFailure(request.log, { requestId }, error);
      return await release(reply, errorAnswer(error, requestId));
    }
  }
}

interface Performance {
  readonly read: ReadInput;
  readonly pass: (operation: Operation) => Promise<Answer>;
  readonly request: FastifyRequest;
  readonly signal: AbortSignal;
}

type Perform = (performance: Performance) => Promise<Answer>;

const noSuchAddress = { code: 'invalid_request_url', message: 'There is nothing at this address.' } as const;

const unrecognised: Perform = ({ pass, request }) =>
  pass(impossibleOperation('unrecognised', request.method, noSuchAddress));

function release(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  // The rest of a body that was too large is not read, so the connection cannot be used again.
  if (status === 413) reply.header('connection', 'close');
  reply.code(status).headers({ ...headers, 'x-content-type-options': 'nosniff' });
  if (!Buffer.isBuffer(body)) return reply.send(body ?? undefined);
  return reply.header('content-length', body.length).send(sliced(body));
}

function abortedWith(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  if (reply.raw.destroyed) controller.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller.signal;
}
