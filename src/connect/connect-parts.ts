import type { SealedToken, TokenPlace, Tokens, WrappedKey } from '../domain/connection.ts';
import type { RecordEvent } from '../domain/event.ts';
import type { ConnectionId, JobId, WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import type { Said } from '../domain/token-outcomes.ts';
import { secondMs } from '../domain/units.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ConnectAttempts } from './connect-attempts.ts';
import type { ConsentFlows } from './consent-flow.ts';
import type { Disconnections } from './disconnections.ts';
import type { Installations } from './installations.ts';
import type { PastedTokens } from './pasted-tokens.ts';
import type { TokenIdentity } from './rest/token-identity.ts';

/** Seals tokens for one workspace. */
export interface Sealer {
  readonly key: WrappedKey;
  seal(connectionId: ConnectionId, generation: number, tokens: Tokens): Promise<SealedToken[]>;
}

/** What connecting needs of the vault. */
export interface TokenVault {
  forNewWorkspace(workspaceId: WorkspaceId): Promise<Sealer>;
  forWorkspace(workspaceId: WorkspaceId): Promise<Sealer>;
  /** Throws when the value cannot be opened there. */
  open(place: TokenPlace, token: SealedToken): Promise<Secret>;
  /** Seals a token that belongs to no connection, into the job that will revoke it. */
  sealIntoJob(jobId: JobId, token: Secret): Promise<string>;
  openFromJob(jobId: JobId, sealed: string): Promise<Secret>;
}

/** The parts that the commands of connecting need. */
export interface ConnectParts {
  readonly flows: ConsentFlows;
  readonly attempts: ConnectAttempts;
  readonly installations: Installations;
  readonly disconnections: Disconnections;
  readonly pasted: PastedTokens;
  /** Asks Notion who owns a token. */
  readonly identifyToken: (token: Secret) => Promise<TokenIdentity | Extract<Said, 'dead' | 'unclear' | 'turned_away'>>;
  readonly jobs: Jobs;
  readonly vault: TokenVault;
  readonly recordEvent: RecordEvent;
  /** Drops what custody has opened of a connection. */
  readonly forgetToken: (workspaceId: WorkspaceId, connectionId: ConnectionId) => void;
  /** Has due jobs done soon. */
  readonly wakeJobs: () => void;
  readonly deadlines: StepDeadlines;
}

/** The time that one step of a person may take at other servers, for all its requests together. */
export interface StepDeadlines {
  readonly startMs: number;
  readonly finishMs: number;
}

/** Within 10 s a person is on the way to Notion, and 15 s after the way back there is a page: the rest is for our own work. */
export const stepDeadlines: StepDeadlines = { startMs: 9 * secondMs, finishMs: 14 * secondMs };
