import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { FileHolder } from '../domain/file-links.ts';
import type { ObjectOwners } from '../domain/object-owners.ts';
import type { Answer, Reconsider, Released } from '../domain/operation.ts';
import type { LearnedObject, PageIndex } from '../domain/page-index.ts';
import { answerItem } from '../notion/answer-item.ts';
import { learnedFrom } from '../notion/learned-from.ts';
import { hideWithin } from './hidden.ts';
import { keepItems } from './keep-items.ts';
import type { CursorSeal } from './list-cursor.ts';
import { hasMoved } from './moved.ts';
import { bindToCaller } from './own-objects.ts';
import { reduceToPartial } from './partial-object.ts';
import { isObject, type Json, parseObject, readWhole, refuseAnswer } from './read-answer.ts';
import { releaseFileHeaders, releaseHeaders } from './release-headers.ts';
import { type ReleasedList, releaseList, type SendOn } from './release-list.ts';
import { rewriteUrls, type UrlRewriting } from './rewrite-urls.ts';
import type { LookUp, Schemas } from './schemas.ts';
import { type Sight, sightOf } from './sight.ts';
import { releaseToolResult } from './tool-results.ts';
import { releaseError } from './upstream-error.ts';
import { createWhereabouts, type Whereabouts } from './whereabouts.ts';

export interface WithholdParts extends UrlRewriting {
  readonly owners: ObjectOwners;
  /** Left out: only the places from the decision are known. */
  readonly index?: Pick<PageIndex, 'find' | 'learn'>;
  readonly monotonicMs: () => number;
  readonly schemas: Schemas;
  readonly lookUp: LookUp;
  readonly cursors: CursorSeal;
  /** Fetches further pages of a list from which something was taken. */
  readonly forward: SendOn;
}

/**
 * Releases an answer: removes what the caller may not see and turns its URLs into URLs of this gateway. Every answer
 * that is not marked opaque is parsed as a whole, or not released (`upstream_refused`).
 */
export type Withhold = (decided: DecidedCall, answer: Answer) => Promise<Released | Reconsider>;

