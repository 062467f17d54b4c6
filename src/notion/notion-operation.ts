import type { Operation } from '../domain/operation.ts';
import { classifyRest } from './classify.ts';
import { defaultNotionVersion } from './versions.ts';

/**
 * The operation of a request that Portcullis itself makes. It is read by the same table as a request at the REST door.
 * The version is pinned, so that the answer has the expected form (defect A26).
 */
export function notionOperation(
  method: 'GET' | 'POST' | 'PATCH',
  path: `/v1/${string}`,
  body: object | null = null,
): Operation {
  return classifyRest({
    method,
    url: path,
    headers: { 'notion-version': defaultNotionVersion, ...(body && { 'content-type': 'application/json' }) },
    body: body && Buffer.from(JSON.stringify(body)),
  });
}
