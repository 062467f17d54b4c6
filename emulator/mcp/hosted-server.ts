import type { Emulation } from '../emulation.ts';
import type { Answer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { readBytes } from '../http/read-body.ts';
import { isPlain } from '../http/shape.ts';
import { methodNotAllowed, preflightAnswer } from './authorization/endpoints.ts';
import { foreignOrigin, hasForeignHost, unauthorized, verifiedGrant } from './gate.ts';
import type { Protocol } from './protocol.ts';

const BODY_BYTES = 4 * 1024 * 1024;
/** What clients of any revision send; the protocol itself refuses those that its revision does not have. */
const METHODS = ['GET', 'POST', 'DELETE'];

/**
 * `/mcp`: Streamable HTTP in both protocol eras, stateless in both. The order of checks is the original's: Host and
 * Origin, then the token, then the protocol.
 */
export function createHostedServer(emulation: Emulation): (exchange: Exchange) => Promise<Answer> {
  // Its library takes longer to load than everything else together: users of REST only need not wait for it.
  let loading: Promise<Protocol> | null = null;
  const protocol = () => {
    loading ??= import('./protocol.ts').then(({ createProtocol }) => createProtocol(emulation));
    return loading;
  };
  return async exchange => {
    const refusal = hasForeignHost(exchange.request) ?? foreignOrigin(emulation.url, exchange.request);
    if (refusal !== null) return refusal;
    if (exchange.method === 'OPTIONS') return preflightAnswer();
    if (!METHODS.includes(exchange.method)) return methodNotAllowed();
    const grant = verifiedGrant(emulation, exchange);
    if (grant === null) return unauthorized(emulation.url, exchange.request);
    const bytes = await readBytes(exchange.request, BODY_BYTES);
    const message = parsed(bytes);
    exchange.bodyBytes = bytes.length;
    exchange.operation = operationOf(message);
    const answer = await protocol();
    const response = await answer(webRequest(emulation.url, exchange, bytes), grant);
    return answerFrom(response, isPlain(message) && message.method === 'subscriptions/listen');
  };
}

function webRequest(baseUrl: string, { request, method, path }: Exchange, bytes: Buffer): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`${baseUrl}${path}`, { method, headers, ...(hasBody ? { body: new Uint8Array(bytes) } : {}) });
}

/** Answers are complete before they are sent, so that every fault can apply to them; only a subscription stays open. */
async function answerFrom(response: Response, streams: boolean): Promise<Answer> {
  const { 'content-type': contentType = 'text/plain', ...headers } = Object.fromEntries(response.headers);
  delete headers['content-length'];
  const common = { status: response.status, contentType, headers };
  if (streams && response.body !== null) return { ...common, body: '', stream: response.body };
  return { ...common, body: await response.text() };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** What a request asks for, in the request log: `tools/call notion-search`. */
function operationOf(message: unknown): string | null {
  if (!isPlain(message) || typeof message.method !== 'string') return null;
  const name = isPlain(message.params) && typeof message.params.name === 'string' ? ` ${message.params.name}` : '';
  return message.method + name;
}
