import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, type JsonObject, parseStrictJson } from '../../notion/strict-json.ts';
import { isHandshakeRevision, isModernRevision, revisions } from './revisions.ts';

export type RequestId = string | number;

/** One message of the protocol. The sender, and every proxy in between, must read it with the same meaning. */
export interface McpMessage {
  readonly kind: 'request' | 'notification' | 'response';
  /** Null: it is no request. */
  readonly id: RequestId | null;
  readonly method: string;
  readonly params: JsonObject;
  readonly meta: JsonObject;
  /** Whether each request is complete in itself (from 2026-07-28 on), or follows a handshake. */
  readonly modern: boolean;
}

/** Why a message cannot be taken, in the protocol's codes. */
export class ProtocolRefusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data: object | undefined;
  readonly id: RequestId | null;

  constructor(status: number, code: number, message: string, id: RequestId | null = null, data?: object) {
    this.status = status;
    this.code = code;
    this.message = message;
    this.data = data;
    this.id = id;
  }
}

export const rpcCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  headerMismatch: -32_020,
  unsupportedVersion: -32_022,
} as const;

const metaKey = (name: string) => `io.modelcontextprotocol/${name}`;

/** The place in the body of the value for the `Mcp-Name` header. */
const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/**
 * Reads the body of a POST and checks it against its headers. One message must have one meaning: no batch, no key
 * twice, and no header that contradicts the body, because a proxy may have trusted the header.
 */
export function readMessage(headers: IncomingHttpHeaders, body: Buffer): McpMessage | ProtocolRefusal {
  const json = parseStrictJson(body);
  if (json === null) {
    return new ProtocolRefusal(
      400,
      rpcCodes.parseError,
      'Send one JSON-RPC message, without repeated keys. Batches are not taken.',
    );
  }
  const id = typeof json.id === 'string' || Number.isSafeInteger(json.id) ? (json.id as RequestId) : null;
  const shape = shapeOf(json, id);
  if (typeof shape === 'string') return new ProtocolRefusal(400, rpcCodes.invalidRequest, shape, id);
  return inEra(shape, headers);
}

type Shape = Omit<McpMessage, 'modern'>;

function shapeOf(json: JsonObject, id: RequestId | null): Shape | string {
  if (json.jsonrpc !== '2.0') return 'jsonrpc must be "2.0".';
  const has = (key: string) => Object.hasOwn(json, key);
  if (has('id') && id === null) return 'id must be a string or a whole number.';
  if (!has('method')) {
    if (id === null || has('result') === has('error')) return 'This is no JSON-RPC message.';
    return { kind: 'response', id, method: '', params: {}, meta: {} };
  }
  const { method, params = {} } = json;
  if (typeof method !== 'string' || has('result') || has('error')) return 'method must be a string.';
  if (!isJsonObject(params)) return 'params must be an object.';
  const meta = params._meta ?? {};
  if (!isJsonObject(meta)) return 'params._meta must be an object.';
  return { kind: id === null ? 'notification' : 'request', id, method, params, meta };
}

function inEra(shape: Shape, headers: IncomingHttpHeaders): McpMessage | ProtocolRefusal {
  const { id, meta, kind } = shape;
  const claimed = meta[metaKey('protocolVersion')];
  const header = headers['mcp-protocol-version'];
  if (claimed !== undefined && header !== undefined && claimed !== header) {
    return mismatch(id, 'MCP-Protocol-Version');
  }
  const said = claimed ?? header;
  if (said !== undefined && !isModernRevision(said) && !isHandshakeRevision(said)) {
    const data = { supported: revisions, requested: String(said).slice(0, 100) };
    return new ProtocolRefusal(400, rpcCodes.unsupportedVersion, 'Unsupported protocol version', id, data);
  }
  const modern = isModernRevision(said);
  const disagreeing = headerThatDisagrees(shape, headers, modern && kind === 'request');
  if (disagreeing !== null) return mismatch(id, disagreeing);
  if (!modern) return { ...shape, modern };
  if (kind === 'response')
    return new ProtocolRefusal(400, rpcCodes.invalidRequest, 'Nothing was asked of the client.', id);
  if (kind === 'notification') return { ...shape, modern };
  if (claimed === undefined) return incomplete(id, 'protocolVersion');
  if (!isJsonObject(meta[metaKey('clientCapabilities')])) return incomplete(id, 'clientCapabilities');
  if (header === undefined) return mismatch(id, 'MCP-Protocol-Version');
  return { ...shape, modern };
}

/** The name of a header that contradicts the body, or that is required and missing. */
function headerThatDisagrees(
  { method, params }: Shape,
  headers: IncomingHttpHeaders,
  required: boolean,
): string | null {
  const said = headers['mcp-method'];
  if (said === undefined ? required : said !== method) return 'Mcp-Method';
  const key = Object.hasOwn(named, method) ? named[method] : undefined;
  const name = headers['mcp-name'];
  if (key === undefined || (name === undefined && (!required || params[key] === undefined))) return null;
  return decodeHeader(String(name ?? '')) === params[key] ? null : 'Mcp-Name';
}

/**
 * A value that may be in base64 (`=?base64?…?=`), if it has characters that a header cannot hold. Null: it cannot be
 * read.
 */
function decodeHeader(value: string): string | null {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value.trim())?.[1];
  if (encoded === undefined) return value.trim();
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  return bytes.toString('base64') === encoded && Buffer.from(text).equals(bytes) ? text : null;
}

function mismatch(id: RequestId | null, header: string): ProtocolRefusal {
  return new ProtocolRefusal(400, rpcCodes.headerMismatch, `The header ${header} and the body disagree.`, id);
}

function incomplete(id: RequestId | null, key: string): ProtocolRefusal {
  return new ProtocolRefusal(400, rpcCodes.invalidParams, `params._meta lacks ${metaKey(key)}.`, id);
}
