import { PortcullisError } from '../domain/errors.ts';
import type { ConfirmShared } from '../domain/file-fetching.ts';
import { type FileHolder, type LinkedFile, linkGone, type SharingEvidence } from '../domain/file-links.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import type { Answer, CommandContext, Operation } from '../domain/operation.ts';
import { type Now, secondMs } from '../domain/units.ts';
import { notionOperation } from '../notion/notion-operation.ts';

/** How long it is believed that Notion still shows an object which it showed, or still hides one which it hid. */
export const evidenceMs = 5 * secondMs;

/** Asks Notion through one named connection, as Portcullis itself. Throws `PortcullisError`. */
type Ask = (
  place: { readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId },
  operation: Operation,
  context: CommandContext,
) => Promise<Answer>;

interface Look {
  readonly shared: boolean;
  readonly atMs: number;
}

/**
 * Links to files end when Notion no longer shows the object with the file. Every answer that passes shows what Notion
 * shows, and every "could not find" what it does not. If the last sign is too old, Notion is asked again: once for all
 * files of a page, and once for all callers who wait.
 */
export function createFileEvidence(parts: { readonly now: Now; readonly cacheMax?: number }) {
  const { now, cacheMax = 10_000 } = parts;
  const looks = new Lru<Look>(cacheMax);
  const asking = new Map<string, Promise<void>>();

  const note = (shared: boolean) => (connectionId: ConnectionId, source: FileHolder) =>
    looks.set(keyOf(connectionId, source), { shared, atMs: now().getTime() });
  const evidence: SharingEvidence = { seen: note(true), missed: note(false) };

  function lastLook({ connectionId, source, seenAt }: LinkedFile): Look {
    const look = looks.get(keyOf(connectionId, source));
    const issued = { shared: true, atMs: seenAt.getTime() };
    return look !== undefined && look.atMs >= issued.atMs ? look : issued;
  }

  /** @param ask sends the question along the path of every call */
  function confirmBy(ask: Ask): ConfirmShared {
    return async function confirmShared(file, context) {
      if (file.source.kind === 'workspace') return;
      let look = lastLook(file);
      if (now().getTime() - look.atMs > evidenceMs) {
        await askOnce(ask, file, context);
        look = lastLook(file);
      }
      if (!look.shared)
        throw new PortcullisError('not_found', linkGone, { log: 'Notion no longer shows what it is on' });
    };
  }

  function askOnce(ask: Ask, file: LinkedFile, context: CommandContext): Promise<void> {
    const key = keyOf(file.connectionId, file.source);
    const running = asking.get(key);
    if (running !== undefined) return running;
    const asked = askAgain(ask, file, context).finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  }

  async function askAgain(ask: Ask, { workspaceId, connectionId, source }: LinkedFile, context: CommandContext) {
    const { status } = await ask({ workspaceId, connectionId }, lookAt(source), context);
    if (status === 429 || status >= 500) {
      throw new PortcullisError('upstream_unavailable', undefined, { log: `Notion answered ${status} about a file` });
    }
    note(status < 300)(connectionId, source);
  }

  return { evidence, confirmBy };
}

function keyOf(connectionId: ConnectionId, { kind, id }: FileHolder): string {
  return `${connectionId} ${kind} ${id}`;
}

/** The smallest question that Notion answers about an object. */
function lookAt({ kind, id }: FileHolder): Operation {
  switch (kind) {
    case 'page':
      return notionOperation('GET', `/v1/pages/${id}?filter_properties=title`);
    case 'database':
      return notionOperation('GET', `/v1/databases/${id}`);
    case 'data_source':
      return notionOperation('GET', `/v1/data_sources/${id}`);
    case 'comment':
      return notionOperation('GET', `/v1/comments/${id}`);
    default:
      return notionOperation('GET', `/v1/blocks/${id}`);
  }
}
