import type { DecidedCall } from '../domain/decided-call.ts';
import type { FileHolder } from '../domain/file-links.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { Answer, Released } from '../domain/operation.ts';
import { releaseOwnList, type SendOn } from './own-list.ts';
import { bindToCaller } from './own-objects.ts';
import { reduceToPartial } from './partial-object.ts';
import { type Json, parseObject, readWhole, refuseAnswer } from './read-answer.ts';
import { releaseFileHeaders, releaseHeaders } from './release-headers.ts';
import { rewriteUrls, type UrlRewriting } from './rewrite-urls.ts';
import { releaseError } from './upstream-error.ts';

export interface WithholdParts extends UrlRewriting {
  readonly owners: ObjectOwners;
  /** Fetches further pages of a list of which nothing was left. */
  readonly forward: SendOn;
}

/**
 * Releases an answer: takes from it what the caller may not see and leads its URLs back to this gate. Whatever is not
 * marked opaque is parsed whole, or not released (`upstream_refused`).
 */
export type Withhold = (decided: DecidedCall, answer: Answer) => Promise<Released>;

export function createWithhold(parts: WithholdParts): Withhold {
  return async function withhold(decided, answer) {
    const { operation } = decided.call;
    if (operation.response.opaque) {
      return { answer: { ...answer, headers: releaseFileHeaders(answer.headers) }, withheld: 0 };
    }
    // Portcullis's own answers hold nothing of Notion's.
    if (operation.target?.kind === 'local') return { answer, withheld: 0 };

    const bytes = await readWhole(answer, operation);
    if (answer.status >= 400) return releaseError(decided, answer, bytes, missing => noteMissing(decided, missing));
    const json = answer.status >= 200 && answer.status < 300 ? parseObject(bytes) : null;
    if (json === null) throw refuseAnswer(operation, `an answer ${answer.status} that is no JSON object`);
    return release(decided, answer, bytes, json);
  };

  /** Links to files on it end: Notion does not show it any more. */
  function noteMissing({ facts }: DecidedCall, { kind, id }: { kind: string; id: string }): void {
    if (facts.connection !== null) parts.evidence.missed(facts.connection.id, { kind: kind as FileHolder['kind'], id });
  }

  async function release(decided: DecidedCall, answer: Answer, bytes: Buffer, json: Json): Promise<Released> {
    const { effect, response } = decided.call.operation;
    await bindToCaller(decided, json, parts.owners);
    const headers = releaseHeaders(answer.headers);
    if (effect === 'write' && response.readAction !== null && !decided.decision.mayRead) {
      const partial = reduceToPartial(json);
      return { answer: { ...answer, headers, body: serialize(partial.answer) }, withheld: partial.withheld };
    }
    const { list, withheld } = response.ownedList
      ? await releaseOwnList(decided, json, response.ownedList, parts.owners, parts.forward)
      : { list: json, withheld: 0 };
    const rewritten = response.rewriteUrls && (await rewriteUrls(decided, list, parts));
    const body = rewritten || response.ownedList ? serialize(list) : bytes;
    return { answer: { ...answer, headers, body }, withheld };
  }
}

function serialize(json: Json): Buffer {
  return Buffer.from(JSON.stringify(json));
}
