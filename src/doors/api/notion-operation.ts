import type { Operation } from '../../domain/operation.ts';
import { classifyRest } from '../../notion/classify.ts';
import { defaultNotionVersion } from '../../notion/versions.ts';

/**
 * The operation of a request that a route of ours makes. It is read by the same table as a request at the REST door.
 * The version is pinned, so that what comes back is what these routes know (defect A26).
 */
export function notionOperation(method: 'GET' | 'POST', path: `/v1/${string}`, body: object | null = null): Operation {
  return classifyRest({
    method,
    url: path,
    headers: { 'notion-version': defaultNotionVersion, ...(body && { 'content-type': 'application/json' }) },
    body: body && Buffer.from(JSON.stringify(body)),
  });
}
