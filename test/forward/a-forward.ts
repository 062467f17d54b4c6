import { createHash } from 'node:crypto';
import { Secret } from '../../src/domain/secret.ts';
import type { TokenHealth } from '../../src/domain/token-outcomes.ts';
import type { AccessTokens } from '../../src/forward/access-tokens.ts';
import { createForward, type Forward, type ForwardParts } from '../../src/forward/forward.ts';
import { openUpstream, type UpstreamOptions } from '../../src/forward/upstream.ts';

export interface AForward extends AsyncDisposable {
  readonly forward: Forward;
}

/** The real forward step in front of a server, with a token that never fails unless told otherwise. */
export function aForward(upstream: UpstreamOptions, change: Partial<ForwardParts> = {}): AForward {
  const opened = openUpstream(upstream);
  const forward = createForward({
    confirmShared: async () => {},
    upstream: opened,
    hosted: { upstream: opened, path: '/mcp' },
    tokens: someTokens(upstream.origin),
    budget: { take: () => null, giveBack: () => {}, answered: () => {} },
    stillAllowed: async () => true,
    startDigest: () => {
      const hash = createHash('sha256');
      return { add: bytes => hash.update(bytes), value: () => hash.digest('hex') };
    },
    now: () => new Date(),
    ...change,
  });
  return { forward, [Symbol.asyncDispose]: () => opened.close() };
}

/** Gives out the tokens in turn (the last one for ever), and counts the reports of a 401. */
export function someTokens(
  origin: string,
  { tokens = ['ntn_secret'], health = 'usable' }: { tokens?: string[]; health?: TokenHealth } = {},
): AccessTokens & { readonly reports: number } {
  let given = 0;
  let reports = 0;
  return {
    async accessToken() {
      return { origin, token: new Secret(tokens[Math.min(given++, tokens.length - 1)] ?? '') };
    },
    async reportUnauthorized() {
      reports++;
      return health;
    },
    get reports() {
      return reports;
    },
  };
}
