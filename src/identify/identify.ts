import { readApiKey } from '../domain/api-key.ts';
import type { HashCredential } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { handleOf, ticketShape } from '../domain/file-links.ts';
import type { ConsentId, KeyId, SessionId } from '../domain/ids.ts';
import { Lru } from '../domain/lru.ts';
import type { Call } from '../domain/operation.ts';
import { type AnonymousReason, anonymous, type Caller, type Credentials } from '../domain/principal.ts';
import { sessionIdleMs } from '../domain/session-lifetime.ts';
import { type Now, secondMs } from '../domain/units.ts';
import type { CredentialStore, PresentedKind, StoredCredential } from './credential-store.ts';

export interface Identify {
  /**
   * Turns credentials into a caller. Bad ones give an anonymous caller with the reason. It throws only if the answer
   * cannot be known: `unavailable`, because the database does not answer.
   */
  identify(call: Pick<Call, 'credentials'>): Promise<Caller>;
  /** Drops the cached result for these credentials. */
  forget(credentials: Credentials): void;
  /** Writes when credentials were last used. Runs by itself every few seconds. */
  flush(): Promise<void>;
  /** Flushes for the last time. */
  close(): Promise<void>;
}

/** A credential that was good when it was read. It can be stale; the intent's condition on the epoch finds that out. */
interface Known {
  readonly caller: Caller;
  readonly id: KeyId | SessionId | ConsentId;
  /** The resource that an access token is for; null for other credentials. */
  readonly resource: string | null;
  readonly expiresAtMs: number;
  /** Infinite for keys. */
  idleExpiresAtMs: number;
}

const flushEveryMs = 10 * secondMs;

export function createIdentify(parts: {
  credentials: CredentialStore;
  hashCredential: HashCredential;
  now: Now;
  /** Most credentials that are remembered; as many unknown ones are remembered besides. */
  cacheMax?: number;
  /** Called if the times of last use could not be written. They are kept and written later. */
  onFlushError?: (error: unknown) => void;
}): Identify {
  const { credentials: store, hashCredential, now, cacheMax = 10_000, onFlushError = () => {} } = parts;
  const known = new Lru<Known>(cacheMax);
  // Only what stays true is remembered: an unknown secret of 256 bits will not be made later, a revoked one not restored.
  const refused = new Lru<AnonymousReason>(cacheMax);
  const lookups = new Map<string, Promise<Looked>>();
  let uses = new Map<KeyId | SessionId | ConsentId, Date>();
  const timer = setInterval(() => void flush().catch(onFlushError), flushEveryMs).unref();

  async function identify({ credentials }: Pick<Call, 'credentials'>): Promise<Caller> {
    const secret = readSecret(credentials);
    if (secret.kind === 'none') return anonymous(secret.why);
    const hash = hashCredential(secret.kind, secret.token);
    if (secret.kind === 'file_link') return identifyByLink(hash);
    const cacheKey = hash.toString('latin1');
    const at = now();
    const hit = known.get(cacheKey);
    const why = hit === undefined ? refused.get(cacheKey) : undefined;
    if (why !== undefined) return anonymous(why);
    const found = hit !== undefined && isCurrent(hit, at) ? hit : await lookUpOnce(secret.kind, hash, cacheKey);
    if (typeof found === 'string') return anonymous(found);
    return isFor(found, credentials) ? use(found, at) : anonymous('unknown_credentials');
  }

  /** Never remembered, so that a link ends the moment its key does, and no use of the key: a picture keeps no session alive. */
  async function identifyByLink(hash: Buffer): Promise<Caller> {
    const stored = await find('file_link', hash);
    const why = faultOf(stored, now());
    return stored === null || why !== null ? anonymous(why ?? 'unknown_credentials') : toKnown(stored).caller;
  }

  function find(kind: PresentedKind, hash: Buffer): Promise<StoredCredential | null> {
    return store.find(kind, hash).catch(cause => {
      throw new PortcullisError('unavailable', undefined, { log: 'credentials could not be looked up', cause });
    });
  }

  /** Many calls that arrive with the same new credential cause one question to the database. */
  function lookUpOnce(kind: PresentedKind, hash: Buffer, cacheKey: string): Promise<Looked> {
    const running = lookups.get(cacheKey);
    if (running !== undefined) return running;
    const lookup = lookUp(kind, hash, cacheKey).finally(() => lookups.delete(cacheKey));
    lookups.set(cacheKey, lookup);
    return lookup;
  }

  async function lookUp(kind: PresentedKind, hash: Buffer, cacheKey: string): Promise<Looked> {
    const stored = await find(kind, hash);
    known.delete(cacheKey);
    const why = faultOf(stored, now());
    if (why === 'unknown_credentials' || why === 'revoked_credentials') refused.set(cacheKey, why);
    if (stored === null || why !== null) return why ?? 'unknown_credentials';
    const entry = toKnown(stored);
    known.set(cacheKey, entry);
    return entry;
  }

  function use(entry: Known, at: Date): Caller {
    uses.set(entry.id, at);
    if (entry.idleExpiresAtMs !== Number.POSITIVE_INFINITY) entry.idleExpiresAtMs = at.getTime() + sessionIdleMs;
    return entry.caller;
  }

  async function flush(): Promise<void> {
    if (uses.size === 0) return;
    const batch = uses;
    uses = new Map();
    try {
      await store.noteUses([...batch].map(([id, at]) => ({ id, at })));
    } catch (error) {
      uses = new Map([...batch, ...uses]);
      throw error;
    }
  }

  return {
    identify,
    forget(credentials) {
      const secret = readSecret(credentials);
      if (secret.kind !== 'none') known.delete(hashCredential(secret.kind, secret.token).toString('latin1'));
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush().catch(onFlushError);
    },
  };
}

