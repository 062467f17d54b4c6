import type { DecidedCall } from '../domain/decided-call.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { PageIndex } from '../domain/page-index.ts';
import type { Forward } from '../forward/forward.ts';
import type { Steps } from '../gateway.ts';
import { notionOperation } from '../notion/notion-operation.ts';
import { createCursorSeal } from '../withhold/list-cursor.ts';
import { createQueryGuard } from '../withhold/may-query.ts';
import { createCursorReader } from '../withhold/read-cursor.ts';
import type { UrlRewriting } from '../withhold/rewrite-urls.ts';
import { createSchemas, type LookUp } from '../withhold/schemas.ts';
import { createWithhold } from '../withhold/withhold.ts';
import type { Foundation } from './foundation.ts';
import { createSystemGateway } from './system-gateway.ts';

interface WithholdingParts extends Pick<Foundation, 'deriveKey' | 'publicUrl' | 'now' | 'monotonicMs'> {
  readonly owners: ObjectOwners;
  readonly index: PageIndex;
  readonly rewriting: Pick<UrlRewriting, 'fileLinks' | 'evidence' | 'isHostedFile'>;
  readonly forward: Forward;
  /** The steps of the path, which Portcullis's own looks at Notion take as well. They are known once calls come. */
  readonly steps: () => Steps;
}

/** What comes back: the step itself, and the one before it, which understands the cursors that it gives out. */
export function openWithhold(parts: WithholdingParts): Pick<Steps, 'forward' | 'withhold'> {
  const { deriveKey, publicUrl, now, monotonicMs, owners, index, rewriting, forward } = parts;
  const cursors = createCursorSeal(deriveKey('list cursors', 64));
  const readCursor = createCursorReader(cursors);
  const lookUp: LookUp = (decided, path) => askFor(decided, path, parts.steps());
  const schemas = createSchemas(lookUp, monotonicMs);
  const guard = createQueryGuard({ schemas, lookUp, index });
  return {
    async forward(decided) {
      await guard(decided);
      return forward(await readCursor(decided));
    },
    withhold: createWithhold({
      ...{ publicBase: publicUrl, ...rewriting, owners, index, schemas, lookUp, cursors, forward, now, monotonicMs },
    }),
  };
}

/** Charged to the caller whose answer depends on it (rule 29). */
async function askFor({ call, caller, facts }: DecidedCall, path: `/v1/${string}`, steps: Steps): Promise<unknown> {
  const { workspaceId, connection } = facts;
  if (workspaceId === null || connection === null) return null;
  const ask = createSystemGateway('withhold', steps, 'caller');
  const { clientAddress, requestId } = call;
  const context = { caller, clientAddress, requestId };
  const operation = notionOperation('GET', path);
  const { body } = await ask({ workspaceId, connectionId: connection.id }, operation, context);
  return Buffer.isBuffer(body) ? JSON.parse(body.toString()) : null;
}
