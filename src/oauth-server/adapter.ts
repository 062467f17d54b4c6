import { errors } from 'oidc-provider';
import type { HashCredential } from '../domain/credential-hash.ts';
import { isId } from '../domain/ids.ts';
import { type Now, secondMs } from '../domain/units.ts';
import type { EndedConsent, OAuthRecordStore } from './record-store.ts';

export interface AdapterParts {
  readonly records: OAuthRecordStore;
  readonly hashCredential: HashCredential;
  /** A grant ended: its client gave it up, or a code or refresh token was presented twice, and one of the two is a thief. */
  readonly onEnded: (consent: EndedConsent) => void;
  readonly now: Now;
}

type Payload = Record<string, unknown>;

/** Sessions of oidc-provider are not kept: the dashboard's session says who is signed in. */
const notKept: ReadonlySet<string> = new Set(['Session']);
/** A client that registers itself and is never used. */
const unusedClientMs = 24 * 60 * 60 * secondMs;

/**
 * oidc-provider's storage in PostgreSQL. What names a record is its secret: only the keyed hash of it is stored, and the
 * payload is stored without it. A record that is used up is used up once, also between processes.
 */
export function createAdapter({ records, hashCredential, onEnded, now }: AdapterParts) {
  return (kind: string) => {
    const hashOf = (id: string) => hashCredential(kind === 'AccessToken' ? 'access_token' : 'oauth_record', id);
    return {
      async upsert(id: string, payload: Payload, expiresIn?: number): Promise<void> {
        if (notKept.has(kind)) return;
        const { jti: _secret, ...kept } = payload;
        const { accountId, grantId } = payload;
        const lifeMs = kind === 'Client' ? unusedClientMs : (expiresIn ?? 0) * secondMs;
        await records.put({
          kind,
          hash: hashOf(id),
          payload: kept,
          consentId: isId('cns', accountId) ? accountId : null,
          grantId: kind === 'Grant' ? id : typeof grantId === 'string' ? grantId : null,
          expiresAt: new Date(now().getTime() + lifeMs),
        });
      },
      async find(id: string): Promise<Payload | undefined> {
        const found = await records.find(kind, hashOf(id), now());
        if (found === null) return undefined;
        const { payload, consumedAt } = found;
        return {
          ...payload,
          ...(kind !== 'Client' && { jti: id }),
          ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / secondMs) }),
        };
      },
      findByUid: async (): Promise<undefined> => undefined,
      findByUserCode: async (): Promise<undefined> => undefined,
      async consume(id: string): Promise<void> {
        if (await records.consume(kind, hashOf(id), now())) return;
        const found = await records.find(kind, hashOf(id), now());
        if (typeof found?.payload.grantId === 'string') await endGrant(found.payload.grantId);
        throw new errors.InvalidGrant('it was used before');
      },
      async destroy(id: string): Promise<void> {
        if (kind === 'Grant') await endGrant(id);
        await records.remove(kind, hashOf(id));
      },
      revokeByGrantId: (grantId: string): Promise<void> => endGrant(grantId),
    };
  };

  async function endGrant(grantId: string): Promise<void> {
    const consent = await records.endGrant(grantId, now());
    if (consent !== null) onEnded(consent);
  }
}