/** The result of a look-up: a valid credential, or why there is none. */
type Looked = Known | AnonymousReason;

/** An access token is valid for its own resource only; every other credential is valid for all resources. */
function isFor({ resource }: Known, credentials: Credentials): boolean {
  return resource === null || (credentials.kind === 'bearer' && credentials.resource === resource);
}

type PresentedSecret =
  | { readonly kind: PresentedKind; readonly token: string }
  | { readonly kind: 'none'; readonly why: AnonymousReason };

/** A token of 43 characters of base64url: what `newSecretToken` makes. */
const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** Judges the form alone, so that nonsense never reaches the database: the checksum of a key is verified here. */
function readSecret(credentials: Credentials): PresentedSecret {
  switch (credentials.kind) {
    case 'none':
      return { kind: 'none', why: 'no_credentials' };
    case 'malformed':
      return { kind: 'none', why: 'malformed_credentials' };
    case 'bearer': {
      const key = readApiKey(credentials.token);
      if (key !== null) return { kind: 'api_key', token: key };
      // A door without a resource of its own accepts no access tokens.
      const isToken = credentials.resource !== undefined && tokenShape.test(credentials.token);
      if (isToken) return { kind: 'access_token', token: credentials.token };
      return { kind: 'none', why: 'malformed_credentials' };
    }
    case 'session':
      if (tokenShape.test(credentials.token)) return { kind: 'session', token: credentials.token };
      return { kind: 'none', why: 'malformed_credentials' };
    case 'file_link':
      if (ticketShape.test(credentials.token)) return { kind: 'file_link', token: handleOf(credentials.token) };
      return { kind: 'none', why: 'malformed_credentials' };
  }
}

function isCurrent(entry: Known, at: Date): boolean {
  return at.getTime() < entry.expiresAtMs && at.getTime() < entry.idleExpiresAtMs;
}

function faultOf(stored: StoredCredential | null, at: Date): AnonymousReason | null {
  if (stored === null) return 'unknown_credentials';
  if (stored.revoked) return 'revoked_credentials';
  if (stored.principalDisabled) return 'disabled_principal';
  const idleEnd = stored.idleExpiresAt ?? stored.expiresAt;
  return at < stored.expiresAt && at < idleEnd ? null : 'expired_credentials';
}

function toKnown(stored: StoredCredential): Known {
  const { id, principal, epoch, boundTo, ceiling, under, signIn, deploymentRights, resource } = stored;
  return {
    caller: { principal, credential: id, epoch, boundTo, ceiling, under, signIn, deploymentRights },
    id,
    resource,
    expiresAtMs: stored.expiresAt.getTime(),
    idleExpiresAtMs: stored.idleExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}
