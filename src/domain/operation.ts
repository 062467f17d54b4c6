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
 * What a demand is about. `workspace` is the whole workspace; `deployment` is Portcullis itself, above any workspace;
 * `self` is the caller's own affairs (open to every identified caller); `membership` is what every member may have.
 */
export type ObjectRef =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'membership' }
  | { readonly kind: 'deployment' }
  | { readonly kind: 'self' }
  /** Open to those who own it, without any right. */
  | { readonly kind: 'key'; readonly id: KeyId }
  | { readonly kind: 'agent'; readonly id: AgentId }
  /** Somebody as a member: open to themselves, and to who owns them. */
  | { readonly kind: 'principal'; readonly id: PrincipalId }
  | { readonly kind: NotionObjectKind; readonly id: string };

/** In `Demand.writes`: any property, where the call does not name those that it writes. */
export const anyProperty = '*';

/** One thing that must be allowed. An operation passes only if every demand of it is allowed. */
export interface Demand {
  readonly action: Action;
  readonly object: ObjectRef;
  /** A key must not lack the action, although every member may have the object: for what limited keys are not for. */
  readonly withinKey?: boolean;
  /** A key must name the action: having no limit is not enough (rule 11). */
  readonly keyNames?: boolean;
  /** Who may ask at all: a person and no agent, or a person in a browser and no key. */
  readonly by?: 'person' | 'session';
  /** What the call gives to somebody else, who must not get more than the caller holds (rule 8). */
  readonly gives?: Gift;
  /** The object belongs to the caller who made it through this gate; nobody else may use it. */
  readonly owned?: boolean;
  /** The action must also be allowed on what the object stands in now: a move takes a page away from there. */
  readonly alsoParent?: boolean;
  /** Where the object stands is looked up again if it is older than 5 s (rule 18). */
  readonly fresh?: boolean;
  /** What is demanded instead of `action` if the object is a block that holds no other. */
  readonly leafAction?: Action;
  /** Demanded on the workspace too if the move gives anybody more than before (rule 9). The object it would stand in. */
  readonly movesUnder?: ObjectRef;
  /** The call returns a list that is filtered object by object, so it is not denied as a whole (rule 5). */
  readonly filtered?: boolean;
  /** Properties of pages that the call writes, by name: a condition may test one of them (rule 9), a mask forbid it. */
  readonly writes?: readonly string[];
  /** The right to ask for the object at all is one principal's: a link to a file. Anybody else hears `otherwise`. */
  readonly heldBy?: Holding;
}

/** A right that one principal has in one workspace. */
export interface Holding {
  readonly principal: PrincipalId;
  /** Left out: in the workspace of the call. */
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
  /** Links to files in the body. A request that still carries any is not sent: Notion would keep a link that ends. */
  readonly carries?: CarriedLinks;
  /** The files whose URLs stand in the body in the place of links. Notion must still show what they are on. */
  readonly files?: readonly LinkedFile[];
  /** It is a call of a tool, and goes to Notion's hosted MCP server. */
  readonly hosted?: HostedCall;
}

/** A call of a tool of Notion's hosted MCP server. */
export interface HostedCall {
  readonly tool: string;
  readonly shows: ToolShows;
}

/**
 * What a tool's result is made of, and so how it is released: rows of a search or list, people, an object by its text, what was
 * made or changed, a task, or text about anything.
 */
export type ToolShows = 'rows' | 'people' | 'object' | 'made' | 'task' | 'text';

/** Portcullis's own administration: a command that runs where `forward` stands. */
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
   * For a command that waits before it acts: asks again if the decision has grown old (rule 10). Rejects with
   * `policy_changed` when the call is no longer allowed.
   */
  readonly confirm: () => Promise<void>;
  /** Whether the caller may do this anywhere in the workspace: for lists of what they can do. Never a decision. */
  readonly may: (action: Action) => boolean;
}

/** How an answer must be treated before release. From the operation's row. */
export interface ResponseTreatment {
  /** Opaque answers (file bytes, event streams) are streamed after a durable `streaming` outcome. */
  readonly opaque: boolean;
  /** The answer to a write is a read: without this action the caller gets Notion's partial object (rule 13). */
  readonly readAction: Action | null;
  /** Absolute Notion URLs in the answer lead back to this gate (trap 4 of the classifier). */
  readonly rewriteUrls: boolean;
  /** The kind of object in a "could not find …" answer. */
  readonly notFound: { readonly kind: string; readonly id: string } | null;
  /** The answer names an object that from now on belongs to the caller. */
  readonly binds: NotionObjectKind | null;
  /** The answer lists objects of this kind, each of which belongs to one caller: each caller sees their own. */
  readonly ownedList?: NotionObjectKind;
  /** The answer lists objects, each of which is judged by itself: one that the caller may not have is dropped. */
  readonly list?: AnswerList;
  /** What every denial says, so that none tells from another. Left out: each says its reason. */
  readonly refusal?: Problem;
}

/** Where objects stand in an answer that lists them. */
export interface AnswerList {
  /** The key of the answer under which the items stand. */
  readonly at: 'results' | 'templates' | 'data_sources';
  /** What an item is, where it does not say so itself. */
  readonly kind: NotionObjectKind | null;
  /** What seeing an item takes. */
  readonly action: Action;
  /** Where a request says which page of the list it wants. Null: the list has no pages. */
  readonly paged: 'query' | 'body' | null;
  /** Further pages are read with GET, at the path followed by the id of the answer. */
  readonly furtherBelow?: boolean;
  /** The container that every item hangs on, where items do not say it. */
  readonly within?: { readonly kind: NotionObjectKind; readonly id: string };
}

/** One call, whatever door it came through: what it wants, of what, and how to do it. */
export interface Operation {
  /** Name of the row in the operation table: `pages.update`, `members.add`; `unrecognised` when no row matched. */
  readonly name: string;
  /** A call that changes nothing at Notion may be cancelled when the client goes away; a write never. */
  readonly effect: 'read' | 'write';
  readonly demands: readonly Demand[];
  /** Set when the call cannot be carried out whoever asks. It is still decided (denied) and logged. */
  readonly problem: Problem | null;
  readonly target: NotionRequest | LocalCommand | null;
  readonly response: ResponseTreatment;
}

export interface Problem {
  readonly code: ErrorCode;
  /** Public: written in Notion's wording where Notion has one. Never quotes a secret. */
  readonly message: string;
}

/** What a door hands to the gateway. */
export interface Call {
  readonly door: Door;
  /** UUID; the caller sees it as `x-notion-request-id` when Notion was not asked. */
  readonly requestId: string;
  readonly credentials: Credentials;
  readonly clientAddress: string;
  /** The workspace that the address names (`/w/:workspace/…`), if it names one. Not yet known to exist. */
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
  /** Keyed digest of a request body that was streamed, for the log. */
  readonly requestDigest?: string;
}

/** An answer that may be released, and what the log should say of it. */
export interface Released {
  readonly answer: Answer;
  readonly withheld: number;
  /** Notion's id of the request, where the answer must not show it. */
  readonly upstreamRequestId?: string;
}

/**
 * The answer shows that an object stands elsewhere than the decision was made on (rule 18). Nothing of it may be released:
 * a read is decided again, and of a write only that it was made is told.
 */
export interface Reconsider {
  readonly reconsider: true;
}
