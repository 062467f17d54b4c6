import type { Readable } from 'node:stream';
import type { Action } from './action.ts';
import type { Door } from './door.ts';
import type { ErrorCode } from './errors.ts';
import type { CarriedLinks, LinkedFile } from './file-links.ts';
import type { AgentId, ConnectionId, KeyId, PrincipalId, WorkspaceId } from './ids.ts';
import type { Caller, Credentials } from './principal.ts';
import type { Gift } from './subjects.ts';

/** Kinds of objects in Notion that an operation can touch. */
export type NotionObjectKind =
  | 'page'
  | 'database'
  | 'data_source'
  | 'block'
  | 'comment'
  | 'discussion'
  | 'view'
  | 'view_query'
  | 'file_upload'
  | 'async_task'
  | 'user';

/**
 * The object of a demand. `workspace` is the whole workspace; `deployment` is Portcullis itself, above any workspace;
 * `self` is the caller's own affairs (open to every identified caller); `membership` is what every member may have.
 */
export type ObjectRef =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'membership' }
  | { readonly kind: 'deployment' }
  | { readonly kind: 'self' }
  /** Open to the owners of the key, without any right. */
  | { readonly kind: 'key'; readonly id: KeyId }
  | { readonly kind: 'agent'; readonly id: AgentId }
  /** A member: open to the member, and to the owner if it is an agent. */
  | { readonly kind: 'principal'; readonly id: PrincipalId }
  | { readonly kind: NotionObjectKind; readonly id: string };

/** In `Demand.writes`: any property. For a call that does not name the properties that it writes. */
export const anyProperty = '*';

/** One thing that must be allowed. An operation passes only if all its demands are allowed. */
export interface Demand {
  readonly action: Action;
  readonly object: ObjectRef;
  /**
   * Every member may have the object, but a key that lacks the action may not: for what limited keys are not meant for.
   */
  readonly withinKey?: boolean;
  /** The key must name the action. A key without a limit is refused too (rule 11). */
  readonly keyNames?: boolean;
  /** Who may ask at all. `person`: no agent. `session`: a person in a browser, and no key. */
  readonly by?: 'person' | 'session';
  /** What the call gives to another principal. It must not be more than the caller has (rule 8). */
  readonly gives?: Gift;
  /** Only the caller who made the object through this gateway may use it. */
  readonly owned?: boolean;
  /** The action must also be allowed on the object's current parent: a move takes a page away from there. */
  readonly alsoParent?: boolean;
  /** Look up again where the object stands if that is known for longer than 5 s (rule 18). */
  readonly fresh?: boolean;
  /** Demanded instead of `action` if the object is a block without children. */
  readonly leafAction?: Action;
  /**
   * The object that it moves under. If the move gives any member more than before, the action is demanded on the
   * workspace too (rule 9).
   */
  readonly movesUnder?: ObjectRef;
  /** The call returns a list that is filtered object by object, so the call is not denied as a whole (rule 5). */
  readonly filtered?: boolean;
  /**
   * Names of the page properties that the call writes. A condition may test one of them (rule 9), or a mask may forbid
   * it.
   */
  readonly writes?: readonly string[];
  /** Only one principal may ask for this object: it is a link to a file. All others get `otherwise`. */
  readonly heldBy?: Holding;
}

/** A right that one principal has in one workspace. */
export interface Holding {
  readonly principal: PrincipalId;
  /** Left out: the workspace of the call. */
  readonly workspaceId?: WorkspaceId;
  readonly otherwise: Problem;
}

/** A request for Notion, as the door understood it: canonical path, allow-listed headers, whole or streamed body. */
export interface NotionRequest {
  readonly kind: 'notion';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Canonical path and query, starting with `/v1/`. Ids in it are dashed and lower case. */
  readonly path: string;
  /** Allow-listed request headers, lower case, without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable | null;
  /** The links to files in the body. A request that still has any is not sent: Notion would keep a link that ends. */
  readonly carries?: CarriedLinks;
  /** The files whose URLs replaced the links in the body. Notion must still show the objects that they belong to. */
  readonly files?: readonly LinkedFile[];
  /** Set for a call of a tool: it goes to Notion's hosted MCP server. */
  readonly hosted?: HostedCall;
}

/** A call of a tool of Notion's hosted MCP server. */
export interface HostedCall {
  /** Null: the tools themselves are asked for. */
  readonly tool: string | null;
  readonly shows: ToolShows;
}

/**
 * The content of a tool's result, which decides how it is released: rows of a search or list, people, the text of one
 * object, what was made or changed, a task, or text about anything.
 * `definitions`: the tools themselves, for which Portcullis alone asks.
 */
export type ToolShows = 'rows' | 'people' | 'object' | 'made' | 'task' | 'text' | 'definitions';