export function createWithhold(parts: WithholdParts): Withhold {
  return async function withhold(decided, answer) {
    const { operation } = decided.call;
    const sentAtMs = parts.monotonicMs() - (answer.upstreamMs ?? 0);
    if (operation.response.opaque) {
      return { answer: { ...answer, headers: releaseFileHeaders(answer.headers) }, withheld: 0 };
    }
    // Portcullis's own answers have no content of Notion's.
    if (operation.target?.kind === 'local') return { answer, withheld: 0 };

    const bytes = await readWhole(answer, operation);
    if (answer.status >= 400) return releaseError(decided, answer, bytes, missing => noteMissing(decided, missing));
    const { target } = operation;
    if (target?.kind === 'notion' && target.hosted !== undefined) {
      return releaseToolResult(decided, target.hosted, answer, bytes, parts);
    }
    const json = answer.status >= 200 && answer.status < 300 ? parseObject(bytes) : null;
    if (json === null) throw refuseAnswer(operation, `an answer ${answer.status} that is no JSON object`);
    await bindToCaller(decided, json, parts.owners);
    const learned = await learn(decided, json, sentAtMs);
    if (operation.effect === 'write') parts.schemas.forget(decided, sourcesIn(learned, json));
    const whereabouts = createWhereabouts(parts.index, decided);
    if (await hasMoved(decided, learned, whereabouts)) return { reconsider: true };
    return release(decided, answer, bytes, json, { whereabouts, sentAtMs });
  };

  /** Links to files on it end: Notion does not show it any more. */
  function noteMissing({ facts }: DecidedCall, { kind, id }: { kind: string; id: string }): void {
    if (facts.connection !== null) parts.evidence.missed(facts.connection.id, { kind: kind as FileHolder['kind'], id });
  }

  /** Remembers where the objects of an answer stand, before they are judged. */
  async function learn(decided: DecidedCall, json: Json, sentAtMs: number): Promise<readonly LearnedObject[]> {
    const { call, facts } = decided;
    const { workspaceId } = facts;
    const tested = propertiesShown(decided);
    const learned = workspaceId === null ? [] : learnedFrom(json, tested);
    if (workspaceId === null || learned.length === 0) return learned;
    const write = call.operation.effect === 'write';
    await parts.index?.learn(workspaceId, learned, { sentAtMs, write, tested }).catch(cause => {
      const fate = write ? 'unknown' : 'failed';
      throw new PortcullisError('outcome_unrecorded', undefined, {
        log: 'an answer could not be learned',
        cause,
        fate,
      });
    });
    return learned;
  }

  async function release(
    decided: DecidedCall,
    answer: Answer,
    bytes: Buffer,
    json: Json,
    at: { readonly whereabouts: Whereabouts; readonly sentAtMs: number },
  ): Promise<Released> {
    const { whereabouts } = at;
    const { effect, response } = decided.call.operation;
    const headers = releaseHeaders(answer.headers);
    const sight = sightOf(decided);
    const seen = sight === null || (await maySee(decided, json, sight, whereabouts));
    if (effect === 'write' && response.readAction !== null && !(decided.decision.mayRead && seen)) {
      const partial = reduceToPartial(json);
      return { answer: { ...answer, headers, body: serialize(partial.answer) }, withheld: partial.withheld };
    }
    if (effect === 'read' && !seen) throw new PortcullisError('not_found', undefined, { notFound: response.notFound });
    const { withheld, changed } = await reduce(decided, json, sight, at);
    const rewritten = response.rewriteUrls && (await rewriteUrls(decided, json, parts));
    return { answer: { ...answer, headers, body: rewritten || changed ? serialize(json) : bytes }, withheld };
  }

  /** Removes the hidden parts of the answer. */
  async function reduce(
    decided: DecidedCall,
    json: Json,
    sight: Sight | null,
    { whereabouts, sentAtMs }: { readonly whereabouts: Whereabouts; readonly sentAtMs: number },
  ): Promise<ReleasedList> {
    const { list, ownedList } = decided.call.operation.response;
    const { owners, forward, cursors, schemas, lookUp } = parts;
    let reduced: ReleasedList = { withheld: 0, changed: false };
    if (sight === null && ownedList === undefined) return reduced;
    if (list !== undefined && Array.isArray(json[list.at])) {
      reduced = await releaseList(decided, json, list, {
        ...{ forward, cursors },
        keep: keepItems(decided, list, sight, { owners, whereabouts }),
        // They were requested later: it does no harm to treat them as older than they are.
        learn: async page => void (await learn(decided, page, sentAtMs)),
      });
    }
    if (sight === null) return reduced;
    const blanked = await hideWithin(decided, json, sight, { whereabouts, schemas, lookUp });
    return { withheld: reduced.withheld + blanked, changed: reduced.changed || blanked > 0 };
  }
}

/** The tested properties that an answer shows completely: none if the request chose the shown properties. */
function propertiesShown({ call, facts }: DecidedCall): ReadonlySet<string> {
  const { target } = call.operation;
  const whole = target?.kind === 'notion' && !target.path.includes('filter_properties');
  return (whole && facts.policy?.testedProperties) || nothing;
}

const nothing: ReadonlySet<string> = new Set();

/** The data sources that an answer shows: itself, or those of the database that it shows. */
function sourcesIn(learned: readonly LearnedObject[], { data_sources: sources }: Json): string[] {
  const listed = Array.isArray(sources) ? sources.flatMap(source => (isObject(source) ? String(source.id) : [])) : [];
  return [...learned.flatMap(({ kind, id }) => (kind === 'data_source' ? id : [])), ...listed];
}

/**
 * Whether the caller may see the object of the answer. Lists are judged item by item, and objects with an owner by
 * their owner.
 */
async function maySee(decided: DecidedCall, json: Json, sight: Sight, whereabouts: Whereabouts): Promise<boolean> {
  const object = answerItem(json);
  if (typeof object === 'string' || object.kind === 'file_upload' || sight.everyObject) return true;
  const at = await whereabouts.of([object]);
  return sight.may(decided.call.operation.response.readAction ?? 'read', at(object));
}

function serialize(json: Json): Buffer {
  return Buffer.from(JSON.stringify(json));
}
