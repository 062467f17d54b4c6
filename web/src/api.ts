/** The dashboard's only way to the server: the admin API under `/api`, with the browser's session cookie. */

import createClient from 'openapi-fetch';
import type { components, operations, paths } from '../../src/domain/admin-api.ts';

/** The shapes of the API, as its description says. */
type Shapes = components['schemas'];

export type Me = Shapes['Me'];
/** A membership that was offered and not accepted yet. */
export type Invitation = Shapes['Invitation'];
/** An invitation that was just made; the link is null when it went out by mail. */
export type Issued = Shapes['IssuedInvitation'];
export type Session = Shapes['Session'];
export type Connection = Shapes['WorkspaceConnection'];
/** A connection with everything that its readers may know of it. Names at Notion are text that strangers chose. */
export type ConnectionDetails = Shapes['Connection'];
/** The knowledge about one capability of a connection: docs/access-report.md. */
export type CapabilityFinding = Shapes['CapabilityFinding'];
export type ReportedConnection = Shapes['ReportedConnection'];
export type ReachedItem = Shapes['ReachedItem'];
export type AccessReport = Shapes['AccessReport'];
/** An address to which Notion sends a workspace's events: docs/webhooks.md. */
export type Subscription = Shapes['Subscription'];
export type KeptAsideEvent = Shapes['KeptAsideEvent'];
export type Workspace = Shapes['Workspace'];
/** Another receiver of a workspace's log: docs/sinks.md. */
export type Sink = Shapes['Sink'];
export type DeadLetter = Shapes['DeadLetter'];
export type Grant = Shapes['Grant'];
export type Explanation = Shapes['Explanation'];
/** A part of a policy that has no effect, or more effect than it seems to have. */
export type PolicyFinding = Shapes['PolicyFinding'];
export type LeastPrivilege = Shapes['LeastPrivilege'];
/** A smaller grant or role, from what was used. */
export type LesserRight = Shapes['LesserRight'];
/** What the policy that is tried would have decided differently. */
export type DraftReport = Shapes['DraftReport'];
export type DraftFlips = Shapes['DraftFlips'];
export type DecidingGrant = Shapes['DecidingGrant'];
/** The pages that a principal can use, or a part of them. */
export type ReachAnswer = Shapes['ReachAnswer'];
export type ReachedPage = Shapes['ReachedPage'];
export type WhoCanAnswer = Shapes['WhoCanAnswer'];
export type WhoCan = Shapes['WhoCan'];
/** A call of Notion's API, and the actions that it takes. */
export type OperationTakes = Shapes['OperationTakes'];
/** A page with what a principal may do there, and why. Strangers wrote its title. */
export type PageAccess = Shapes['PageAccess'];
/** What a principal gains or loses by a change of the policy. */
export type PolicyDifference = Shapes['PolicyDifference'];
/** A role that can be given. */
export type Role = NonNullable<operations['members.set_role']['requestBody']>['content']['application/json']['role'];
export type Member = Shapes['Member'];
export type Key = Shapes['Key'];
/** A key that was just made; its secret is in this answer alone. */
export type NewKey = Shapes['NewKey'];
/** A decision (`intent` allowed, `denial` denied), or something that happened beside the calls. */
export type AuditEntry = Shapes['AuditEntry'];
export type AuditPrincipal = NonNullable<AuditEntry['principal']>;
export type AuditOutcome = Shapes['AuditOutcome'];
export type AuditPage = Shapes['AuditPage'];
/** How much there was in an hour of a log. */
export type AuditHour = Shapes['AuditHour'];
/** How the first call with a key went. */
export type FirstCall = Shapes['FirstCall'];
/** What an invitation offers to the holder of its link. */
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

/** The admin API, typed by its description. A refusal rejects with `ApiError`; see `answerOf`. */
export const api = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  headers: { accept: 'application/json' },
});

api.use({
  onRequest({ request }) {
    // A header that no foreign page can add without asking first: the server demands it on every change.
    if (request.method !== 'GET') request.headers.set('x-portcullis', '1');
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const problem: Partial<ProblemDetails> = await response.json().catch(() => ({}));
    throw new ApiError(response.status, problem);
  },
  onError({ error }) {
    if (error instanceof ApiError) return error;
    const hint = 'Check that it is running, then try again.';
    return new ApiError(0, { detail: 'Portcullis cannot be reached.', hint });
  },
});

/** The answer of the API; undefined for an empty answer. Rejects with `ApiError`. */
export async function answerOf<T>(asked: Promise<{ readonly data?: T }>): Promise<T> {
  return (await asked).data as T;
}
