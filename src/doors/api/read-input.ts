import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { ZodObject, type ZodType, z } from 'zod';
import { isId, type WorkspaceId } from '../../domain/ids.ts';
import type { Problem } from '../../domain/operation.ts';
import type { Credentials } from '../../domain/principal.ts';
import { hasNul } from '../../domain/printable.ts';
import type { ReadKnownBody } from '../known-bodies.ts';
import { isFromOurPages } from '../same-origin.ts';
import { readSessionCookie } from '../session-cookie.ts';
import { readBody } from './read-body.ts';

/** What a row says about its request. */
export interface InputShape {
  readonly params?: ZodType;
  readonly query?: ZodType;
  readonly body?: ZodType;
  /** Of the request's headers, by lower-case name; those that it does not name are not looked at. */
  readonly headers?: ZodObject;
  /** The body may also be YAML. */
  readonly yaml?: true;
}

export interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ReadInput {
  readonly credentials: ReturnType<typeof readCredentials>;
  /** The workspace of `:workspace` in the path, otherwise of `?workspace=`. */
  readonly workspace: WorkspaceId | null;
  /** Null when there is a problem. */
  readonly input: Input | null;
  readonly problem: Problem | null;
}

const nothing = z.strictObject({});

/**
 * Reads a request by its row. Problems are returned and not thrown, so that the gateway decides and logs the call like
 * any other.
 */
export async function readInput(
  request: FastifyRequest,
  shape: InputShape,
  origins: ReadonlySet<string>,
  readKnown: ReadKnownBody,
): Promise<ReadInput> {
  const params = { ...(request.params as Record<string, unknown>) };
  const query = { ...(request.query as Record<string, unknown>) };
  const named = params.workspace ?? query.workspace;
  const workspace = isId('wsp', named) ? named : null;
  // Rows need not mention the workspace: it is part of the call, not of the command.
  if (!mentionsWorkspace(shape.params)) delete params.workspace;
  if (!mentionsWorkspace(shape.query)) delete query.workspace;

  const credentials = readCredentials(request.raw);
  const known = await readKnown(request.raw, credentials, () => readBody(request.raw, shape));
  const body = 'problem' in known ? known : (known.body ?? { value: null });
  const read = { credentials, workspace };
  const refuse = (problem: Problem): ReadInput => ({ ...read, input: null, problem });

  if (credentials.kind === 'session' && !isFromOurPages(request, origins)) return refuse(notFromOurPages);
  if ('problem' in body) return refuse(body.problem);
  if (hasNul([params, query])) return refuse(nulInAddress);
  if (named !== undefined && workspace === null)
    return refuse({ code: 'not_found', message: 'There is no such workspace.' });
  const parsed = z
    .strictObject({
      params: shape.params ?? nothing,
      query: shape.query ?? nothing,
      body: shape.body ?? nothing,
      headers: shape.headers ?? nothing,
    })
    .safeParse({ params, query, body: body.value ?? {}, headers: headersNamed(request, shape.headers) });
  return parsed.success
    ? { ...read, input: parsed.data as Input, problem: null }
    : refuse({ code: 'validation_error', message: describe(parsed.error) });
}

const nulInAddress: Problem = {
  code: 'validation_error',
  message: 'No text in the address may have the character U+0000.',
};

export const notFromOurPages: Problem = {
  code: 'restricted',
  message:
    'Requests with a session cookie are taken from the pages of Portcullis alone, with the header "x-portcullis: 1".',
};

/** Those headers that a row names. */
function headersNamed({ headers }: FastifyRequest, shape: ZodObject | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(shape?.shape ?? {}).flatMap(name => (name in headers ? [[name, headers[name]]] : [])),
  );
}

function mentionsWorkspace(schema: ZodType | undefined): boolean {
  return schema instanceof ZodObject && 'workspace' in schema.shape;
}

/** What is wrong, by the names of the values. The values are not repeated, because they may be secrets. */
export function describe({ issues }: z.ZodError): string {
  const told = issues.slice(0, problemsTold).map(({ path, message }) => {
    const name = path.join('.');
    return `${name === '' ? 'The request' : name}: ${message}`.slice(0, 300);
  });
  return told.join('; ');
}

/** The most problems of one request that the answer lists. */
const problemsTold = 10;

/**
 * Finds the credentials of a request: a key or a browser session. Both at once, or one of them twice, counts as
 * neither, because the sender may expect another one to count than we do.
 */
function readCredentials(request: IncomingMessage): Credentials {
  const keys = request.headersDistinct.authorization ?? [];
  const cookie = readSessionCookie(request.headers.cookie);
  if (keys.length === 0) {
    if (cookie.kind === 'absent') return { kind: 'none' };
    return cookie.kind === 'present' ? { kind: 'session', token: cookie.token } : { kind: 'malformed' };
  }
  const [, token] = /^bearer +([^\s]+) *$/i.exec(keys[0] ?? '') ?? [];
  if (keys.length > 1 || cookie.kind !== 'absent' || token === undefined) return { kind: 'malformed' };
  return { kind: 'bearer', token };
}
