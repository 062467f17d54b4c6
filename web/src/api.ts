/** The dashboard's only way to the server: the admin API under `/api`, with the browser's session cookie. */

import type { components } from '../../src/domain/admin-api.ts';

/** The shapes of the API, as its description says. */
type Shapes = components['schemas'];

export type Me = Shapes['Me'];
/** A membership that nobody has accepted yet. */
export type Invitation = Shapes['Invitation'];
/** An invitation that was just made; the link is null when it went out by mail. */
export type Issued = Shapes['IssuedInvitation'];
export type Session = Shapes['Session'];
export type Connection = Shapes['WorkspaceConnection'];
/** A connection with everything that its readers may know of it. Names at Notion are text that strangers chose. */
export type ConnectionDetails = Shapes['Connection'];
/** What is known of one capability of a connection: docs/access-report.md. */
export type CapabilityFinding = Shapes['CapabilityFinding'];
export type ReportedConnection = Shapes['ReportedConnection'];
export type ReachedItem = Shapes['ReachedItem'];
export type AccessReport = Shapes['AccessReport'];
/** An address at which a workspace hears from Notion: docs/webhooks.md. */
export type Subscription = Shapes['Subscription'];
export type KeptAsideEvent = Shapes['KeptAsideEvent'];
export type Workspace = Shapes['Workspace'];
export type Member = Shapes['Member'];
export type Key = Shapes['Key'];
/** A key that was just made; its secret is in this answer alone. */
export type NewKey = Shapes['NewKey'];
/** A decision (`intent` allowed, `denial` denied), or something that happened beside the calls. */
export type AuditEntry = Shapes['AuditEntry'];
export type AuditPrincipal = NonNullable<AuditEntry['principal']>;
export type AuditOutcome = Shapes['AuditOutcome'];
export type AuditPage = Shapes['AuditPage'];
/** How the first call with a key went. */
export type FirstCall = Shapes['FirstCall'];
/** What an invitation offers to who holds its link. */
export type Offer = Shapes['Offer'];
type ProblemDetails = Shapes['Problem'];

/** A refusal or failure. `message` and `hint` are the server's words for the caller; `requestId` finds the call in the log. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string | null;

  constructor(status: number, body: Partial<ProblemDetails>) {
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
  throw new ApiError(response.status, (answer as Partial<ProblemDetails> | undefined) ?? {});
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