/** Administration of Portcullis: a command that runs instead of `forward`. */
export interface LocalCommand {
  readonly kind: 'local';
  /** A connection to Notion that the command is about. While it does not serve the caller, the call is denied. */
  readonly connection?: ConnectionId;
  readonly run: (context: CommandContext) => Promise<Answer>;
}

export interface CommandContext {
  readonly caller: Caller;
  readonly workspaceId: WorkspaceId | null;
  readonly clientAddress: string;
  readonly requestId: string;
  /**
   * For a command that waits before it acts: decides again if the decision has grown old (rule 10). Rejects with
   * `policy_changed` if the call is no longer allowed.
   */
  readonly confirm: () => Promise<void>;
  /** Whether the caller may do this anywhere in the workspace. For lists of what they can do; never for a decision. */
  readonly may: (action: Action) => boolean;
}

/** How an answer must be treated before it is released. The operation's row says it. */
export interface ResponseTreatment {
  /** Opaque answers (file bytes, event streams) are streamed after a durable `streaming` outcome. */
  readonly opaque: boolean;
  /**
   * The answer to a write also shows the object. A caller without this action gets Notion's partial object (rule 13).
   */
  readonly readAction: Action | null;
  /** Absolute Notion URLs in the answer are turned into URLs of this gateway (trap 4 of the classifier). */
  readonly rewriteUrls: boolean;
  /** The kind of object in a "could not find …" answer. */
  readonly notFound: { readonly kind: string; readonly id: string } | null;
  /** The answer names an object that belongs to the caller from now on. */
  readonly binds: NotionObjectKind | null;
  /** The answer lists objects of this kind. Each belongs to one caller, and a caller sees only their own. */
  readonly ownedList?: NotionObjectKind;
  /** The answer lists objects, and each is judged by itself: objects that the caller may not have are dropped. */
  readonly list?: AnswerList;
  /** The one message for every denial, so that denials cannot be told apart. Left out: each denial says its reason. */
  readonly refusal?: Problem;
}

/** The place of objects in an answer that lists them. */
export interface AnswerList {
  /** The key of the answer that has the items. */
  readonly at: 'results' | 'templates' | 'data_sources';
  /** The kind of an item, if the item does not say it itself. */
  readonly kind: NotionObjectKind | null;
  /** The action that a caller needs to see an item. */
  readonly action: Action;
  /** The part of a request that says which page of the list it wants. Null: the list has no pages. */
  readonly paged: 'query' | 'body' | null;
  /** Further pages are read with GET, at this path followed by the id from the answer. */
  readonly furtherBelow?: boolean;
  /** The container of every item, if the items do not say it. */
  readonly within?: { readonly kind: NotionObjectKind; readonly id: string };
}

/** One call, from any door: what it wants, on which objects, and how to carry it out. */
export interface Operation {
  /** Name of the row in the operation table: `pages.update`, `members.add`; `unrecognised` when no row matched. */
  readonly name: string;
  /** A call that changes nothing at Notion may be cancelled if the client goes away; a write is never cancelled. */
  readonly effect: 'read' | 'write';
  readonly demands: readonly Demand[];
  /** Set if the call cannot be carried out for any caller. It is still decided (denied) and logged. */
  readonly problem: Problem | null;
  readonly target: NotionRequest | LocalCommand | null;
  readonly response: ResponseTreatment;
}

export interface Problem {
  readonly code: ErrorCode;
  /** Public: in Notion's wording if Notion has one. Never quotes a secret. */
  readonly message: string;
}

/** What a door hands to the gateway. */
export interface Call {
  readonly door: Door;
  /** UUID. The caller sees it as `x-notion-request-id` if Notion was not asked. */
  readonly requestId: string;
  readonly credentials: Credentials;
  readonly clientAddress: string;
  /** The workspace that the address names (`/w/:workspace/…`), if any. It need not exist. */
  readonly workspace: WorkspaceId | null;
  readonly operation: Operation;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

/** What comes back from Notion, or from a local command. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. Allow-listed by `withhold` before release. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable | null;
  /** How long Notion took, for the log. */
  readonly upstreamMs?: number;
  /** The keyed digest of a streamed request body, for the log. */
  readonly requestDigest?: string;
}

/** An answer that may be released, and what the log says about it. */
export interface Released {
  readonly answer: Answer;
  readonly withheld: number;
  /** Notion's id of the request, if the answer must not show it. */
  readonly upstreamRequestId?: string;
}

/**
 * The answer shows that an object does not stand where the decision assumed (rule 18). None of it may be released. A
 * read is decided again; for a write, the caller only learns that it was made.
 */
export interface Reconsider {
  readonly reconsider: true;
}
