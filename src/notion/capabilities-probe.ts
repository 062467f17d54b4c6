import type { Answer, Operation } from '../domain/operation.ts';
import { type Capability, isMissingCapability } from './capabilities.ts';
import { notionOperation } from './notion-operation.ts';
import { parseStrictJson } from './strict-json.ts';

/** A request that needs a capability to write, and can change nothing. */
export interface WriteProbe {
  readonly capability: Capability;
  readonly operation: Operation;
}

/**
 * Writes to an object that does not exist: its id is made up here, so Notion cannot change anything. The requests are
 * well-formed, because Notion refuses malformed ones before it checks any capability.
 */
export function writeProbes(newUuid: () => string): WriteProbe[] {
  return [
    {
      capability: 'update_content',
      operation: notionOperation('PATCH', `/v1/pages/${newUuid()}`, { properties: {} }),
    },
    {
      capability: 'insert_content',
      operation: notionOperation('PATCH', `/v1/blocks/${newUuid()}/children`, {
        children: [{ type: 'paragraph', paragraph: { rich_text: [] } }],
      }),
    },
    {
      capability: 'insert_comments',
      operation: notionOperation('POST', '/v1/comments', {
        parent: { page_id: newUuid() },
        rich_text: [{ text: { content: 'probe' } }],
      }),
    },
  ];
}

/**
 * What Notion's answer to a write probe shows. `refused`: the connection lacks the capability, and Notion checked that
 * before it looked for the object, which does not exist. `not_found`: the connection has the capability, if this
 * operation is known to check it first; Notion documents no order. `nothing`: another problem came first.
 */
export function readProbeAnswer({ status, body }: Answer): 'refused' | 'not_found' | 'nothing' {
  const error = Buffer.isBuffer(body) ? parseStrictJson(body) : null;
  if (status === 403 && isMissingCapability(error)) return 'refused';
  return status === 404 && error?.code === 'object_not_found' ? 'not_found' : 'nothing';
}
