/** The dashboard's only way to the server: the admin API under `/api`, with the browser's session cookie. */

export interface Me {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly deploymentRights: readonly string[];
    readonly hasPassword: boolean;
  };
  readonly demo: boolean;
}

/** A membership that nobody has accepted yet. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly expiresAt: string;
  readonly expired: boolean;
}

/** An invitation that was just made; the link is null when it went out by mail. */
export interface Issued {
  readonly invitation: Invitation;
  readonly acceptUrl: string | null;
}

export interface Session {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly clientAddress: string;
  readonly userAgent: string;
}

export interface Connection {
  readonly id: string;
  readonly kind: 'rest' | 'mcp' | 'internal';
  readonly status: string;
  readonly statusReason: string | null;
  readonly audience: 'members' | 'owner';
  readonly connectedBy: { readonly id: string; readonly name: string };
  readonly authorizedAt: string;
  readonly lastUsedAt: string | null;
}

/** A connection with everything that its readers may know of it. Names at Notion are text that strangers chose. */
export interface ConnectionDetails extends Omit<Connection, 'connectedBy'> {
  readonly connectedBy: string;
  readonly connectedByName: string;
  readonly notionOwnerName: string | null;
  readonly statusChangedAt: string;
  readonly refreshedAt: string | null;
  readonly accessExpiresAt: string | null;
}

/** What is known of one capability of a connection: docs/access-report.md. */
export interface CapabilityFinding {
  readonly capability: string;
  readonly name: string;
  readonly state: 'held' | 'lacking' | 'unknown';
  readonly verdict: string;
  readonly advice: string | null;
  readonly learnedBy: string | null;
}

export interface ReportedConnection {
  readonly id: string;
  readonly kind: Connection['kind'];
  readonly reach: string;
  readonly userInformation: string | null;
  readonly capabilities: readonly CapabilityFinding[];
}

export interface ReachedItem {
  readonly connection: string;
  readonly id: string;
  readonly object: string;
  readonly title: string;
  readonly url: string | null;
  readonly root: boolean | null;
  readonly publicUrl: string | null;
}

export interface AccessReport {
  readonly connections: readonly ReportedConnection[];
  readonly items: readonly ReachedItem[];
  readonly stopped: string;
  readonly nextCursor: string | null;
}

/** An address at which a workspace hears from Notion: docs/webhooks.md. */
export interface Subscription {
  readonly id: string;
  readonly state: string;
  readonly url: string;
  readonly handshakeUntil: string;
  readonly createdAt: string;
  readonly confirmedAt: string | null;
  readonly lastEventAt: string | null;
  readonly keptAside: number;
}

export interface KeptAsideEvent {
  readonly eventId: string;
  readonly type: string;
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly receivedAt: string;
}

export interface Workspace {
  readonly id: string;
  readonly notionWorkspaceId: string;
  readonly name: string;
  readonly icon: string | null;
  readonly role: string;
  readonly actions: readonly string[];
  readonly connections: readonly Connection[];
}

export interface Member {
  readonly principalId: string;
  readonly kind: 'user' | 'agent';
  readonly name: string;
  readonly email: string | null;
  readonly owner: { readonly id: string; readonly name: string; readonly isMember: boolean } | null;
  readonly role: string;
  readonly disabled: boolean;
  readonly suspended: boolean;
  readonly createdAt: string;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly principalId: string;
  readonly principalName: string;
  readonly ending: string;
  readonly ceiling: readonly string[] | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface AuditEntry {
  readonly id: string;
  readonly time: string;
  /** A decision (`intent` allowed, `denial` denied), or something that happened beside the calls. */
  readonly kind: 'intent' | 'denial' | 'event' | 'summary';
  readonly operation: string;
  readonly principal: AuditPrincipal | null;
  readonly requestId: string | null;
  readonly clientAddress: string | null;
  readonly outcome: AuditOutcome | null;
  /** Of decisions only: */
  readonly connection?: { readonly id: string; readonly because: string } | null;
  readonly activity?: 'notion' | 'administration' | 'view' | 'system';
  readonly credential?: string | null;
  readonly door?: string;
  readonly objects?: readonly { readonly kind: string; readonly id: string | null; readonly action: string }[];
  readonly decision?: { readonly id: string; readonly because: string; readonly role: string | null };
  /** Of events only: */
  readonly result?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditPrincipal {
  readonly kind: string;
  readonly id: string | null;
  readonly owner: string | null;
}

export interface AuditOutcome {
  readonly result: string;
  readonly status: number | null;
  readonly withheld: number;
  readonly upstreamMs: number | null;
  readonly error: string | null;
}

/** How the first call with a key went. */
export interface FirstCall {
  readonly time: string;
  readonly operation: string;
  readonly effect: 'allow' | 'deny';
  readonly because: string | null;
  readonly status: number | null;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** What ids in these entries are called. */
  readonly names: Readonly<Record<string, string>>;
  readonly nextCursor: string | null;
}

/** A refusal or failure. `message` and `hint` are the server's words for the caller; `requestId` finds the call in the log. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;

  constructor(status: number, body: { code?: string; detail?: string; hint?: string; requestId?: string }) {
    super(body.detail ?? `The server answered with status ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code ?? 'unavailable';
    this.hint = body.hint ?? null;
    this.requestId = body.requestId ?? null;
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Calls the admin API. Answers with the parsed body (undefined when there is none); throws `ApiError` otherwise. */
async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  // A header that no foreign page can add without asking first: the server demands it on every change.
  if (method !== 'GET') headers['x-portcullis'] = '1';
  if (body !== undefined) headers['content-type'] = 'application/json';
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, {
      detail: 'Portcullis cannot be reached.',
      hint: 'Check that it is running, then try again.',
    });
  });
  const answer = parsed(await response.text());
  if (response.ok) return answer as T;
  throw new ApiError(response.status, (answer as object | undefined) ?? {});
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const api = {
  get: <T>(path: string) => call<T>('GET', path),
  post: <T>(path: string, body: unknown = {}) => call<T>('POST', path, body),
  patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, body),
  delete: (path: string) => call<unknown>('DELETE', path),
};

/** The address of a workspace in the API. Ids come from the server, but are encoded all the same. */
export function workspacePath(workspaceId: string, ...rest: string[]): string {
  return ['/workspaces', workspaceId, ...rest]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join('/');
}
