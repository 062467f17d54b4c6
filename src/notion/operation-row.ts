import type { Action } from '../domain/action.ts';
import type { AnswerList, NotionObjectKind } from '../domain/operation.ts';
import type { NotionVersion } from './versions.ts';

/** The place of a value in a request: a path parameter, a query key, or a dotted path into the JSON body. */
export type RequestLocation = `path.${string}` | `query.${string}` | `body.${string}`;

/** An object id in a request, and what the caller must be allowed to do with the object that it names. */
export interface Locator {
  readonly at: RequestLocation;
  /** `workspace` is named by `true` (`parent: {workspace: true}`); everything else by an id. */
  readonly kind: NotionObjectKind | 'workspace';
  readonly actions: readonly Action[];
  /** Only the caller who made the object through this gateway may use it. */
  readonly owned?: true;
  readonly care?: Care;
}

/** What more it takes to decide about an object that is moved or deleted (rules 9 and 18). */
export interface Care {
  /** Look up again where the object stands if that is known for longer than 5 s. */
  readonly fresh?: true;
  /** The object is taken away from its parent, so the action must be allowed there too. */
  readonly alsoParent?: true;
  /** The places that name the new parent: a move must not give any member more than before. */
  readonly movesUnder?: readonly RequestLocation[];
  /** Demanded instead if the object is a block without children, so that no page goes with it. */
  readonly leafAction?: Action;
}

/** At least one of these locators must find a value. Path parameters need no such line: they are always there. */
export interface Need {
  readonly anyOf: readonly RequestLocation[];
  /** The need exists only if the request has something here. */
  readonly onlyIf?: RequestLocation;
}

/** The demand if none of the places has a value. It follows Notion's own default. */
export interface FallbackDemand {
  readonly unless: readonly RequestLocation[];
  readonly actions: readonly Action[];
  readonly on: 'workspace' | RequestLocation;
}

/** A value in the body that turns the call into something graver than its row says. */
export interface Escalation {
  /** Dotted path into the body; `*` means any one key. */
  readonly at: string;
  /** `present`: any value. `not_false`: any value except `false` and `null`. `null`: exactly `null`. */
  readonly when: 'present' | 'not_false' | 'null';
  readonly actions: readonly Action[];
  /** The object that the actions are demanded on. */
  readonly on: RequestLocation;
  readonly care?: Care;
}

/** How the answer is treated before it is released. A missing field does not apply. */
export interface RowResponse {
  /** Reading what this row returns takes this action (rule 13, and whether a refusal may confirm existence). */
  readonly readAction?: Action;
  /** The answer may hold absolute API URLs or URLs of files that Notion hosts. */
  readonly rewriteUrls?: true;
  /** An object of this kind in the answer belongs from now on to the caller. */
  readonly binds?: NotionObjectKind;
  /** A list of objects that belong to single callers: each caller sees their own. */
  readonly ownedList?: NotionObjectKind;
  /**
   * The list of objects in the answer. An object that the caller may not have is dropped, and blanked in all other
   * places.
   */
  readonly list?: RowList;
}

/** A list in an answer. A missing field is said by the items, or does not apply. */
export interface RowList {
  /** Left out: `results`. */
  readonly at?: AnswerList['at'];
  readonly kind?: NotionObjectKind;
  /** What seeing an item takes. Left out: `read`. */
  readonly action?: Action;
  /** Where `start_cursor` and `page_size` stand. Left out: the list has no pages. */
  readonly paged?: 'query' | 'body';
  readonly furtherBelow?: true;
  /** If the request names an object of this kind, every item hangs on that. */
  readonly within?: NotionObjectKind;
}

/**
 * One endpoint of Notion's REST API (https://developers.notion.com/reference). Routing, classification, the treatment
 * of answers and the docs derive from these rows; an endpoint without a row is refused.
 */
export interface OperationRow {
  /** Appears in the log and in policies: `pages.update`. Unique per method, path and versions. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/v1/pages/:page_id`. A parameter without a locator is a property id, which names no object by itself. */
  readonly path: `/v1/${string}`;
  readonly effect: 'read' | 'write';
  /** The endpoint exists from this version on. */
  readonly since?: NotionVersion;
  /** The endpoint exists up to this version. */
  readonly until?: NotionVersion;
  /** Demanded on the whole workspace, for endpoints that name no object. `member` is open to every member. */
  readonly workspace?: Action | 'member';
  /** What the endpoint shows or makes is judged object by object, so the demand on the workspace does not stop at a limit (rule 5). */
  readonly filtered?: true;
  readonly locators?: readonly Locator[];
  readonly needs?: readonly Need[];
  readonly standIns?: readonly FallbackDemand[];
  readonly escalations?: readonly Escalation[];
  /** Known query keys. A write with any other key is refused (rule 7). */
  readonly query?: readonly string[];
  /**
   * Known keys of the JSON body. A write with any other key is refused (rule 7). Left out: the endpoint has no body.
   */
  readonly body?: readonly string[];
  /** Dotted paths in the body whose keys are the names of properties that the call writes. */
  readonly writes?: readonly string[];
  /** The call writes properties that it does not name if the request has something here: a template sets any of them. */
  readonly writesAny?: readonly RequestLocation[];
  /** The body is a multipart form, streamed through. */
  readonly multipart?: true;
  /** Dotted paths in the body whose strings are Notion-flavoured Markdown (the path steps through arrays). */
  readonly markdown?: readonly string[];
  readonly response: RowResponse;
}
