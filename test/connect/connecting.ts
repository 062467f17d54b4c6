import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import type { NotionConfig } from '../../src/config/config.ts';
import type { StepDeadlines } from '../../src/connect/connect-parts.ts';
import { disconnect } from '../../src/connect/disconnect.ts';
import type { Action } from '../../src/domain/action.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventName } from '../../src/domain/event-names.ts';
import { type ConnectionId, newId, type UserId, type WorkspaceId } from '../../src/domain/ids.ts';
import { sessionCookieName } from '../../src/doors/session-cookie.ts';
import { type InProcess, notionAt, openInProcess } from '../in-process.ts';
import { signedIn, tokenOf } from '../people.ts';
import { Browser } from './browser.ts';

/** A gateway in front of an emulator, and browsers of people who connect. */
export interface Connecting extends InProcess {
  readonly emulator: Emulator;
  readonly control: EmulatorControl;
  /** Events of the log, in the order in which they became durable. */
  readonly events: RecordedEvent[];
  /** What passed the gateway: `connect.start allow role`, `connect.finish deny not_a_member`, `connect.finish failed code_refused`. */
  readonly log: string[];
  aPerson(rights?: readonly Action[]): Promise<{ id: UserId; browser: Browser }>;
  /** Another browser session of the same person. */
  anotherBrowser(userId: UserId): Promise<Browser>;
  disconnect(of: { id: UserId; workspaceId: WorkspaceId; connectionId: ConnectionId }): ReturnType<typeof disconnect>;
  /** As if nothing had ever been connected: much quicker than starting all of this again. */
  startOver(): Promise<void>;
}

/** One for each test file; each test uses people and workspaces of its own, or starts over. */
export async function startConnecting(
  options: {
    /** Where Notion is, if not at the emulator. */
    notion?: Partial<NotionConfig>;
    deadlines?: StepDeadlines;
    monotonicMs?: () => number;
    /** A client that was registered by hand, with the redirect URI that it is asked for. */
    mcpClient?: (redirectUri: string, emulator: Emulator) => Promise<NotionConfig['mcpClient']>;
  } = {},
): Promise<Connecting> {
  const { deadlines, monotonicMs, mcpClient } = options;
  const { events, log, onAudit } = listening();
  const emulator = await startEmulator();
  const control = emulatorControl(emulator.url, emulator.controlToken);
  const inProcess = await openInProcess({
    overrides: { onAudit, ...(deadlines && { deadlines }), ...(monotonicMs && { monotonicMs }) },
    async notion(publicUrl) {
      await control.addRedirectUris({ redirectUris: [`${publicUrl}/auth/notion/callback`] });
      const client = (await mcpClient?.(`${publicUrl}/auth/notion-mcp/callback`, emulator)) ?? null;
      return { ...notionAt(emulator), mcpClient: client, ...options.notion };
    },
  }).catch(async error => {
    // What listens would keep the process of a test alive that cannot begin.
    await emulator.close();
    throw error;
  });
  const { accounts, database, programLog } = inProcess;

  const anotherBrowser = async (userId: UserId) => {
    const token = tokenOf(await accounts.links.issue(userId, 'recovery'));
    const client = { address: '127.0.0.1', userAgent: 'a test', oldToken: null };
    const session = await accounts.signIn.withLink(token, client);
    if (session.kind !== 'opened') throw new Error(`not signed in: ${session.why}`);
    return new Browser(inProcess.url, emulator, `${sessionCookieName}=${session.token}`);
  };
  return {
    ...inProcess,
    emulator,
    control,
    events,
    log,
    anotherBrowser,
    async aPerson(rights = ['connect']) {
      const id = newId('usr');
      await database.system.insertInto('principal').values({ id, kind: 'user' }).execute();
      const account = {
        id,
        email: `${id}@example.test`,
        name: `Person ${id.slice(-4)}`,
        deployment_rights: [...rights],
      };
      await database.system.insertInto('user_account').values(account).execute();
      return { id, browser: await anotherBrowser(id) };
    },
    disconnect({ id, workspaceId, connectionId }) {
      const context = {
        caller: signedIn(id),
        workspaceId,
        clientAddress: '127.0.0.1',
        requestId: '00000000-0000-4000-8000-000000000000',
        confirm: async () => {},
        may: () => false,
      };
      return disconnect(inProcess.connectParts, { workspaceId, connectionId }, context);
    },
    async startOver() {
      const tables = 'principal, workspace, job, client_registration, connect_attempt';
      await database.asOwner(client => client.query(`TRUNCATE ${tables} CASCADE`));
      events.length = log.length = programLog.length = 0;
      await Promise.all([control.clearFaults(), control.clearRequests()]);
    },
    async close() {
      await inProcess.close();
      await emulator.close();
    },
  };
}

/** Keeps what becomes durable in the log in the shapes that tests look at. */
function listening() {
  const events: RecordedEvent[] = [];
  const log: string[] = [];
  const onAudit = (rows: readonly AuditRow[]) => {
    for (const { kind, operation, entry, workspaceId, principalId } of rows) {
      const { decision, error, result, detail } = JSON.parse(entry);
      if (kind === 'event') events.push({ name: operation as EventName, workspaceId, principalId, result, detail });
      else if (kind === 'intent' || kind === 'denial') log.push(`${operation} ${decision.effect} ${decision.because}`);
      else if (kind === 'summary') log.push(`${detail.operation} deny ${detail.because}`);
      else if (error) log.push(`${operation} failed ${error}`);
    }
  };
  return { events, log, onAudit };
}
